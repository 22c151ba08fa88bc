import TestSupport
import Testing

@testable import KubernetesClient

private func send(_ transport: Transport, _ target: String = "/") async throws -> HTTPResponse {
    try await transport.send(HTTPRequest(.get, target, timeout: .seconds(10)))
}

private func kind(_ call: () async throws(TransportError) -> Void) async -> TransportError.Kind? {
    do {
        try await call()
        return nil
    } catch { return error.kind }
}

private func kind(ofNext stream: ResponseStream) async -> TransportError.Kind? {
    await kind { () throws(TransportError) in _ = try await stream.nextLines() }
}

@Suite("A transport exchanges bytes with one server", .timeLimit(.minutes(1)))
struct TransportTests {
    @Test("method, target, headers and body arrive as they are, and so does the answer")
    func exchange() async throws {
        let server = LoopbackServer { _ in [.json(201, "{}", headers: ["X-Some: a:b"])] }
        let transport = try Transport(settings(server))
        var request = HTTPRequest(.post, "/a/../b?c=%2F", body: Array("ab\0c".utf8), timeout: .seconds(10))
        request.headers = [("X-One", "1")]
        let response = try await transport.send(request)
        #expect(response.head.status == 201 && response.head.version == .http1)
        #expect(response.head[header: "x-some"] == "a:b" && text(response.body) == "{}")
        let seen = try #require(server.requests.first)
        #expect(seen.method == "POST" && seen.target == "/a/../b?c=%2F" && seen.text == "ab\0c")
        #expect(seen.header("x-one") == "1" && seen.header("expect") == nil)
    }

    @Test(
        "every method is sent under its name, with a body or without",
        arguments: [
            HTTPMethod.get, .post, .put, .patch, .delete,
        ])
    func methods(method: HTTPMethod) async throws {
        let server = LoopbackServer { _ in [.json(200, "{}")] }
        let transport = try Transport(settings(server))
        for body in [nil, [], Array("x".utf8)] as [[UInt8]?] {
            _ = try await transport.send(HTTPRequest(method, "/", body: body, timeout: .seconds(10)))
        }
        #expect(server.requests.map(\.method) == Array(repeating: method.rawValue, count: 3))
        #expect(server.requests.map(\.text) == ["", "", "x"])
        #expect(server.connections == 1)
    }

    @Test("requests one after the other share a connection, those side by side no more than allowed")
    func connections() async throws {
        let server = LoopbackServer { _ in [.wait(milliseconds: 5), .json(200, "{}")] }
        var settings = try settings(server)
        settings.maximumConnections = 3
        let transport = try Transport(settings)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 { group.addTask { try await send(transport).head.status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.requests.count == 40)
        #expect((1...3).contains(server.connections))
    }

    @Test("a kept connection that the server has closed is replaced, and nobody notices")
    func replaced() async throws {
        let server = LoopbackServer { _ in [.json(200, "{}"), .close] }
        let transport = try Transport(settings(server))
        for _ in 0..<5 {
            var request = HTTPRequest(.post, "/", timeout: .seconds(10))
            request.body = Array("x".utf8)
            #expect(try await transport.send(request).head.status == 200)
        }
        #expect(server.requests.map(\.text) == Array(repeating: "x", count: 5) && server.connections == 5)
    }

    @Test("streams do not use up the connections of requests")
    func streamsApart() async throws {
        let server = LoopbackServer { request in
            request.path == "/watch"
                ? [.head(200), .chunk("a\n"), .wait(milliseconds: 2000)] : [.json(200, "{}")]
        }
        var settings = try settings(server)
        settings.maximumConnections = 1
        let transport = try Transport(settings)
        var streams: [ResponseStream] = []
        for _ in 0..<3 {
            streams.append(try await transport.open(HTTPRequest(.get, "/watch", timeout: .seconds(10))))
        }
        #expect(try await send(transport).head.status == 200)
        for stream in streams { #expect(try await stream.nextLines() == Array("a\n".utf8)) }
    }

    @Test("a compressed answer comes out plain, and compression can be declined")
    func compression() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
        let server = LoopbackServer { request in
            guard request.header("accept-encoding") == "gzip" else { return [.whole(200, body)] }
            return [.whole(200, gzipStored(body), headers: ["Content-Encoding: gzip"])]
        }
        var settings = try settings(server)
        #expect(try await send(Transport(settings)).body == body)
        settings.usesCompression = false
        #expect(try await send(Transport(settings)).body == body)
        #expect(server.requests.map { $0.header("accept-encoding") } == ["gzip", nil])
    }

    @Test("interim answers and trailers are passed over")
    func interim() async throws {
        let server = LoopbackServer { _ in
            [
                .send(Array("HTTP/1.1 103 Early\r\nX-A: early\r\n\r\n".utf8)),
                .head(200, headers: ["X-A: real"]),
                .chunk("ok"), .send(Array("0\r\nX-A: trailer\r\n\r\n".utf8)),
            ]
        }
        let response = try await send(Transport(settings(server)))
        #expect(
            response.head.status == 200
                && response.head.headers.filter { $0.name == "x-a" }.map(\.value) == ["real"])
        #expect(text(response.body) == "ok")
    }

