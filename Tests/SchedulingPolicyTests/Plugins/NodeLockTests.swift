import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("elect and reserve lock nodes for one gang, under volcano-1.5") struct NodeLockTests {
    private func session(
        _ actions: String = "elect, reserve", plugins: [String] = ["reservation", "priority", "gang"]
    ) throws -> Session {
        let high = PriorityClass(name: "high", value: 10)
        let gangs = [
            PodGroup.gang("old", min: 3).with { $0.created = .second(1) },
            PodGroup.gang("first", min: 3).with {
                $0.created = .second(2)
                $0.priorityClassName = "high"
            },
            PodGroup.gang("second", min: 3).with {
                $0.created = .second(3)
                $0.priorityClassName = "high"
            },
        ]
        let snapshot = ClusterSnapshot(
            nodes: [.of("a", 1_000), .of("b", 2_000), .of("c", 2_000)],
            pods: ["old", "first", "second"].flatMap { Pod.members(of: $0, 3) }, podGroups: gangs,
            priorityClasses: [high])
        return try Session(
            snapshot: snapshot,
            configuration: policy(.volcano15, actions: actions, plugins, ["predicates"]))
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

    @Test("of the highest priority the gang that has waited longest; a node a cycle, the emptiest first")
    func locking() throws {
        let session = try session()
        let first = session.runCycle().nodeLocks
        #expect(first.target == key("first"))
        #expect(first.nodes == ["b"])
        #expect(session.runCycle().nodeLocks.nodes == ["b", "c"])
        #expect(session.runCycle().nodeLocks.nodes == ["b", "c", "a"])
        #expect(session.runCycle().nodeLocks.nodes == ["b", "c", "a"])
    }

    @Test("once the gang is ready, or gone, nodes are free and another gang is chosen") func unlocking()
        throws
    {
        let session = try session()
        _ = session.runCycle()
        for pod in Pod.members(of: "first", 3) { try session.update(pod.running(on: "b")) }
        #expect(session.runCycle().nodeLocks == NodeLocks())
        #expect(session.runCycle().nodeLocks.target == key("second"))
        session.removePodGroup(key("second"))
        #expect(session.runCycle().nodeLocks.target == nil)
    }

    @Test("nothing is placed otherwise for it, as in Volcano") func withoutEffect() throws {
        let with = try session("elect, allocate, reserve").runCycle()
        let without = try session("allocate").runCycle()
        #expect(with.binds == without.binds)
    }

    @Test("without the plugin no gang is chosen; elsewhere the actions do not exist") func refused() throws {
        #expect(try session(plugins: ["gang"]).runCycle().nodeLocks == NodeLocks())
        for compatibility in [Compatibility.volcano, .gangwright] {
            let text = "compatibility: \(compatibility.rawValue)\nactions: \"elect, reserve\"\ntiers: []"
            let problems = SchedulerConfiguration.read(Array(text.utf8), file: "f").problems
            #expect(problems.count == 2)
        }
    }
}
