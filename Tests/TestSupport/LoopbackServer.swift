import Foundation
import Glibc
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 that answers as a test says, misbehaviour included.
///
/// A thread a connection. It stops when the last reference goes.
public final class LoopbackServer: Sendable {
    /// What a client asked.
    public struct Request: Sendable {
        /// `GET` and the like.
        public var method = ""
        /// Path and query as they were sent.
        public var target = ""
        /// Names in lower case.
        public var headers: [(name: String, value: String)] = []
        /// What was sent along.
        public var body: [UInt8] = []
        /// The number of the connection, from 0.
        public var connection = 0

        /// The target without its query.
        public var path: String { String(target.prefix { $0 != "?" }) }

        /// A parameter of the query, decoded.
        public func parameter(_ name: String) -> String? {
            let items = URLComponents(string: target)?.queryItems
            return items?.first { $0.name == name }?.value
        }

        /// The first header of a name in lower case.
        public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// A part of an answer.
    public enum Step: Sendable {
        /// These bytes go out.
        case send([UInt8])
        /// Nothing happens for a while.
        case wait(milliseconds: Int)
        /// The connection breaks (a reset).
        case cut
        /// The connection ends in good order.
        case close
        /// Steps that are made when their turn comes, again and again until there are none; it may wait for them.
        case more(@Sendable () -> [Step]?)
    }

    /// What to do with a request.
    public typealias Answer = @Sendable (Request) -> [Step]

    fileprivate struct State {
        var requests: [Request] = []
        var connections = 0
        var open: Set<Int32> = []
        var isStopped = false
    }

    /// The TCP port.
    public let port: Int
    private let listener: Int32
    private let service: Service

    /// What the threads share.
    fileprivate final class Service: Sendable {
        let answer: Answer
        let state = Mutex(State())

        init(_ answer: @escaping Answer) { self.answer = answer }
    }

    /// Listens from now on; traps where the machine has no loopback.
    public init(_ answer: @escaping Answer) {
        service = Service(answer)
        let socket = Self.listen()
        listener = socket.descriptor
        port = socket.port
        let (service, listener) = (service, listener)
        Thread.detachNewThread { service.accept(on: listener) }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        service.state.withLock { state in
            state.isStopped = true
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// The address for a client.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// All requests so far.
    public var requests: [Request] { service.state.withLock { $0.requests } }

    /// How many connections there have been.
    public var connections: Int { service.state.withLock { $0.connections } }

    private static func listen() -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 128) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        precondition(isBound, "no port on 127.0.0.1")
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A port that nobody listens on.
    public static func unusedPort() -> Int {
        let socket = listen()
        Glibc.close(socket.descriptor)
        return socket.port
    }
}

extension LoopbackServer.Service {
    fileprivate func accept(on listener: Int32) {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            let number = state.withLock { state -> Int? in
                guard descriptor >= 0, !state.isStopped else { return nil }
                state.open.insert(descriptor)
                state.connections += 1
                return state.connections - 1
            }
            guard let number else { break }
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            Thread.detachNewThread { [self] in
                var conversation = HTTPConversation(input: descriptor, output: descriptor, number: number)
                conversation.run(
                    record: { request in state.withLock { $0.requests.append(request) } }, answer)
                state.withLock { _ = $0.open.remove(descriptor) }
                Glibc.close(descriptor)
            }
        }
        Glibc.close(listener)
    }
}

/// Requests and answers over a pair of descriptors.
struct HTTPConversation {
    let input: Int32
    let output: Int32
    let number: Int
    private var received: [UInt8] = []

    init(input: Int32, output: Int32, number: Int) {
        self.input = input
        self.output = output
        self.number = number
    }

    /// Answers until one side ends the connection.
    mutating func run(record: (LoopbackServer.Request) -> Void, _ answer: LoopbackServer.Answer) {
        while let request = nextRequest() {
            record(request)
            for step in answer(request) {
                guard perform(step) else { return }
            }
        }
    }

    private func perform(_ step: LoopbackServer.Step) -> Bool {
        switch step {
        case .send(let bytes): return write(bytes)
        case .wait(let milliseconds):
            usleep(UInt32(milliseconds) * 1000)
            return true
        case .cut:
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(output, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            return false
        case .close: return false
        case .more(let next):
            while let steps = next() {
                for step in steps { guard perform(step) else { return false } }
            }
            return true
        }
    }

    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { piece in
                let count = send(output, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
                return count < 0 && errno == ENOTSOCK
                    ? Glibc.write(output, piece.baseAddress, piece.count) : count
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Waits for more bytes; false at the end.
    private mutating func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(input, &chunk, chunk.count)
        if count > 0 { received += chunk[..<count] }
        return count > 0
    }

    /// Takes as many bytes, or nil when the peer ends before.
    mutating func take(_ count: Int) -> [UInt8]? {
        while received.count < count { if !receive() { return nil } }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    /// Takes the lines before the empty one, or nil when the peer ends before.
    private mutating func head() -> [String]? {
        let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        var searched = 0
        while true {
            if let range = received[searched...].firstRange(of: end) {
                defer { received.removeSubrange(..<range.upperBound) }
                return String(decoding: received[..<range.lowerBound], as: UTF8.self)
                    .split(separator: "\r\n").map(String.init)
            }
            searched = max(0, received.count - end.count + 1)
            if !receive() { return nil }
        }
    }

    private mutating func nextRequest() -> LoopbackServer.Request? {
        guard let lines = head() else { return nil }
        var request = LoopbackServer.Request()
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        request.method = String(words[0])
        request.target = String(words[1])
        request.connection = number
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            request.headers.append((parts[0].lowercased(), String(value)))
        }
        guard let body = take(request.header("content-length").flatMap { Int($0) } ?? 0) else { return nil }
        request.body = body
        return request
    }
}
