import Documents
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

private func event(_ type: String, _ name: String, _ version: Int) -> String {
    #"{"type":"\#(type)","object":{"kind":"Pod","metadata":{"name":"\#(name)","resourceVersion":"\#(version)"}}}"#
        + "\n"
}

private let expired =
    #"{"type":"ERROR","object":{"kind":"Status","status":"Failure","code":410,"reason":"Expired","message":"too old"}}"#
    + "\n"

private func name(_ value: Value) -> String? { value["metadata"]?["name"]?.string }

/// A server whose lists and watches are scripts, in order; the last list is repeated, the last watch stays silent.
private final class ScriptedServer: Sendable {
    private final class Script: Sendable {
        let left: Mutex<(lists: [[LoopbackServer.Step]], watches: [[LoopbackServer.Step]])>

        init(_ lists: [[LoopbackServer.Step]], _ watches: [[LoopbackServer.Step]]) {
            left = Mutex((lists, watches))
        }

        func next(isWatch: Bool) -> [LoopbackServer.Step] {
            left.withLock { left in
                if !isWatch { return left.lists.count > 1 ? left.lists.removeFirst() : left.lists[0] }
                return left.watches.isEmpty
                    ? [.head(200), .wait(milliseconds: 10_000)] : left.watches.removeFirst()
            }
        }
    }

    let server: LoopbackServer

    init(lists: [[LoopbackServer.Step]], watches: [[LoopbackServer.Step]]) {
        let script = Script(lists, watches)
        server = LoopbackServer { request in script.next(isWatch: request.parameter("watch") == "true") }
    }

    /// What the server was asked: `list` or `watch VERSION`.
    var asked: [String] {
        server.requests.map { request in
            request.parameter("watch") == "true"
                ? "watch \(request.parameter("resourceVersion") ?? "")" : "list"
        }
    }
}

/// Runs a reflector until it has said `count` things, as text.
private func follow(
    _ server: ScriptedServer, until count: Int, time: ManualTime = ManualTime(), allowsStale: Bool = false,
    compare: (@Sendable ([ObjectVersion]) async -> Bool)? = nil
) async throws -> [String] {
    var reflector = Reflector(
        client: try client(server.server, time: time), scope: ListScope(.pods), read: name)
    reflector.random = SeededRandom(seed: 1)
    reflector.listOptions.allowsStale = allowsStale
    if let compare { (reflector.compare, reflector.comparePeriod) = (compare, .zero) }
    let said = Collected<String>()
    let (done, finished) = AsyncStream<Void>.makeStream()
    let following = reflector
    let task = Task {
        await following.run { event in
            if said.add(describe(event)) == count { finished.finish() }
        }
    }
    for await _ in done {}
    task.cancel()
    await task.value
    return Array(said.all.prefix(count))
}

private func describe(_ event: ReflectorEvent<String>) -> String {
    switch event {
    case .replaced(let list): return "list \(list.items.joined(separator: ",")) @\(list.resourceVersion)"
    case .changed(let events, let version):
        let changes = events.map { event in
            switch event {
            case .added(let item): "+\(item)"
            case .modified(let item): "~\(item)"
            case .deleted(let item): "-\(item)"
            }
        }
        return changes.joined(separator: " ") + " @\(version)"
    case .failed(let error, _):
        return "failed " + (error.status.map { $0.reason.rawValue } ?? kind(error))
    }
}

private func kind(_ error: ClientError) -> String {
    if case .transport(let error) = error { error.kind.rawValue } else { "malformed" }
}

@Suite("A reflector follows the objects of one kind", .timeLimit(.minutes(1)))
struct ReflectorTests {
    @Test("it lists, watches from the list's version, and tells what happens in order")
    func follows() async throws {
        let server = ScriptedServer(
            lists: [[ListTests.page(["a", "b"])]],
            watches: [
                [
                    .head(200),
                    .chunk(event("ADDED", "c", 11) + event("MODIFIED", "a", 12) + event("DELETED", "b", 13)),
                    .wait(milliseconds: 5000),
                ]
            ])
        #expect(try await follow(server, until: 2) == ["list a,b @10", "+c ~a -b @13"])
        let watch = try #require(server.server.requests.last)
        #expect(watch.parameter("allowWatchBookmarks") == "true" && watch.path == "/api/v1/pods")
        let seconds = try #require(watch.parameter("timeoutSeconds").flatMap { Int($0) })
        #expect((300...600).contains(seconds))
    }

