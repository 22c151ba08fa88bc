import CLibYAML

/// Scalars, in the place of a value and in the place of a key.
extension YAMLReader {
    typealias ScalarEvent = yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar

    mutating func readScalar(_ scalar: ScalarEvent, at place: Place) {
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let index = builder.entries.count
        if expectsKey {
            readKey(scalar, bytes, at: place)
        } else {
            append(resolve(scalar, bytes, at: place), bytes, at: place)
        }
        finishValue(anchor: scalar.anchor.map { String(cString: $0) }, index: index, height: 0)
    }

    private mutating func readKey(_ scalar: ScalarEvent, _ bytes: UnsafeBufferPointer<UInt8>, at place: Place)
    {
        if scalar.plain_implicit == 1, scalar.style == YAML_PLAIN_SCALAR_STYLE, bytes.elementsEqual("<<".utf8)
        {
            frames[frames.count - 1].merges = true
            frames[frames.count - 1].skipsMember = true
            appendText(.string, "<<".utf8, flags: .hidden, at: place)
            return
        }
        let resolved = resolve(scalar, bytes, at: place)
        switch resolved {
        case .null:
            refuseKey("null", at: place)
        case .bool(let value):
            appendText(.string, (value ? "true" : "false").utf8, at: place)
        default:
            append(resolved, bytes, at: place)
            builder.entries[builder.entries.count - 1].kind = .string
        }
    }

    /// Reports a key that is none, and stands in for it so that its value is read and dropped.
    mutating func refuseKey(_ what: String, at place: Place) {
        report(place, "found \(what) as a key, expected text")
        frames[frames.count - 1].skipsMember = true
        appendText(.null, "".utf8, flags: .hidden, at: place)
    }

    /// Finds what a scalar is, by its tag, its quotes, and its text.
    private mutating func resolve(
        _ scalar: ScalarEvent, _ bytes: UnsafeBufferPointer<UInt8>, at place: Place
    ) -> YAMLScalar {
        if scalar.plain_implicit == 1 { return YAMLScalar(bytes.span) }
        guard let tag = scalar.tag.map({ String(cString: $0) }) else { return .string }
        let prefix = "tag:yaml.org,2002:"
        guard tag.hasPrefix(prefix) else { return .string }
        let name = String(tag.dropFirst(prefix.count))
        let resolved = YAMLScalar(bytes.span)
        switch (name, resolved) {
        case ("int", .integer), ("int", .largeInteger), ("float", .float), ("bool", .bool), ("null", .null):
            return resolved
        case ("float", .integer), ("float", .largeInteger):
            return .float
        case ("int", _), ("float", _), ("bool", _), ("null", _):
            let found = CharacterName.visible(String(decoding: bytes, as: UTF8.self), limit: 40)
            let expected =
                switch name {
                case "int": "an integer"
                case "float": "a number"
                case "bool": "true or false"
                default: "null"
                }
            report(place, "found '\(found)' with the tag !!\(name), expected \(expected)")
            return .string
        default:
            return .string
        }
    }

    private mutating func append(_ scalar: YAMLScalar, _ bytes: UnsafeBufferPointer<UInt8>, at place: Place) {
        switch scalar {
        case .null: appendText(.null, "".utf8, at: place)
        case .bool(let value): appendText(value ? .true : .false, "".utf8, at: place)
        case .integer(let value): appendText(.integer, String(value).utf8, at: place)
        case .largeInteger(let value): appendText(.float, String(value).utf8, at: place)
        case .float: appendText(.float, bytes.lazy.filter { $0 != UInt8(ascii: "_") }, at: place)
        case .string: appendText(.string, bytes, at: place)
        }
    }

    mutating func appendText(
        _ kind: TapeEntry.Kind, _ text: some Collection<UInt8>, flags: TapeEntry.Flags = [], at place: Place
    ) {
        let start = builder.arena.count
        builder.arena.append(contentsOf: text)
        builder.append(kind, position: place.line, column: place.column, flags: flags, arenaFrom: start)
    }
}
