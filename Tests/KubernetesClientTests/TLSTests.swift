import Glibc
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

private let certificates = Certificates.openssl == nil ? nil : Certificates.shared

@Suite(
    "TLS proves who the server is and who the client is",
    .enabled(if: certificates != nil, "there is no openssl here to make certificates with"),
    .timeLimit(.minutes(1)))
struct TLSTests {
    /// Asks a relay once.
    private func ask(
        _ relay: TLSRelay, host: String = "localhost", client: ClientCertificate? = nil,
        _ change: (inout TLSSettings) throws -> Void
    ) async throws -> HTTPResponse {
        var settings = TransportSettings(server: try #require(ServerAddress("https://\(host):\(relay.port)")))
        try change(&settings.tls)
        settings.usesHTTP2 = false
        var request = HTTPRequest(.get, "/", timeout: .seconds(10))
        request.clientCertificate = client
        return try await Transport(settings).send(request)
    }

    private func kind(_ call: () async throws -> Void) async -> TransportError.Kind? {
        do { try await call() } catch { return (error as? TransportError)?.kind }
        return nil
    }

    private func relay(_ options: [String] = []) async throws -> (TLSRelay, Certificates) {
        let certificates = try #require(certificates)
        let relay = try await TLSRelay(certificates, options: options) { request in
            [.json(200, request.header("host") ?? "")]
        }
        return (relay, certificates)
    }

    @Test("an authority in a file or as data is trusted, any other is not")
    func authority() async throws {
        let (relay, certificates) = try await relay()
        for source in [certificates.file("ca.crt"), certificates.data("ca.crt")] {
            #expect(try await ask(relay) { $0.certificateAuthority = source }.head.status == 200)
        }
        for source in [
            certificates.file("other.crt"), certificates.data("other.crt"), .file("/nowhere"), nil,
        ] {
            let kind = await kind { _ = try await ask(relay) { $0.certificateAuthority = source } }
            #expect(kind == .tls, "\(source as Any)")
        }
    }

    @Test("without verification any certificate does")
    func insecure() async throws {
        let (relay, _) = try await relay()
        #expect(try await ask(relay, host: "127.0.0.1") { $0.skipsVerification = true }.head.status == 200)
    }

    @Test(
        "a certificate must have the server's name, or the one that was configured; the host stays the server's"
    )
    func serverName() async throws {
        let (relay, certificates) = try await relay()
        let wrong = await kind {
            _ = try await ask(relay, host: "127.0.0.1") {
                $0.certificateAuthority = certificates.file("ca.crt")
            }
        }
        #expect(wrong == .tls)
        let response = try await ask(relay, host: "127.0.0.1") {
            $0.certificateAuthority = certificates.file("ca.crt")
            $0.serverName = "kube.test"
        }
        #expect(text(response.body) == "127.0.0.1:\(relay.port)")
        let other = await kind {
            _ = try await ask(relay) {
                $0.certificateAuthority = certificates.file("ca.crt")
                $0.serverName = "other.test"
            }
        }
        #expect(other == .tls)
    }

    @Test(
        "a client certificate is shown, from files or data; without one, or with a broken one, there is no answer"
    )
    func clientCertificate() async throws {
        let (relay, certificates) = try await relay([
            "-Verify", "1", "-verify_return_error", "-CAfile", "ca.crt",
        ])
        func status(_ client: ClientCertificate?) async throws -> Int {
            try await ask(relay, client: client) { $0.certificateAuthority = certificates.file("ca.crt") }
                .head.status
        }
        let files = ClientCertificate(
            certificate: certificates.file("client.crt"), key: certificates.file("client.key"))
        let data = ClientCertificate(
            certificate: certificates.data("client.crt"), key: certificates.data("client.key"))
        #expect(try await status(files) == 200)
        #expect(try await status(data) == 200)
        #expect(await kind { _ = try await status(nil) } != nil)
        for key in ["ca.key", "ca.crt", "nowhere", "encrypted.key"] {
            let broken = ClientCertificate(certificate: files.certificate, key: certificates.file(key))
            #expect(await kind { _ = try await status(broken) } == .tls, "\(key)")
        }
    }

    @Test("HTTP/2 carries requests and a watch side by side over one connection")
    func http2() async throws {
        let certificates = try #require(certificates)
        let server = HTTP2Answers()
        let relay = try await TLSRelay(certificates, options: ["-alpn", "h2"]) {
            server.serve(input: $0, output: $1)
        }
        var settings = TransportSettings(
            server: try #require(ServerAddress("https://localhost:\(relay.port)")))
        settings.tls.certificateAuthority = certificates.file("ca.crt")
        let transport = try Transport(settings)
        let stream = try await transport.open(HTTPRequest(.get, "/watch", timeout: .seconds(20)))
        #expect(stream.head.status == 200 && stream.head.version == .http2)
        try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await transport.send(
                        HTTPRequest(.post, "/", body: Array("x".utf8), timeout: .seconds(20)))
                }
            }
            for try await response in group {
                #expect(response.head.version == .http2 && text(response.body) == "line\n")
            }
        }
        #expect(try await stream.nextLines() == Array("line\n".utf8))
        #expect(server.streams == 21)
    }
}