    @Test("a watch that the server ends goes on from the last event or bookmark, at once")
    func resumes() async throws {
        let bookmark = #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"20"}}}"# + "\n"
        let server = ScriptedServer(
            lists: [[ListTests.page([])]],
            watches: [
                [.head(200), .chunk(event("ADDED", "a", 11)), .lastChunk],
                [.head(200), .chunk(bookmark), .lastChunk],
                [.head(200), .chunk(event("ADDED", "b", 21)), .wait(milliseconds: 5000)],
            ])
        let time = ManualTime()
        #expect(try await follow(server, until: 3, time: time) == ["list  @10", "+a @11", "+b @21"])
        #expect(server.asked == ["list", "watch 10", "watch 11", "watch 20"])
        #expect(time.waits.isEmpty)
    }

    @Test("a watch that is cut, also inside a line, goes on from the last whole event, after a wait")
    func cut() async throws {
        let second = event("ADDED", "b", 12)
        let server = ScriptedServer(
            lists: [[ListTests.page([])]],
            watches: [
                [
                    .head(200), .chunk(event("ADDED", "a", 11) + second.prefix(20)), .wait(milliseconds: 50),
                    .close,
                ],
                [.cut],
                [.head(200), .chunk(second), .wait(milliseconds: 5000)],
            ])
        let time = ManualTime()
        #expect(
            try await follow(server, until: 5, time: time) == [
                "list  @10", "+a @11", "failed cut", "failed cut", "+b @12",
            ])
        #expect(server.asked == ["list", "watch 10", "watch 11", "watch 11"])
        #expect(time.waits.count == 2 && time.waits.allSatisfy { $0 >= .milliseconds(250) })
    }

    @Test("a version that is too old leads to a new list after a wait, told as an event or as an answer")
    func gone() async throws {
        let server = ScriptedServer(
            lists: [
                [ListTests.page(["a"])], [ListTests.page(["b"], version: "30")],
                [ListTests.page(["c"], version: "40")],
            ],
            watches: [
                [.head(200), .chunk(event("ADDED", "x", 11) + expired), .lastChunk], [.refusal(410, "Gone")],
            ])
        let time = ManualTime()
        let said = try await follow(server, until: 6, time: time, allowsStale: true)
        #expect(
            said == ["list a @10", "+x @11", "failed Expired", "list b @30", "failed Gone", "list c @40"])
        #expect(server.asked.prefix(5) == ["list", "watch 10", "list", "watch 30", "list"])
        #expect(time.waits.count == 2)
        // Only the first list may be stale.
        let lists = server.server.requests.filter { $0.parameter("watch") == nil }
        #expect(lists.map { $0.parameter("resourceVersion") } == ["0", nil, nil])
    }

    @Test(
        "between two watches the caller hears what there was at the version it has, and lists anew if it is wrong"
    )
    func compares() async throws {
        let server = ScriptedServer(
            lists: [
                [ListTests.page(["a"])], [ListTests.page(["a", "b"], version: "11")],
                [ListTests.page(["a", "c"], version: "12")], [ListTests.page(["d"], version: "40")],
            ],
            watches: [
                [.head(200), .chunk(event("ADDED", "b", 11)), .lastChunk],
                [.head(200), .chunk(event("ADDED", "c", 12)), .lastChunk],
            ])
        let heard = Collected<[String]>()
        let said = try await follow(server, until: 4) { versions in heard.add(versions.map(\.name)) == 1 }
        #expect(said == ["list a @10", "+b @11", "+c @12", "list d @40"])
        #expect(heard.all == [["a", "b"], ["a", "c"]])
        #expect(server.asked == ["list", "watch 10", "list", "watch 11", "list", "list", "watch 40"])
        let comparisons = server.server.requests.filter { $0.parameter("resourceVersionMatch") == "Exact" }
        #expect(comparisons.map { $0.parameter("resourceVersion") } == ["11", "12"])
        #expect(
            comparisons.allSatisfy { $0.header("accept")?.contains("PartialObjectMetadataList") ?? false })
    }

    @Test("a server that no longer knows the version says nothing against the caller") func compacted()
        async throws
    {
        let server = ScriptedServer(
            lists: [[ListTests.page(["a"])], [.refusal(410, "Expired")], [ListTests.page(["z"])]],
            watches: [
                [.head(200), .chunk(event("ADDED", "b", 11)), .lastChunk],
                [.head(200), .chunk(event("ADDED", "c", 12)), .wait(milliseconds: 5000)],
            ])
        #expect(try await follow(server, until: 3) { _ in false } == ["list a @10", "+b @11", "+c @12"])
        #expect(server.asked == ["list", "watch 10", "list", "watch 11"])
    }

    @Test("a server that is not ready is asked again, without a new list where the watch can go on")
    func failures() async throws {
        let server = ScriptedServer(
            lists: [[.refusal(404, "NotFound")], [.refusal(403, "Forbidden")], [ListTests.page(["a"])]],
            watches: [
                [.refusal(503, "ServiceUnavailable")],
                [.refusal(429, "TooManyRequests", headers: ["Retry-After: 7"])],
                [.refusal(401, "Unauthorized")],
                [.head(200), .chunk(event("ADDED", "b", 11)), .wait(milliseconds: 5000)],
            ])
        let time = ManualTime()
        #expect(
            try await follow(server, until: 7, time: time) == [
                "failed NotFound", "failed Forbidden", "list a @10", "failed ServiceUnavailable",
                "failed TooManyRequests", "failed Unauthorized", "+b @11",
            ])
        #expect(
            server.asked == ["list", "list", "list", "watch 10", "watch 10", "watch 10", "watch 10"])
        #expect(time.waits[3] >= .seconds(7))
    }

    @Test(
        "what cannot be read leads to a new list; what came before it counts",
        arguments: [
            "nonsense\n", "{}\n", "[]\n", #"{"type":"ADDED","object":{}}"# + "\n",
            #"{"type":"ERROR","object":{}}"# + "\n",
            #"{"type":"NEW","object":{"metadata":{"resourceVersion":"1"}}}"# + "\n",
        ])
    func malformed(line: String) async throws {
        let server = ScriptedServer(
            lists: [[ListTests.page([])]],
            watches: [[.head(200), .chunk(event("ADDED", "a", 11) + line), .wait(milliseconds: 5000)]])
        #expect(
            try await follow(server, until: 4) == ["list  @10", "+a @11", "failed malformed", "list  @10"])
    }

    @Test("watches that end at once without a word are not begun again without a wait")
    func fruitless() async throws {
        let server = ScriptedServer(
            lists: [[ListTests.page([])]],
            watches: [[.head(200), .lastChunk], [.head(200), .lastChunk]])
        let time = ManualTime()
        #expect(try await follow(server, until: 3, time: time) == ["list  @10", "failed cut", "failed cut"])
        #expect(server.asked.prefix(3) == ["list", "watch 10", "watch 10"])
    }

    @Test("cancelled while it lists, watches or waits, it returns")
    func cancellation() async throws {
        let silent: [LoopbackServer.Step] = [.wait(milliseconds: 20_000)]
        for (lists, watches) in [
            ([silent], []), ([[ListTests.page([])]], [silent]), ([[.refusal(500, "")]], []),
        ] as [([[LoopbackServer.Step]], [[LoopbackServer.Step]])] {
            let server = ScriptedServer(lists: lists, watches: watches)
            let client = try client(server.server, time: SystemTime())
            let task = Task {
                await Reflector(client: client, scope: ListScope(.pods), read: name).run { _ in }
            }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            await task.value
        }
    }

    @Test("whatever is cut where, the last state is the server's")
    func randomCuts() async throws {
        for seed in Seeds.first(15) {
            var random = SeededRandom(seed: seed)
            let history = History(events: 60, &random)
            let server = history.server(&random)
            var reflector = Reflector(client: try client(server), scope: ListScope(.pods)) { value in
                name(value).map {
                    Named(name: $0, version: value["metadata"]?["resourceVersion"]?.string ?? "")
                }
            }
            reflector.random = random
            let mirror = Mirror()
            let (done, finished) = AsyncStream<Void>.makeStream()
            let following = reflector
            let last = history.last
            let task = Task {
                await following.run { event in
                    if mirror.take(event) == last { finished.finish() }
                }
            }
            for await _ in done {}
            task.cancel()
            await task.value
            #expect(mirror.objects == history.state(at: last), "seed \(seed)")
            #expect(mirror.isMonotonic, "seed \(seed)")
        }
    }
}

