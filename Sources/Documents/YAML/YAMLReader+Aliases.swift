/// Aliases, merge keys, and keys that occur twice.
extension YAMLReader {
    mutating func readAlias(_ name: String, at place: Place) {
        guard let anchor = anchors[name] else {
            let shown = CharacterName.visible(name, limit: 60)
            report(place, "found the alias *\(shown), expected an anchor &\(shown) before it in its document")
            if expectsKey { frames[frames.count - 1].skipsMember = true }
            appendText(.null, "".utf8, flags: expectsKey ? .hidden : [], at: place)
            finishValue(anchor: nil, index: builder.entries.count - 1, height: 0)
            return
        }
        if expectsKey {
            readAliasedKey(anchor, at: place)
            finishValue(anchor: nil, index: builder.entries.count - 1, height: 0)
            return
        }
        let limit = DocumentParser.maximumDepth
        guard frames.count + anchor.height <= limit else {
            refuse(place, "found an alias that nests deeper than \(limit) levels, expected at most \(limit)")
            return
        }
        guard admit(builder.entries[anchor.index].size, at: place) else { return }
        let copy = builder.copy(anchor.index)
        finishValue(anchor: nil, index: copy, height: anchor.height)
    }

    private mutating func readAliasedKey(_ anchor: Anchor, at place: Place) {
        let entry = builder.entries[anchor.index]
        switch entry.kind {
        case .null: refuseKey("null", at: place)
        case .sequence: refuseKey("a list", at: place)
        case .mapping: refuseKey("a mapping", at: place)
        case .true: appendText(.string, "true".utf8, at: place)
        case .false: appendText(.string, "false".utf8, at: place)
        case .integer, .float, .string:
            let copy = builder.copy(anchor.index)
            builder.entries[copy].kind = .string
            builder.entries[copy].position = place.line
            builder.entries[copy].column = place.column
        }
    }

    /// Counts entries that an alias or a merge adds; refuses the document when they are too many.
    private mutating func admit(_ entries: Int, at place: Place) -> Bool {
        expanded += entries
        if expanded <= Self.maximumExpansion { return true }
        refuse(
            place, "found aliases that expand to more than \(Self.maximumExpansion) values, expected fewer")
        return false
    }

    /// Looks for keys that occur twice, then adds what the mapping merges.
    ///
    /// Members that a mapping states itself win over merged ones, and earlier merges over later ones (YAML 1.1, merge
    /// key type).
    mutating func closeMembers(_ frame: inout Frame) {
        guard frame.count > 1 || frame.merges else { return }
        builder.forgetKeys()
        var merged: [Int] = []
        let end = builder.entries.count
        var index = frame.index + 1
        while index < end {
            let key = builder.entries[index]
            let value = index + key.size
            if !key.isHidden {
                if let first = builder.noteKey(index) { reportDuplicate(index, first: first) }
            } else if key.kind == .string {
                merged.append(value)
            }
            index = value + builder.entries[value].size
        }
        for value in merged { merge(value, into: &frame) }
    }

    private mutating func reportDuplicate(_ second: Int, first: Int) {
        let key = CharacterName.visible(builder.text(of: second), limit: 60)
        let line = Int(builder.entries[first].position) + 1
        report(
            place(of: second),
            "found the key \"\(key)\" a second time (first on line \(line)), expected it once")
    }

    private mutating func merge(_ source: Int, into frame: inout Frame) {
        switch builder.entries[source].kind {
        case .mapping:
            mergeMembers(of: source, into: &frame)
        case .sequence:
            let end = source + builder.entries[source].size
            var element = source + 1
            while element < end {
                if builder.entries[element].kind == .mapping {
                    mergeMembers(of: element, into: &frame)
                } else {
                    refuseMerge(of: element)
                }
                element += builder.entries[element].size
            }
        default:
            refuseMerge(of: source)
        }
    }

    private mutating func refuseMerge(of value: Int) {
        let found =
            switch builder.entries[value].kind {
            case .null: "null"
            case .sequence: "a list"
            default: "'\(CharacterName.visible(builder.text(of: value), limit: 40))'"
            }
        report(
            place(of: value), "found \(found) to merge with '<<', expected a mapping or a list of mappings")
    }

    private mutating func mergeMembers(of source: Int, into frame: inout Frame) {
        let end = source + builder.entries[source].size
        var key = source + 1
        while key < end {
            let value = key + builder.entries[key].size
            let size = builder.entries[value].size
            if !builder.entries[key].isHidden, builder.noteKey(key) == nil {
                guard admit(size + 1, at: place(of: frame.index)) else { return }
                _ = builder.copy(key)
                _ = builder.copy(value)
                frame.count += 1
            }
            key = value + size
        }
    }
}
