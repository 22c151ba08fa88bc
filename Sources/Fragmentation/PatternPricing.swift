/// Our policy: a part of a GPU goes where the best packing would put it, a pod onto the node where the least GPU is stranded for want of CPU.
///
/// Parts of GPUs are compared by their regret first (`DevicePatterns`); what is left to decide, and whole GPUs and pods without any, by the
/// gradient of fragments (`JointFragmentation`) in the paper's coarse steps, since the tolerance that they give is what keeps nodes filling up one after the other.
struct PatternPricing: Sendable {
    private let patterns: DevicePatterns
    private let joint: JointFragmentation

    /// Regrets that differ by less are the same.
    private static let regretStep = 0.02
    /// More than any gradient's score, so that a step of regret outweighs it.
    private static let regretWeight = 1_000

    /// Prices for a mix of pods that is expected.
    init(_ workload: TargetWorkload, models: Int) {
        var demands: [DevicePatterns.Demand] = []
        for entry in workload.entries where entry.podClass.devices == 1 && entry.podClass.milliGPU < 1000 {
            let size = Int(entry.podClass.milliGPU)
            if let known = demands.firstIndex(where: { $0.milliGPU == size }) {
                demands[known].weight += entry.weight
            } else {
                demands.append(DevicePatterns.Demand(milliGPU: size, weight: entry.weight))
            }
        }
        patterns = DevicePatterns(demands)
        joint = JointFragmentation(workload, models: models)
    }

    /// Scores a node on which the pod fits.
    func score(_ request: DeviceRequest, _ node: NodeDevices, _ table: inout SizeTable) -> NodeScore {
        let before = joint.fragments(node, &table)
        guard request.isShare else {
            let devices = node.firstIdle(request.devices)
            let score = gradient(request, node, devices, before: before, &table)
            return NodeScore(score: score, devices: devices)
        }
        var best = NodeScore(score: .min, devices: 0)
        for device in 0..<node.count
        where node[device] >= request.milliGPU && !node.isRepeated(device) {
            let devices: UInt32 = 1 << UInt32(device)
            let regret = patterns.regret(placing: Int(request.milliGPU), in: Int(node[device]))
            // A regret is a sum of a few doubles: what would be 0 may be a little less.
            let steps = Int((regret / Self.regretStep + 1e-6).rounded(.down))
            let score =
                gradient(request, node, devices, before: before, &table) - steps * Self.regretWeight
            if score > best.score { best = NodeScore(score: score, devices: devices) }
        }
        return best
    }

    private func gradient(
        _ request: DeviceRequest, _ node: NodeDevices, _ devices: UInt32, before: Double,
        _ table: inout SizeTable
    ) -> Int {
        var after = node
        after.take(milliCPU: request.milliCPU, milliGPU: request.milliGPU, of: devices)
        return GradientScale.score(decrease: before - joint.fragments(after, &table))
    }
}
