public import ClusterModel

/// The nodes of a cluster, and what is left of each.
///
/// A node is its index in byte-wise order of the names, so the smallest index wins a tie.
public struct ClusterState: Sendable {
    /// Names and columns of the resources.
    public let resources: ResourceTable
    /// The nodes in byte-wise order of their names.
    public let nodes: [Node]
    private let indices: [String: Int]
    /// What is left; a row is a node.
    public internal(set) var states: StateTable

    /// A cluster of empty nodes.
    ///
    /// - Parameter resources: must know every resource that the nodes name.
    /// - Throws: `ResourceOverflow` when the nodes' amounts of a resource do not add up within 63 bits.
    public init(nodes: [Node], resources: ResourceTable) throws(ResourceOverflow) {
        let nodes = nodes.sorted { $0.name.precedes($1.name) }
        self.nodes = nodes
        self.resources = resources
        indices = Dictionary(
            nodes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        var columns = [[Int64]](
            repeating: [Int64](repeating: 0, count: nodes.count), count: resources.count)
        for (index, node) in nodes.enumerated() {
            columns[ResourceTable.pods][index] = StateTable.unlimitedPods
            for (name, amount) in node.allocatable.sorted {
                guard let column = resources.column(name) else { continue }
                columns[column][index] =
                    column == ResourceTable.pods ? min(amount, StateTable.unlimitedPods) : amount
            }
        }
        for (column, amounts) in columns.enumerated() {
            var total: Int64 = 0
            for amount in amounts {
                let (sum, overflow) = total.addingReportingOverflow(amount)
                if overflow { throw ResourceOverflow(resource: resources.names[column]) }
                total = sum
            }
        }
        states = StateTable(allocatable: columns, count: nodes.count)
    }

    /// The index of a node; `nil` when no node has the name.
    public func index(ofNode name: String) -> Int? { indices[name] }

    /// Puts a pod on a node. The caller has made sure that the sum of all pods' requests fits in 63 bits.
    public mutating func add(_ request: PodRequest, to node: Int, as occupancy: Occupancy) {
        states.apply(request, to: node, as: occupancy, sign: 1)
    }

    /// Takes a pod off a node: the exact inverse of `add`.
    public mutating func remove(_ request: PodRequest, from node: Int, as occupancy: Occupancy) {
        states.apply(request, to: node, as: occupancy, sign: -1)
    }
}

extension ClusterState {
    /// What pods may use in all, by column and node.
    public var allocatable: [[Int64]] { states.allocatable }
    /// What is left now, by column and node.
    public var idle: [[Int64]] { states.idle }
    /// What will be left, by column and node.
    public var futureIdle: [[Int64]] { states.futureIdle }
    /// The sum of all pods on the node, by column and node.
    public var requested: [[Int64]] { states.requested }
}
