import ClusterModel
import Documents
import KubernetesClient
import Synchronization

/// Writes statuses and events, each at most once, the latest of each only, and after bindings.
///
/// What fails is logged and forgotten: the next cycle says it again if it still holds.
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
    func forget(_ pod: ObjectKey) {
        state.withLock { state in
            for target in [StatusWrite.Target.podCondition(pod), .nomination(pod)] {
                state.written[target] = nil
                state.waiting[target] = nil
            }
        }
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
        let place = place(of: write.target)
        do {
            _ = try await client.patch(
                place.resource, namespace: place.namespace, name: place.name, subresource: place.subresource,
                write.patch, body: Array(write.body.json(pretty: false).utf8))
            metrics.add("status_writes_total", [place.resource.resource, "written"])
        } catch {
            // Written again when it is said again.
            state.withLock { $0.written[write.target] = nil }
            if error.status?.code == 404 || error.isCancellation { return }
            metrics.add("status_writes_total", [place.resource.resource, "refused"])
            log.warning(
                "a status was not written",
                ["object": "\(place.resource.resource) \(place.name)", "error": "\(error)"])
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

    private typealias Place = (
        resource: GroupVersionResource, namespace: String?, name: String, subresource: String?
    )

    private func place(of target: StatusWrite.Target) -> Place {
        switch target {
        case .podGroup(let key):
            // Volcano's definition has no subresource for the status.
            (.podGroups, key.namespace, key.name, nil)
        case .podCondition(let key), .nomination(let key): (.pods, key.namespace, key.name, "status")
        }
    }
}

extension GroupVersionResource {
    static let podGroups = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "podgroups")
}
