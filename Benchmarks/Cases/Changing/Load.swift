import Allocator
import ClusterModel
import SchedulingPolicy
import SyntheticClusters

extension BenchmarkCase {
    /// Reading the state from model values.
    static let load = BenchmarkCase(
        "load", "the state from nodes and bound pods: the allocator's alone, and a whole session"
    ) { settings in
        var measurements: [Measurement] = []
        for nodes in settings.growingNodes {
            let input = LoadInput(nodes: nodes, podsPerNode: 10)
            let conditions = "\(nodes) nodes, \(input.pods.count) pods"
            let isLargest = nodes == 100_000
            func loading<State>(_ quantity: String, _ make: () throws -> State) throws -> [Measurement] {
                let samples = try settings.samples(atMost: 5) {
                    var state: State?
                    let sample = try Sample.of {
                        state = try make()
                        return input.pods.count
                    }
                    return withExtendedLifetime(state) { sample }
                }
                let whole = samples.map {
                    // A sample of a small cluster has several rounds.
                    let rounds = Double($0.operations / input.pods.count)
                    let elapsed = Elapsed(wall: $0.elapsed.wall / rounds, cpu: $0.elapsed.cpu / rounds)
                    return Sample(operations: 1, elapsed: elapsed)
                }
                return [
                    .cost(quantity, conditions, whole, target: isLargest ? 1.5e9 : nil),
                    .cost(quantity + ", per pod", conditions, samples).growing(.nodes, nodes),
                ]
            }
            measurements += try loading("allocator's state") { try input.build() }
            measurements += try loading("session") { try input.session() }
        }
        return measurements
    }

    /// One pod more or less.
    static let delta = BenchmarkCase(
        "delta", "one bound pod more or less: in the allocator, and in a session"
    ) { settings in
        var measurements: [Measurement] = []
        for nodes in settings.growingNodes {
            let input = LoadInput(nodes: nodes, podsPerNode: 10)
            let conditions = "\(nodes) nodes, \(input.pods.count) pods"
            measurements += try settings.allocatorDeltas(input, conditions).map { $0.growing(.nodes, nodes) }
            measurements += try settings.sessionDeltas(input, conditions).map { $0.growing(.nodes, nodes) }
        }
        return measurements
    }
}

extension BenchmarkSettings {
    /// How many pods come before they go again: so many that they do not all stay in a cache.
    private func deltaCount(_ input: LoadInput) -> Int { min(input.pods.count, 100_000) }

    /// Times changes, and undoes them untimed.
    private func changes(
        _ count: Int, _ change: () throws -> Void, undo: () throws -> Void
    ) rethrows -> [Sample] {
        try samples {
            let sample = try Sample.of {
                try change()
                return count
            }
            try undo()
            return sample
        }
    }

    /// Pods come to nodes all over the cluster, each of another shape than the one before.
    fileprivate func allocatorDeltas(_ input: LoadInput, _ conditions: String) throws -> [Measurement] {
        var allocator = try input.build()
        let pods = input.further(deltaCount(input), seed: seed)
        var random = SeededGenerator(seed: seed)
        let places = pods.map { _ in
            Placement(node: random.integer(in: 0...(input.nodes.count - 1)), kind: .allocate)
        }
        let shapes = pods.map { allocator.intern($0) }
        func giveBack() {
            for index in places.indices { allocator.giveBack(places[index], for: shapes[index]) }
        }
        func take() { for index in places.indices { allocator.take(places[index], for: shapes[index]) } }
        let known = changes(pods.count, take, undo: giveBack)
        let whole = changes(
            pods.count,
            {
                // A span: an array's element would be copied out first, and a pod is large.
                let pods = pods.span
                for index in pods.indices {
                    allocator.take(places[index], for: allocator.intern(pods[index]))
                }
            }, undo: giveBack)
        take()
        let gone = changes(pods.count, giveBack, undo: take)
        return [
            .cost("allocator, a pod comes, shape known", conditions, known, target: 1_000),
            .cost("allocator, a pod comes, as model value", conditions, whole, target: 1_000),
            .cost("allocator, a pod leaves", conditions, gone, target: 1_000),
        ]
    }

    /// The same as a session hears of it: with gangs, queues and names.
    fileprivate func sessionDeltas(_ input: LoadInput, _ conditions: String) throws -> [Measurement] {
        let session = try input.session()
        let pods = input.further(deltaCount(input), seed: seed)
        func come() throws(ResourceOverflow) {
            let pods = pods.span
            for index in pods.indices { try session.update(pods[index]) }
        }
        func go() {
            let pods = pods.span
            for index in pods.indices { session.removePod(pods[index].key) }
        }
        let coming = try changes(pods.count, come, undo: go)
        try come()
        let again = try changes(pods.count, come, undo: {})
        let leaving = try changes(pods.count, go, undo: come)
        return [
            .cost("session, a pod comes", conditions, coming),
            .cost("session, a pod is told again", conditions, again),
            .cost("session, a pod leaves", conditions, leaving),
        ]
    }
}
