import ClusterModel

/// The nodes whose pods, those that have ended left out, ask for more than the node offers of anything.
func nodesWithTooMuch(of snapshot: ClusterSnapshot) -> [String] {
    var asked: [String: ResourceList] = [:]
    for pod in snapshot.pods where !pod.isTerminal {
        guard let node = pod.nodeName else { continue }
        for (name, amount) in pod.requests.sorted { asked[node, default: [:]][name, default: 0] += amount }
        asked[node, default: [:]][.pods, default: 0] += 1
    }
    return snapshot.nodes.filter { node in
        (asked[node.name] ?? [:]).sorted.contains { name, amount in
            let limit = node.allocatable[name] ?? (name == .pods ? Int64.max : 0)
            return amount > limit
        }
    }.map(\.name)
}

extension ResourceList {
    fileprivate subscript(_ name: ResourceName, default amount: Int64) -> Int64 {
        get { self[name] ?? amount }
        set { self[name] = newValue }
    }
}
