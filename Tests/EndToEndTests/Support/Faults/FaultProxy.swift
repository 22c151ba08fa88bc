import Foundation
import KubernetesClient
import Synchronization
import SyntheticClusters
import TestSupport

/// A proxy between a scheduler and its API server, where things go wrong as a test says.
///
///     let proxy = try FaultProxy(plane)
///     proxy.add(["POST", "/pods/gang-1/binding"], times: 1, .loseAnswer)
///     let scheduler = try SchedulerProcess(plane, through: proxy)
///
/// It speaks plain HTTP/1.1 to the scheduler, a thread a connection, and what the client of the project speaks to the
/// server. Credentials are the scheduler's own. Of several rules that hold for a request the first one counts.
final class FaultProxy: Sendable {
    /// A rule that was added.
    struct Handle: Sendable { fileprivate let number: Int }

    private struct Entry {
        var rule: FaultRule
        var seen = 0
        var applied = 0
    }

    fileprivate struct State {
        private var entries: [(number: Int, entry: Entry)] = []
        private var next = 0
        fileprivate var requests: [String] = []
        fileprivate var random: SeededGenerator

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }
    }

    fileprivate final class Relay: Sendable {
        let transport: Transport
        let state: Mutex<State>

        init(_ transport: Transport, seed: UInt64) {
            self.transport = transport
            state = Mutex(State(seed: seed))
        }
    }

    private let relay: Relay
    private let server: LoopbackServer
    /// The kubeconfig of a scheduler behind this proxy.
    let kubeconfig: String

    /// Starts to listen.
    ///
    /// - Parameter seed: Decides which requests a rule of less than certainty happens to.
    init(_ plane: ControlPlane, seed: UInt64 = 1) throws {
        var settings = try Kubeconfig(files: [plane.kubeconfig]).configuration().transport
        let address = settings.server.description
        settings.maximumConnections = 64
        let relay = Relay(try Transport(settings), seed: seed)
        server = LoopbackServer { relay.answer($0) }
        self.relay = relay
        let text = try String(contentsOfFile: plane.kubeconfig, encoding: .utf8)
        kubeconfig = "\(plane.folder)/proxy-\(server.port).kubeconfig"
        try text.replacing(address, with: server.url).write(
            toFile: kubeconfig, atomically: true, encoding: .utf8)
    }

    deinit {
        clear()
        relay.transport.shutDown()
    }

    // MARK: Rules

    /// Lets a fault happen to requests.
    @discardableResult
    func add(
        _ parts: [String], skip: Int = 0, times: Int? = nil, probability: Double = 1, _ fault: Fault
    ) -> Handle {
        relay.state.withLock {
            $0.add(
                FaultRule(parts: parts, skip: skip, times: times, probability: probability, fault: fault))
        }
    }

    /// How many requests a rule has happened to.
    func count(_ handle: Handle) -> Int { relay.state.withLock { $0.applied(handle.number) } }

    /// Lets a rule hold no longer; what waits there is lost.
    func remove(_ handle: Handle) {
        relay.state.withLock { $0.remove { $0 == handle.number } }.forEach { $0.drop() }
    }

    /// Lets no rule hold any longer; what waits is lost.
    func clear() { relay.state.withLock { $0.remove { _ in true } }.forEach { $0.drop() } }

    /// The request lines that contain all of this, in their order, those included that were not passed on.
    func requests(_ parts: String...) -> [String] {
        relay.state.withLock { $0.requests }.filter { line in parts.allSatisfy { line.contains($0) } }
    }
}

extension FaultProxy.State {
    fileprivate mutating func add(_ rule: FaultRule) -> FaultProxy.Handle {
        next += 1
        entries.append((next, FaultProxy.Entry(rule: rule)))
        return FaultProxy.Handle(number: next)
    }

    fileprivate func applied(_ number: Int) -> Int {
        entries.first { $0.number == number }?.entry.applied ?? 0
    }

    /// - Returns: Where requests may wait because of the rules that are gone.
    fileprivate mutating func remove(_ isMeant: (Int) -> Bool) -> [Hold] {
        let gone = entries.filter { isMeant($0.number) }
        entries.removeAll { isMeant($0.number) }
        return gone.compactMap { (_, entry) in
            switch entry.rule.fault {
            case .hold(let hold), .holdAnswer(let hold): hold
            default: nil
            }
        }
    }

    /// What happens to a request; nil for nothing.
    fileprivate mutating func fault(for line: String) -> Fault? {
        requests.append(line)
        for index in entries.indices {
            let rule = entries[index].entry.rule
            guard rule.parts.allSatisfy({ line.contains($0) }) else { continue }
            entries[index].entry.seen += 1
            if entries[index].entry.seen <= rule.skip { continue }
            if let times = rule.times, entries[index].entry.applied >= times { continue }
            if rule.probability < 1, Double.random(in: 0..<1, using: &random) >= rule.probability { continue }
            entries[index].entry.applied += 1
            return rule.fault
        }
        return nil
    }
}

