/// Writes a tape from left to right; both readers fill it.
struct TapeBuilder {
    /// The JSON text; empty for YAML.
    let source: [UInt8]
    var entries: [TapeEntry] = []
    var arena: [UInt8] = []

    // Scratch for the keys of the mapping that is being closed; see TapeBuilder+Keys.
    var seenKeys: [Int] = []
    var keyTable: [UInt32] = []

    init(source: [UInt8] = []) {
        self.source = source
    }

    /// Opens a container and returns its index, which `close` wants.
    mutating func open(_ kind: TapeEntry.Kind, position: UInt32, column: UInt16 = 0) -> Int {
        entries.append(
            TapeEntry(position: position, column: column, kind: kind, flags: [], first: 0, extent: 1))
        return entries.count - 1
    }

    /// Closes the container at `index`: everything written since is its subtree.
    mutating func close(_ index: Int, count: Int) {
        entries[index].first = UInt32(count)
        entries[index].extent = UInt32(entries.count - index)
    }

    /// Writes a scalar whose text is a slice of the source.
    mutating func append(_ kind: TapeEntry.Kind, position: UInt32, text: Range<Int>) {
        entries.append(
            TapeEntry(
                position: position, column: 0, kind: kind, flags: [], first: UInt32(text.lowerBound),
                extent: UInt32(text.count)))
    }

    /// Writes a scalar whose text is what was appended to the arena since it had `arenaStart` bytes.
    mutating func append(
        _ kind: TapeEntry.Kind, position: UInt32, column: UInt16 = 0, flags: TapeEntry.Flags = [],
        arenaFrom arenaStart: Int
    ) {
        entries.append(
            TapeEntry(
                position: position, column: column, kind: kind, flags: flags.union(.inArena),
                first: UInt32(arenaStart), extent: UInt32(arena.count - arenaStart)))
    }

    /// Writes the subtree at `index` a second time and returns where the copy is.
    mutating func copy(_ index: Int) -> Int {
        let start = entries.count
        for source in index..<index + entries[index].size {
            entries.append(entries[source])
        }
        return start
    }
}
