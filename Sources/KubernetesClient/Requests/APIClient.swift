import Synchronization

/// The API server of one cluster.
///
/// Every call has a time-out, carries credentials that are fresh, waits where the server asks for it (`Retry-After`),
/// and throws what the server says as an `APIStatus`. Calls run side by side over shared connections.
///
///     let client = try APIClient(.inCluster())
///     let pod = try await client.get(.pods, namespace: "team-a", name: "worker-0").document()
public final class APIClient: Sendable {
    /// The namespace that the configuration names.
    public let namespace: String
    let time: any TimeSource
    private let transport: Transport
    private let credentials: CredentialCache
    private let headers: [(name: String, value: String)]
    private let limits: RequestLimits
    private let bucket: Mutex<TokenBucket?>

    /// Starts a client; connects to nobody yet.
    public init(
        _ configuration: ClientConfiguration, limits: RequestLimits = RequestLimits(),
        time: any TimeSource = SystemTime()
    ) throws(TransportError) {
        transport = try Transport(configuration.transport)
        credentials = CredentialCache(configuration.credentials, time: time)
        headers = [("User-Agent", configuration.userAgent)] + configuration.impersonation.headers
        namespace = configuration.namespace
        self.limits = limits
        self.time = time
        bucket = Mutex(
            limits.queriesPerSecond.map {
                TokenBucket(queriesPerSecond: $0, burst: limits.burst, now: time.elapsed)
            })
    }

    /// Sends a request until it is answered with something else than "later".
    ///
    /// - Throws: `refused` for every status but 2xx.
    public func send(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let transport = transport
        return try await attempt(request) { http throws(TransportError) in
            let response = try await transport.send(http)
            return response.head.isSuccess ? .accepted(response) : .refused(response)
        }
    }

    /// Sends a request and hands out the body while it comes.
    func open(_ request: APIRequest) async throws(ClientError) -> ResponseStream {
        let transport = transport
        return try await attempt(request) { http throws(TransportError) in
            let stream = try await transport.open(http)
            if stream.head.isSuccess { return .accepted(stream) }
            return .refused(HTTPResponse(head: stream.head, body: try await stream.wholeBody()))
        }
    }

    private enum Answer<Accepted: Sendable>: Sendable {
        case accepted(Accepted)
        case refused(HTTPResponse)
    }

    private func attempt<Accepted: Sendable>(
        _ request: APIRequest,
        _ exchange: @Sendable (HTTPRequest) async throws(TransportError) -> Answer<Accepted>
    ) async throws(ClientError) -> Accepted {
        guard limits.allowsWrites || request.method == .get else {
            throw .refused(
                APIStatus(
                    code: 405, reason: APIStatus.Reason(rawValue: "MethodNotAllowed"),
                    message: "this client only reads"))
        }
        var retries = 0
        var hasRefreshed = false
        while true {
            try await takeTurn()
            let identity = try await currentCredentials()
            let answer: Answer<Accepted>
            do {
                answer = try await exchange(http(request, identity))
            } catch {
                throw .transport(error)
            }
            guard case .refused(let response) = answer else {
                if case .accepted(let accepted) = answer { return accepted }
                continue
            }
            let status = APIStatus(response)
            if status.code == 401, !hasRefreshed, await credentials.invalidate(identity) {
                // Nothing was done, and the next attempt has other credentials.
                hasRefreshed = true
            } else if let wait = status.retryAfter, status.code == 429 || status.code >= 500,
                retries < request.maximumRetries
            {
                retries += 1
                try await sleep(for: min(wait, limits.longestRetryAfter))
            } else {
                throw .refused(status)
            }
        }
    }

    private func http(_ request: APIRequest, _ identity: Credentials) -> HTTPRequest {
        let target = request.path + PercentEncoding.query(request.parameters)
        var http = HTTPRequest(
            request.method, target, body: request.body, timeout: request.timeout ?? limits.timeout)
        http.headers = headers
        http.headers.append(("Accept", request.accept))
        if request.body != nil { http.headers.append(("Content-Type", request.contentType)) }
        if let token = identity.bearerToken { http.headers.append(("Authorization", "Bearer \(token)")) }
        http.clientCertificate = identity.clientCertificate
        return http
    }

    private func currentCredentials() async throws(ClientError) -> Credentials {
        do { return try await credentials.current() } catch { throw .credentials(error) }
    }

    private func takeTurn() async throws(ClientError) {
        let wait = bucket.withLock { $0?.take(now: time.elapsed) ?? .zero }
        if wait > .zero { try await sleep(for: wait) }
    }

    func sleep(for duration: Duration) async throws(ClientError) {
        do { try await time.sleep(for: duration) } catch { throw .cancelled }
    }
}

/// Bounds on what a client asks of its server.
public struct RequestLimits: Sendable {
    /// Requests per second in the long run, 0 excluded; nil for no limit, which leaves it to the server's priority and
    /// fairness.
    public var queriesPerSecond: Double?
    /// How many requests may come at once before the rate counts; at least 1.
    public var burst = 10
    /// How long a request may take that does not say otherwise.
    public var timeout = Duration.seconds(60)
    /// The longest that a `Retry-After` is obeyed.
    public var longestRetryAfter = Duration.seconds(60)
    /// Whether anything may be asked of the server but to read.
    public var allowsWrites = true

    /// No rate limit, 60 s for a request.
    public init() {}
}

/// One request to the API server, before credentials.
public struct APIRequest: Sendable {
    /// What is asked.
    public var method: HTTPMethod
    /// The path, percent-encoded.
    public var path: String
    /// The query, not encoded.
    public var parameters: [(name: String, value: String)] = []
    /// What is sent along.
    public var body: [UInt8]?
    /// What the body is.
    public var contentType = "application/json"
    /// What is wanted back.
    public var accept = "application/json"
    /// How long it may take; nil for the client's usual time.
    public var timeout: Duration?
    /// How often it is sent again when the server asks to wait; client-go's number.
    public var maximumRetries = 10

    /// Describes a request.
    public init(_ method: HTTPMethod, _ path: String, body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }
}
