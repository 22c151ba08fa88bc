import CLibYAML

/// Why libyaml stopped.
struct YAMLFailure: Error {
    let type: yaml_error_type_e
    let problem: String
    /// What it was reading, such as "while scanning a block scalar"; empty where it does not say.
    let context: String
    /// Lines and columns are counted from 0.
    let mark: (line: Int, column: Int)
    let contextMark: (line: Int, column: Int)
    /// The byte that could not be decoded; of use for reader errors only.
    let byteOffset: Int
}

/// The events of one YAML text.
///
/// Owns libyaml's parser, which lives on the heap because it points into itself. The text must outlive it.
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ text: UnsafeBufferPointer<UInt8>) throws(YAMLFailure) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLFailure(
                type: YAML_MEMORY_ERROR, problem: "", context: "", mark: (0, 0), contextMark: (0, 0),
                byteOffset: 0)
        }
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// Hands the next event to `body` and frees it.
    mutating func next<Result>(_ body: (yaml_event_t) -> Result) throws(YAMLFailure) -> Result {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return body(event)
    }

    private func failure() -> YAMLFailure {
        let state = parser.pointee
        return YAMLFailure(
            type: state.error,
            problem: state.problem.map { String(cString: $0) } ?? "",
            context: state.context.map { String(cString: $0) } ?? "",
            mark: (state.problem_mark.line, state.problem_mark.column),
            contextMark: (state.context_mark.line, state.context_mark.column),
            byteOffset: state.problem_offset)
    }
}
