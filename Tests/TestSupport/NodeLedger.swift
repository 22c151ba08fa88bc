public import ClusterModel

/// What the pods on each node ask for together, kept by dictionary and addition: the books that nobody can doubt.
public struct NodeLedger: Sendable {
    /// A node's name and a resource.
    public struct Entry: Hashable, Sendable {
        /// The node's name.
        public var node: String
        /// The resource.
        public var resource: ResourceName
    }

    /// What is asked for, by node and resource; `pods` counts pods.
    public private(set) var amounts: [Entry: Int64] = [:]

    /// Empty books.
    public init() {}

    /// Books a pod on a node.
    public mutating func add(_ pod: Pod, to node: String) {
        for (name, amount) in pod.requests.sorted where name != .pods {
            amounts[Entry(node: node, resource: name), default: 0] += amount
        }
        amounts[Entry(node: node, resource: .pods), default: 0] += 1
    }

    /// What is asked of one node.
    public func amount(of resource: ResourceName, on node: String) -> Int64 {
        amounts[Entry(node: node, resource: resource)] ?? 0
    }

    /// What a node may carry; no limit on pods where it does not name them.
    public static func limit(of resource: ResourceName, on node: Node) -> Int64 {
        node.allocatable[resource] ?? (resource == .pods ? .max : 0)
    }

    /// Where a node carries more than it may of something, and more of it than in other books of the same cluster.
    public func excesses(over before: NodeLedger, on nodes: [Node]) -> [String] {
        nodes.flatMap { node in
            amounts.keys.filter { $0.node == node.name }.compactMap { entry in
                let (now, earlier) = (amounts[entry] ?? 0, before.amounts[entry] ?? 0)
                let limit = Self.limit(of: entry.resource, on: node)
                if now <= limit || now <= earlier { return nil }
                return "\(node.name) carries \(now) of \(limit) \(entry.resource), and \(earlier) before"
            }
        }.sorted()
    }
}
