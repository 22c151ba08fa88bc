import ClusterModel
import Documents
import KubernetesClient
import Synchronization

/// Posts bindings, many at a time, and finds out what became of each.
///
/// A binding whose answer is lost may have been made all the same, so nothing is taken for refused before the API server
/// has shown the pod without a node.
final class Binder: Sendable {
    private let client: APIClient
    private let inbox: Inbox
    private let log: Log
    private let metrics: Metrics
    private let tenure: Tenure
    private let limit: ConcurrencyLimit
    /// How often a binding is posted again when there was no answer.
    private static let attempts = 5

    init(
        client: APIClient, inbox: Inbox, log: Log, metrics: Metrics, tenure: Tenure, concurrency: Int
    ) {
        self.client = client
        self.inbox = inbox
        self.log = log
        self.metrics = metrics
        self.tenure = tenure
        limit = ConcurrencyLimit(concurrency)
    }

    /// Whether bindings are under way.
    var isBusy: Bool { limit.isBusy }

    /// Posts the bindings of a gang; what became of each, and then of the gang, comes by the inbox.
    func bind(_ gang: GangBinding) {
        let tally = Tally(left: gang.pods.count)
        for binding in gang.pods {
            Task {
                let begin = ContinuousClock.now
                let outcome = await limit.withTurn { await post(binding) }
                metrics.observe("bind_duration_seconds", [], (ContinuousClock.now - begin) / .seconds(1))
                metrics.add("binds_total", [outcome == .bound ? "bound" : "refused"])
                inbox.put(.binding(binding, outcome))
                if tally.countDown() { inbox.put(.gangEnded(gang)) }
            }
        }
    }

    /// Waits until no bindings are under way, or for so long.
    func drain(atMost longest: Duration) async {
        let end = ContinuousClock.now + longest
        while isBusy, !tenure.isOver, ContinuousClock.now < end {
            // The caller may have been cancelled, which is when this matters.
            await Task.detached { try? await Task.sleep(for: .milliseconds(20)) }.value
        }
    }

    private func post(_ binding: PodBinding) async -> BindingOutcome {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var lastError = ""
        for attempt in 1...Self.attempts {
            if tenure.isOver { return .refused("the lease has run out") }
            do {
                try await client.bind(
                    pod: binding.pod.name, namespace: binding.pod.namespace, uid: binding.uid,
                    node: binding.node, annotations: binding.annotations)
                return .bound
            } catch {
                lastError = "\(error)"
                if error.isCancellation { return .refused(lastError) }
                if let status = error.status, status.code < 500, status.code != 408, status.code != 429 {
                    // A pod that is bound already may have been by an attempt whose answer was lost.
                    guard status.reason == .conflict else { return .refused(lastError) }
                    return await whereabouts(of: binding) ?? .refused(lastError)
                }
                log.warning(
                    "a binding was not answered",
                    [
                        "pod": "\(binding.pod)", "node": binding.node, "attempt": "\(attempt)",
                        "error": lastError,
                    ])
                if let outcome = await whereabouts(of: binding) { return outcome }
                try? await Task.sleep(for: backoff.next(now: SystemTime().elapsed, using: &random))
            }
        }
        return .refused(lastError)
    }

    /// What the API server shows of a pod that may have been bound; nil if it is on no node.
    ///
    /// Asks until there is an answer: a place that may be taken must not be given to another pod meanwhile.
    private func whereabouts(of binding: PodBinding) async -> BindingOutcome? {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        while !tenure.isOver {
            do {
                let pod = try await client.get(
                    .pods, namespace: binding.pod.namespace, name: binding.pod.name
                ).document(name: "pod \(binding.pod)")
                guard pod["metadata"]?["uid"]?.string == binding.uid else {
                    return .refused("another pod has its name")
                }
                guard let node = pod["spec"]?["nodeName"]?.string, !node.isEmpty else { return nil }
                return node == binding.node ? .bound : .refused("it is on node \(node)")
            } catch {
                if error.status?.code == 404 { return .refused("it is gone") }
                if error.isCancellation || error.status?.code == 403 { return .refused("\(error)") }
                try? await Task.sleep(for: backoff.next(now: SystemTime().elapsed, using: &random))
            }
        }
        return .refused("the lease has run out")
    }
}

/// Counts the pods of a gang of which nothing is known yet.
private final class Tally: Sendable {
    private let left: Mutex<Int>

    init(left: Int) { self.left = Mutex(left) }

    /// Whether this was the last one.
    func countDown() -> Bool {
        left.withLock { left in
            left -= 1
            return left == 0
        }
    }
}
