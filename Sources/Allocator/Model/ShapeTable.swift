import ClusterModel

/// A scheduling shape, interned by the allocator that gave it out.
public struct ShapeID: Hashable, Sendable {
    private let number: Int32

    init(index: Int) { number = Int32(index) }

    var index: Int { Int(number) }
}

/// Scheduling shapes: pods that ask for the same and may go to the same nodes are one shape.
struct ShapeTable: Sendable {
    struct Shape: Sendable {
        /// What a pod takes; shapes that take the same from a node share it.
        let requestID: RequestID
        /// The same as values.
        let request: PodRequest
        /// Index of its set of demands in the table of constraints.
        let demands: Int
        /// Index of what it asks of marks in the table of marks.
        let marks: Int
        /// Index of its set of preferences among the constraints.
        let preferences: Int
        /// What scores a node's state for it.
        fileprivate(set) var scorer: ShapeScorer
    }

    private struct Key: Hashable {
        let requestID: RequestID
        let demands: Int
        let marks: Int
        let preferences: Int
    }

    /// What a pod says of its shape, as it says it.
    private struct Wording: Sendable {
        let requests: ResourceList
        let nonZero: NonZeroRequests
        let nodeSelector: [String: String]
        let nodeAffinity: NodeAffinity
        let tolerations: [Toleration]
        let images: [String]
        let marks: Int
        let id: ShapeID

        init(_ pod: Pod, marks: Int, id: ShapeID) {
            requests = pod.requests
            nonZero = pod.nonZeroRequests
            nodeSelector = pod.nodeSelector
            nodeAffinity = pod.nodeAffinity
            tolerations = pod.tolerations
            images = pod.images
            self.marks = marks
            self.id = id
        }

        func isOf(_ pod: Pod, marks: Int) -> Bool {
            marks == self.marks && nonZero == pod.nonZeroRequests && requests == pod.requests
                && nodeSelector == pod.nodeSelector
                && nodeAffinity == pod.nodeAffinity && tolerations == pod.tolerations && images == pod.images
        }
    }

    private(set) var shapes: [Shape] = []
    /// What pods take, by shape.
    private(set) var requestIDs: [RequestID] = []
    private var ids: [Key: ShapeID] = [:]
    private var wordings: [Wording] = []
    /// The wordings by a hash of their amounts.
    private var chains = HashChains()

    subscript(_ id: ShapeID) -> Shape { shapes[id.index] }

    /// The shape of a pod that says what an earlier one has said, as far as that is quickly found; else `nil`.
    ///
    /// - Complexity: O(what the pod says), without allocation.
    func known(_ pod: Pod, marks: Int, hash: UInt64) -> ShapeID? {
        var known = chains.newest(hash)
        var reach = HashChains.reach
        while let index = known, reach > 0 {
            if wordings[index].isOf(pod, marks: marks) { return wordings[index].id }
            known = chains.before(index)
            reach -= 1
        }
        return nil
    }

    /// Notes what a pod says, and the shape that this comes to.
    mutating func intern(
        _ pod: Pod, hash: UInt64, requestID: RequestID, request: PodRequest, demands: Int, marks: Int,
        preferences: Int, scorer: @autoclosure () -> ShapeScorer
    ) -> ShapeID {
        let key = Key(requestID: requestID, demands: demands, marks: marks, preferences: preferences)
        let id = ids[key] ?? ShapeID(index: shapes.count)
        let isNew = id.index == shapes.count
        if isNew {
            ids[key] = id
            requestIDs.append(requestID)
            shapes.append(
                Shape(
                    requestID: requestID, request: request, demands: demands, marks: marks,
                    preferences: preferences, scorer: scorer()))
        }
        if isNew || !chains.isLong(hash) {
            wordings.append(Wording(pod, marks: marks, id: id))
            chains.append(hash)
        }
        return id
    }

    /// A shape that asks for something else and is like a known one otherwise.
    mutating func intern(
        _ known: ShapeID, asking requestID: RequestID, _ request: PodRequest,
        scorer: @autoclosure () -> ShapeScorer
    ) -> ShapeID {
        let old = self[known]
        let key = Key(
            requestID: requestID, demands: old.demands, marks: old.marks, preferences: old.preferences)
        if let id = ids[key] { return id }
        let id = ShapeID(index: shapes.count)
        ids[key] = id
        requestIDs.append(requestID)
        shapes.append(
            Shape(
                requestID: requestID, request: request, demands: old.demands, marks: old.marks,
                preferences: old.preferences, scorer: scorer()))
        return id
    }

    /// Makes all scorers anew.
    mutating func configure(kernels: [ScoreKernel], resources: ResourceTable) {
        for index in shapes.indices {
            shapes[index].scorer = ShapeScorer(shapes[index].request, kernels: kernels, resources: resources)
        }
    }
}

extension Pod {
    /// A hash of what tells most shapes apart: amounts and the values of the selector.
    var shapeHash: UInt64 {
        var hash = amountsHash
        for value in nodeSelector.values {
            var own: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in value.utf8 { own = (own ^ UInt64(byte)) &* 0x100_0000_01B3 }
            // A sum, since the entries are in no order.
            hash &+= own
        }
        return hash
    }
}

extension ShapeTable.Shape {
    /// How a pod of this shape fits on a row that meets its demands; `nil` if it does not.
    ///
    /// A pod that asks for nothing needs a slot and nothing else: Volcano's backfill.
    func kind(in states: borrowing StateTable, _ row: Int, filters: NodeFilters) -> Placement.Kind? {
        if filters.contains(.podCount) || request.isBestEffort, !states.hasSlot(row) { return nil }
        if request.isBestEffort ? states.hasSlotNow(row) : states.fitsNow(request, row) { return .allocate }
        return states.fitsLater(request, row) ? .pipeline : nil
    }

    /// How many pods of this shape fit what is idle on a row that meets its demands, one after the other.
    func room(in states: borrowing StateTable, _ row: Int, filters: NodeFilters) -> Int64 {
        let slots =
            filters.contains(.podCount) || request.isBestEffort ? max(0, states.freeSlots(row)) : .max
        return request.isBestEffort ? slots : min(slots, states.fitCount(request, row))
    }
}

extension Placement.Kind {
    /// How a pod that takes such a place occupies the node.
    var occupancy: Occupancy { self == .allocate ? .bound : .pipelined }
}
