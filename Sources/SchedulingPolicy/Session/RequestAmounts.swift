import Allocator
import ClusterModel

/// What pods take, request after request in one array, so that a loop over the amounts of one holds on to nothing.
struct RequestAmounts: Sendable {
    /// What is known of a request besides its amounts.
    struct Facts: Sendable {
        /// Where its amounts are.
        let range: Range<Int>
        /// CPU and memory as scoring counts them.
        let nonZero: NonZeroRequests
        /// True for a pod that asks for nothing but its slot.
        let isBestEffort: Bool
    }

    /// The amounts of all requests.
    private(set) var entries: [PodRequest.Entry] = []
    private var facts: [Facts] = []

    /// Copies a request that the allocator has just interned.
    ///
    /// - Returns: false if it was known.
    mutating func add(_ request: RequestID, from allocator: ChosenAllocator) -> Bool {
        if request.ordinal < facts.count { return false }
        let new = allocator.request(request)
        entries += new.amounts
        facts.append(
            Facts(
                range: entries.count - new.amounts.count..<entries.count, nonZero: new.nonZero,
                isBestEffort: new.isBestEffort))
        return true
    }

    /// Where the amounts of a request are.
    func range(of request: RequestID) -> Range<Int> { facts[request.ordinal].range }

    /// What is known of a request.
    subscript(_ request: RequestID) -> Facts { facts[request.ordinal] }
}
