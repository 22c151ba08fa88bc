import CLibYAML

extension OutputValue {
    /// The tree as one YAML document in block style, with a line feed at the end and without `---`.
    ///
    /// Text that YAML 1.1 would read as something else is quoted; text of several lines is literal (`|`) where it can
    /// be.
    ///
    /// - Complexity: O(*n*) in the size of the tree.
    public func yaml() -> String {
        let writer = YAMLWriter()
        writer.write(self)
        return String(decoding: writer.output.bytes, as: UTF8.self)
    }
}

/// Where libyaml's emitter puts its bytes.
private final class YAMLOutput {
    var bytes: [UInt8] = []
}

/// libyaml's way out: `context` is the YAMLOutput that the writer keeps alive.
private func appendOutput(
    _ context: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int
) -> CInt {
    guard let context else { return 0 }
    let output = Unmanaged<YAMLOutput>.fromOpaque(context).takeUnretainedValue()
    output.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
    return 1
}

/// Owns libyaml's emitter, which lives on the heap because it points into itself.
private struct YAMLWriter: ~Copyable {
    let output = YAMLOutput()
    private let emitter: UnsafeMutablePointer<yaml_emitter_t>

    init() {
        emitter = .allocate(capacity: 1)
        // Fails for want of memory only, as does every call below.
        precondition(yaml_emitter_initialize(emitter) == 1, "no memory for a YAML emitter")
        yaml_emitter_set_output(emitter, appendOutput, Unmanaged.passUnretained(output).toOpaque())
        yaml_emitter_set_unicode(emitter, 1)
        yaml_emitter_set_width(emitter, -1)
    }

    deinit {
        yaml_emitter_delete(emitter)
        emitter.deallocate()
    }

    borrowing func write(_ value: OutputValue) {
        emit { yaml_stream_start_event_initialize($0, YAML_UTF8_ENCODING) }
        emit { yaml_document_start_event_initialize($0, nil, nil, nil, 1) }
        writeNode(value)
        emit { yaml_document_end_event_initialize($0, 1) }
        emit { yaml_stream_end_event_initialize($0) }
    }

    private borrowing func emit(_ initialize: (UnsafeMutablePointer<yaml_event_t>) -> CInt) {
        var event = yaml_event_t()
        let done = initialize(&event) == 1 && yaml_emitter_emit(emitter, &event) == 1
        precondition(done, "the YAML emitter refused an event")
    }

    private borrowing func writeNode(_ value: OutputValue) {
        switch value {
        case .null: writeScalar("null", YAML_PLAIN_SCALAR_STYLE)
        case .bool(let value): writeScalar(value ? "true" : "false", YAML_PLAIN_SCALAR_STYLE)
        case .integer(let value): writeScalar(String(value), YAML_PLAIN_SCALAR_STYLE)
        case .number(let value): writeScalar(Self.text(of: value), YAML_PLAIN_SCALAR_STYLE)
        case .string(let text): writeScalar(text, Self.style(of: text))
        case .list(let elements):
            emit { yaml_sequence_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_SEQUENCE_STYLE) }
            for element in elements { writeNode(element) }
            emit { yaml_sequence_end_event_initialize($0) }
        case .object(let members):
            emit { yaml_mapping_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_MAPPING_STYLE) }
            for (key, value) in members {
                writeScalar(key, Self.style(of: key))
                writeNode(value)
            }
            emit { yaml_mapping_end_event_initialize($0) }
        }
    }

    private borrowing func writeScalar(_ text: String, _ style: yaml_scalar_style_t) {
        var text = text
        text.withUTF8 { bytes in
            emit {
                yaml_scalar_event_initialize($0, nil, nil, bytes.baseAddress, CInt(bytes.count), 1, 1, style)
            }
        }
    }

    private static func text(of number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        return number.description
    }

    private static func style(of text: String) -> yaml_scalar_style_t {
        if text.utf8.contains(0x0A) {
            // libyaml's literal style loses text that begins with white space, and cannot hold carriage returns.
            let first = text.utf8.first
            let isSafe = first != 0x0A && first != 0x20 && first != 0x09 && !text.utf8.contains(0x0D)
            return isSafe ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE
        }
        return needsQuotes(text) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE
    }

    /// Whether some YAML 1.1 reader takes plain `text` for no string: Kubernetes' table, `=` and `<<`, dates, base 60.
    ///
    /// Characters that need quotes are the emitter's business.
    private static func needsQuotes(_ text: String) -> Bool {
        if YAMLScalar(text.utf8.span) != .string || text == "=" || text == "<<" { return true }
        guard let first = text.utf8.first,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || "+-.".utf8.contains(first)
        else { return false }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.:_ TtZzeE".utf8.contains(byte)
        }
    }
}
