/// Counts fragments as Fragmentation Gradient Descent does: for each class of a target workload, what is idle on a node and of no use to it.
///
/// A class that does not fit on the node, or wants no GPU, can use nothing of what is idle there; one that fits can use every GPU
/// that is free enough. Memory does not enter.
///
/// Source: Weng et al., USENIX ATC 2023, sections 3 and 4.
public struct FragmentationKernel: Sendable {
    private let columns: [TargetColumns]

    /// Counts for a target workload on nodes whose models have ordinals below `models`.
    public init(_ workload: TargetWorkload, models: Int) {
        columns = TargetColumns.perModel(workload, models: models)
    }

    /// What is idle on a node, sorted by use.
    ///
    /// Each bucket is added up in the order of the workload, so that equal states have equal sums to the last bit.
    /// - Complexity: O(*classes* + *sizes* × *GPUs*).
    public func buckets(_ node: NodeDevices) -> FragmentBuckets {
        var table = SizeTable()
        return buckets(node, &table)
    }

    /// The same with room for what is computed on the way, which saves the allocation.
    func buckets(_ node: NodeDevices, _ table: inout SizeTable) -> FragmentBuckets {
        var result = FragmentBuckets()
        if node.freeMilliGPU == 0 { return result }
        let idle = Double(node.freeMilliGPU)
        for entry in columns[node.model].cpuOnly {
            let amount = entry.weight * idle
            if node.freeMilliCPU >= entry.milliCPU {
                result.withoutGPUSatisfied += amount
            } else {
                result.withoutGPULackCPU += amount
            }
        }
        for weight in columns[node.model].refused { result.noAccess += weight * idle }
        table.fill(columns[node.model], node)
        for entry in columns[node.model].accepted {
            let row = table.rows[Int(entry.size)]
            let hasCPU = node.freeMilliCPU >= entry.milliCPU
            if row.enough < entry.devices {
                if hasCPU {
                    result.lackGPU += entry.weight * idle
                } else {
                    result.lackBoth += entry.weight * idle
                }
            } else if hasCPU {
                result.lackGPU += entry.weight * Double(row.tooSmall)
                result.satisfied += entry.weight * Double(node.freeMilliGPU - Int64(row.tooSmall))
            } else {
                result.lackCPU += entry.weight * idle
            }
        }
        return result
    }
}
