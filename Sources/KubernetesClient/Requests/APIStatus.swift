import Documents

/// What an API server says when it refuses: `Status` of Kubernetes' `meta/v1`.
public struct APIStatus: Error, Sendable, Equatable, CustomStringConvertible {
    /// A machine-readable word for why; servers may use others than those that have a name here.
    public struct Reason: RawRepresentable, Hashable, Sendable {
        /// The word.
        public let rawValue: String
        /// Any word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// 401: no credentials, or not good ones.
        public static let unauthorized = Reason(rawValue: "Unauthorized")
        /// 403: not allowed.
        public static let forbidden = Reason(rawValue: "Forbidden")
        /// 404: no such object, or no such resource.
        public static let notFound = Reason(rawValue: "NotFound")
        /// 409: an object of that name exists.
        public static let alreadyExists = Reason(rawValue: "AlreadyExists")
        /// 409: the object has changed since it was read, or is not in the state that the request takes for granted.
        public static let conflict = Reason(rawValue: "Conflict")
        /// 410: no longer there.
        public static let gone = Reason(rawValue: "Gone")
        /// 410: the resourceVersion or the continue token is too old.
        public static let expired = Reason(rawValue: "Expired")
        /// 422: the object breaks rules; `causes` say which.
        public static let invalid = Reason(rawValue: "Invalid")
        /// 400: the request makes no sense.
        public static let badRequest = Reason(rawValue: "BadRequest")
        /// 429: later.
        public static let tooManyRequests = Reason(rawValue: "TooManyRequests")
        /// 504: took the server too long.
        public static let timeout = Reason(rawValue: "Timeout")
        /// 500: the server's own failure.
        public static let internalError = Reason(rawValue: "InternalError")
        /// 503: not now.
        public static let serviceUnavailable = Reason(rawValue: "ServiceUnavailable")
    }

    /// One of several things that were wrong.
    public struct Cause: Sendable, Equatable {
        /// A machine-readable word, such as `FieldValueInvalid`.
        public var reason: String
        /// What is wrong.
        public var message: String
        /// The path of the field at fault, such as `spec.nodeName`; empty where no field is.
        public var field: String
    }

    /// The HTTP status code.
    public var code: Int
    /// Why, in a word; by the code where the server says none.
    public var reason: Reason
    /// Why, in a sentence.
    public var message: String
    /// The kind or resource that was meant; empty where the server does not say.
    public var kind = ""
    /// The name of the object that was meant; empty where the server does not say.
    public var name = ""
    /// Everything that was wrong.
    public var causes: [Cause] = []
    /// How long the server asks to wait before the next attempt.
    public var retryAfter: Duration?

    /// States a refusal.
    public init(code: Int, reason: Reason, message: String) {
        self.code = code
        self.reason = reason
        self.message = message
    }

    /// `409 Conflict: message`.
    public var description: String {
        "\(code)" + (reason.rawValue.isEmpty ? "" : " \(reason.rawValue)") + ": " + message
    }

    /// Whether a list or a watch cannot go on from the version that it asked for, and must begin anew.
    ///
    /// True for versions too old, and for one from the future: a server that was restored, or is behind.
    public var isVersionUnavailable: Bool {
        code == 410 || reason == .expired || reason == .gone
            || causes.contains { $0.reason == "ResourceVersionTooLarge" }
    }
}

extension APIStatus {
    /// Reads an answer that is no success, `Status` or not.
    init(_ response: HTTPResponse) {
        let isJSON = response.head[header: "content-type"]?.contains("json") ?? false
        let document = isJSON ? DocumentParser.parseJSON(response.body, file: "").documents.first : nil
        if let document, let status = APIStatus(document) {
            self = status
        } else {
            let text = String(decoding: response.body.prefix(300), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
            self.init(code: response.head.status, reason: Reason(rawValue: ""), message: line)
        }
        code = response.head.status
        retryAfter = Self.retryAfter(response.head) ?? retryAfter
        fillIn()
    }

    /// Reads a `Status` object; nil for an object of another kind.
    init?(_ document: Value) {
        guard document["kind"]?.string == "Status" else { return nil }
        let object = FieldReader(document, sink: ProblemSink())
        let details = object.object("details")
        self.init(
            code: Int(object.integer("code", in: 0...999) ?? 0),
            reason: Reason(rawValue: object.string("reason") ?? ""), message: object.string("message") ?? "")
        kind = details?.string("kind") ?? ""
        name = details?.string("name") ?? ""
        causes = (details?.objects("causes") ?? []).map {
            Cause(
                reason: $0.string("reason") ?? "", message: $0.string("message") ?? "",
                field: $0.string("field") ?? "")
        }
        if let seconds = details?.integer("retryAfterSeconds", in: 1...86_400) {
            retryAfter = .seconds(seconds)
        }
        fillIn()
    }

    private mutating func fillIn() {
        if reason.rawValue.isEmpty { reason = Self.reasons[code] ?? Reason(rawValue: "") }
        if message.isEmpty { message = "the server gave no reason" }
    }

    /// The header in whole seconds; a date, which API servers do not send, counts as none.
    private static func retryAfter(_ head: ResponseHead) -> Duration? {
        head[header: "retry-after"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? .seconds($0) : nil }
    }

    private static let reasons: [Int: Reason] = [
        400: .badRequest, 401: .unauthorized, 403: .forbidden, 404: .notFound, 409: .conflict, 410: .gone,
        422: .invalid, 429: .tooManyRequests, 500: .internalError, 503: .serviceUnavailable, 504: .timeout,
    ]
}
