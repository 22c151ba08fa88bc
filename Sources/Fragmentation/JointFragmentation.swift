/// Counts fragments as Fragmentation Gradient Descent does, but lets a class use only as many idle GPUs of a node as the node's CPU lasts for.
///
/// A node with eight idle GPUs and CPU for one pod is no fragment for the paper, which asks whether *one* pod fits; it fills up with CPU and
/// its GPUs are stranded. Here a class that fits wants, for all idle GPUs that it could use, a part of its CPU for each. Where there is
/// less, it can use GPUs in proportion. Other pods need less CPU than this one, so that the part is not the whole.
struct JointFragmentation: Sendable {
    /// How much of its CPU a class wants for each idle GPU beside its own.
    static let cpuPart = 0.85

    private let columns: [TargetColumns]

    init(_ workload: TargetWorkload, models: Int) {
        columns = TargetColumns.perModel(workload, models: models)
    }

    /// Idle thousandths of GPUs of a node that the workload cannot use.
    ///
    /// - Complexity: O(*classes* + *sizes* × *GPUs*).
    func fragments(_ node: NodeDevices, _ table: inout SizeTable) -> Double {
        if node.freeMilliGPU == 0 { return 0 }
        let idle = Double(node.freeMilliGPU)
        let freeMilliCPU = Double(node.freeMilliCPU)
        // Of no use to classes without GPUs and to those that refuse the model.
        var sum = columns[node.model].unusableWeight * idle
        table.fill(columns[node.model], node)
        for entry in columns[node.model].accepted {
            let row = table.rows[Int(entry.size)]
            guard row.enough >= entry.devices, node.freeMilliCPU >= entry.milliCPU else {
                sum += entry.weight * idle
                continue
            }
            let tooSmall = Double(row.tooSmall)
            let usable = idle - tooSmall
            // A part of a GPU counts as a whole one here: what it leaves is for others, which want CPU as well.
            let wanted = Self.cpuPart * entry.milliCPUPerMilliGPU * usable
            sum +=
                entry.weight
                * (wanted > freeMilliCPU ? idle - usable * (freeMilliCPU / wanted) : tooSmall)
        }
        return sum
    }
}
