import Allocator
import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

/// An allocator beside the oracle on one random cluster.
private struct Trial {
    var allocator: any PodAllocator
    var oracle: PlacementOracle
    let waiting: [Pod]
    var random: SeededGenerator

    init(seed: UInt64, indexed: Bool) throws {
        random = SeededGenerator(seed: seed)
        // An empty preferred term is told apart by another test.
        var snapshot = AdversarialCluster(nodes: seed % 4 == 0 ? 33...40 : 1...10).snapshot(seed: seed)
        for pod in snapshot.pods.indices {
            snapshot.pods[pod].nodeAffinity.preferred.removeAll {
                $0.preference.matchExpressions.isEmpty && $0.preference.matchFields.isEmpty
            }
            snapshot.pods[pod].images = []
        }
        let names = snapshot.nodes.flatMap(\.allocatable.names) + snapshot.pods.flatMap(\.requests.names)
        let resources = ResourceTable(names + [.nvidiaGPU])
        var weights = PlacementOracle.Weights()
        for weight in [
            \PlacementOracle.Weights.binpack, \.least, \.most, \.balanced, \.affinity, \.taints,
        ] where random.chance(1, in: 2) {
            weights[keyPath: weight] = Int64(random.integer(in: 1...5))
        }
        for name in [ResourceName.cpu, .memory, .nvidiaGPU] {
            weights.binpackResources[name] = Int64(random.integer(in: 0...3))
        }
        oracle = PlacementOracle(
            nodes: snapshot.nodes.sorted { $0.name.precedes($1.name) }, weights: weights)
        var cluster = try ClusterState(nodes: snapshot.nodes, resources: resources)
        for pod in snapshot.pods where !pod.isTerminal {
            guard let name = pod.nodeName, let node = cluster.index(ofNode: name) else { continue }
            let occupancy: Occupancy = pod.isTerminating ? .releasing : .bound
            cluster.add(PodRequest(pod, in: resources), to: node, as: occupancy)
            oracle.pods[name, default: []].append((pod, occupancy))
        }
        let filters: NodeFilters = [
            .nodeReady, .nodeUnschedulable, .nodeAffinity, .taintToleration, .podCount,
        ]
        let kernels = Self.kernels(weights)
        allocator =
            indexed
            ? IndexedAllocator(cluster: cluster, filters: filters, kernels: kernels)
            : ReferenceAllocator(cluster: cluster, filters: filters, kernels: kernels)
        waiting = snapshot.pods.filter(\.isPending)
    }

    private static func kernels(_ weights: PlacementOracle.Weights) -> [ScoreKernel] {
        var kernels: [ScoreKernel] = []
        if weights.binpack > 0 {
            let weighted = weights.binpackResources.sorted { $0.key < $1.key }.map {
                ScoreKernel.WeightedResource($0, weight: $1)
            }
            kernels.append(.binpack(resources: weighted, weight: weights.binpack))
        }
        if weights.least > 0 { kernels.append(.leastAllocated(weight: weights.least)) }
        if weights.most > 0 { kernels.append(.mostAllocated(weight: weights.most)) }
        if weights.balanced > 0 {
            kernels.append(
                .balancedAllocation(resources: [.cpu, .memory, .nvidiaGPU], weight: weights.balanced))
        }
        if weights.affinity > 0 { kernels.append(.nodeAffinity(weight: weights.affinity)) }
        if weights.taints > 0 { kernels.append(.taintToleration(weight: weights.taints)) }
        return kernels
    }

