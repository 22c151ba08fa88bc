import Allocator

/// What pods take, request after request in one array, so that a loop over the amounts of one holds on to nothing.
struct RequestAmounts: Sendable {
    /// The amounts of all requests.
    private(set) var entries: [PodRequest.Entry] = []
    private var ends: [Int] = []

    /// Copies the amounts of a request that the allocator has just interned, if it is new.
    mutating func add(_ request: RequestID, from allocator: ChosenAllocator) {
        if request.ordinal < ends.count { return }
        entries += allocator.request(request).amounts
        ends.append(entries.count)
    }

    /// Where the amounts of a request are.
    func range(of request: RequestID) -> Range<Int> {
        let ordinal = request.ordinal
        return (ordinal == 0 ? 0 : ends[ordinal - 1])..<ends[ordinal]
    }
}
