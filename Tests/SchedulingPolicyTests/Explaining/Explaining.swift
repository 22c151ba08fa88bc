import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

/// The name of a job of the tests' namespace.
func jobKey(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

/// Explains one job, and checks that each change that is reported, made to the objects before anything reads them, gives
/// the job its place.
func explain(
    _ name: String, _ configuration: SchedulerConfiguration, _ snapshot: ClusterSnapshot, trials: Int = 100,
    now: Timestamp? = nil
) throws -> JobExplanation {
    let explainer = try Explainer(snapshot: snapshot, configuration: configuration, now: now)
    let job = try #require(explainer.job(ofGang: jobKey(name)) ?? explainer.job(ofPod: jobKey(name)))
    let explanation = try #require(explainer.explain(job, trials: trials))
    for remedy in explanation.remedies {
        #expect(
            try snapshot.applying(remedy.changes).places(explanation, configuration, now: now),
            "\(remedy.kind) does not help")
    }
    return explanation
}

extension JobExplanation {
    /// What would have to change, in order.
    var kinds: [Remedy.Kind] { remedies.map(\.kind) }
}

extension ClusterSnapshot {
    /// The objects with changes, made by hand and not by a session.
    func applying(_ changes: [ClusterChange]) -> ClusterSnapshot {
        with { snapshot in
            for change in changes {
                switch change {
                case .node(let node):
                    snapshot.nodes.removeAll { $0.name == node.name }
                    snapshot.nodes.append(node)
                case .pod(let pod):
                    snapshot.pods.removeAll { $0.key == pod.key }
                    snapshot.pods.append(pod)
                case .podRemoved(let key): snapshot.pods.removeAll { $0.key == key }
                case .podGroup(let group):
                    snapshot.podGroups.removeAll { $0.key == group.key }
                    snapshot.podGroups.append(group)
                case .podGroupRemoved(let key): snapshot.podGroups.removeAll { $0.key == key }
                case .queue(let queue):
                    snapshot.queues.removeAll { $0.name == queue.name }
                    snapshot.queues.append(queue)
                case .resourceQuota(let quota):
                    snapshot.resourceQuotas.removeAll { $0.key == quota.key }
                    snapshot.resourceQuotas.append(quota)
                default: Issue.record("no remedy makes the change \(change)")
                }
            }
        }
    }

    /// Whether a cycle of the plain loops over all nodes gives a job its minimum of places, or a pod its place.
    func places(
        _ job: JobExplanation, _ configuration: SchedulerConfiguration, now: Timestamp? = nil
    ) throws -> Bool {
        let session = try Session(
            snapshot: self, configuration: configuration, options: SessionOptions(allocator: .reference))
        let result = session.runCycle(now: now)
        // A place that others have to leave first counts.
        let placed = Set(result.binds.map(\.pod) + result.pipelined.map(\.pod))
        if !job.isGang { return placed.contains(job.key) }
        guard let group = podGroups.first(where: { $0.key == job.key }) else { return false }
        let members = pods.filter { pod in
            pod.podGroup == group.key.name && pod.key.namespace == group.key.namespace
        }
        if members.isEmpty, group.minMember > 0 {
            return result.podGroups.first { $0.key == job.key }?.phase == .inqueue
        }
        let ready = members.count { pod in
            placed.contains(pod.key) || pod.phase == .succeeded
                || (pod.nodeName != nil && !pod.isTerminating && pod.phase != .failed)
                || (configuration.compatibility.isVolcano && pod.isPending
                    && pod.requests.sorted.allSatisfy { $0.amount == 0 })
        }
        return ready >= group.minMember
    }
}
