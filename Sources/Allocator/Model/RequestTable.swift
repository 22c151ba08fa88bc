import ClusterModel

/// What pods take from a node, interned by the allocator that gave it out.
public struct RequestID: Hashable, Sendable {
    let index: Int32

    /// Requests are numbered from 0 in the order in which they were first seen.
    public var ordinal: Int { Int(index) }
}

/// The distinct requests of pods.
struct RequestTable: Sendable {
    /// What a pod says, as it says it. Two such may come to the same request.
    private struct Wording: Sendable {
        let requests: ResourceList
        let nonZero: NonZeroRequests
        let id: RequestID
    }

    private(set) var requests: [PodRequest] = []
    private var ids: [PodRequest: RequestID] = [:]
    private var wordings: [Wording] = []
    /// The wordings by a hash of their amounts.
    private var chains = HashChains()

    subscript(_ id: RequestID) -> PodRequest { requests[id.ordinal] }

    /// The request of a pod; resources that are new get a column.
    ///
    /// - Complexity: O(resources that the pod names), without allocation if it has been seen before.
    mutating func intern(_ pod: Pod, in resources: inout ResourceTable) -> RequestID {
        let hash = pod.amountsHash
        var known = chains.newest(hash)
        while let index = known {
            let isSame =
                wordings[index].nonZero == pod.nonZeroRequests && wordings[index].requests == pod.requests
            if isSame { return wordings[index].id }
            known = chains.before(index)
        }
        resources.add(pod.requests.names)
        let id = intern(PodRequest(pod, in: resources))
        wordings.append(Wording(requests: pod.requests, nonZero: pod.nonZeroRequests, id: id))
        chains.append(hash)
        return id
    }

    /// One of a resource, and no slot.
    mutating func internHold(of resource: ResourceName, in resources: inout ResourceTable) -> RequestID {
        resources.add([resource])
        guard let column = resources.column(resource) else { preconditionFailure("it has just been added") }
        return intern(PodRequest(oneOf: column))
    }

    /// A request with another amount of one resource; of nothing, without it.
    mutating func intern(
        _ known: RequestID, asking amount: Int64, of resource: ResourceName, in resources: inout ResourceTable
    ) -> RequestID {
        resources.add([resource])
        guard let column = resources.column(resource) else { preconditionFailure("it has just been added") }
        return intern(self[known].asking(amount, of: column, in: resources))
    }

    private mutating func intern(_ request: PodRequest) -> RequestID {
        if let id = ids[request] { return id }
        let id = RequestID(index: Int32(requests.count))
        ids[request] = id
        requests.append(request)
        return id
    }
}

extension Pod {
    /// A hash of the amounts that a pod asks for, names aside: to find it among known pods quickly.
    var amountsHash: UInt64 {
        var hash = UInt64(bitPattern: nonZeroRequests.milliCPU) &* 0x9E37_79B9_7F4A_7C15
        hash ^= UInt64(bitPattern: nonZeroRequests.memory)
        requests.forEach { _, amount in
            hash = (hash ^ UInt64(bitPattern: amount)) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
        }
        return hash
    }
}
