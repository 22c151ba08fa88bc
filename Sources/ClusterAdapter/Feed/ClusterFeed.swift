import ClusterModel
import Documents
public import KubernetesAPI
public import KubernetesClient
import Synchronization

/// Follows the objects of a cluster that scheduling looks at, and puts what happens to them into an inbox.
struct ClusterFeed: Sendable {
    let client: APIClient
    let kinds: [ObjectKind]
    let inbox: Inbox
    let log: Log
    let metrics: Metrics
    /// Whether objects come with the text that they were read from.
    var keepsText = false

    /// How long to wait before asking again for a kind that the server does not have: its definition may yet come.
    var absenceCheck = Duration.seconds(30)

    /// Follows until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            for kind in kinds { group.addTask { await follow(kind) } }
        }
    }

    private func follow(_ kind: ObjectKind) async {
        let candidates = kind.resources
        var wasAbsent = false
        let refusals = Refusals()
        while !Task.isCancelled {
            do throws(ClientError) {
                if let resource = try await client.firstServed(of: candidates) {
                    if wasAbsent {
                        log.info("the server now has \(kind.plural)", ["resource": "\(resource)"])
                    }
                    wasAbsent = false
                    await follow(kind, resource)
                } else {
                    if !wasAbsent {
                        log.info(
                            "the server has no \(kind.plural): what needs them is off",
                            ["resource": candidates.first.map { "\($0)" } ?? ""])
                        inbox.put(.absent(kind))
                    }
                    wasAbsent = true
                    try? await Task.sleep(for: absenceCheck)
                }
            } catch {
                if error.isCancellation { return }
                log.warning("cannot ask for \(kind.plural)", ["error": "\(error)"])
                refusals.note(error, inbox)
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Follows one kind until its definition is gone or the task is cancelled.
    private func follow(_ kind: ObjectKind, _ resource: GroupVersionResource) async {
        let (log, metrics, keepsText) = (log, metrics, keepsText)
        let reflector = Reflector(client: client, scope: ListScope(resource)) { value in
            Self.read(value, kind, log, metrics, keepsText: keepsText)
        }
        // A kind whose definition is deleted is refused for good: the reflector then runs inside a task that is ended.
        await withTaskGroup { group in
            let gone = Signal()
            let refusals = Refusals()
            group.addTask {
                await reflector.run { event in
                    switch event {
                    case .replaced(let list): inbox.put(.replaced(kind, list.items))
                    case .changed(let events, _): inbox.put(.changed(kind, events))
                    case .failed(let error, let wait):
                        metrics.add("watch_failures_total", [kind.rawValue])
                        log.warning(
                            "cannot follow \(resource)", ["error": "\(error)", "retryIn": "\(wait)"])
                        if error.status?.code == 404 { gone.set() }
                        refusals.note(error, inbox)
                    }
                }
                gone.set()
            }
            group.addTask { await gone.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Reads an object; one that is broken is as if it were not there, and logged.
    private static func read(
        _ value: Value, _ kind: ObjectKind, _ log: Log, _ metrics: Metrics, keepsText: Bool
    ) -> Observed? {
        let sink = ProblemSink()
        guard let (object, key) = ClusterObject.read(value, kind: kind, sink: sink) else {
            let name = value["metadata"]?["name"]?.string ?? ""
            let namespace = value["metadata"]?["namespace"]?.string ?? ""
            metrics.add("unreadable_objects_total", [kind.rawValue])
            log.error(
                "a \(kind.rawValue) cannot be read and is passed over",
                [
                    "object": namespace.isEmpty ? name : "\(namespace)/\(name)",
                    "error": sink.problems.first.map { "\($0.field): \($0.message)" } ?? "",
                ])
            return nil
        }
        let text = keepsText ? value.jsonText(without: ["metadata", "managedFields"]) : nil
        return Observed(key: key, object: object, text: text ?? [])
    }
}

/// Counts how often in a row credentials are refused: from the third time on they count as lost.
private final class Refusals: Sendable {
    private static let most = 3
    private let count = Mutex(0)

    func note(_ error: ClientError, _ inbox: Inbox) {
        let count = count.withLock { count in
            count = error.status?.code == 401 ? count + 1 : 0
            return count
        }
        if count == Self.most { inbox.put(.fatal("no credentials: \(error)")) }
    }
}

/// Something that happens once, for one task to wait for.
private final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func set() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}

extension ObjectKind {
    /// Where objects of the kind may be found, the best place first.
    public var resources: [GroupVersionResource] {
        versions.map { GroupVersionResource(group: group, version: $0, resource: plural) }
    }
}