// MARK: One request; runs on a thread of its own

extension FaultProxy.Relay {
    fileprivate func answer(_ request: LoopbackServer.Request) -> [LoopbackServer.Step] {
        let line = "\(request.method) \(request.target)"
        let isWatch = request.target.contains("watch=true")
        switch state.withLock({ $0.fault(for: line) }) {
        case nil: return isWatch ? watch(request) : exchange(request)
        case .refuse(let code, let reason, let seconds):
            let headers = seconds.map { ["Retry-After: \($0)"] } ?? []
            return [.refusal(code, reason, "the test refuses this", headers: headers)]
        case .delay(let milliseconds):
            return [.wait(milliseconds: milliseconds)] + (isWatch ? watch(request) : [later(request)])
        case .cut: return [.cut]
        case .loseAnswer:
            _ = exchange(request)
            return [.cut]
        case .hold(let hold):
            guard hold.wait(line) else { return [.cut] }
            return isWatch ? watch(request) : exchange(request)
        case .holdAnswer(let hold):
            let steps = exchange(request)
            return hold.wait(line) ? steps : [.cut]
        case .garble: return exchange(request, garbles: true)
        case .cutWatch(let lines, let last): return watch(request, cutAfter: lines, last: last)
        case .omit(let text): return watch(request, omitting: text)
        }
    }

    /// The exchange when its turn has come.
    private func later(_ request: LoopbackServer.Request) -> LoopbackServer.Step {
        let isDone = Mutex(false)
        return .more { [self] in
            let wasDone = isDone.withLock { isDone in
                defer { isDone = true }
                return isDone
            }
            return wasDone ? nil : exchange(request)
        }
    }

    private func exchange(
        _ request: LoopbackServer.Request, garbles: Bool = false
    ) -> [LoopbackServer.Step] {
        guard let message = message(request) else { return [.cut] }
        let transport = transport
        let response = wait { try? await transport.send(message) }
        guard let response else { return [.cut] }
        var body = response.body
        if garbles, !body.isEmpty {
            let middle = body.count / 2
            body.replaceSubrange(middle..., with: [UInt8](repeating: 0x7E, count: body.count - middle))
        }
        let kept = response.head.headers.filter { ["content-type", "retry-after"].contains($0.name) }
        return [.whole(response.head.status, body, headers: kept.map { "\($0.name): \($0.value)" })]
    }

    private func watch(
        _ request: LoopbackServer.Request, cutAfter limit: Int? = nil, last: String? = nil,
        omitting text: String? = nil
    ) -> [LoopbackServer.Step] {
        guard let message = message(request) else { return [.cut] }
        let transport = transport
        let stream = wait { try? await transport.open(message) }
        guard let stream else { return [.cut] }
        if !stream.head.isSuccess {
            let body = wait { try? await stream.wholeBody() } ?? []
            return [.whole(stream.head.status, body, headers: ["Content-Type: application/json"])]
        }
        let passed = Mutex(0)
        let lines = LoopbackServer.Step.more { [self] in
            if let limit, passed.withLock({ $0 }) >= limit {
                return (last.map { [.chunk($0), .lastChunk] } ?? []) + [.cut]
            }
            guard let bytes = wait({ try? await stream.nextLines() }) else { return nil }
            if let text {
                let lines = bytes.split(separator: 0x0A).filter {
                    !String(decoding: $0, as: UTF8.self).contains(text)
                }
                // An empty chunk would be the last.
                return lines.isEmpty ? [] : [.chunk(Array(lines.map { $0 + [0x0A] }.joined()))]
            }
            guard let limit else { return [.chunk(bytes)] }
            let left = limit - passed.withLock { $0 }
            let taken = bytes.split(separator: 0x0A).prefix(left).map { $0 + [0x0A] }
            passed.withLock { $0 += taken.count }
            return taken.map { .chunk(Array($0)) }
        }
        return [.head(stream.head.status), lines, .lastChunk]
    }

    private func message(_ request: LoopbackServer.Request) -> HTTPRequest? {
        guard let method = HTTPMethod(rawValue: request.method) else { return nil }
        let body = request.body.isEmpty ? nil : request.body
        var message = HTTPRequest(method, request.target, body: body, timeout: .seconds(900))
        message.headers = request.headers.filter {
            ["authorization", "accept", "content-type", "user-agent"].contains($0.name)
        }
        return message
    }

    /// Waits on this thread for something that others do.
    private func wait<Result: Sendable>(_ work: @escaping @Sendable () async -> Result?) -> Result? {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result?>(nil)
        Task {
            let value = await work()
            result.withLock { $0 = value }
            done.signal()
        }
        done.wait()
        return result.withLock { $0 }
    }
}
