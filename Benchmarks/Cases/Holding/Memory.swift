import ClusterModel
import SchedulingPolicy

extension BenchmarkCase {
    /// What a running scheduler keeps for a node and for a bound pod, by the C library's own count of bytes in use.
    ///
    /// The model values that it was told are gone when the bytes are counted; what it shares with them counts as its own.
    static let memory = BenchmarkCase(
        "memory", "bytes that a session keeps per node and per bound pod, 5 resources, 20 shapes",
        needsHeap: true
    ) { settings in
        guard let heap = settings.heap else { return [] }
        var measurements: [Measurement] = []
        for nodes in settings.growingNodes {
            let pods = 10 * nodes
            let nodesAlone = try heap.retained {
                try LoadInput(nodes: nodes, podsPerNode: 0).session()
            }
            let all = try heap.retained { try LoadInput(nodes: nodes, podsPerNode: 10).session() }
            let allocator = try heap.retained { try LoadInput(nodes: nodes, podsPerNode: 0).build() }
            let values = heap.retained { LoadInput(nodes: nodes, podsPerNode: 10) }
            func note(_ quantity: String, bytes: Int, per count: Int, target: Double? = nil) {
                let conditions = "\(nodes) nodes, \(pods) pods"
                measurements.append(
                    .figure(
                        quantity, conditions, Double(bytes) / Double(count), unit: .bytes, better: .lower,
                        target: target
                    ).growing(.nodes, nodes))
            }
            note("a node, session", bytes: nodesAlone, per: nodes, target: 1_024)
            note("a node, allocator alone", bytes: allocator, per: nodes)
            note("a bound pod, session", bytes: all - nodesAlone, per: pods, target: 300)
            note("for comparison: a pod's model value, with its gang's and node's", bytes: values, per: pods)
        }
        return measurements
    }
}

extension HeapBooks {
    /// The bytes that a value holds on to once all that it was made from is gone.
    fileprivate func retained<Value>(_ make: () throws -> Value) rethrows -> Int {
        let before = Int(bytesInUse())
        let value = try make()
        return withExtendedLifetime(value) { Int(bytesInUse()) - before }
    }
}
