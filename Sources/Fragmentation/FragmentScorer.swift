/// Scores nodes, and chooses among their GPUs, by what a placement does to fragments: a policy without a cluster of its own.
///
/// Nodes in equal states are scored once for pods that ask for the same. What was found out is kept until there is too much
/// of it, which changes no answer.
public struct FragmentScorer: Sendable {
    /// Which policy.
    public enum Policy: String, Sendable, CaseIterable {
        /// Fragmentation Gradient Descent.
        case fgd
        /// Ours: the patterns of parts first, then the gradient.
        case patternPricing = "pattern-pricing"
    }

    /// What a pod would be worth to a node, and the GPUs that it would get.
    public struct Choice: Equatable, Sendable {
        /// Higher is better: 0 to 100 for `fgd`, far below 0 where `patternPricing` regrets a placement.
        public var score: Int
        /// Which of the node's GPUs, as bits.
        public var devices: UInt32
    }

    private struct Question: Hashable {
        var request: DeviceRequest
        var node: NodeDevices
    }

    private let policy: Policy
    private let kernel: FragmentationKernel
    private let pricing: PatternPricing?
    private var choices: [Question: Choice] = [:]
    private var fragments: [NodeDevices: Double] = [:]
    private var table = SizeTable()
    private static let mostKept = 200_000

    /// A scorer.
    ///
    /// - Parameters:
    ///   - workload: What is expected to come, without what is rare.
    ///   - mix: The same with it, for the patterns.
    ///   - models: GPU models have ordinals below this.
    public init(_ policy: Policy, workload: TargetWorkload, mix: TargetWorkload, models: Int) {
        self.policy = policy
        kernel = FragmentationKernel(workload, models: models)
        pricing = policy == .patternPricing ? PatternPricing(mix, models: models) : nil
    }

    /// Scores a node on which the pod fits.
    ///
    /// - Complexity: O(1) for what has been asked before, else O(*classes* × *GPUs*).
    public mutating func choice(for request: DeviceRequest, on node: NodeDevices) -> Choice {
        let question = Question(request: request, node: node)
        if let known = choices[question] { return known }
        let before = fragments(of: node)
        let score =
            if let pricing {
                pricing.score(request, node, before: before, &table)
            } else {
                GradientKernel.score(request, node, before: before, kernel, &table)
            }
        if choices.count >= Self.mostKept { choices.removeAll(keepingCapacity: true) }
        let choice = Choice(score: score.score, devices: score.devices)
        choices[question] = choice
        return choice
    }

    /// What is idle on a node and of no use to the expected pods, in thousandths of a GPU, as FGD counts it.
    public mutating func fragmentedMilliGPU(of node: NodeDevices) -> Double {
        kernel.buckets(node, &table).fragments
    }

    private mutating func fragments(of node: NodeDevices) -> Double {
        if let known = fragments[node] { return known }
        if fragments.count >= Self.mostKept { fragments.removeAll(keepingCapacity: true) }
        let sum = pricing?.fragments(node, &table) ?? kernel.buckets(node, &table).fragments
        fragments[node] = sum
        return sum
    }
}