private struct Named: Sendable, Equatable {
    var name: String
    var version: String
}

/// What a consumer would keep.
private final class Mirror: Sendable {
    private struct State {
        var objects: [String: String] = [:]
        var version = 0
        var isMonotonic = true
    }

    private let state = Mutex(State())

    var objects: [String: String] { state.withLock { $0.objects } }
    var isMonotonic: Bool { state.withLock { $0.isMonotonic } }

    /// Takes an event and gives the version reached.
    func take(_ event: ReflectorEvent<Named>) -> Int {
        state.withLock { state in
            var version = state.version
            switch event {
            case .replaced(let list):
                state.objects = [:]
                for item in list.items { state.objects[item.name] = item.version }
                version = Int(list.resourceVersion) ?? 0
            case .changed(let events, let reached):
                for event in events {
                    switch event {
                    case .added(let item), .modified(let item): state.objects[item.name] = item.version
                    case .deleted(let item): state.objects[item.name] = nil
                    }
                }
                version = Int(reached) ?? 0
            case .failed: break
            }
            if version < state.version { state.isMonotonic = false }
            state.version = version
            return version
        }
    }
}

/// A made-up history of objects, and a server that tells it badly.
private struct History: Sendable {
    private var lines: [(version: Int, text: String, name: String, isDeletion: Bool)] = []
    private static let first = 100

