import CMicroHTTPD
import Glibc

/// A small HTTP server for whoever asks how the process is: answers GET from its own thread.
public final class HTTPEndpoint: Sendable {
    /// An answer.
    public struct Answer: Sendable {
        /// The status code.
        public var status: UInt32
        /// The media type.
        public var type: String
        /// The body.
        public var body: String

        /// Plain text.
        public init(_ status: UInt32, _ body: String, type: String = "text/plain; charset=utf-8") {
            self.status = status
            self.type = type
            self.body = body
        }
    }

    /// Why a server does not start.
    public struct Failure: Error, CustomStringConvertible {
        /// One line.
        public let description: String
        /// Whether the address is none, rather than taken or forbidden.
        public let isMisspelt: Bool
    }

    /// What answers a path; nil for one that is not known.
    public typealias Handler = @Sendable (_ path: String) -> Answer?

    /// The port that it listens on.
    public let port: UInt16
    nonisolated(unsafe) private let daemon: OpaquePointer
    nonisolated(unsafe) private let context: Unmanaged<Context>

    /// Starts to listen.
    ///
    /// - Parameter address: `:8080`, `127.0.0.1:8080` or `[::1]:8080`; port 0 for any that is free.
    public init(address: String, _ handler: @escaping Handler) throws(Failure) {
        guard let socket = SocketAddress(address) else {
            throw Failure(
                description: "found \"\(address)\", expected an address such as :8080 or 127.0.0.1:8080",
                isMisspelt: true)
        }
        let context = Unmanaged.passRetained(Context(handler))
        let daemon = socket.withPointer { cmicrohttpd_start($0, answer, context.toOpaque()) }
        guard let daemon else {
            let reason = String(cString: strerror(errno))
            context.release()
            throw Failure(description: "cannot listen on \(address): \(reason)", isMisspelt: false)
        }
        self.daemon = daemon
        self.context = context
        port = cmicrohttpd_port(daemon)
    }

    deinit {
        MHD_stop_daemon(daemon)
        context.release()
    }

    fileprivate final class Context {
        let handler: Handler
        init(_ handler: @escaping Handler) { self.handler = handler }
    }
}

/// Answers one request; runs on the server's thread.
private func answer(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?, _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let url, let method else { return .NO }
    let handler = Unmanaged<HTTPEndpoint.Context>.fromOpaque(context).takeUnretainedValue().handler
    let verb = String(cString: method)
    let answer =
        verb == "GET" || verb == "HEAD"
        ? handler(String(cString: url)) ?? HTTPEndpoint.Answer(404, "there is nothing here\n")
        : HTTPEndpoint.Answer(405, "found \(verb), expected GET\n")
    var body = answer.body
    let response = body.withUTF8 { bytes in
        MHD_create_response_from_buffer(
            bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let response else { return .NO }
    defer { MHD_destroy_response(response) }
    MHD_add_response_header(response, "Content-Type", answer.type)
    return MHD_queue_response(connection, answer.status, response)
}

/// An address to listen on.
private struct SocketAddress {
    private var storage = sockaddr_storage()

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.contains(":") {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
            set(address)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard inet_pton(AF_INET, host.isEmpty ? "0.0.0.0" : host, &address.sin_addr) == 1 else {
                return nil
            }
            set(address)
        }
    }

    private mutating func set<Address>(_ address: Address) {
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: Address.self) }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
