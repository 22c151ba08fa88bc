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

    private let remarks = Remarks()

    /// How long to wait before asking again for a kind that the server does not have: its definition may yet come.
    var absenceCheck = Duration.seconds(30)

    /// How often what is known is compared with what the server has; nil for never.
    var comparePeriod: Duration?

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
                    tell(of: remarks.answer(for: kind, isAbsent: false, of: kinds.count))
                    inbox.put(.served(kind, resource))
                    await follow(kind, resource)
                } else {
                    if !wasAbsent {
                        tell(of: remarks.answer(for: kind, isAbsent: true, of: kinds.count))
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

    /// Tells of kinds that the server lacks.
    private func tell(of absent: [ObjectKind]) {
        if absent.isEmpty { return }
        let names = absent.map { $0.resources.first.map { "\($0)" } ?? $0.plural }
        log.info(
            "the server lacks some kinds: what needs them is off",
            ["resources": names.sorted().joined(separator: ", ")])
    }

    /// Follows one kind until its definition is gone or the task is cancelled.
    private func follow(_ kind: ObjectKind, _ resource: GroupVersionResource) async {
        let (log, metrics, remarks, keepsText) = (log, metrics, remarks, keepsText)
        var reflector = Reflector(client: client, scope: ListScope(resource)) { value in
            Self.read(value, kind, log, metrics, remarks, keepsText: keepsText)
        }
        if let comparePeriod {
            reflector.comparePeriod = comparePeriod
            // A comparison comes between two watches.
            reflector.watchTime = min(reflector.watchTime, max(comparePeriod / 2, .seconds(1)))
            reflector.compare = { await isKnown(kind, $0) }
        }
        let following = reflector
        // A kind whose definition is deleted is refused for good: the reflector then runs inside a task that is ended.
        await withTaskGroup { group in
            let gone = Signal()
            let refusals = Refusals()
            let isWaitedFor = Mutex(true)
            group.addTask {
                await following.run { event in
                    switch event {
                    case .replaced(let list):
                        isWaitedFor.withLock { $0 = false }
                        inbox.put(.replaced(kind, list.items))
                    case .changed(let events, _): inbox.put(.changed(kind, events))
                    case .failed(let error, let wait):
                        metrics.add("watch_failures_total", [kind.qualifiedName])
                        log.warning(
                            "cannot follow \(resource)", ["error": "\(error)", "retryIn": "\(wait)"])
                        if error.status?.code == 404 { gone.set() }
                        // A role from before the kind was looked at; nothing waits for a kind that others do without.
                        if error.status?.code == 403, !kind.isIndispensable,
                            isWaitedFor.withLock({ exchange(&$0, with: false) })
                        {
                            log.warning(
                                "\(resource) may not be read: what needs them is off until the role allows it"
                            )
                            inbox.put(.absent(kind))
                        }
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

    /// Asks the task that decides, which has taken everything by then that was told before.
    private func isKnown(_ kind: ObjectKind, _ versions: [ObjectVersion]) async -> Bool {
        let (answers, answer) = AsyncStream<Bool>.makeStream()
        inbox.put(.compare(kind, versions, answer))
        for await isKnown in answers { return isKnown }
        return true
    }

    /// Reads an object; of one that is broken only the name is known, what was known before still holds, and it is logged.
    /// What is not honoured in one that is not is logged once for each field.
    private static func read(
        _ value: Value, _ kind: ObjectKind, _ log: Log, _ metrics: Metrics, _ remarks: Remarks,
        keepsText: Bool
    ) -> Observed? {
        guard let version = ObjectVersion(value) else { return nil }
        let sink = ProblemSink()
        let result = ClusterObject.read(value, kind: kind, sink: sink)
        guard let (object, key) = result else {
            metrics.add("unreadable_objects_total", [kind.qualifiedName])
            log.error(
                "a \(kind.qualifiedName) cannot be read and is passed over",
                [
                    "object": "\(version.key)",
                    "error": sink.problems.first { $0.severity == .error }.map {
                        "\($0.field): \($0.message)"
                    } ?? "",
                ])
            return Observed(
                key: version.key, resourceVersion: version.resourceVersion, object: nil)
        }
        for problem in sink.problems where remarks.isNew(problem.field, of: kind) {
            log.warning(
                "a field of a \(kind.qualifiedName) is not honoured; others like it are not told of",
                ["object": "\(version.key)", "field": problem.field, "why": problem.message])
        }
        let text = keepsText ? value.jsonText(without: ["metadata", "managedFields"]) : nil
        return Observed(
            key: key, resourceVersion: version.resourceVersion, object: object, text: text ?? [])
    }
}

/// Keeps the log short: kinds that a server lacks are told of together, a field that is not honoured once.
private final class Remarks: Sendable {
    private struct State {
        var answered: Set<ObjectKind> = []
        var absent: [ObjectKind] = []
        var fields: [ObjectKind: Set<String>] = [:]
    }

    /// Fields that are told of, of each kind: some contain names that users choose.
    private static let mostFields = 32
    private let state = Mutex(State())

    /// Takes note of whether the server has a kind.
    ///
    /// - Returns: The absent kinds to tell of: all, once each of the first so many has been asked for; then any at once.
    func answer(for kind: ObjectKind, isAbsent: Bool, of count: Int) -> [ObjectKind] {
        state.withLock { state in
            if !state.answered.insert(kind).inserted { return isAbsent ? [kind] : [] }
            if isAbsent { state.absent.append(kind) }
            return state.answered.count == count ? state.absent : []
        }
    }

    /// Whether a field of a kind has not been told of.
    func isNew(_ field: String, of kind: ObjectKind) -> Bool {
        state.withLock { state in
            state.fields[kind, default: []].count < Self.mostFields
                && state.fields[kind, default: []].insert(field).inserted
        }
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

extension ObjectVersion {
    var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}

extension ObjectKind {
    /// Whether nothing can be decided without it.
    fileprivate var isIndispensable: Bool { self == .node || self == .pod }

    /// Where objects of the kind may be found, the best place first.
    public var resources: [GroupVersionResource] {
        versions.map { GroupVersionResource(group: group, version: $0, resource: plural) }
    }
}
