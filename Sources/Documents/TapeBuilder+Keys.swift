/// Finding equal keys without making Strings of them.
///
/// A mapping's keys are compared pairwise while they are few, which is nearly always, and through an open hash table
/// beyond that. Hasher is seeded at random, so no input can be made slow by choosing keys that collide.
extension TapeBuilder {
    private static let pairwiseLimit = 16

    /// Forgets all keys, for the next mapping.
    mutating func forgetKeys() {
        seenKeys.removeAll(keepingCapacity: true)
        keyTable.removeAll(keepingCapacity: true)
    }

    /// Notes the key entry at `index`; returns the index of an equal one noted before, in which case it notes nothing.
    ///
    /// - Complexity: O(1) on average, plus the length of the key.
    mutating func noteKey(_ index: Int) -> Int? {
        if keyTable.isEmpty {
            for ordinal in seenKeys.indices where sameText(seenKeys[ordinal], index) {
                return seenKeys[ordinal]
            }
            seenKeys.append(index)
            if seenKeys.count > Self.pairwiseLimit { growKeyTable() }
            return nil
        }
        let slot = keySlot(index)
        if keyTable[slot] != 0 { return seenKeys[Int(keyTable[slot]) - 1] }
        seenKeys.append(index)
        keyTable[slot] = UInt32(seenKeys.count)
        if seenKeys.count * 2 > keyTable.count { growKeyTable() }
        return nil
    }

    private mutating func growKeyTable() {
        let size = max(keyTable.count * 2, Self.pairwiseLimit * 4)
        keyTable.removeAll(keepingCapacity: true)
        keyTable.append(contentsOf: repeatElement(0, count: size))
        for (ordinal, key) in seenKeys.enumerated() {
            keyTable[keySlot(key)] = UInt32(ordinal + 1)
        }
    }

    /// The table's slot that holds a key equal to the one at `index`, or the free one where it belongs.
    private func keySlot(_ index: Int) -> Int {
        let mask = keyTable.count - 1  // the size is a power of two
        var slot = hash(of: index) & mask
        while keyTable[slot] != 0, !sameText(seenKeys[Int(keyTable[slot]) - 1], index) {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func hash(of index: Int) -> Int {
        let entry = entries[index]
        let range = Int(entry.first)..<Int(entry.first) + Int(entry.extent)
        var hasher = Hasher()
        if entry.flags.contains(.inArena) {
            arena.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        } else {
            source.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
        return hasher.finalize()
    }

    private func sameText(_ left: Int, _ right: Int) -> Bool {
        let left = entries[left]
        let right = entries[right]
        if left.extent != right.extent { return false }
        for offset in 0..<Int(left.extent) where byte(left, offset) != byte(right, offset) { return false }
        return true
    }

    private func byte(_ entry: TapeEntry, _ offset: Int) -> UInt8 {
        let index = Int(entry.first) + offset
        return entry.flags.contains(.inArena) ? arena[index] : source[index]
    }

    /// The text of the scalar at `index`, for messages.
    func text(of index: Int) -> String {
        let entry = entries[index]
        let range = Int(entry.first)..<Int(entry.first) + Int(entry.extent)
        return String(decoding: entry.flags.contains(.inArena) ? arena[range] : source[range], as: UTF8.self)
    }
}
