/// One node of a parsed text: 16 bytes, no reference.
///
/// A container is followed by its subtree. A mapping's subtree is key, value, key, value …; a key is a string entry.
/// A subtree names no absolute place, so that a copy of its entries is the same subtree again: aliases are expanded
/// that way.
///
/// `{"a": [1, true]}` is the tape
///
///     0  mapping   count 1  extent 4
///     1  string    "a"
///     2  sequence  count 2  extent 3
///     3  integer   "1"
///     4  true
struct TapeEntry: Sendable {
    enum Kind: UInt8, Sendable {
        case null, `false`, `true`, integer, float, string, sequence, mapping
    }

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        /// The scalar's text lies in the tape's arena, not in the source.
        static let inArena = Flags(rawValue: 1)
        /// A key that is not a member: a merge key, or one that could not be read.
        static let hidden = Flags(rawValue: 2)
    }

    /// The byte offset in the source for JSON, the line counted from 0 for YAML.
    var position: UInt32
    /// The column for YAML, counted from 0 and never above 65,535; 0 for JSON, where it follows from the offset.
    var column: UInt16
    var kind: Kind
    var flags: Flags
    /// Where a scalar's text begins; for a container, the number of its members or elements.
    var first: UInt32
    /// The length of a scalar's text in bytes; for a container, how many entries it takes with its subtree.
    var extent: UInt32

    /// How many entries this one and its subtree take.
    var size: Int {
        kind == .mapping || kind == .sequence ? Int(extent) : 1
    }

    var isHidden: Bool { flags.contains(.hidden) }
}

/// What a text was parsed into; all values of the text share it.
///
/// Text of scalars: an integer's is canonical decimal, a float's as written, a string's without quotes and escapes.
final class Tape: Sendable {
    let file: String
    let entries: [TapeEntry]
    /// The JSON text that most scalars are slices of; empty for YAML.
    let source: [UInt8]
    /// Text of scalars that do not stand in the source as they are.
    let arena: [UInt8]
    /// Present for JSON, whose entries know their offset only.
    let lines: LineTable?
    /// Where entries come from other files, by their first entry; empty for a text as it was parsed.
    let origins: [TapeOrigin]

    init(file: String, builder: consuming TapeBuilder, lines: LineTable?, origins: [TapeOrigin] = []) {
        self.file = file
        self.lines = lines
        self.origins = origins
        entries = builder.entries
        source = builder.source
        arena = builder.arena
    }

    /// The file that the entry at `index` was read from.
    func file(at index: Int) -> String {
        origins.last { $0.firstEntry <= index }?.file ?? file
    }

    func line(of entry: TapeEntry) -> Int {
        let position = Int(entry.position)
        return lines.map { $0.line(at: position) } ?? position + 1
    }

    func column(of entry: TapeEntry) -> Int {
        lines.map { $0.column(at: Int(entry.position), in: source) } ?? Int(entry.column) + 1
    }

    /// The text of a scalar entry.
    func text(of entry: TapeEntry) -> String {
        let range = Int(entry.first)..<Int(entry.first) + Int(entry.extent)
        return String(decoding: entry.flags.contains(.inArena) ? arena[range] : source[range], as: UTF8.self)
    }

    /// The index of a mapping's value for `key`.
    ///
    /// - Complexity: O(*members*), comparing lengths first; no String is made.
    func value(of key: String, inMappingAt mapping: Int) -> Int? {
        var key = key
        return key.withUTF8 { key in
            let end = mapping + entries[mapping].size
            var index = mapping + 1
            while index < end {
                let entry = entries[index]
                let value = index + entry.size
                if !entry.isHidden, Int(entry.extent) == key.count, hasText(entry, key) { return value }
                index = value + entries[value].size
            }
            return nil
        }
    }

    private func hasText(_ entry: TapeEntry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let bytes = entry.flags.contains(.inArena) ? arena : source
        let first = Int(entry.first)
        for offset in text.indices where bytes[first + offset] != text[offset] { return false }
        return true
    }
}
