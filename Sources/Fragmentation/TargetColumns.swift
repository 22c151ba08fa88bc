/// A target workload as one GPU model's nodes see it, in columns.
///
/// Classes without GPUs, classes that refuse the model and the others add to different buckets, so that they can stand apart; within each
/// of the three the workload's order is kept, since it decides the last bit of a sum.
struct TargetColumns: Sendable {
    // Classes without GPUs.
    private(set) var cpuOnlyWeight: [Double] = []
    private(set) var cpuOnlyMilliCPU: [Int64] = []
    // Classes that refuse the model.
    private(set) var refusedWeight: [Double] = []
    // The others.
    private(set) var weight: [Double] = []
    private(set) var milliCPU: [Int64] = []
    private(set) var devices: [Int] = []
    /// The position of a class's thousandths among the distinct ones.
    private(set) var size: [Int] = []
    /// The weights of the first two together.
    private(set) var unusableWeight = 0.0
    /// The distinct thousandths of the others.
    private(set) var sizes: [Int64] = []

    init(_ workload: TargetWorkload, model: Int) {
        for entry in workload.entries {
            let podClass = entry.podClass
            if podClass.devices == 0 || !podClass.models.contains(model) { unusableWeight += entry.weight }
            if podClass.devices == 0 {
                cpuOnlyWeight.append(entry.weight)
                cpuOnlyMilliCPU.append(podClass.milliCPU)
            } else if !podClass.models.contains(model) {
                refusedWeight.append(entry.weight)
            } else {
                weight.append(entry.weight)
                milliCPU.append(podClass.milliCPU)
                devices.append(podClass.devices)
                if let known = sizes.firstIndex(of: podClass.milliGPU) {
                    size.append(known)
                } else {
                    size.append(sizes.count)
                    sizes.append(podClass.milliGPU)
                }
            }
        }
    }

    /// A workload as the nodes of each of so many models see it.
    static func perModel(_ workload: TargetWorkload, models: Int) -> [TargetColumns] {
        (0..<models).map { TargetColumns(workload, model: $0) }
    }
}

/// For each of some sizes of a part of a GPU: how many GPUs of a node are free enough, and what is free on the others.
struct SizeTable {
    private(set) var enough: [Int] = []
    private(set) var tooSmall: [Int64] = []

    /// Fills the table for a node; what it held before is forgotten.
    ///
    /// - Complexity: O(*sizes* × *GPUs*); allocates when there are more sizes than ever before.
    mutating func fill(_ sizes: [Int64], _ node: NodeDevices) {
        enough.removeAll(keepingCapacity: true)
        tooSmall.removeAll(keepingCapacity: true)
        for size in sizes {
            var count = 0
            var rest: Int64 = 0
            for device in 0..<node.count {
                let free = node[device]
                if free >= size { count += 1 } else { rest += free }
            }
            enough.append(count)
            tooSmall.append(rest)
        }
    }
}
