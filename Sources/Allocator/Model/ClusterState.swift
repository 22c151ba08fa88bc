public import ClusterModel

/// The nodes of a cluster, and what is left of each.
///
/// Columns are by the node's index. In a state that is made from a list of nodes the indices are in byte-wise order of
/// the names; nodes that come and go leave them in any order and with gaps.
public struct ClusterState: Sendable {
    /// Names and columns of the resources.
    public private(set) var resources: ResourceTable
    let nodes: NodeTable
    private(set) var requests: RequestTable
    /// What is left; a row is an index of a node.
    public private(set) var states: StateTable

    /// A cluster of empty nodes, no two of the same name.
    ///
    /// - Throws: `ResourceOverflow` when the nodes' amounts of a resource do not add up within 63 bits.
    public init(nodes list: [Node], resources: ResourceTable) throws(ResourceOverflow) {
        var resources = resources
        for node in list { resources.add(node.allocatable.names) }
        let nodes = NodeTable(list)
        var states = StateTable(columns: resources.count)
        for index in nodes.byName { states.appendEmpty(nodes[Int(index)], in: resources) }
        for (column, amounts) in states.allocatable.enumerated() {
            var total: Int64 = 0
            for amount in amounts {
                let (sum, overflow) = total.addingReportingOverflow(amount)
                if overflow { throw ResourceOverflow(resource: resources.names[column]) }
                total = sum
            }
        }
        self.init(resources: resources, nodes: nodes, requests: RequestTable(), states: states)
    }

    /// A cluster without nodes.
    public init() {
        let resources = ResourceTable([])
        self.init(
            resources: resources, nodes: NodeTable(), requests: RequestTable(),
            states: StateTable(columns: resources.count))
    }

    init(resources: ResourceTable, nodes: NodeTable, requests: RequestTable, states: StateTable) {
        self.resources = resources
        self.nodes = nodes
        self.requests = requests
        self.states = states
    }

    /// The number of nodes.
    public var nodeCount: Int { nodes.count }

    /// The indices of the nodes in byte-wise order of their names.
    public var nodesByName: [Int] { nodes.byName.map(Int.init) }

    /// The node of an index.
    public func node(_ index: Int) -> Node { nodes[index] }

    /// The index of a node; `nil` when no node has the name.
    public func index(ofNode name: String) -> Int? { nodes.index(of: name) }

    /// Puts a pod on a node. The caller has made sure that the sum of all pods' requests fits in 63 bits.
    public mutating func add(_ pod: Pod, to node: Int, as occupancy: Occupancy) {
        let id = requests.intern(pod, in: &resources)
        states.addColumns(upTo: resources.count)
        states.apply(requests[id], to: node, as: occupancy, sign: 1)
    }

    /// Puts a pod on a node by its request, which is one in this cluster's columns.
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
    /// CPU by node as scoring counts it.
    public var nonZeroMilliCPU: [Int64] { states.nonZeroMilliCPU }
    /// Memory by node as scoring counts it.
    public var nonZeroMemory: [Int64] { states.nonZeroMemory }
}
