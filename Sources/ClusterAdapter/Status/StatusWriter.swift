import ClusterModel
import Documents
import KubernetesClient
import Synchronization

/// Writes statuses and events, each at most once, the latest of each only, and after bindings.
///
/// A status that cannot be written is tried again until it is, or another takes its place; an event is not.
final class StatusWriter: Sendable {
    private struct State {
        var waiting: [StatusWrite.Target: StatusWrite] = [:]
        var order: [StatusWrite.Target] = []
        var written: [StatusWrite.Target: OutputValue] = [:]
        var events: [EventNote] = []
    }

    private let client: APIClient
    private let log: Log
    private let metrics: Metrics
    private let isBinding: @Sendable () -> Bool
    private let state = Mutex(State())
    private let events: EventRecorder
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    /// Writes under way at a time.
    private static let concurrency = 8
    /// How many things are written until bindings are asked after again.
    private static let batch = 64
    /// Events that wait, at most: those that come later are dropped, and counted.
    private static let mostEvents = 20_000
    /// How long to wait after a write that failed.
    private static let retryDelay = Duration.seconds(2)
    /// How long writes wait for bindings to be over.
    private static let courtesy = Duration.milliseconds(500)

    init(client: APIClient, log: Log, metrics: Metrics, isBinding: @escaping @Sendable () -> Bool) {
        self.client = client
        self.log = log
        self.metrics = metrics
        self.isBinding = isBinding
        events = EventRecorder(client: client)
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Writes this, unless it is what was written last.
    func write(_ write: StatusWrite) {
        let isNews = state.withLock { state in
            if let waiting = state.waiting[write.target] {
                if waiting.content == write.content { return false }
            } else if state.written[write.target] == write.content {
                return false
            } else {
                state.order.append(write.target)
            }
            state.waiting[write.target] = write
            return true
        }
        if isNews { wakeUp.yield() }
    }

    /// Records an event.
    func record(_ event: EventNote) {
        let isFull = state.withLock { state in
            if state.events.count >= Self.mostEvents { return true }
            state.events.append(event)
            return false
        }
        if isFull { metrics.add("events_dropped_total") } else { wakeUp.yield() }
    }

    /// Forgets what was written of a pod that is gone.
    func forget(pod key: ObjectKey) { forget([.podCondition(key), .nomination(key)]) }

    /// Forgets what was written of a gang that is gone.
    func forget(podGroup key: ObjectKey) { forget([.podGroup(key), .groupCondition(key)]) }

    /// Forgets what was written of a queue that is gone, or has changed.
    func forget(queue name: String) { forget([.queue(name)]) }

    /// Takes note that somebody else may have written to a gang: the same may have to be written once more.
    func noteForeignWrite(podGroup key: ObjectKey) {
        state.withLock { state in
            state.written[.podGroup(key)] = nil
            state.written[.groupCondition(key)] = nil
        }
    }

    private func forget(_ targets: [StatusWrite.Target]) {
        state.withLock { state in
            for target in targets {
                state.written[target] = nil
                state.waiting[target] = nil
            }
        }
    }

    /// Writes what could not be written, unless something newer has been said of it.
    private func tryAgain(_ write: StatusWrite) {
        let isNewest = state.withLock { $0.waiting[write.target] == nil && $0.written[write.target] == nil }
        if isNewest { self.write(write) }
    }

    // MARK: Writing

    /// Writes until the task is cancelled.
    func run() async {
        for await _ in wakeUps {
            while !Task.isCancelled {
                await yieldToBindings()
                let (writes, notes) = next()
                if writes.isEmpty, notes.isEmpty { break }
                await withTaskGroup { group in
                    let limit = ConcurrencyLimit(Self.concurrency)
                    for write in writes { group.addTask { await limit.withTurn { await self.send(write) } } }
                    for note in notes { group.addTask { await limit.withTurn { await self.send(note) } } }
                }
            }
        }
    }

    private func yieldToBindings() async {
        let end = ContinuousClock.now + Self.courtesy
        while isBinding(), ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What to write now: statuses before events.
    private func next() -> (writes: [StatusWrite], events: [EventNote]) {
        state.withLock { state in
            var writes: [StatusWrite] = []
            let targets = state.order.prefix(Self.batch)
            for target in targets {
                guard let write = state.waiting.removeValue(forKey: target) else { continue }
                state.written[target] = write.content
                writes.append(write)
            }
            state.order.removeFirst(targets.count)
            let notes = Array(state.events.prefix(Self.batch - writes.count))
            state.events.removeFirst(notes.count)
            return (writes, notes)
        }
    }

    private func send(_ write: StatusWrite) async {
        let place = write.place
        do throws(ClientError) {
            var body = write.body
            if let amended = write.amended {
                body = amended(
                    try await client.get(place.resource, namespace: place.namespace, name: place.name)
                        .document())
            }
            _ = try await client.patch(
                place.resource, namespace: place.namespace, name: place.name, subresource: place.subresource,
                write.patch, body: Array(body.json(pretty: false).utf8))
            metrics.add("status_writes_total", [place.resource.resource, "written"])
        } catch {
            state.withLock { $0.written[write.target] = nil }
            if error.status?.code == 404 || error.isCancellation { return }
            metrics.add("status_writes_total", [place.resource.resource, "refused"])
            log.warning(
                "a status was not written",
                ["object": "\(place.resource.resource) \(place.name)", "error": "\(error)"])
            // A write that is not allowed, or not understood, will not be later.
            if let code = error.status?.code, code < 500, code != 409, code != 429 { return }
            Task {
                try? await Task.sleep(for: Self.retryDelay)
                tryAgain(write)
            }
        }
    }

    private func send(_ note: EventNote) async {
        do {
            try await events.post(note)
            metrics.add("status_writes_total", ["events", "written"])
        } catch {
            if error.isCancellation { return }
            log.debug("an event was not recorded", ["object": "\(note.key)", "error": "\(error)"])
        }
    }
}

extension GroupVersionResource {
    static let podGroups = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "podgroups")
}
