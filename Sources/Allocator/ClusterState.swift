public import ClusterModel

/// What the nodes offer and what is left, as one integer column per resource.
///
/// A node is its index in byte-wise order of the names, so the smallest index wins a tie. For each resource there are
/// four columns of one `Int64` a node:
///
/// * `allocatable`: what pods may use in all;
/// * `idle`: allocatable less what is bound there, pods that are leaving included; negative on a node that was
///   over-committed when we found it;
/// * `futureIdle`: idle, plus what leaving pods will give back, less what has been promised to waiting pods
///   (Volcano: idle + releasing − pipelined);
/// * `requested`: the sum over all pods on the node, leaving and promised ones included, as kube-scheduler counts.
public struct ClusterState: Sendable {
    /// How a pod occupies its node.
    public enum Occupancy: Sendable {
        /// Bound or about to be.
        case bound
        /// Bound and being deleted.
        case releasing
        /// Promised: it gets what others will release.
        case pipelined
    }

    /// The limit that stands for "no limit" in the pods column of a node that does not name `pods`.
    public static let unlimitedPods: Int64 = 1 << 40

    /// Names and columns of the resources.
    public let resources: ResourceTable
    /// The nodes in byte-wise order of their names.
    public let nodes: [Node]
    private let indices: [String: Int]

    /// What pods may use in all, by column and node.
    public let allocatable: [[Int64]]
    /// What is left now, by column and node.
    public private(set) var idle: [[Int64]]
    /// What will be left once leaving pods have gone and promised pods have come, by column and node.
    public private(set) var futureIdle: [[Int64]]
    /// The sum of all pods on the node, by column and node.
    public private(set) var requested: [[Int64]]
    /// CPU by node as scoring counts it, where a container that asks for none counts as asking for a little.
    public private(set) var nonZeroMilliCPU: [Int64]
    /// Memory by node as scoring counts it.
    public private(set) var nonZeroMemory: [Int64]

    /// Columns for empty nodes.
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
            columns[ResourceTable.pods][index] = Self.unlimitedPods
            for (name, amount) in node.allocatable.sorted {
                guard let column = resources.column(name) else { continue }
                columns[column][index] =
                    column == ResourceTable.pods ? min(amount, Self.unlimitedPods) : amount
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
        allocatable = columns
        idle = columns
        futureIdle = columns
        let none = [Int64](repeating: 0, count: nodes.count)
        requested = [[Int64]](repeating: none, count: resources.count)
        nonZeroMilliCPU = none
        nonZeroMemory = none
    }

    /// The index of a node; `nil` when no node has the name.
    public func index(ofNode name: String) -> Int? { indices[name] }

    /// Puts a pod on a node. The caller has made sure that the sum of all pods' requests fits in 63 bits.
    ///
    /// - Complexity: O(resources that the pod asks for); no allocation.
    public mutating func add(_ request: PodRequest, to node: Int, as occupancy: Occupancy) {
        apply(request, to: node, as: occupancy, sign: 1)
    }

    /// Takes a pod off a node: the exact inverse of `add`.
    ///
    /// - Complexity: O(resources that the pod asks for); no allocation.
    public mutating func remove(_ request: PodRequest, from node: Int, as occupancy: Occupancy) {
        apply(request, to: node, as: occupancy, sign: -1)
    }

    private mutating func apply(
        _ request: PodRequest, to node: Int, as occupancy: Occupancy, sign: Int64
    ) {
        for entry in request.amounts {
            let amount = sign * entry.amount
            requested[entry.column][node] += amount
            switch occupancy {
            case .bound:
                idle[entry.column][node] -= amount
                futureIdle[entry.column][node] -= amount
            case .releasing:
                idle[entry.column][node] -= amount
            case .pipelined:
                futureIdle[entry.column][node] -= amount
            }
        }
        nonZeroMilliCPU[node] += sign * request.nonZero.milliCPU
        nonZeroMemory[node] += sign * request.nonZero.memory
    }
}

/// What a pod takes from a node, as columns and amounts.
public struct PodRequest: Hashable, Sendable {
    /// One resource's part.
    public struct Entry: Hashable, Sendable {
        /// The resource's column.
        public let column: Int
        /// How much, in the resource's own unit.
        public let amount: Int64
    }

    /// CPU, memory and the pod's slot, then what else it asks for, in the order of the columns.
    ///
    /// CPU and memory are there even if zero: a node with less than nothing left of them fits no pod, as in Volcano.
    public let amounts: [Entry]
    /// CPU and memory as scoring counts them.
    public let nonZero: NonZeroRequests
    /// True for a pod that asks for nothing but its slot.
    public let isBestEffort: Bool

    /// The request of a pod in the columns of a table, which must know every resource that the pod names.
    public init(_ pod: Pod, in resources: ResourceTable) {
        var row = resources.row(pod.requests)
        row[ResourceTable.pods] = 1
        amounts = row.enumerated().compactMap { column, amount in
            amount != 0 || column < ResourceTable.pods ? Entry(column: column, amount: amount) : nil
        }
        nonZero = pod.nonZeroRequests
        isBestEffort = amounts.allSatisfy { $0.column == ResourceTable.pods || $0.amount == 0 }
    }
}