    @Test("a connection that breaks in the middle is cut, never a shorter answer")
    func cut() async throws {
        let scripts: [[LoopbackServer.Step]] = [
            [.cut], [.close], [.send(Array("HTTP/1.1 200 OK\r\nContent-".utf8)), .cut],
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".utf8)), .close],
            [.head(200), .chunk("abc"), .close], [.head(200), .chunk("abc"), .cut],
            [.head(200), .send(Array("zz\r\nabc".utf8)), .close],
        ]
        for (number, script) in scripts.enumerated() {
            let server = LoopbackServer { _ in script }
            let transport = try Transport(settings(server))
            let failure = await kind { () throws(TransportError) in
                _ = try await transport.send(HTTPRequest(.post, "/", body: [1], timeout: .seconds(10)))
            }
            #expect(failure == .cut, "script \(number)")
        }
    }

    @Test("nothing waits longer than it may: an answer, a body, a silent stream")
    func timeouts() async throws {
        let server = LoopbackServer { request in
            request.path == "/head"
                ? [.wait(milliseconds: 3000)] : [.head(200), .chunk("a\n"), .wait(milliseconds: 3000)]
        }
        var settings = try settings(server)
        settings.idleTimeout = .seconds(1)
        let transport = try Transport(settings)
        for target in ["/head", "/body"] {
            let failure = await kind { () throws(TransportError) in
                _ = try await transport.send(HTTPRequest(.get, target, timeout: .milliseconds(100)))
            }
            #expect(failure == .timedOut, "\(target)")
        }
        let stream = try await transport.open(HTTPRequest(.get, "/stream", timeout: .seconds(30)))
        #expect(try await stream.nextLines() == Array("a\n".utf8))
        #expect(await kind(ofNext: stream) == .timedOut)
    }