    /// Asks for a place for one pod and takes it; says what is wrong with the answer.
    mutating func step() -> String? {
        let pod = random.choice(waiting)
        let shape = allocator.intern(pod)
        let expected = oracle.answer(for: pod)
        guard let found = allocator.bestNode(for: shape) else {
            return expected.map { "\(pod.key) finds no node, expected one of \($0.scores.keys.sorted())" }
        }
        let name = allocator.node(found.node).name
        guard let expected, let score = expected.scores[name] else {
            return "\(pod.key) must not go to \(name)"
        }
        if expected.waits != (found.kind == .pipeline) { return "\(pod.key) on \(name): \(found.kind)" }
        for (other, points) in expected.scores.sorted(by: { $0.key < $1.key }) {
            // Scores are kept to a millionth of a point; what lies closer together may go either way.
            if points > score + 1e-4 {
                return "\(pod.key) goes to \(name) with \(score), \(other) has \(points)"
            }
            if points == score, other.precedes(name) {
                return "\(pod.key) goes to \(name), \(other) is as good"
            }
        }
        allocator.take(found, for: shape)
        oracle.pods[name, default: []].append((pod, found.kind == .allocate ? .bound : .pipelined))
        return nil
    }
}

@Suite("The best node is the one that plain words say") struct PlacementTests {
    @Test("on random clusters, pod after pod", arguments: [true, false])
    func randomClusters(indexed: Bool) throws {
        for seed in Seeds.first(80) {
            var trial = try Trial(seed: seed, indexed: indexed)
            if trial.waiting.isEmpty { continue }
            for step in 0..<25 {
                if let mistake = trial.step() {
                    Issue.record("GANGWRIGHT_SEED=\(seed), step \(step): \(mistake)")
                    return
                }
            }
        }
    }
}

@Suite("A diagnosis agrees with what can be placed") struct DiagnosisTests {
    @Test(
        "a node refuses exactly if nothing can be placed or promised there, and the counts are the sums",
        arguments: [true, false])
    func refusals(indexed: Bool) throws {
        for seed in Seeds.first(80) {
            var trial = try Trial(seed: seed, indexed: indexed)
            if trial.waiting.isEmpty { continue }
            for _ in 0..<8 {
                _ = trial.step()
                let shape = trial.allocator.intern(trial.random.choice(trial.waiting))
                let diagnosis = trial.allocator.diagnosis
                var sums: [NodeRefusal: Int] = [:]
                for node in trial.allocator.nodesByName {
                    let refusals = diagnosis.refusals(of: shape, on: node)
                    let placement = trial.allocator.placement(of: shape, on: node)
                    #expect(
                        refusals.isEmpty == (placement != nil),
                        "GANGWRIGHT_SEED=\(seed), node \(node): \(refusals)")
                    let fits = placement?.kind == .allocate
                    let isShort = !diagnosis.shortfalls(of: shape, on: node).isEmpty
                    if fits { #expect(!isShort, "GANGWRIGHT_SEED=\(seed), node \(node)") }
                    for refusal in refusals { sums[refusal, default: 0] += 1 }
                }
                #expect(diagnosis.refusalCounts(of: shape) == sums, "GANGWRIGHT_SEED=\(seed)")
            }
        }
    }

    @Test("the headroom is what can be placed until nothing fits any more", arguments: [true, false])
    func headroom(indexed: Bool) throws {
        for seed in Seeds.first(80) {
            var trial = try Trial(seed: seed, indexed: indexed)
            if trial.waiting.isEmpty { continue }
            for _ in 0..<5 { _ = trial.step() }
            let shape = trial.allocator.intern(trial.random.choice(trial.waiting))
            let headroom = trial.allocator.diagnosis.headroom(for: shape)
            // A node without a limit on pods takes as many as there are numbers; nobody can try that out.
            if headroom.pods > 100_000 { continue }
            var nodes: Set<Int> = []
            var count: Int64 = 0
            while let placement = trial.allocator.bestNode(for: shape), placement.kind == .allocate {
                trial.allocator.take(placement, for: shape)
                nodes.insert(placement.node)
                count += 1
            }
            #expect(headroom.pods == count, "GANGWRIGHT_SEED=\(seed)")
            #expect(headroom.nodes == nodes.count, "GANGWRIGHT_SEED=\(seed)")
            let rest = trial.allocator.diagnosis.headroom(for: shape)
            #expect(rest == Headroom(pods: 0, nodes: 0, limits: headroom.limits), "GANGWRIGHT_SEED=\(seed)")
        }
    }
}
