/// What a request asks of a path.
public enum HTTPMethod: String, Sendable {
    /// Reads.
    case get = "GET"
    /// Creates.
    case post = "POST"
    /// Replaces.
    case put = "PUT"
    /// Changes in part.
    case patch = "PATCH"
    /// Removes.
    case delete = "DELETE"
}

/// A request to the one server that a transport talks to.
public struct HTTPRequest: Sendable {
    /// What is asked.
    public var method: HTTPMethod
    /// The path with its query, percent-encoded, such as `/api/v1/pods?limit=500`.
    public var target: String
    /// Names and values; what they hold is sent as it stands.
    public var headers: [(name: String, value: String)] = []
    /// What is sent along; nil for nothing.
    public var body: [UInt8]?
    /// Who the client says it is in the TLS handshake.
    public var clientCertificate: ClientCertificate?
    /// How long the whole exchange may take, waiting for a connection included.
    public var timeout: Duration

    /// Describes a request.
    public init(_ method: HTTPMethod, _ target: String, body: [UInt8]? = nil, timeout: Duration) {
        self.method = method
        self.target = target
        self.body = body
        self.timeout = timeout
    }
}

/// The protocol that an answer came by.
public enum HTTPVersion: Sendable {
    /// One exchange at a time on a connection.
    case http1
    /// Many exchanges on one connection.
    case http2
}

/// What an answer begins with.
public struct ResponseHead: Sendable {
    /// The status code.
    public var status: Int
    /// The protocol of the connection.
    public var version: HTTPVersion
    /// Names in lower case, and values.
    public var headers: [(name: String, value: String)] = []

    /// The first header of that name, which is given in lower case.
    public subscript(header name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// Whether the server did what it was asked.
    public var isSuccess: Bool { (200..<300).contains(status) }
}

/// A whole answer.
public struct HTTPResponse: Sendable {
    /// Status and headers.
    public var head: ResponseHead
    /// The body, decompressed.
    public var body: [UInt8]
}
