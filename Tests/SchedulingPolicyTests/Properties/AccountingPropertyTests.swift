import Allocator
import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("On random clusters the books balance after a cycle") struct AccountingPropertyTests {
    @Test(
        "every pod without a node is bound, promised a place or pending, exactly once",
        arguments: NamedConfiguration.all)
    func noPodLost(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let waiting = trial.snapshot.pods.filter { pod in
                pod.nodeName == nil && pod.phase != .succeeded && pod.phase != .failed
            }
            let result = trial.result
            let listed = result.binds.map(\.pod) + result.pipelined.map(\.pod) + result.pending.map(\.pod)
            let counts = Dictionary(listed.map { ($0, 1) }, uniquingKeysWith: +)
            let lost = waiting.filter { counts[$0.key] == nil }.map { "\($0.key) is lost" }
            let twice = counts.filter { $0.value > 1 }.map { "\($0.key) is listed \($0.value) times" }
            let strange = Set(listed).subtracting(waiting.map(\.key)).map { "\($0) does not wait" }
            return lost + twice + strange
        }
        #expect(violations == [])
    }

    @Test("done over from the pods, the books are the same", arguments: NamedConfiguration.all)
    func audit(configuration: NamedConfiguration) throws {
        #expect(try Trial.violations(under: configuration) { $0.differences } == [])
    }

    @Test("what a queue is said to hold is what its pods ask for", arguments: NamedConfiguration.all)
    func queueLedger(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let placed = Set(trial.result.binds.map(\.pod) + trial.result.pipelined.map(\.pod))
            let groups = Dictionary(uniqueKeysWithValues: trial.snapshot.podGroups.map { ($0.key, $0.queue) })
            var ledger = NodeLedger()
            for pod in trial.podsAfterEvictions where placed.contains(pod.key) || Self.isOnNode(pod) {
                if let queue = Self.queue(of: pod, groups: groups) { ledger.add(pod, to: queue) }
            }
            return trial.result.queues.flatMap { queue -> [String] in
                let names = Set(queue.allocated.names + ledger.amounts.keys.map(\.resource))
                return names.compactMap { name in
                    let (said, is_) = (queue.allocated[name] ?? 0, ledger.amount(of: name, on: queue.name))
                    return said == is_
                        ? nil : "\(queue.name) is said to hold \(said) \(name) and holds \(is_)"
                }
            }
        }
        #expect(violations == [])
    }

    @Test(
        "no queue is taken beyond its capability, unless its guarantee is larger",
        arguments: NamedConfiguration.all)
    func queueCapability(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let plugins = trial.configuration.configuration.tiers.joined()
            if !plugins.contains(where: { $0.name == "proportion" }) { return [] }
            let groups = Dictionary(uniqueKeysWithValues: trial.snapshot.podGroups.map { ($0.key, $0.queue) })
            var given = NodeLedger()
            for place in trial.result.binds.map(\.pod) + trial.result.pipelined.map(\.pod) {
                guard let pod = trial.pods[place], let queue = Self.queue(of: pod, groups: groups) else {
                    continue
                }
                given.add(pod, to: queue)
            }
            return trial.snapshot.queues.flatMap { queue -> [String] in
                let holds = trial.result.queues.first { $0.name == queue.name }?.allocated ?? [:]
                return (queue.capability ?? [:]).sorted.compactMap { name, limit in
                    let most = max(limit, queue.guarantee[name] ?? 0)
                    let hasGot = given.amount(of: name, on: queue.name)
                    if hasGot == 0 || (holds[name] ?? 0) <= most { return nil }
                    return "\(queue.name) got \(hasGot) and holds \(holds[name] ?? 0) of \(most) \(name)"
                }
            }
        }
        #expect(violations == [])
    }

    @Test(
        "the columns at the end are those of the pods that hold a place: what was undone left no trace",
        arguments: NamedConfiguration.all)
    func columns(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let resources = trial.cluster.resources
            var expected = try ClusterState(nodes: trial.snapshot.nodes, resources: resources)
            func add(_ pod: Pod, to node: String, as occupancy: Occupancy) {
                guard let index = expected.index(ofNode: node) else { return }
                expected.add(PodRequest(pod, in: resources), to: index, as: occupancy)
            }
            for pod in trial.podsAfterEvictions where !pod.isTerminal {
                if let node = pod.nodeName { add(pod, to: node, as: pod.isLeaving ? .releasing : .bound) }
            }
            for bind in trial.result.binds {
                if let pod = trial.pods[bind.pod] { add(pod, to: bind.node, as: .bound) }
            }
            for promise in trial.result.pipelined {
                guard let pod = trial.pods[promise.pod] else { continue }
                add(pod, to: promise.node, as: promise.waitsFor == .gang ? .bound : .pipelined)
            }
            var found: [String] = []
            if trial.cluster.idle != expected.idle { found.append("idle differs") }
            if trial.cluster.futureIdle != expected.futureIdle { found.append("futureIdle differs") }
            if trial.cluster.requested != expected.requested { found.append("requested differs") }
            if trial.cluster.states.nonZeroMilliCPU != expected.states.nonZeroMilliCPU {
                found.append("scored CPU differs")
            }
            if trial.cluster.states.nonZeroMemory != expected.states.nonZeroMemory {
                found.append("scored memory differs")
            }
            return found
        }
        #expect(violations == [])
    }

    private static func isOnNode(_ pod: Pod) -> Bool {
        pod.nodeName != nil && !pod.isTerminating && (pod.phase == .pending || pod.phase == .running)
    }

    /// The queue that answers for a pod: its gang's, or of a pod without one the one that it names.
    private static func queue(of pod: Pod, groups: [ObjectKey: String]) -> String? {
        if let name = pod.podGroup { return groups[ObjectKey(namespace: pod.key.namespace, name: name)] }
        if pod.nodeName != nil, pod.schedulerName == "default-scheduler" { return nil }
        return pod.annotations["scheduling.volcano.sh/queue-name"] ?? "default"
    }
}
