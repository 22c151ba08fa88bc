/// Remembers which group a node of one group gets into when a pod comes or goes, or when one of its marks changes.
///
/// Training clusters see the same few changes over and over: a hit costs one probe of an open table.
struct TransitionTable: Sendable {
    /// What happens to the node: a pod comes or goes.
    struct Change {
        let request: RequestID
        let occupancy: Occupancy
        let sign: Int64

        var event: Event {
            let kind: UInt64 =
                switch occupancy {
                case .bound: 0
                case .releasing: 1
                case .pipelined: 2
                case .evicted: 3
                }
            return Event(code: UInt64(request.ordinal) << 4 | kind << 1 | (sign > 0 ? 1 : 0))
        }
    }

    /// What happens to the node, as one number of 32 bits.
    struct Event {
        fileprivate let code: UInt64

        fileprivate init(code: UInt64) { self.code = code }

        /// The node gets a mark, or loses it if it has it.
        init(flipping mark: NodeMark) { code = UInt64(mark.index) << 4 | 8 }
    }

    /// Where a change leads.
    struct Entry: Sendable {
        fileprivate var key: UInt64
        /// The group that the node gets into.
        fileprivate(set) var group: Int32
        /// By how much the number of nodes on which something is being freed changes.
        fileprivate(set) var freeing: Int32
    }

    private var entries: [Entry]
    private var count = 0
    /// A key that no change has.
    private static let free = Entry(key: .max, group: 0, freeing: 0)

    init() { entries = [Entry](repeating: Self.free, count: 1 << 10) }

    /// Where a node of `group` gets by a change; `nil` if that has not been seen.
    @inline(__always)
    func target(of group: Int32, _ event: Event) -> Entry? {
        let key = Self.key(group, event)
        var slot = slot(key)
        while true {
            let entry = entries[slot]
            if entry.key == key { return entry }
            if entry.key == Self.free.key { return nil }
            slot = (slot + 1) & (entries.count - 1)
        }
    }

    /// Remembers a change.
    mutating func insert(_ target: Int32, freeing: Int, of group: Int32, _ event: Event) {
        if 2 * count >= entries.count { grow() }
        place(Entry(key: Self.key(group, event), group: target, freeing: Int32(freeing)))
        count += 1
    }

    private static func key(_ group: Int32, _ event: Event) -> UInt64 {
        UInt64(UInt32(bitPattern: group)) << 32 | event.code
    }

    private func slot(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (entries.count - 1)
    }

    private mutating func place(_ entry: Entry) {
        var slot = slot(entry.key)
        while entries[slot].key != Self.free.key { slot = (slot + 1) & (entries.count - 1) }
        entries[slot] = entry
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Self.free, count: 2 * old.count)
        for entry in old where entry.key != Self.free.key { place(entry) }
    }
}
