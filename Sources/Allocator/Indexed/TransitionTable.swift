/// Remembers which group a node of one group gets into when a pod comes or goes.
///
/// Training clusters see the same few changes over and over: a hit costs one probe of an open table.
struct TransitionTable: Sendable {
    /// What happens to the node.
    struct Change {
        let request: RequestID
        let occupancy: Occupancy
        let sign: Int64

        /// Three bits.
        fileprivate var code: UInt64 {
            let kind: UInt64 =
                switch occupancy {
                case .bound: 0
                case .releasing: 1
                case .pipelined: 2
                }
            return kind << 1 | (sign > 0 ? 1 : 0)
        }
    }

    private var keys: [UInt64]
    private var targets: [Int32]
    private var count = 0
    /// A key that no change has.
    private static let free = UInt64.max

    init() {
        keys = [UInt64](repeating: Self.free, count: 1 << 10)
        targets = [Int32](repeating: 0, count: 1 << 10)
    }

    /// The group that a node of `group` gets into; `nil` if that has not been seen.
    func target(of group: Int, _ change: Change) -> Int? {
        let key = Self.key(group, change)
        var slot = slot(key)
        while keys[slot] != Self.free {
            if keys[slot] == key { return Int(targets[slot]) }
            slot = (slot + 1) & (keys.count - 1)
        }
        return nil
    }

    /// Remembers a change.
    mutating func insert(_ target: Int, of group: Int, _ change: Change) {
        if 2 * count >= keys.count { grow() }
        place(Self.key(group, change), Int32(target))
        count += 1
    }

    private static func key(_ group: Int, _ change: Change) -> UInt64 {
        UInt64(group) << 32 | UInt64(change.request.ordinal) << 3 | change.code
    }

    private func slot(_ key: UInt64) -> Int {
        Int((key &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - keys.count.trailingZeroBitCount))
    }

    private mutating func place(_ key: UInt64, _ target: Int32) {
        var slot = slot(key)
        while keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
        keys[slot] = key
        targets[slot] = target
    }

    private mutating func grow() {
        let (oldKeys, oldTargets) = (keys, targets)
        keys = [UInt64](repeating: Self.free, count: 2 * oldKeys.count)
        targets = [Int32](repeating: 0, count: keys.count)
        for (key, target) in zip(oldKeys, oldTargets) where key != Self.free { place(key, target) }
    }
}
