/// A target workload as one GPU model's nodes see it.
///
/// Classes without GPUs, classes that refuse the model and the others add to different buckets, so that they can stand apart; within each
/// of the three the workload's order is kept, since it decides the last bit of a sum.
struct TargetColumns: Sendable {
    /// A class without GPUs.
    struct CPUOnly {
        var weight: Double
        var milliCPU: Int64
    }

    /// A class that the model will do for.
    struct Accepted {
        var weight: Double
        var milliCPU: Int64
        var devices: Int32
        /// Thousandths of a core for each thousandth of a GPU.
        var milliCPUPerMilliGPU: Double
        /// The position of the class's thousandths among the distinct ones.
        var size: Int32
    }

    private(set) var cpuOnly: [CPUOnly] = []
    /// The weights of the classes that refuse the model.
    private(set) var refused: [Double] = []
    private(set) var accepted: [Accepted] = []
    /// The weights of the first two together.
    private(set) var unusableWeight = 0.0
    /// The distinct thousandths of the accepted, in ascending order.
    let sizes: [Int64]
    /// How many of the sizes fit on a GPU with 0, 1, … 1000 free thousandths.
    let fitting: [UInt16]

    init(_ workload: TargetWorkload, model: Int) {
        let wanted = workload.entries.map(\.podClass).filter { $0.devices > 0 && $0.models.contains(model) }
        let sizes = Set(wanted.map(\.milliGPU)).sorted()
        self.sizes = sizes
        fitting = (0...1000).map { free in UInt16(sizes.count { $0 <= free }) }
        for entry in workload.entries {
            let podClass = entry.podClass
            if podClass.devices == 0 || !podClass.models.contains(model) { unusableWeight += entry.weight }
            if podClass.devices == 0 {
                cpuOnly.append(CPUOnly(weight: entry.weight, milliCPU: podClass.milliCPU))
            } else if !podClass.models.contains(model) {
                refused.append(entry.weight)
            } else {
                accepted.append(
                    Accepted(
                        weight: entry.weight, milliCPU: podClass.milliCPU, devices: Int32(podClass.devices),
                        milliCPUPerMilliGPU: Double(podClass.milliCPU) / Double(podClass.devices * 1000),
                        size: Int32(sizes.firstIndex(of: podClass.milliGPU) ?? 0)))
            }
        }
    }

    /// A workload as the nodes of each of so many models see it.
    static func perModel(_ workload: TargetWorkload, models: Int) -> [TargetColumns] {
        (0..<models).map { TargetColumns(workload, model: $0) }
    }
}

/// For each size of a part of a GPU: how many GPUs of a node are free enough, and what is free on the others.
struct SizeTable {
    struct Row {
        var enough: Int32
        var tooSmall: Int32
    }

    private(set) var rows: [Row] = []

    /// Fills the table for a node; what it held before is forgotten.
    ///
    /// - Complexity: O(*sizes* + *GPUs*); allocates when there are more sizes than ever before.
    mutating func fill(_ columns: borrowing TargetColumns, _ node: NodeDevices) {
        let sizes = columns.sizes.count
        while rows.count < sizes { rows.append(Row(enough: 0, tooSmall: 0)) }
        for size in 0..<sizes { rows[size] = Row(enough: 0, tooSmall: 0) }
        // First the GPUs for which a size is the least that does not fit,
        for device in 0..<node.count {
            let free = node[device]
            let size = Int(columns.fitting[Int(free)])
            if size < sizes {
                rows[size].enough += 1
                rows[size].tooSmall += Int32(free)
            }
        }
        // then the sums over it and all smaller sizes.
        var others = Int32(node.count)
        var rest: Int32 = 0
        for size in 0..<sizes {
            others -= rows[size].enough
            rest += rows[size].tooSmall
            rows[size] = Row(enough: others, tooSmall: rest)
        }
    }
}
