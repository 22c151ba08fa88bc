import CLibCurl

/// Why an exchange did not come to its end.
public struct TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is; fit for a metric's label.
    public enum Kind: String, Sendable {
        /// The task that waited was cancelled.
        case cancelled
        /// The transport was shut down.
        case shutDown
        /// The time ran out, or the server said nothing for too long.
        case timedOut
        /// No connection: name unknown, port closed, proxy refused.
        case noConnection
        /// The TLS handshake failed: certificate not trusted, name wrong, client certificate refused or unreadable.
        case tls
        /// The connection broke before the answer was whole.
        case cut
        /// The answer, or one line of it, is larger than allowed.
        case tooLarge
        /// The request cannot be sent as it is.
        case invalidRequest
    }

    /// What kind of failure it is.
    public var kind: Kind
    /// What happened, for people.
    public var detail: String

    /// The failure in one line.
    public var description: String { detail }

    /// Whether the server cannot have seen the request.
    ///
    /// After any other failure a request that changes something may have been carried out.
    public var isBeforeSending: Bool {
        kind == .noConnection || kind == .tls || kind == .invalidRequest
    }
}

extension TransportError {
    /// What libcurl says, with the text that it left behind.
    init(code: CURLcode, text: String) {
        let kind: Kind =
            switch code {
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY,
                CURLE_INTERFACE_FAILED:
                .noConnection
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
                CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CLIENTCERT,
                CURLE_USE_SSL_FAILED:
                .tls
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT,
                CURLE_OUT_OF_MEMORY, CURLE_UNKNOWN_OPTION:
                .invalidRequest
            default: .cut
            }
        let name = String(cString: curl_easy_strerror(code))
        self.init(kind: kind, detail: text.isEmpty ? name : text)
    }
}
