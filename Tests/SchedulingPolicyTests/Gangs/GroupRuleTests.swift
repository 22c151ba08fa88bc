import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

private let preempting = policy(
    .gangwright, actions: "allocate, preempt", ["priority", "gang"], ["predicates", "proportion"])

@Suite("What a group says of itself holds for all of its pods") struct GroupRuleTests {
    @Test("its priority counts before that of its class", arguments: Compatibility.withoutVolcano15)
    func priority(compatibility: Compatibility) throws {
        let first = gang("first", min: 1, "high").with { $0.priority = 1 }
        let second = gang("second", min: 1, "low").with { $0.priority = 2 }
        func run(_ gangs: [PodGroup]) throws -> CycleResult {
            try schedule(
                plain(compatibility), nodes: [.of("n", 1_000)],
                pods: Pod.members(of: "first", 1) + Pod.members(of: "second", 1), gangs: gangs,
                classes: rankClasses)
        }
        #expect(try run([first, second]).order == ["second-0"])
        #expect(try run([first.with { $0.priority = nil }, second]).order == ["first-0"])
    }

    @Test("a class that comes later leaves a given priority alone") func lateClass() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", 1_000)],
                pods: Pod.members(of: "a", 1) + Pod.members(of: "b", 1),
                podGroups: [
                    gang("a", min: 1, "high").with { $0.priority = 1 },
                    gang("b", min: 1, "low").with { $0.priority = 2 },
                ]), configuration: plain(.gangwright))
        for rank in rankClasses { session.update(rank) }
        #expect(session.runCycle().order == ["b-0"])
    }

    @Test("for a gang that preempts nobody nobody leaves") func preemptsNever() throws {
        func run(_ preemptsNever: Bool) throws -> CycleResult {
            try schedule(
                preempting, nodes: [.of("n", 1_000)],
                pods: Pod.members(of: "low", 1).map { $0.running(on: "n") } + Pod.members(of: "high", 1),
                gangs: [
                    gang("low", min: 1, "low"),
                    gang("high", min: 1, "high").with { $0.preemptsNever = preemptsNever },
                ], classes: rankClasses)
        }
        #expect(try run(false).evicted == ["low-0"])
        #expect(try run(true).evicted == [])
    }

    @Test("a gang that leaves whole spares no pod, not even one beyond its minimum") func leavesWhole() throws
    {
        func run(_ leavesWhole: Bool) throws -> CycleResult {
            try schedule(
                preempting, nodes: [.of("n", 3_000)],
                pods: Pod.members(of: "low", 3).map { $0.running(on: "n") } + Pod.members(of: "high", 1),
                gangs: [
                    gang("low", min: 1, "low").with { $0.leavesWhole = leavesWhole },
                    gang("high", min: 1, "high"),
                ], classes: rankClasses)
        }
        #expect(try run(false).evicted.count == 1)
        #expect(Set(try run(true).evicted) == ["low-0", "low-1", "low-2"])
    }

    @Test("its phase is ours to keep where its API has none, and Volcano's objects say theirs") func phase()
        throws
    {
        let configuration = policy(
            .gangwright, actions: "enqueue, allocate", ["priority", "gang"], ["predicates"])
        for (origin, phase) in [(PodGroup.Origin.kubernetes, PodGroup.Phase.inqueue), (.object, .pending)] {
            var group = PodGroup.gang("g", min: 2).with { $0.origin = origin }
            let session = try Session(
                snapshot: ClusterSnapshot(
                    nodes: [.of("n", 1_000)], pods: Pod.members(of: "g", 2), podGroups: [group]),
                configuration: configuration)
            #expect(session.runCycle().phases == ["g": .inqueue])
            group.conditions = [PodGroupCondition(type: "PodGroupScheduled", status: .isFalse)]
            try session.update(group)
            let job = try #require(session.jobIDs[group.key])
            #expect(session.jobs[job].phase == phase)
        }
    }
}
