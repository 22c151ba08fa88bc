import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("On random clusters the scheduler decides as a literal reading of Volcano's rules")
struct VolcanoAgreementTests {
    @Test("placing without eviction", arguments: AgreementCase.placing)
    func placing(example: AgreementCase) throws { try compare(example, of: AgreementCase.placing) }

    @Test("preempt and reclaim", arguments: AgreementCase.evicting)
    func evicting(example: AgreementCase) throws { try compare(example, of: AgreementCase.evicting) }

    private func compare(_ example: AgreementCase, of all: [AgreementCase]) throws {
        var differences: [String] = []
        let variant = all.firstIndex { $0.name == example.name } ?? 0
        for seed in Seeds.forVariant(variant, of: all.count, count: 50) {
            let snapshot = AgreementCluster.snapshot(seed: seed)
            let found = try Self.differences(snapshot, example)
            if found.isEmpty { continue }
            differences.append(
                "\(example.name), GANGWRIGHT_SEED=\(seed)\n\(found.joined(separator: "\n"))\n\(snapshot.compactText)"
            )
        }
        let count = differences.count
        #expect(
            count == 0, "\(example.name): \(count) differ\n\(differences.prefix(3).joined(separator: "\n\n"))"
        )
    }

    /// What the two decide differently in one cycle.
    static func differences(_ snapshot: ClusterSnapshot, _ example: AgreementCase) throws -> [String] {
        // As in Volcano, pods of other schedulers only take up room.
        let options = SessionOptions(schedulerNames: ["gangwright"])
        let session = try Session(snapshot: snapshot, configuration: example.scheduler, options: options)
        let result = session.runCycle()
        let oracle = Oracle(snapshot, example.oracle)
        oracle.run()
        var found: [String] = []
        func compare<Value: Equatable>(_ what: String, _ scheduler: Value, _ oracle: Value) {
            if scheduler != oracle { found.append("\(what): scheduler \(scheduler), oracle \(oracle)") }
        }
        compare(
            "binds", result.binds.map { "\($0.pod.name) \($0.node)" },
            oracle.binds.map { "\($0.pod.dropFirst(3)) \($0.node)" })
        compare(
            "places held", Set(result.pipelined.map { "\($0.pod.name) \($0.node)" }).sorted(),
            oracle.holding.map { "\($0.pod.dropFirst(3)) \($0.node)" }.sorted())
        compare(
            "evictions",
            result.evictions.map {
                "\($0.pod) \($0.node) \($0.reason.rawValue) \($0.preemptor?.description ?? "")"
            },
            oracle.evictions.map { "\($0.pod) \($0.node) \($0.reason) \($0.preemptor)" })
        for group in result.podGroups {
            guard let job = oracle.jobs.first(where: { $0.group.key == group.key }) else { continue }
            compare("phase of \(group.key.name)", group.phase.rawValue, job.phase.rawValue)
        }
        let queuesWithJobs = Set(oracle.jobs.map(\.group.queue))
        for queue in result.queues where queuesWithJobs.contains(queue.name) {
            // A tree of queues that cannot be used has no shares.
            guard let shares = oracle.tiers.joined().lazy.compactMap({ $0.deserved(queue.name) }).first
            else { continue }
            for amount in queue.deservedMilli {
                // Ours counts in thousandths of a unit: of a millicore, a byte, a GPU, a pod.
                let name = amount.resource.text
                let isScalar = !["cpu", "memory", "pods"].contains(name)
                let share = shares[name] * (isScalar ? 1 : 1_000)
                if abs(share - Double(amount.milli)) > max(10, share * 1e-9) {
                    found.append(
                        "deserved \(name) of \(queue.name): scheduler \(amount.milli), oracle \(share)")
                }
            }
        }
        if !found.isEmpty {
            found.append("evicted \(oracle.evictions.map { "\($0.pod) for \($0.preemptor)" })")
        }
        return found
    }
}
