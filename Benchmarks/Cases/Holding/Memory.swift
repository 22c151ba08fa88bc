import ClusterModel
import SchedulingPolicy

extension BenchmarkCase {
    /// What a node and a bound pod cost in memory, by the allocator's own count of bytes in use.
    static let memory = BenchmarkCase(
        "memory", "bytes in use per node and per bound pod, 5 resources, 20 shapes", needsHeap: true
    ) { settings in
        guard let heap = settings.heap else { return [] }
        let nodes = settings.size(20_000, quick: 500)
        var measurements: [Measurement] = []
        func note(_ quantity: String, _ variant: String, bytes: Int, per count: Int, target: Double? = nil) {
            measurements.append(
                .figure(
                    quantity, variant, Double(bytes) / Double(count), unit: .bytes, better: .lower,
                    target: target))
        }
        let start = heap.inUse()
        let empty = LoadInput(nodes: nodes, podsPerNode: 0)
        let nodeValues = heap.inUse() - start
        let bare = try heap.retained { () throws(ResourceOverflow) in try empty.build() }
        note("a node: model value", "\(nodes) nodes", bytes: nodeValues, per: nodes)
        note("a node: in the allocator", "\(nodes) nodes", bytes: bare, per: nodes)
        note("a node in all", "\(nodes) nodes", bytes: nodeValues + bare, per: nodes, target: 1_024)

        let beforePods = heap.inUse()
        let full = LoadInput(nodes: nodes, podsPerNode: 10)
        // The full input has nodes of its own.
        let podValues = heap.inUse() - beforePods - nodeValues
        let booked = try heap.retained { () throws(ResourceOverflow) in try full.build() } - bare
        let count = full.pods.count
        let variant = "\(nodes) nodes, \(count) pods"
        func cycle(_ input: LoadInput) throws(ResourceOverflow) -> Session {
            try Session(
                snapshot: ClusterSnapshot(nodes: input.nodes, pods: input.pods, podGroups: input.podGroups),
                configuration: .default)
        }
        let session =
            try heap.retained { () throws(ResourceOverflow) in try cycle(full) }
            - heap.retained { () throws(ResourceOverflow) in try cycle(empty) }
        note("a bound pod: model value", variant, bytes: podValues, per: count)
        note("a bound pod: in the allocator", variant, bytes: booked, per: count)
        note("a bound pod: in a cycle", variant, bytes: session, per: count)
        note("a bound pod in all", variant, bytes: podValues + session, per: count, target: 300)
        return measurements
    }
}

extension HeapBooks {
    fileprivate func inUse() -> Int { Int(bytesInUse()) }

    /// The bytes that a value holds on to, besides what was there before.
    fileprivate func retained<Value>(_ make: () throws(ResourceOverflow) -> Value) throws(ResourceOverflow)
        -> Int
    {
        let before = inUse()
        let value = try make()
        return withExtendedLifetime(value) { inUse() - before }
    }
}
