/// Everything that a client needs to know about its cluster and itself.
public struct ClientConfiguration: Sendable {
    /// Server, TLS, proxy and limits.
    public var transport: TransportSettings
    /// Who the client is.
    public var credentials: CredentialSource
    /// Whom the client acts as.
    public var impersonation = Impersonation()
    /// The namespace to use where none is said.
    public var namespace = "default"
    /// What the server's log calls the client.
    public var userAgent = "gangwright"

    /// A client without credentials, in the namespace `default`.
    public init(server: ServerAddress, credentials: CredentialSource = .fixed(Credentials())) {
        transport = TransportSettings(server: server)
        self.credentials = credentials
    }
}

/// Another user that requests are carried out as: `as`, `as-uid`, `as-groups` and `as-user-extra` of a kubeconfig.
public struct Impersonation: Sendable, Equatable {
    /// The user; empty for oneself.
    public var user = ""
    /// The user's uid; empty for none.
    public var uid = ""
    /// The user's groups.
    public var groups: [String] = []
    /// What else authorisers look at, by key.
    public var extra: [String: [String]] = [:]

    /// Oneself.
    public init() {}

    /// The headers that say so.
    var headers: [(name: String, value: String)] {
        guard !user.isEmpty else { return [] }
        var headers = [(name: "Impersonate-User", value: user)]
        if !uid.isEmpty { headers.append(("Impersonate-Uid", uid)) }
        headers += groups.map { ("Impersonate-Group", $0) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            headers += values.map { ("Impersonate-Extra-\(PercentEncoding.segment(key))", $0) }
        }
        return headers
    }
}
