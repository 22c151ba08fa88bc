public import Documents

/// Somebody outside who is asked for decisions: the plugin `extender` puts its questions to it.
///
/// Whoever provides it records its answers, as inputs like any other.
public protocol SchedulerExtender: Sendable {
    /// The answer to a question, as it came.
    ///
    /// - Parameters:
    ///   - verb: the verb that the configuration gives the question.
    ///   - request: the body of the request.
    /// - Throws: what went wrong: no connection, no answer in time, another status than 200, a body that cannot be read.
    func answer(_ verb: String, to request: OutputValue) throws(ExtenderError) -> OutputValue
}

/// Why an extender has not answered.
public struct ExtenderError: Error, Equatable, Sendable {
    /// What went wrong, for people.
    public let message: String

    /// An error that says what went wrong.
    public init(_ message: String) { self.message = message }
}

/// Answers that an extender has given before, to be given again.
public struct RecordedExtender: SchedulerExtender {
    /// One answer.
    public struct Answer: Sendable {
        /// The verb that was asked.
        public var verb: String
        /// What was asked; `nil` for whatever is asked.
        public var request: OutputValue?
        /// What was answered, or went wrong.
        public var response: Result<OutputValue, ExtenderError>

        /// An answer to a question.
        public init(
            verb: String, request: OutputValue? = nil, response: Result<OutputValue, ExtenderError>
        ) {
            self.verb = verb
            self.request = request
            self.response = response
        }
    }

    /// The answers; the first that fits a question holds.
    public var answers: [Answer]

    /// Answers in the order in which they are looked through.
    public init(_ answers: [Answer]) { self.answers = answers }

    /// The first answer that was given to this question.
    public func answer(_ verb: String, to request: OutputValue) throws(ExtenderError) -> OutputValue {
        let known = answers.first { answer in
            answer.verb == verb && (answer.request.map { $0.isSame(as: request) } ?? true)
        }
        guard let known else { throw ExtenderError("no answer to \(verb) was recorded") }
        return try known.response.get()
    }
}

extension OutputValue {
    /// Whether two trees say the same, in whatever order their members stand; whole numbers are the same as numbers.
    func isSame(as other: OutputValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .number(let right)), (.number(let right), .integer(let left)):
            return Double(left) == right
        case (.list(let left), .list(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { name, value in other[name].map { value.isSame(as: $0) } ?? false }
        default: return self == other
        }
    }

    /// The member of an object; `nil` if there is none.
    subscript(_ name: String) -> OutputValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == name }?.1
    }

    /// The value as text.
    var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The value as a Bool.
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The value as a whole number.
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The value as a number.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
