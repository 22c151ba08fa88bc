/// Numbers of logical processors, or of NUMA nodes, in the kernel's notation: `0-3,8`.
public struct CPUSet: Hashable, Sendable {
    /// The numbers, each once, in ascending order.
    public let ids: [Int]

    /// The greatest number that text may have: no kernel counts further.
    public static let greatestID = 65_535

    /// A set of numbers in any order.
    public init(_ ids: some Sequence<Int>) {
        var sorted = ids.sorted()
        var kept = 0
        for index in sorted.indices where kept == 0 || sorted[kept - 1] != sorted[index] {
            sorted[kept] = sorted[index]
            kept += 1
        }
        sorted.removeLast(sorted.count - kept)
        self.ids = sorted
    }

    /// Reads numbers and ranges between commas, such as `0-3,8`; the empty text is the empty set.
    ///
    /// `nil` for anything else, and for numbers above ``greatestID``.
    public init?(_ text: some StringProtocol) {
        guard let ids = Self.run(text) else { return nil }
        self.init(ids)
    }

    /// The numbers of text such as `4-6,0,4`, in its order and as often as it has them.
    public static func run(_ text: some StringProtocol) -> [Int]? {
        var ids: [Int] = []
        if text.isEmpty { return ids }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = number(ends[0]), let last = ends.count == 1 ? first : number(ends[1]),
                first <= last
            else { return nil }
            // Ranges that say the same again and again must not fill the memory.
            guard ids.count + last - first <= greatestID else { return nil }
            ids.append(contentsOf: first...last)
        }
        return ids
    }

    /// Text that ``run(_:)`` reads back: numbers that follow each other become ranges, their order stays.
    public static func text(ofRun ids: some Collection<Int>) -> String {
        var parts: [String] = []
        var rest = ids[...]
        while let first = rest.popFirst() {
            var last = first
            while rest.first == last + 1 { last = rest.removeFirst() }
            parts.append(first == last ? "\(first)" : "\(first)-\(last)")
        }
        return parts.joined(separator: ",")
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let number = Int(text), number <= greatestID
        else { return nil }
        return number
    }

    /// Whether the number is in the set.
    public func contains(_ id: Int) -> Bool {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id
    }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { ids.isEmpty }
}

extension CPUSet: CustomStringConvertible {
    /// The kernel's notation; empty for the empty set.
    public var description: String { Self.text(ofRun: ids) }
}