    @Test("a closed port and an unknown name are failures from before sending")
    func noConnection() async throws {
        for url in ["http://127.0.0.1:\(LoopbackServer.unusedPort())", "http://no-such-host.invalid:80"] {
            let transport = try Transport(TransportSettings(server: #require(ServerAddress(url))))
            do {
                _ = try await transport.send(HTTPRequest(.get, "/", timeout: .seconds(10)))
                Issue.record("expected a failure for \(url)")
            } catch {
                #expect(error.kind == .noConnection && error.isBeforeSending && !error.detail.isEmpty)
            }
        }
    }

    @Test("a task that is cancelled ends its exchange at once, before, while and after it begins")
    func cancellation() async throws {
        let server = LoopbackServer { _ in [.wait(milliseconds: 20_000)] }
        let transport = try Transport(settings(server))
        for delay in [0, 1, 30] {
            let task = Task {
                await kind { () throws(TransportError) in
                    _ = try await transport.send(HTTPRequest(.get, "/", timeout: .seconds(60)))
                }
            }
            try await Task.sleep(for: .milliseconds(delay))
            task.cancel()
            #expect(await task.value == .cancelled, "after \(delay) ms")
        }
    }

    @Test("a transport that is shut down ends what is under way, and what is asked later")
    func shutDown() async throws {
        let server = LoopbackServer { _ in [.head(200), .chunk("a\n"), .wait(milliseconds: 20_000)] }
        let transport = try Transport(settings(server))
        let stream = try await transport.open(HTTPRequest(.get, "/", timeout: .seconds(60)))
        #expect(try await stream.nextLines() == Array("a\n".utf8))
        transport.shutDown()
        #expect(await kind(ofNext: stream) == .shutDown)
        let later = await kind { () throws(TransportError) in
            _ = try await transport.send(HTTPRequest(.get, "/", timeout: .seconds(60)))
        }
        #expect(later == .shutDown)
    }

    @Test("an answer larger than allowed is refused, and so is a line")
    func tooLarge() async throws {
        let server = LoopbackServer { _ in
            [.head(200), .chunk(String(repeating: "x", count: 5000)), .lastChunk]
        }
        var settings = try settings(server)
        settings.maximumBodyBytes = 4999
        settings.maximumLineBytes = 4999
        let transport = try Transport(settings)
        let whole = await kind { () throws(TransportError) in
            _ = try await transport.send(HTTPRequest(.get, "/", timeout: .seconds(10)))
        }
        #expect(whole == .tooLarge)
        let stream = try await transport.open(HTTPRequest(.get, "/", timeout: .seconds(10)))
        #expect(await kind(ofNext: stream) == .tooLarge)
    }

    @Test("a header with a line end is not sent")
    func headerInjection() async throws {
        let server = LoopbackServer { _ in [.json(200, "{}")] }
        let transport = try Transport(settings(server))
        let failure = await kind { () throws(TransportError) in
            var request = HTTPRequest(.get, "/", timeout: .seconds(10))
            request.headers = [("Authorization", "Bearer a\r\nX-Evil: 1")]
            _ = try await transport.send(request)
        }
        #expect(failure == .invalidRequest && server.requests.isEmpty)
    }
}

@Suite("A stream gives whole lines, however the bytes come", .timeLimit(.minutes(1)))
struct ResponseStreamTests {
    private func lines(_ steps: [LoopbackServer.Step], buffer: Int = 4 << 20) async throws -> [[UInt8]] {
        let server = LoopbackServer { _ in steps }
        var settings = try settings(server)
        settings.streamBufferBytes = buffer
        let stream = try await Transport(settings).open(HTTPRequest(.get, "/", timeout: .seconds(30)))
        var batches: [[UInt8]] = []
        while let lines = try await stream.nextLines() { batches.append(lines) }
        return batches
    }

    @Test("cut at any byte, the lines are the same")
    func anyCut() async throws {
        let body = Array("{\"a\":1}\n\n{\"é\":\"x\"}\nlast\n".utf8)
        for place in 0...body.count {
            var steps: [LoopbackServer.Step] = [.head(200)]
            if place > 0 { steps.append(.chunk(Array(body[..<place]))) }
            if place < body.count { steps.append(.chunk(Array(body[place...]))) }
            let batches = try await lines(steps + [.lastChunk])
            #expect(batches.flatMap { $0 } == body, "cut at \(place)")
            #expect(batches.allSatisfy { $0.last == 0x0A }, "cut at \(place)")
        }
    }

    @Test("cut into random pieces, with pauses and a small buffer, the lines are the same")
    func randomPieces() async throws {
        for seed in Seeds.first(20) {
            var random = SeededRandom(seed: seed)
            var body: [UInt8] = []
            for _ in 0..<Int.random(in: 0...400, using: &random) {
                body += [UInt8](repeating: 0x61, count: Int.random(in: 0...2000, using: &random)) + [0x0A]
            }
            var steps: [LoopbackServer.Step] = [.head(200)]
            var start = 0
            while start < body.count {
                let end = min(body.count, start + Int.random(in: 1...30_000, using: &random))
                steps.append(.chunk(Array(body[start..<end])))
                if Int.random(in: 0..<8, using: &random) == 0 { steps.append(.wait(milliseconds: 1)) }
                start = end
            }
            let batches = try await lines(steps + [.lastChunk], buffer: 1000)
            #expect(batches.flatMap { $0 } == body, "seed \(seed)")
            #expect(batches.allSatisfy { $0.last == 0x0A }, "seed \(seed)")
        }
    }

    @Test("what has no line end when the server ends is dropped")
    func unfinishedLine() async throws {
        #expect(try await lines([.head(200), .chunk("a\nb"), .lastChunk]) == [Array("a\n".utf8)])
        #expect(try await lines([.head(200), .lastChunk]).isEmpty)
    }

    @Test("lines before a cut are delivered, then the cut is told")
    func linesBeforeCut() async throws {
        let server = LoopbackServer { _ in [.head(200), .chunk("a\nb"), .wait(milliseconds: 20), .close] }
        let stream = try await Transport(settings(server)).open(HTTPRequest(.get, "/", timeout: .seconds(30)))
        await #expect(throws: TransportError.self) {
            #expect(try await stream.nextLines() == Array("a\n".utf8))
            _ = try await stream.nextLines()
        }
    }

    @Test("a reader that is slow makes the server wait, and memory stays bounded")
    func backpressure() async throws {
        let piece = [UInt8](repeating: 0x61, count: 9_999) + [0x0A]
        let server = LoopbackServer { _ in
            [.head(200)] + Array(repeating: .chunk(piece), count: 3000) + [.lastChunk]
        }
        var settings = try settings(server)
        settings.streamBufferBytes = 100_000
        let transport = try Transport(settings)
        let stream = try await transport.open(HTTPRequest(.get, "/", timeout: .seconds(60)))
        var total = 0
        var largest = 0
        while let lines = try await stream.nextLines() {
            total += lines.count
            largest = max(largest, lines.count)
            if total < 2_000_000 { try await Task.sleep(for: .milliseconds(1)) }
        }
        #expect(total == 30_000_000)
        // The limit, and what libcurl hands over at once.
        #expect(largest <= 100_000 + 256 << 10)
    }
}
