import ClusterModel
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

@Suite("On random clusters the same objects give the same decisions") struct DeterminismPropertyTests {
    @Test("objects in any order give the identical result", arguments: NamedConfiguration.all)
    func shuffled(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            var random = SeededGenerator(seed: trial.seed)
            let other = try Trial(
                trial.configuration, seed: trial.seed, snapshot: trial.snapshot.shuffled(using: &random))
            return Self.differences(trial.result, other.result)
        }
        #expect(violations == [])
    }

    @Test(
        "the index and the plain loops over all nodes give the identical result",
        arguments: NamedConfiguration.all)
    func allocators(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let other = try Trial(
                trial.configuration, seed: trial.seed, snapshot: trial.snapshot, allocator: .reference)
            return Self.differences(trial.result, other.result)
        }
        #expect(violations == [])
    }

    @Test("a second cycle adds nothing where a node would carry too much", arguments: NamedConfiguration.all)
    func secondCycle(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let second = try Trial(trial.configuration, seed: trial.seed, snapshot: trial.snapshotAfterBinds)
            let again = Set(second.result.binds.map(\.pod)).intersection(trial.result.binds.map(\.pod))
            let before = Trial.ledger(of: second.snapshot)
            let after = Trial.ledger(of: second.snapshotAfterBinds)
            return again.map { "\($0) is bound twice" }
                + after.excesses(over: before, on: second.snapshot.nodes)
        }
        #expect(violations == [])
    }

    private static func differences(_ left: CycleResult, _ right: CycleResult) -> [String] {
        var found: [String] = []
        if left.binds != right.binds { found.append("binds differ") }
        if left.pipelined != right.pipelined { found.append("promises differ") }
        if left.pending != right.pending { found.append("pending pods differ") }
        if left.podGroups != right.podGroups { found.append("pod groups differ") }
        if left.queues != right.queues { found.append("queues differ") }
        if left.nodeCount != right.nodeCount { found.append("numbers of nodes differ") }
        if left.podCount != right.podCount { found.append("numbers of pods differ") }
        if left.boundBefore != right.boundBefore { found.append("numbers of bound pods differ") }
        return found
    }
}
