import ClusterModel
import Documents
import KubernetesClient
import Synchronization

/// Evicts pods, not more than so many a second: through the Eviction API, so that disruption budgets hold, or by deletion,
/// as Volcano does.
final class Evictor: Sendable {
    /// A pod that has to leave.
    struct Victim: Sendable {
        let pod: ObjectKey
        let uid: String
        let reason: String
    }

    private let client: APIClient
    private let inbox: Inbox
    private let log: Log
    private let metrics: Metrics
    private let tenure: Tenure
    /// When the next eviction may begin.
    private let schedule: Mutex<ContinuousClock.Instant>
    private let interval: Duration
    /// How long a pod whose eviction was refused is left alone.
    private let coolDown: Duration
    /// How often an eviction is posted that is not answered.
    private static let attempts = 5
    /// The version of `policy` that the server has; nil until somebody has asked.
    private let version = Mutex<String?>(nil)

    init(
        client: APIClient, inbox: Inbox, log: Log, metrics: Metrics, tenure: Tenure, perSecond: Double,
        coolDown: Duration
    ) {
        self.client = client
        self.inbox = inbox
        self.log = log
        self.metrics = metrics
        self.tenure = tenure
        interval = .seconds(1 / perSecond)
        self.coolDown = coolDown
        schedule = Mutex(.now)
    }

    /// Evicts a pod once its turn has come.
    ///
    /// - Parameter mayRefuse: Whether a disruption budget may refuse; else the pod is deleted.
    func evict(_ victim: Victim, mayRefuse: Bool) {
        let turn = schedule.withLock { next in
            let turn = max(next, .now)
            next = turn + interval
            return turn
        }
        Task {
            try? await Task.sleep(until: turn, clock: .continuous)
            await post(victim, mayRefuse)
        }
    }

    private func post(_ victim: Victim, _ mayRefuse: Bool) async {
        var options = DeleteOptions()
        options.uid = victim.uid
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var attempt = 1
        while !tenure.isOver {
            do {
                if mayRefuse {
                    try await client.evict(
                        pod: victim.pod.name, namespace: victim.pod.namespace, options: options,
                        version: try await policyVersion())
                } else {
                    await markAsVictim(victim)
                    _ = try await client.delete(
                        .pods, namespace: victim.pod.namespace, name: victim.pod.name, options: options)
                }
                metrics.add("evictions_total", ["accepted"])
                return
            } catch {
                // Gone already, or another pod of the name: there is nobody to evict.
                if error.status?.code == 404 || error.status?.reason == .conflict { return }
                if !Self.isAnswer(error), attempt < Self.attempts, !error.isCancellation {
                    attempt += 1
                    try? await Task.sleep(for: backoff.next(now: SystemTime().elapsed, using: &random))
                    continue
                }
                metrics.add("evictions_total", ["refused"])
                log.warning(
                    "an eviction was refused",
                    ["pod": "\(victim.pod)", "reason": victim.reason, "error": "\(error)"])
                // The same plan would be made again at once.
                try? await Task.sleep(for: coolDown)
                inbox.put(.evictionRefused(victim.pod))
                return
            }
        }
    }

    /// Whether the server has refused, rather than failed; a budget that allows no eviction refuses with 429.
    private static func isAnswer(_ error: ClientError) -> Bool {
        error.status.map { $0.code < 500 } ?? false
    }

    /// Says on the pod why it goes, as Volcano's scheduler does before it deletes; nothing depends on it.
    private func markAsVictim(_ victim: Victim) async {
        func condition(_ type: String, _ status: String, _ reason: String, _ message: String) -> OutputValue {
            [
                "type": .string(type), "status": .string(status), "reason": .string(reason),
                "message": .string(message), "lastTransitionTime": .string("\(WallClock.now.timestamp)"),
            ]
        }
        let conditions: [OutputValue] = [
            condition("Ready", "False", "Evict", "Pod is evicted, because of \(victim.reason)"),
            condition(
                "DisruptionTarget", "True", "PreemptionByScheduler",
                "gangwright: preempting to accommodate a higher priority pod"),
        ]
        let patch: OutputValue = [
            "metadata": ["uid": .string(victim.uid)], "status": ["conditions": .list(conditions)],
        ]
        do {
            _ = try await client.patch(
                .pods, namespace: victim.pod.namespace, name: victim.pod.name, subresource: "status",
                .strategicMerge, body: Array(patch.json(pretty: false).utf8))
        } catch {
            log.debug("a victim was not marked", ["pod": "\(victim.pod)", "error": "\(error)"])
        }
    }

    /// The Eviction API speaks `policy/v1` since Kubernetes 1.22.
    private func policyVersion() async throws(ClientError) -> String {
        if let known = version.withLock({ $0 }) { return known }
        let served = try await client.groups().first { $0.name == "policy" }?.versions ?? []
        let version = await speaksV1() && served.contains("v1") ? "v1" : "v1beta1"
        self.version.withLock { $0 = version }
        return version
    }

    /// `pods/eviction` may be of an older version than the group's budgets.
    private func speaksV1() async -> Bool {
        guard let release = try? await client.serverVersion() else { return true }
        let minor = Int(release.minor.prefix { $0.isNumber }) ?? .max
        return release.major != "1" || minor >= 22
    }
}