    init(events: Int, _ random: inout SeededRandom) {
        var living: Set<String> = []
        for number in 1...events {
            let name = "pod-\(Int.random(in: 0..<12, using: &random))"
            let isDeletion = living.contains(name) && Bool.random(using: &random)
            let type = isDeletion ? "DELETED" : living.contains(name) ? "MODIFIED" : "ADDED"
            if isDeletion { living.remove(name) } else { living.insert(name) }
            let version = Self.first + number
            lines.append((version, event(type, name, version), name, isDeletion))
        }
    }

    var last: Int { Self.first + lines.count }

    func state(at version: Int) -> [String: String] {
        var objects: [String: String] = [:]
        for line in lines where line.version <= version {
            objects[line.name] = line.isDeletion ? nil : String(line.version)
        }
        return objects
    }

    /// Each answer shows some of what is left, cuts it at any byte, and now and then forgets old versions.
    func server(_ random: inout SeededRandom) -> LoopbackServer {
        let state = Progress(random: SeededRandom(seed: random.next()), shown: Self.first)
        return LoopbackServer { [self] request in
            state.mutex.withLock { state in
                if request.parameter("watch") == nil {
                    let items = self.state(at: state.shown).sorted { $0.key < $1.key }.map {
                        #"{"metadata":{"name":"\#($0.key)","resourceVersion":"\#($0.value)"}}"#
                    }
                    let body = #"{"metadata":{"resourceVersion":"\#(state.shown)"},"items":["#
                    return [.json(200, body + items.joined(separator: ",") + "]}")]
                }
                let from = request.parameter("resourceVersion").flatMap { Int($0) } ?? 0
                state.shown = min(last, max(state.shown, from) + Int.random(in: 0...9, using: &state.random))
                if Int.random(in: 0..<5, using: &state.random) == 0 { return [.refusal(410, "Expired")] }
                let body = Array(
                    lines.filter { $0.version > from && $0.version <= state.shown }.map(\.text).joined().utf8)
                let place = Int.random(in: 0...body.count, using: &state.random)
                let pieces: [LoopbackServer.Step] = [body[..<place], body[place...]]
                    .filter { !$0.isEmpty }.map { .chunk(Array($0)) }
                switch Int.random(in: 0..<4, using: &state.random) {
                case 0: return [.head(200)] + pieces + [.lastChunk]
                case 1: return [.head(200)] + pieces.prefix(1) + [.close]
                case 2: return [.head(200)] + pieces.prefix(1) + [.wait(milliseconds: 5), .cut]
                default: return [.head(200)] + pieces + [.chunk(expired), .lastChunk]
                }
            }
        }
    }

