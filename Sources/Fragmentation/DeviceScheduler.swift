/// Places pods on a cluster whose GPUs can be shared, one at a time, under one policy.
///
///     var scheduler = DeviceScheduler(.fgd, cluster: DeviceCluster(nodes: nodes), workload: typicalPods)
///     if let place = scheduler.place(request) { … }   // nil: no node has room
///     scheduler.release(request, place)
///
/// A pod that fits anywhere is placed. Of nodes that a policy holds for equal, the first of the cluster is taken. A node is scored again
/// for a class of pods only when it has changed, so that a decision costs one pass over the nodes and a few scores.
public struct DeviceScheduler: Sendable {
    /// How nodes and GPUs are chosen.
    public let policy: DevicePolicy
    /// The books.
    public private(set) var cluster: DeviceCluster

    private let kernel: FragmentationKernel
    private let pricing: PatternPricing?
    private var table = SizeTable()

    /// What a score depends on besides the node.
    private struct ScoreClass: Hashable {
        var milliCPU: Int64
        var milliGPU: Int64
        var devices: Int
    }

    /// A score, and how often the node had changed when it was made.
    private struct CachedScore {
        var changes: Int32 = -1
        var score: Int32 = 0
        var devices: UInt32 = 0
    }

    private var classes: [ScoreClass: Int] = [:]
    /// By class, then by node.
    private var scores: [CachedScore] = []
    private var buckets: [FragmentBuckets]
    private var bucketChanges: [Int]
    private var jointFragments: [Double]
    private var jointChanges: [Int]

    /// A scheduler for a cluster.
    ///
    /// - Parameters:
    ///   - workload: What is expected to come, with which fragments are counted; the paper takes the typical pods.
    ///   - mix: The same without leaving out what is rare, for `patternPricing`; `nil` if there is nothing else.
    public init(
        _ policy: DevicePolicy, cluster: DeviceCluster, workload: TargetWorkload, mix: TargetWorkload? = nil
    ) {
        let models = (cluster.nodes.map(\.model).max() ?? 0) + 1
        self.policy = policy
        self.cluster = cluster
        kernel = FragmentationKernel(workload, models: models)
        pricing = policy == .patternPricing ? PatternPricing(mix ?? workload, models: models) : nil
        buckets = cluster.nodes.map { _ in FragmentBuckets() }
        bucketChanges = cluster.nodes.map { _ in -1 }
        jointFragments = cluster.nodes.map { _ in 0 }
        jointChanges = bucketChanges
    }

    /// Places a pod; `nil` if no node has room.
    ///
    /// - Parameter draw: 64 random bits for `random`; other policies do not look at them.
    /// - Complexity: O(*nodes*) besides scoring what has changed.
    public mutating func place(_ request: DeviceRequest, draw: UInt64 = 0) -> DevicePlacement? {
        guard let place = choose(request, draw: draw) else { return nil }
        cluster.place(request, place)
        return place
    }

    /// Takes a pod off its node.
    public mutating func release(_ request: DeviceRequest, _ place: DevicePlacement) {
        cluster.release(request, place)
    }

    /// Where a pod would go.
    public mutating func choose(_ request: DeviceRequest, draw: UInt64 = 0) -> DevicePlacement? {
        switch policy {
        case .random: chooseAny(request, draw: draw)
        case .bestFit: chooseSpread(request)
        case .dotProd, .gpuClustering, .gpuPacking, .fgd, .patternPricing: chooseHighest(request)
        }
    }

    /// What is idle on a node, sorted by use for the target workload.
    public mutating func fragmentation(of node: Int) -> FragmentBuckets {
        if bucketChanges[node] != cluster.changes[node] {
            bucketChanges[node] = cluster.changes[node]
            buckets[node] = kernel.buckets(cluster.free[node], &table)
        }
        return buckets[node]
    }
}

extension DeviceScheduler {
    // HOT: once per pod.
    private mutating func chooseHighest(_ request: DeviceRequest) -> DevicePlacement? {
        let row = row(of: request)
        var best: Int32 = .min
        var place: DevicePlacement?
        for node in cluster.nodes.indices where cluster.fits(request, on: node) {
            let cached = cachedScore(request, on: node, row: row)
            if place == nil || cached.score > best {
                best = cached.score
                place = DevicePlacement(node: node, devices: cached.devices)
            }
        }
        return place
    }

