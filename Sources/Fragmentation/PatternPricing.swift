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

    /// Idle thousandths of GPUs of a node that the expected pods cannot use, which scores compare.
    func fragments(_ node: NodeDevices, _ table: inout SizeTable) -> Double { joint.fragments(node, &table) }

    /// Scores a node on which the pod fits.
    ///
    /// - Parameter before: The node's fragments as it is.
    func score(
        _ request: DeviceRequest, _ node: NodeDevices, before: Double, _ table: inout SizeTable
    ) -> NodeScore {
        guard request.isShare else {
            let devices = node.firstIdle(request.devices)
            let score = gradient(request, node, devices, before: before, &table)
            return NodeScore(score: score, devices: devices)
        }
        var leastSteps = Int.max
        for device in 0..<node.count where node[device] >= request.milliGPU {
            leastSteps = min(leastSteps, regretSteps(request, node[device]))
        }
        var best = NodeScore(score: .min, devices: 0)
        for device in 0..<node.count
        where node[device] >= request.milliGPU && !node.isRepeated(device)
            && regretSteps(request, node[device]) == leastSteps
        {
            let devices: UInt32 = 1 << UInt32(device)
            let score =
                gradient(request, node, devices, before: before, &table) - leastSteps * Self.regretWeight
            if score > best.score { best = NodeScore(score: score, devices: devices) }
        }
        return best
    }

    /// The regret of placing a part of a GPU on one that has so much free, in steps.
    private func regretSteps(_ request: DeviceRequest, _ free: Int64) -> Int {
        let regret = patterns.regret(placing: Int(request.milliGPU), in: Int(free))
        // A regret is a sum of a few doubles: what would be 0 may be a little less.
        return Int((regret / Self.regretStep + 1e-6).rounded(.down))
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
