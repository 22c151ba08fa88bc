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

/// Idle GPUs that a workload of whole GPUs cannot use, added up over its classes as likely as they are.
///
/// For a node that hands out whole GPUs alone: a class that fits could use all idle ones, any other none. Classes without GPUs count all
/// idle GPUs as fragments, as Fragmentation Gradient Descent does; leave them out of a workload for which only GPU pods matter.
///
/// - Parameters:
///   - milliCPU: Free thousandths of a core.
///   - gpus: Idle GPUs.
///   - model: The ordinal of their model.
///   - workload: Classes with their weights, which should add up to 1.
/// - Returns: GPUs, from 0 to `gpus`.
/// - Complexity: O(*classes*), no allocation.
public func fragmentedGPUs(
    milliCPU: Int64, gpus: Int, model: Int, workload: TargetWorkload
) -> Double {
    var unusable = 0.0
    for entry in workload.entries {
        let wanted = entry.podClass
        let fits =
            wanted.devices > 0 && wanted.devices <= gpus && wanted.milliCPU <= milliCPU
            && wanted.models.contains(model)
        if !fits { unusable += entry.weight }
    }
    return unusable * Double(gpus)
}
