/// A port of its node that a pod uses: no two pods on a node may use the same.
///
/// Source: kube-scheduler's `HostPortInfo`.
public struct HostPort: Hashable, Sendable {
    /// What is spoken on a port.
    public enum TransportProtocol: String, Sendable, CaseIterable {
        /// Unless said otherwise.
        case tcp = "TCP"
        /// Datagrams.
        case udp = "UDP"
        /// Streams of messages.
        case sctp = "SCTP"
    }

    /// All addresses of a node.
    public static let anyIP = "0.0.0.0"

    /// The number, 1 to 65,535.
    public let port: UInt16
    /// What is spoken.
    public let transport: TransportProtocol
    /// The address of the node, `anyIP` for all.
    public let hostIP: String

    /// A port; an empty address means all.
    public init(_ port: UInt16, _ transport: TransportProtocol = .tcp, hostIP: String = "") {
        self.port = port
        self.transport = transport
        self.hostIP = hostIP.isEmpty ? Self.anyIP : hostIP
    }

    /// Whether two pods that use these cannot be on one node: the same port on the same address, or on all.
    public func conflicts(with other: HostPort) -> Bool {
        port == other.port && transport == other.transport
            && (hostIP == other.hostIP || hostIP == Self.anyIP || other.hostIP == Self.anyIP)
    }
}
