/// PEM text that is a file or was given in place.
public enum PEMSource: Sendable, Equatable {
    /// A file, read anew for each connection, so that one that rotates is followed.
    case file(String)
    /// The text itself.
    case data([UInt8])
}

/// A client's certificate and its key.
public struct ClientCertificate: Sendable, Equatable {
    /// The certificate, with intermediate ones behind it.
    public var certificate: PEMSource
    /// The private key, not encrypted.
    public var key: PEMSource

    /// Pairs a certificate with its key.
    public init(certificate: PEMSource, key: PEMSource) {
        self.certificate = certificate
        self.key = key
    }
}

/// How a server proves who it is.
public struct TLSSettings: Sendable, Equatable {
    /// Who may have signed the server's certificate; nil for the system's list.
    public var certificateAuthority: PEMSource?
    /// Whether any certificate will do.
    public var skipsVerification = false
    /// The name that the certificate must have and that is sent as SNI; nil for the server's host.
    public var serverName: String?

    /// The system's authorities, and the server's own name.
    public init() {}
}

/// What a transport is told once.
public struct TransportSettings: Sendable {
    /// The server.
    public var server: ServerAddress
    /// How it proves who it is.
    public var tls = TLSSettings()
    /// A proxy such as `http://proxy:3128` or `socks5://proxy:1080`; nil for what the environment says.
    public var proxy: String?
    /// Whether answers may be compressed.
    public var usesCompression = true
    /// Whether HTTP/2 is used over TLS where the server offers it.
    public var usesHTTP2 = true
    /// How many connections exchanges share that end by themselves; each stream over HTTP/1.1 adds its own.
    public var maximumConnections = 32
    /// How long connecting may take, TLS included.
    public var connectTimeout = Duration.seconds(15)
    /// How long a stream may be silent.
    public var idleTimeout = Duration.seconds(600)
    /// The largest body that is kept whole, in bytes.
    public var maximumBodyBytes = 1 << 30
    /// The longest line of a stream, in bytes.
    public var maximumLineBytes = 16 << 20
    /// How many bytes of a stream wait for their reader before the server has to.
    public var streamBufferBytes = 4 << 20

    /// The usual limits.
    public init(server: ServerAddress) {
        self.server = server
    }
}
