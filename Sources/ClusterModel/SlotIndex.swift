/// Finds slots by the hash of their keys: an open table with linear probing, eight bytes an entry.
///
/// The keys themselves are kept where the slots are, and only there: with a million pods, a dictionary that held them a
/// second time would be a quarter of all memory.
///
/// Source of the removal without tombstones: Knuth, "The Art of Computer Programming" 3, 6.4, algorithm R.
public struct SlotIndex: Sendable {
    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline var slot: Int32
        @usableFromInline var hash: UInt32

        @inlinable
        init(slot: Int32, hash: UInt32) {
            self.slot = slot
            self.hash = hash
        }
    }

    @usableFromInline static let free = Entry(slot: -1, hash: 0)
    @usableFromInline var entries = [Entry](repeating: Self.free, count: 16)
    /// The number of slots in it.
    public private(set) var count = 0

    /// An index of nothing.
    public init() {}

    @usableFromInline var mask: Int {
        @inlinable get { entries.count - 1 }
    }

    /// The slot with a hash for which a test holds; `nil` if there is none.
    ///
    /// - Complexity: O(1) expected.
    @inlinable
    public func find(_ hash: Int, where isMatch: (Int) -> Bool) -> Int? {
        let hash = UInt32(truncatingIfNeeded: hash)
        var position = Int(hash) & mask
        while entries[position].slot >= 0 {
            if entries[position].hash == hash, isMatch(Int(entries[position].slot)) {
                return Int(entries[position].slot)
            }
            position = (position + 1) & mask
        }
        return nil
    }

    /// Adds a slot that is not in it. - Complexity: O(1) expected.
    public mutating func insert(_ slot: Int, _ hash: Int) {
        if 2 * (count + 1) > entries.count { resize(to: 2 * entries.count) }
        place(Entry(slot: Int32(slot), hash: UInt32(truncatingIfNeeded: hash)))
        count += 1
    }

    /// Takes a slot out. - Complexity: O(1) expected.
    public mutating func remove(_ slot: Int, _ hash: Int) {
        var hole = Int(UInt32(truncatingIfNeeded: hash)) & mask
        while entries[hole].slot != Int32(slot) {
            if entries[hole].slot < 0 { return }
            hole = (hole + 1) & mask
        }
        count -= 1
        // What comes behind moves up, as far as it would be looked for at the hole or before.
        var position = (hole + 1) & mask
        while entries[position].slot >= 0 {
            let wanted = Int(entries[position].hash) & mask
            if (position - wanted) & mask >= (position - hole) & mask {
                entries[hole] = entries[position]
                hole = position
            }
            position = (position + 1) & mask
        }
        entries[hole] = Self.free
    }

    /// Makes room for so many slots in all.
    public mutating func reserveCapacity(_ capacity: Int) {
        var size = entries.count
        while 2 * capacity > size { size *= 2 }
        if size > entries.count { resize(to: size) }
    }

    private mutating func resize(to size: Int) {
        let old = entries
        entries = [Entry](repeating: Self.free, count: size)
        for entry in old where entry.slot >= 0 { place(entry) }
    }

    private mutating func place(_ entry: Entry) {
        var position = Int(entry.hash) & mask
        while entries[position].slot >= 0 { position = (position + 1) & mask }
        entries[position] = entry
    }
}