/// The server's side of HTTP/2 (RFC 9113), as far as a test needs it: every request is answered with 200 and one line;
/// the first, a watch, is not ended.
private final class HTTP2Answers: Sendable {
    private let count = Mutex(0)

    var streams: Int { count.withLock { $0 } }

    func serve(input: Int32, output: Int32) {
        var peer = Bytes(input: input)
        // The client's preface is 24 bytes.
        guard peer.take(24) != nil else { return }
        send(output, type: 4, flags: 0, stream: 0, [])
        while let head = peer.take(9) {
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let (type, flags) = (head[3], head[4])
            let stream = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard let payload = peer.take(length) else { return }
            switch type {
            // SETTINGS are acknowledged, and so is PING.
            case 4 where flags & 1 == 0: send(output, type: 4, flags: 1, stream: 0, [])
            case 6 where flags & 1 == 0: send(output, type: 6, flags: 1, stream: 0, payload)
            // The end of a request: HEADERS or DATA with END_STREAM. `:status 200` is entry 8 of the static table.
            case 0 where flags & 1 == 1, 1 where flags & 1 == 1:
                let number = count.withLock {
                    $0 += 1
                    return $0
                }
                send(output, type: 1, flags: 4, stream: stream, [0x88])
                send(output, type: 0, flags: number == 1 ? 0 : 1, stream: stream, Array("line\n".utf8))
            default: break
            }
        }
    }

    private func send(_ output: Int32, type: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) {
        let length = payload.count
        let head: [UInt8] = [
            UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags,
        ]
        let id = (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * UInt32($0))) }
        let frame = head + id + payload
        _ = frame.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
    }

    private struct Bytes {
        let input: Int32
        private var received: [UInt8] = []

        init(input: Int32) { self.input = input }

        mutating func take(_ count: Int) -> [UInt8]? {
            var chunk = [UInt8](repeating: 0, count: 16 << 10)
            while received.count < count {
                let more = read(input, &chunk, chunk.count)
                if more <= 0 { return nil }
                received += chunk[..<more]
            }
            defer { received.removeFirst(count) }
            return Array(received[..<count])
        }
    }
}

@Suite("A proxy stands between", .timeLimit(.minutes(1)))
struct ProxyTests {
    @Test("a configured proxy is asked for servers of the loopback too, with the whole URL")
    func http() async throws {
        let proxy = LoopbackServer { request in [.json(200, request.target)] }
        var settings = TransportSettings(server: try #require(ServerAddress("http://10.1.2.3:6443")))
        settings.proxy = proxy.url
        let transport = try Transport(settings)
        let response = try await transport.send(HTTPRequest(.get, "/version", timeout: .seconds(10)))
        #expect(text(response.body) == "http://10.1.2.3:6443/version")
        settings.server = try #require(ServerAddress("http://127.0.0.1:6443"))
        _ = try await Transport(settings).send(HTTPRequest(.get, "/", timeout: .seconds(10)))
        #expect(proxy.requests.count == 2)
    }

    @Test("a secure server is reached through a tunnel to its own address, also under another TLS name")
    func tunnel() async throws {
        let proxy = LoopbackServer { _ in [.whole(503, [])] }
        var settings = TransportSettings(server: try #require(ServerAddress("https://10.1.2.3:6443")))
        settings.proxy = proxy.url
        for name in [nil, "kube.test"] {
            settings.tls.serverName = name
            let transport = try Transport(settings)
            await #expect(throws: TransportError.self) {
                try await transport.send(HTTPRequest(.get, "/", timeout: .seconds(10)))
            }
        }
        #expect(
            proxy.requests.map { "\($0.method) \($0.target)" }
                == Array(repeating: "CONNECT 10.1.2.3:6443", count: 2))
    }
}
