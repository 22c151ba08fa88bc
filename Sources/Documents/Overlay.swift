/// One step from a value to a part of it.
public enum PathStep: Hashable, Sendable {
    /// To the member of a mapping.
    case key(String)
    /// To an element of a list, counted from 0.
    case element(Int)
}

// New values made of parts of others. Every part keeps the file and the line that it came from, so that problems with it
// name the place where its author wrote it.
extension Value {
    /// This value with another laid over it: mappings are merged member by member, everything else is replaced.
    ///
    /// - Complexity: O(*n*) in the entries of both.
    public func overlaid(by other: Value) -> Value {
        var writer = OverlayWriter()
        writer.write(self, overlaidBy: other)
        return writer.finish(file: file)
    }

    /// This value with another in place of what is found at a path; mappings on the way that are missing are made.
    ///
    /// - Returns: The new value; nil if a step does not apply: a member of what is no mapping, an element that is not there.
    /// - Complexity: O(*n*) in the entries of both.
    public func replacing(_ path: [PathStep], with replacement: Value) -> Value? {
        var writer = OverlayWriter()
        guard writer.write(self, path[...], replacement) else { return nil }
        return writer.finish(file: file)
    }

    /// This mapping without one of its members.
    public func removing(_ key: String) -> Value {
        var writer = OverlayWriter()
        writer.writeMapping(at: self) { writer in
            var count = 0
            for (name, member) in members where name != key {
                writer.write(name, at: member)
                writer.copy(member)
                count += 1
            }
            return count
        }
        return writer.finish(file: file)
    }
}

/// Writes a tape from values of other tapes.
private struct OverlayWriter {
    private var builder = TapeBuilder()
    private var origins: [TapeOrigin] = []

    consuming func finish(file: String) -> Value {
        let origins = origins
        return Value(tape: Tape(file: file, builder: builder, lines: nil, origins: origins), index: 0)
    }

    mutating func write(_ base: Value, overlaidBy over: Value) {
        guard base.kind == .mapping, over.kind == .mapping else { return copy(over) }
        writeMapping(at: base) { writer in
            var count = 0
            for (key, member) in base.members {
                writer.write(key, at: over[key] ?? member)
                if let replacement = over[key] {
                    writer.write(member, overlaidBy: replacement)
                } else {
                    writer.copy(member)
                }
                count += 1
            }
            for (key, member) in over.members where base[key] == nil {
                writer.write(key, at: member)
                writer.copy(member)
                count += 1
            }
            return count
        }
    }

    /// False if a step does not apply; what has been written is then of no use.
    mutating func write(_ base: Value?, _ path: ArraySlice<PathStep>, _ replacement: Value) -> Bool {
        switch path.first {
        case nil:
            copy(replacement)
            return true
        case .key(let wanted):
            guard base == nil || base?.kind == .mapping || base?.kind == .null else { return false }
            var applies = true
            writeMapping(at: base ?? replacement) { writer in
                var count = 0
                for (key, member) in base?.members.map({ ($0.key, $0.value) }) ?? [] {
                    writer.write(key, at: member)
                    if key == wanted {
                        applies = writer.write(member, path.dropFirst(), replacement)
                    } else {
                        writer.copy(member)
                    }
                    count += 1
                }
                if base?[wanted] == nil {
                    writer.write(wanted, at: replacement)
                    applies = writer.write(nil, path.dropFirst(), replacement)
                    count += 1
                }
                return count
            }
            return applies
        case .element(let wanted):
            guard let base, base.kind == .sequence, (0..<base.count).contains(wanted) else { return false }
            var applies = true
            let start = open(.sequence, at: base)
            for (index, element) in base.elements.enumerated() {
                if index == wanted {
                    applies = write(element, path.dropFirst(), replacement)
                } else {
                    copy(element)
                }
            }
            builder.close(start, count: base.count)
            return applies
        }
    }

    mutating func writeMapping(at place: Value, _ members: (inout Self) -> Int) {
        let start = open(.mapping, at: place)
        let count = members(&self)
        builder.close(start, count: count)
    }

    mutating func copy(_ value: Value) {
        switch value.kind {
        case .mapping:
            writeMapping(at: value) { writer in
                for (key, member) in value.members {
                    writer.write(key, at: member)
                    writer.copy(member)
                }
                return value.count
            }
        case .sequence:
            let start = open(.sequence, at: value)
            for element in value.elements { copy(element) }
            builder.close(start, count: value.count)
        case .null, .bool, .integer, .float, .string:
            write(value.tape.entries[value.index].kind, value.scalarText ?? "", at: value)
        }
    }

    /// Keys stand where their values do: nothing asks where a key stands.
    mutating func write(_ key: String, at place: Value) { write(.string, key, at: place) }

    private mutating func write(_ kind: TapeEntry.Kind, _ text: String, at place: Value) {
        note(place.file)
        let start = builder.arena.count
        builder.arena += text.utf8
        builder.append(kind, position: line(of: place), column: column(of: place), arenaFrom: start)
    }

    private mutating func open(_ kind: TapeEntry.Kind, at place: Value) -> Int {
        note(place.file)
        return builder.open(kind, position: line(of: place), column: column(of: place))
    }

    private func line(of place: Value) -> UInt32 { UInt32(clamping: place.line - 1) }
    private func column(of place: Value) -> UInt16 { UInt16(clamping: place.column - 1) }

    private mutating func note(_ file: String) {
        if origins.last?.file == file { return }
        origins.append(TapeOrigin(firstEntry: builder.entries.count, file: file))
    }
}

/// From which entry on a tape's entries come from another file.
struct TapeOrigin: Sendable {
    var firstEntry: Int
    var file: String
}
