public import ClusterModel

/// What things are called and what they look like.
extension IndexedAllocator {
    /// The columns of the resources.
    public var resources: ResourceTable { inventory.resources }

    /// Makes columns for resources that are new.
    public mutating func addResources(_ names: [ResourceName]) {
        inventory.addResources(names)
        groups.addColumns(upTo: inventory.resources.count)
    }

    /// The number of nodes.
    public var nodeCount: Int { inventory.nodes.count }

    /// The indices of the nodes in byte-wise order of their names.
    public var nodesByName: [Int] { inventory.nodes.byName.map(Int.init) }

    /// The node of an index.
    public func node(_ index: Int) -> Node { inventory.nodes[index] }

    /// The index of a node.
    public func index(ofNode name: String) -> Int? { inventory.nodes.index(of: name) }

    /// Makes a mark.
    public mutating func makeMark(refusal: String) -> NodeMark { inventory.makeMark(refusal: refusal) }

    /// The shape of a pod.
    public mutating func intern(_ pod: Pod, avoiding: [NodeMark], requiring: [NodeMark]) -> ShapeID {
        let shape = inventory.intern(pod, avoiding: avoiding, requiring: requiring)
        groups.addColumns(upTo: inventory.resources.count)
        return shape
    }

    /// What a pod takes from a node.
    public mutating func internRequest(of pod: Pod) -> RequestID {
        let request = inventory.internRequest(of: pod)
        groups.addColumns(upTo: inventory.resources.count)
        return request
    }

    /// A request with another amount of one resource.
    public mutating func intern(
        _ request: RequestID, asking amount: Int64, of resource: ResourceName
    ) -> RequestID {
        let request = inventory.intern(request, asking: amount, of: resource)
        groups.addColumns(upTo: inventory.resources.count)
        return request
    }

    /// A shape that asks for something else.
    public mutating func intern(_ shape: ShapeID, asking request: RequestID) -> ShapeID {
        inventory.intern(shape, asking: request)
    }

    /// One of a resource, and no slot.
    public mutating func internHold(of resource: ResourceName) -> RequestID {
        let request = inventory.internHold(of: resource)
        groups.addColumns(upTo: inventory.resources.count)
        return request
    }

    /// The request of a shape.
    public func requestID(of shape: ShapeID) -> RequestID { inventory.shapes.requestIDs[shape.index] }

    /// What pods of a request take.
    public func request(_ id: RequestID) -> PodRequest { inventory.requests[id] }

    /// What the nodes offer and what is left, put together node by node.
    public var cluster: ClusterState {
        var rows = groups.groupOf
        while rows.count < inventory.nodes.slotCount { rows.append(GroupTable.none) }
        return ClusterState(
            resources: inventory.resources, nodes: inventory.nodes, requests: inventory.requests,
            states: StateTable(groups.states, rows: rows))
    }

    /// Says why nodes do not take pods.
    public var diagnosis: Diagnosis {
        let rows = groups.groupOf
        return Diagnosis(inventory: inventory, states: groups.states, row: { Int(rows[$0]) })
    }
}