    /// The highest score after all have been spread from 0 to 100 in whole numbers, which makes near ones equal.
    private mutating func chooseSpread(_ request: DeviceRequest) -> DevicePlacement? {
        let row = row(of: request)
        var low = Int32.max
        var high = Int32.min
        for node in cluster.nodes.indices where cluster.fits(request, on: node) {
            let score = cachedScore(request, on: node, row: row).score
            low = min(low, score)
            high = max(high, score)
        }
        if low > high { return nil }
        for node in cluster.nodes.indices where cluster.fits(request, on: node) {
            let cached = scores[row + node]
            // The highest score is spread to 100, and others with it only where the spread is coarser than the scores.
            if high == low || (cached.score - low) * 100 / (high - low) == 100 {
                return DevicePlacement(node: node, devices: cached.devices)
            }
        }
        return nil
    }

    private func chooseAny(_ request: DeviceRequest, draw: UInt64) -> DevicePlacement? {
        let fitting = cluster.nodes.indices.filter { cluster.fits(request, on: $0) }
        if fitting.isEmpty { return nil }
        let node = fitting[scaled(draw >> 32, below: fitting.count)]
        let free = cluster.free[node]
        guard request.isShare else {
            return DevicePlacement(node: node, devices: free.firstIdle(request.devices))
        }
        let devices = (0..<free.count).filter { free[$0] >= request.milliGPU }
        let device = devices[scaled(draw & 0xFFFF_FFFF, below: devices.count)]
        return DevicePlacement(node: node, devices: 1 << UInt32(device))
    }

    /// 32 random bits as a number below a bound.
    private func scaled(_ bits: UInt64, below bound: Int) -> Int { Int((bits * UInt64(bound)) >> 32) }

    /// Where the scores of a request's class begin.
    private mutating func row(of request: DeviceRequest) -> Int {
        let key = ScoreClass(
            milliCPU: request.milliCPU, milliGPU: request.milliGPU, devices: request.devices)
        if let known = classes[key] { return known * cluster.nodes.count }
        let ordinal = classes.count
        classes[key] = ordinal
        scores.append(contentsOf: repeatElement(CachedScore(), count: cluster.nodes.count))
        return ordinal * cluster.nodes.count
    }

    private mutating func cachedScore(_ request: DeviceRequest, on node: Int, row: Int) -> CachedScore {
        let cached = scores[row + node]
        let changes = Int32(truncatingIfNeeded: cluster.changes[node])
        if cached.changes == changes { return cached }
        let fresh = score(request, on: node)
        let entry = CachedScore(changes: changes, score: Int32(fresh.score), devices: fresh.devices)
        scores[row + node] = entry
        return entry
    }

    private mutating func score(_ request: DeviceRequest, on node: Int) -> NodeScore {
        let free = cluster.free[node]
        switch policy {
        case .random: return NodeScore(score: 0, devices: 0)
        case .bestFit: return tight(PackingKernels.bestFit(request, free), request, free)
        case .dotProd: return tight(PackingKernels.dotProduct(request, free), request, free)
        case .gpuPacking: return tight(PackingKernels.packing(request, free), request, free)
        case .gpuClustering:
            let kind = DeviceCluster.kind(of: request)
            let ofKind = cluster.hosted(kind, on: node)
            let others = cluster.hostedPods(on: node) - ofKind
            return tight(
                PackingKernels.clustering(request, free, ofKind: ofKind, others: others), request, free)
        case .fgd:
            let before = fragmentation(of: node).fragments
            return GradientKernel.score(request, free, before: before, kernel, &table)
        case .patternPricing:
            guard let pricing else { return NodeScore(score: 0, devices: 0) }
            if jointChanges[node] != cluster.changes[node] {
                jointChanges[node] = cluster.changes[node]
                jointFragments[node] = pricing.fragments(free, &table)
            }
            return pricing.score(request, free, before: jointFragments[node], &table)
        }
    }

    /// A score with the GPUs that all policies but ours and FGD choose: the fullest that is free enough, or the first idle ones.
    private func tight(_ score: Int, _ request: DeviceRequest, _ free: NodeDevices) -> NodeScore {
        guard request.isShare else {
            return NodeScore(score: score, devices: free.firstIdle(request.devices))
        }
        return NodeScore(score: score, devices: free.tightest(request.milliGPU).map { 1 << UInt32($0) } ?? 0)
    }
}
