import CLibCurl

/// Where a server listens, read from a URL.
public struct ServerAddress: Sendable, Equatable, CustomStringConvertible {
    /// Whether the connection is encrypted.
    public let isSecure: Bool
    /// A name or an address, IPv6 in brackets.
    public let host: String
    /// The TCP port.
    public let port: Int
    /// What stands before every path, without a slash at its end; empty for most servers.
    public let pathPrefix: String

    /// Reads `https://host:port/prefix`; nil for any other scheme, for a user, a query or a fragment, and for no URL.
    public init?(_ url: String) {
        guard let parts = curl_url() else { return nil }
        defer { curl_url_cleanup(parts) }
        guard curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK else { return nil }
        func part(_ which: CURLUPart, _ flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parts, which, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME), scheme == "https" || scheme == "http",
            part(CURLUPART_USER) == nil, part(CURLUPART_QUERY) == nil, part(CURLUPART_FRAGMENT) == nil,
            let host = part(CURLUPART_HOST),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { return nil }
        var path = part(CURLUPART_PATH) ?? ""
        while path.hasSuffix("/") { path.removeLast() }
        isSecure = scheme == "https"
        self.host = host
        self.port = port
        pathPrefix = path
    }

    /// The URL, port included.
    public var description: String { "\(isSecure ? "https" : "http")://\(host):\(port)\(pathPrefix)" }

    /// Whether the server is this machine, which no proxy of the environment is asked for (as Go does).
    var isLoopback: Bool {
        host == "localhost" || host.hasPrefix("127.") || host == "[::1]"
    }
}
