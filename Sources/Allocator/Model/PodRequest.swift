public import ClusterModel

/// What a pod takes from a node, as columns and amounts.
public struct PodRequest: Hashable, Sendable {
    /// One resource's part.
    public struct Entry: Hashable, Sendable {
        /// The resource's column.
        public let column: Int
        /// How much, in the resource's own unit.
        public let amount: Int64
    }

    /// CPU, memory and the pod's slot, then what else it asks for, by name.
    ///
    /// CPU and memory are there even if zero: a node with less than nothing left of them fits no pod, as in Volcano.
    public let amounts: [Entry]
    /// CPU and memory as scoring counts them.
    public let nonZero: NonZeroRequests
    /// True for a pod that asks for nothing but its slot.
    public let isBestEffort: Bool

    /// One of a resource, and no slot.
    init(oneOf column: Int) {
        amounts = [
            Entry(column: ResourceTable.cpu, amount: 0), Entry(column: ResourceTable.memory, amount: 0),
            Entry(column: ResourceTable.pods, amount: 0), Entry(column: column, amount: 1),
        ]
        nonZero = NonZeroRequests(milliCPU: 0, memory: 0)
        isBestEffort = false
    }

    private init(amounts: [Entry], nonZero: NonZeroRequests) {
        self.amounts = amounts
        self.nonZero = nonZero
        isBestEffort = amounts.allSatisfy { $0.column == ResourceTable.pods || $0.amount == 0 }
    }

    /// The same with another amount of a device; of nothing, without it.
    func asking(_ amount: Int64, of column: Int, in resources: ResourceTable) -> PodRequest {
        var amounts = amounts.filter { $0.column != column }
        if amount != 0 {
            let name = resources.names[column]
            let position =
                amounts.firstIndex { $0.column > ResourceTable.pods && name < resources.names[$0.column] }
                ?? amounts.count
            amounts.insert(Entry(column: column, amount: amount), at: position)
        }
        return PodRequest(amounts: amounts, nonZero: nonZero)
    }

    /// The request of a pod in the columns of a table, which must know every resource that the pod names.
    public init(_ pod: Pod, in resources: ResourceTable) {
        var amounts = [
            Entry(column: ResourceTable.cpu, amount: pod.requests[.cpu] ?? 0),
            Entry(column: ResourceTable.memory, amount: pod.requests[.memory] ?? 0),
            Entry(column: ResourceTable.pods, amount: 1),
        ]
        pod.requests.forEach { name, amount in
            guard let column = resources.column(name), column > ResourceTable.pods, amount != 0 else {
                return
            }
            amounts.append(Entry(column: column, amount: amount))
        }
        self.init(amounts: amounts, nonZero: pod.nonZeroRequests)
    }
}