    private final class Progress: Sendable {
        let mutex: Mutex<(random: SeededRandom, shown: Int)>

        init(random: SeededRandom, shown: Int) { mutex = Mutex((random, shown)) }
    }
}

@Suite("Waits after failures grow, and differ")
struct BackoffTests {
    @Test("each wait lies between the shortest and three times the last, and never above the longest")
    func bounds() {
        for seed in Seeds.first(200) {
            var random = SeededRandom(seed: seed)
            var backoff = Backoff()
            var last = backoff.shortest
            for _ in 0..<30 {
                let wait = backoff.next(now: .zero, using: &random)
                #expect(wait >= backoff.shortest && wait <= min(last * 3, backoff.longest), "seed \(seed)")
                last = wait
            }
        }
    }

    @Test("after a quiet time waits are short again, sooner they are not")
    func reset() {
        /// A generator that always draws the longest.
        struct Longest: RandomNumberGenerator { mutating func next() -> UInt64 { .max } }
        var random = Longest()
        var backoff = Backoff()
        let waits = (0..<6).map { _ in backoff.next(now: .zero, using: &random) }
        #expect(waits.last == .seconds(30) && waits.first == .milliseconds(750))
        #expect(backoff.next(now: .seconds(150), using: &random) == .seconds(30))
        #expect(backoff.next(now: .seconds(301), using: &random) == .milliseconds(750))
    }
}

@Suite("Lines of a watch are read however they are split")
struct WatchBatchTests {
    @Test("split at random between lines, the events and the version are the same")
    func batches() {
        for seed in Seeds.first(100) {
            var random = SeededRandom(seed: seed)
            let lines = (1...20).map { event(["ADDED", "MODIFIED", "DELETED"][$0 % 3], "é\($0)", $0) }
            var events: [WatchEvent<String>] = []
            var version: String?
            var start = 0
            while start < lines.count {
                let end = min(lines.count, start + Int.random(in: 1...7, using: &random))
                let batch = WatchBatch(Array(lines[start..<end].joined().utf8), name: "watch", read: name)
                #expect(batch.end == nil)
                events += batch.events
                version = batch.resourceVersion ?? version
                start = end
            }
            let whole = WatchBatch(Array(lines.joined().utf8), name: "watch", read: name)
            #expect(events == whole.events && events.count == 20 && version == "20", "seed \(seed)")
        }
    }

    @Test("an object that the caller leaves out still moves the version on")
    func leftOut() {
        let batch = WatchBatch<String>(Array(event("ADDED", "a", 7).utf8), name: "watch") { _ in nil }
        #expect(batch.events.isEmpty && batch.resourceVersion == "7")
    }

    @Test("any bytes give events or an end, and never trap")
    func mutations() {
        let seed = Array((event("ADDED", "a", 1) + event("DELETED", "b", 2) + expired).utf8)
        for number in UInt64(0)..<2000 {
            var random = SeededRandom(seed: number)
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                default: bytes.insert(contentsOf: bytes[..<place].suffix(9), at: place)
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            let batch = WatchBatch(bytes, name: "watch", read: name)
            #expect(batch.resourceVersion != nil || batch.events.isEmpty, "seed \(number)")
        }
    }
}
