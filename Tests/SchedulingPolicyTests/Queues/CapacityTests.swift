import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("capacity holds queues to their real capability") struct CapacityTests {
    @Test("a queue may hold more than it deserves, and no more than its capability") func borrowing() throws {
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "capacity"]), nodes: [.of("n", 10_000)],
            pods: Pod.members(of: "g", 10), gangs: [.gang("g", min: 0, queue: "q")],
            queues: [
                Queue(name: "q", capability: [.cpu: 8_000], deserved: [.cpu: 2_000]),
                Queue(name: "r", guarantee: [.cpu: 3_000]),
            ])
        // What is guaranteed to the other is kept free.
        #expect(result.binds.count == 7)
        #expect(result.reasons["g-9"] == .queueShareExceeded)
    }

    @Test("with a hierarchy the queues above limit too") func hierarchy() throws {
        let queues = [
            Queue(name: "team", capability: [.cpu: 4_000]),
            Queue(name: "a").with { $0.parent = "team" },
            Queue(name: "b").with { $0.parent = "team" },
        ]
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "capacity enableHierarchy=true"]),
            nodes: [.of("n", 10_000)],
            pods: Pod.members(of: "a", 3) + Pod.members(of: "b", 3),
            gangs: [.gang("a", min: 0, queue: "a"), .gang("b", min: 0, queue: "b")], queues: queues)
        #expect(result.binds.count == 4)
    }

    @Test("a gang in a queue that has queues below it stops everything in Volcano, and only itself in ours")
    func misplaced() throws {
        func bound(_ compatibility: Compatibility) throws -> [String: String] {
            try schedule(
                policy(compatibility, ["gang"], ["predicates", "capacity enableHierarchy=true"]),
                nodes: [.of("n", 10_000)], pods: Pod.members(of: "a", 1) + Pod.members(of: "t", 1),
                gangs: [.gang("a", min: 0, queue: "a"), .gang("t", min: 0, queue: "team")],
                queues: [Queue(name: "team"), Queue(name: "a").with { $0.parent = "team" }]
            ).bound
        }
        #expect(try bound(.volcano) == [:])
        #expect(try bound(.gangwright) == ["a-0": "n"])
    }

    private let tree = "capacity enableHierarchy=true"

    private func child(_ name: String, of parent: String, _ change: (inout Queue) -> Void = { _ in }) -> Queue
    {
        Queue(name: name).with {
            $0.parent = parent
            change(&$0)
        }
    }

    @Test("the queue of higher priority has its turn first, then the one that holds less of what it deserves")
    func order() throws {
        func first(_ priority: Int32, _ held: Int) throws -> String? {
            try schedule(
                policy(.volcano, ["gang"], ["predicates", "capacity"]), nodes: [.of("n", 4_000)],
                pods: Pod.members(of: "held", held).map { $0.running(on: "n") }
                    + Pod.members(of: "a", 1) + Pod.members(of: "b", 1),
                gangs: [
                    .gang("held", min: 0, queue: "a"), .gang("a", min: 1, queue: "a"),
                    .gang("b", min: 1, queue: "b"),
                ],
                queues: [
                    Queue(name: "a", deserved: [.cpu: 2_000]).with { $0.priority = priority },
                    Queue(name: "b", deserved: [.cpu: 2_000]),
                ]
            ).order.first
        }
        #expect(try first(0, 0) == "a-0")
        #expect(try first(0, 1) == "b-0")
        #expect(try first(1, 1) == "a-0")
    }

    @Test("a limit that a queue does not set is that of the queue above it") func inherited() throws {
        func phase(_ cpu: Int64) throws -> PodGroup.Phase? {
            try schedule(
                policy(.volcano, actions: "enqueue, allocate", ["gang"], ["predicates", tree]),
                nodes: [.of("n", 10_000)], pods: [],
                gangs: [.gang("g", min: 1, queue: "leaf", minResources: [.cpu: cpu])],
                queues: [
                    Queue(name: "top", capability: [.cpu: 3_000]), child("middle", of: "top"),
                    child("leaf", of: "middle"),
                ]
            ).phases["g"]
        }
        #expect(try phase(3_000) == .inqueue)
        #expect(try phase(3_001) == .pending)
    }

    @Test("a gang is admitted up to what its queue and those above it may hold, promises counted")
    func admission() throws {
        func phase(admitted: Int64, _ wanted: Int64) throws -> PodGroup.Phase? {
            try schedule(
                policy(.volcano, actions: "enqueue, allocate", ["gang"], ["predicates", tree]),
                nodes: [.of("n", 10_000)], pods: [],
                gangs: [
                    .gang("admitted", min: 1, queue: "a", minResources: [.cpu: admitted]).with {
                        $0.phase = .inqueue
                    }, .gang("g", min: 1, queue: "b", minResources: [.cpu: wanted]),
                ],
                queues: [
                    Queue(name: "top", capability: [.cpu: 4_000]), child("a", of: "top"),
                    child("b", of: "top"),
                ]
            ).phases["g"]
        }
        #expect(try phase(admitted: 1_000, 3_000) == .inqueue)
        #expect(try phase(admitted: 1_001, 3_000) == .pending)
    }

    @Test("queues that lie nearer in the tree give back first") func nearest() throws {
        func evicted(_ wanting: String) throws -> [String] {
            let two: ResourceList = [.cpu: 2_000]
            return try schedule(
                policy(.volcano, actions: "allocate, reclaim", ["gang"], ["predicates", tree]),
                nodes: [.of("n", 8_000)],
                pods: Pod.members(of: "near", 2, asking: two).map { $0.running(on: "n") }
                    + Pod.members(of: "far", 2, asking: two).map { $0.running(on: "n") }
                    + Pod.members(of: "new", 1, asking: two),
                gangs: [
                    .gang("near", min: 0, queue: "a1").with { $0.phase = .running },
                    .gang("far", min: 0, queue: "b1").with { $0.phase = .running },
                    .gang("new", min: 1, queue: wanting).with { $0.phase = .inqueue },
                ],
                queues: [
                    Queue(name: "a"), Queue(name: "b"),
                    child("a1", of: "a") { $0.deserved = [.cpu: 2_000] },
                    child("a2", of: "a") { $0.deserved = [.cpu: 2_000] },
                    child("b1", of: "b") { $0.deserved = [.cpu: 2_000] },
                    child("b2", of: "b") { $0.deserved = [.cpu: 2_000] },
                ]
            ).evicted
        }
        #expect(try evicted("a2") == ["near-1"])
        #expect(try evicted("b2") == ["far-1"])
    }

    @Test("queues in a circle, or below one that does not exist, stop everything in Volcano") func defects()
        throws
    {
        func bound(_ queues: [Queue]) throws -> Int {
            try schedule(
                policy(.volcano, ["gang"], ["predicates", tree]), nodes: [.of("n", 10_000)],
                pods: Pod.members(of: "g", 1), gangs: [.gang("g", min: 1)], queues: queues
            ).binds.count
        }
        #expect(try bound([child("a", of: "root")]) == 1)
        #expect(try bound([child("a", of: "b"), child("b", of: "a")]) == 0)
        #expect(try bound([child("a", of: "nobody")]) == 0)
    }
}
