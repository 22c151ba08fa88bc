/// Finds slots by the hash of their keys: an open table with linear probing, eight bytes an entry.
///
/// The keys themselves are kept where the slots are, and only there: with a million pods, a dictionary that held them a
/// second time would be a quarter of all memory.
///
/// Source of the removal without tombstones: Knuth, "The Art of Computer Programming" 3, 6.4, algorithm R.
struct SlotIndex: Sendable {
    private struct Entry: Sendable {
        var slot: Int32
        var hash: UInt32
    }

    private static let free = Entry(slot: -1, hash: 0)
    private var entries = [Entry](repeating: Self.free, count: 16)
    /// The number of slots in it.
    private(set) var count = 0

    private var mask: Int { entries.count - 1 }

    /// The slot with a hash for which a test holds; `nil` if there is none.
    func find(_ hash: Int, where isMatch: (Int) -> Bool) -> Int? {
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

    /// Adds a slot that is not in it.
    mutating func insert(_ slot: Int, _ hash: Int) {
        if 2 * (count + 1) > entries.count { resize(to: 2 * entries.count) }
        place(Entry(slot: Int32(slot), hash: UInt32(truncatingIfNeeded: hash)))
        count += 1
    }

    /// Takes a slot out.
    mutating func remove(_ slot: Int, _ hash: Int) {
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
    mutating func reserveCapacity(_ capacity: Int) {
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
