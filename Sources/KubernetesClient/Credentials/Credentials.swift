import ClusterModel

/// What a request carries to say who sends it.
public struct Credentials: Sendable, Equatable {
    /// For the header `Authorization`.
    public var bearerToken: String?
    /// For the TLS handshake.
    public var clientCertificate: ClientCertificate?

    /// Nobody in particular, unless told otherwise.
    public init(bearerToken: String? = nil, clientCertificate: ClientCertificate? = nil) {
        self.bearerToken = bearerToken
        self.clientCertificate = clientCertificate
    }
}

/// Where credentials come from.
public enum CredentialSource: Sendable {
    /// From the configuration, as they are.
    case fixed(Credentials)
    /// A token in a file that is read again now and then.
    ///
    /// Until the file can be read, the token of `otherwise` serves; its certificate always does.
    case tokenFile(String, otherwise: Credentials)
    /// A program that is run when they are needed.
    case plugin(ExecPlugin, clientCertificate: ClientCertificate?)
}

/// Why there are no credentials.
public struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what was expected.
    public var description: String
}

/// Credentials that were obtained, and until when they are good.
///
/// As many requests as there are share one run of the plugin.
actor CredentialCache {
    private struct Held {
        var credentials: Credentials
        /// When to obtain others; nil for never.
        var renewal: Duration?
    }

    /// How long a token file is trusted; the kubelet renews long before a token ends. client-go's number.
    static let tokenFilePeriod = Duration.seconds(60)
    /// How long before its end a credential is no longer used.
    static let expiryMargin = Duration.seconds(10)

    private let source: CredentialSource
    private let time: any TimeSource
    private var held: Held?
    private var running: Task<Result<Held, CredentialError>, Never>?

    init(_ source: CredentialSource, time: any TimeSource) {
        self.source = source
        self.time = time
    }

    /// Credentials that are good now.
    func current() async throws(CredentialError) -> Credentials {
        if case .fixed(let credentials) = source { return credentials }
        if let held, held.renewal.map({ time.elapsed < $0 }) ?? true { return held.credentials }
        switch source {
        case .fixed(let credentials): return credentials
        case .tokenFile(let path, let otherwise): return try readToken(path, otherwise)
        case .plugin(let plugin, let certificate): return try await run(plugin, certificate)
        }
    }

    /// Forgets credentials that the server did not accept.
    ///
    /// - Returns: Whether the next ones may be others.
    func invalidate(_ refused: Credentials) -> Bool {
        if case .fixed = source { return false }
        // Another request may have renewed them meanwhile.
        if held?.credentials == refused { held?.renewal = .zero }
        return true
    }

    private func readToken(_ path: String, _ otherwise: Credentials) throws(CredentialError) -> Credentials {
        let renewal = time.elapsed + Self.tokenFilePeriod
        do {
            let text = String(decoding: try LocalFile.read(path), as: UTF8.self)
            let token = text.trimmingWhitespace
            guard !token.isEmpty else { throw LocalFile.Failure(path: path, reason: "found an empty file") }
            var credentials = otherwise
            credentials.bearerToken = token
            held = Held(credentials: credentials, renewal: renewal)
            return credentials
        } catch {
            // While the file is being replaced, the last token is as good as it was.
            let last = held?.credentials ?? otherwise
            guard last.bearerToken != nil else {
                throw CredentialError(description: "\(error), expected a bearer token")
            }
            held = Held(credentials: last, renewal: renewal)
            return last
        }
    }

    private func run(
        _ plugin: ExecPlugin, _ certificate: ClientCertificate?
    ) async throws(CredentialError) -> Credentials {
        let time = time
        let task =
            running
            ?? Task {
                do throws(CredentialError) {
                    var (credentials, expiry) = try await plugin.run()
                    if credentials.clientCertificate == nil { credentials.clientCertificate = certificate }
                    let left = expiry.map { $0.secondsSinceEpoch - time.timeOfDay.secondsSinceEpoch }
                    let renewal = left.map { time.elapsed + .seconds($0) - Self.expiryMargin }
                    return .success(Held(credentials: credentials, renewal: renewal))
                } catch {
                    return .failure(error)
                }
            }
        running = task
        let result = await task.value
        running = nil
        let new = try result.get()
        held = new
        return new.credentials
    }
}
