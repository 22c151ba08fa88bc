/// What a node is worth to a pod, and which of its GPUs the pod would get.
struct NodeScore {
    /// Higher is better.
    var score: Int
    /// The GPUs, as bits.
    var devices: UInt32
}

/// Fragmentation Gradient Descent: the pod goes where the fragments for the target workload shrink most, or grow least.
///
/// The score has steps of about 40 milli-GPU, and nodes within a step are equals. That is no detail: an exact score spreads pods over
/// all nodes and places a percent less.
///
/// Source: Weng et al., USENIX ATC 2023, algorithm 1, and its simulator.
struct GradientKernel {
    /// Scores a node on which the pod fits.
    ///
    /// - Parameter before: The node's fragments as it is.
    static func score(
        _ request: DeviceRequest, _ node: NodeDevices, before: Double, _ kernel: FragmentationKernel,
        _ table: inout SizeTable
    ) -> NodeScore {
        guard request.isShare else {
            let devices = node.firstIdle(request.devices)
            let decrease = before - fragments(request, node, devices, kernel, &table)
            return NodeScore(score: GradientScale.score(decrease: decrease), devices: devices)
        }
        var best = NodeScore(score: -1, devices: 0)
        for device in 0..<node.count
        where node[device] >= request.milliGPU && !node.isRepeated(device) {
            let devices: UInt32 = 1 << UInt32(device)
            let decrease = before - fragments(request, node, devices, kernel, &table)
            let score = GradientScale.score(decrease: decrease)
            if score > best.score { best = NodeScore(score: score, devices: devices) }
        }
        return best
    }

    private static func fragments(
        _ request: DeviceRequest, _ node: NodeDevices, _ devices: UInt32, _ kernel: FragmentationKernel,
        _ table: inout SizeTable
    ) -> Double {
        var after = node
        after.take(milliCPU: request.milliCPU, milliGPU: request.milliGPU, of: devices)
        return kernel.buckets(after, &table).fragments
    }
}
