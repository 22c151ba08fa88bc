import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let plugins = ["proportion", "capacity", "capacity enableHierarchy=true"]

/// Two nodes of four CPUs: n is full of pods that end with the hour, and a gang of four has waited for n since midnight.
private struct Shares {
    /// How many of the pods on n, of one CPU each, are of the queue `q`; the others are nobody's.
    var running = 4
    var runningQueue = "q"
    var capability: Int64? = 8_000
    var largeQueue = "q"
    /// How many pods of one CPU wait for m; nobody knows how long they run.
    var small = 0
    var smallQueue = "q"
    var nodes: [Node] = [.of("n", 4_000, labels: ["pool": "a"]), .of("m", 4_000)]

    func session(_ plugin: String) throws -> Session {
        let runners = (0..<4).map { number in
            Pod.waiting("runner-\(number)", of: number < running ? "old" : "strange").running(on: "n").with {
                $0.started = .second(0)
                $0.annotations = ["gangwright.io/run-time": "1h"]
            }
        }
        let large = Pod.members(of: "large", 4).map { pod in pod.with { $0.nodeSelector = ["pool": "a"] } }
        let gangs: [PodGroup] = [
            .gang("old", min: 1, queue: runningQueue).with { $0.phase = .running },
            .gang("strange", min: 1, queue: "other").with { $0.phase = .running },
            .gang("large", min: 4, queue: largeQueue).with {
                $0.created = .second(0)
                $0.phase = .inqueue
            },
            .gang("small", min: 0, queue: smallQueue).with {
                $0.created = .second(1_700)
                $0.phase = .inqueue
            },
        ]
        let limit = capability.map { [ResourceName.cpu: $0] as ResourceList }
        return try Session(
            snapshot: ClusterSnapshot(
                nodes: nodes, pods: runners + large + Pod.members(of: "small", small), podGroups: gangs,
                queues: [
                    Queue(builtIn: "root"), Queue(name: "q", capability: limit), Queue(name: "other"),
                ]),
            configuration: policy(
                .gangwright, actions: "allocate", ["priority", "gang"], ["predicates", plugin])
        )
    }
}

@Suite("What is kept of a queue's share for a gang that has waited") struct KeptShareTests {
    private func reservedNodes(_ result: CycleResult) -> [String]? {
        result.podGroups.first { $0.key.name == "large" }?.reservedNodes
    }

    @Test(
        "a gang whose queue is busy has places kept: pods that leave give their share back",
        arguments: plugins)
    func busy(plugin: String) throws {
        let session = try Shares(capability: 4_000).session(plugin)
        for second in Int64(1_800)..<1_803 {
            let result = session.runCycle(now: .second(second))
            let large = try #require(result.podGroups.first { $0.key.name == "large" })
            if second == 1_800 {
                #expect(large.reason == .reserved)
                #expect(large.expectedStart == .second(3_600))
                #expect(large.reservedNodes == ["n"])
            }
            #expect(result.binds.isEmpty)
            #expect(session.audit() == [])
        }
        for number in 0..<4 { session.removePod(ObjectKey(namespace: "ns", name: "runner-\(number)")) }
        #expect(session.runCycle(now: .second(3_600)).binds.count == 4)
    }

    @Test("it is not counted beside what the pods hold whose places it takes", arguments: plugins)
    func once(plugin: String) throws {
        // Eight CPUs: four run, and four more may until the gang takes the places of those.
        let session = try Shares(small: 5).session(plugin)
        let result = session.runCycle(now: .second(1_800))
        #expect(result.order == (0..<4).map { "small-\($0)" })
        #expect(reservedNodes(result) == ["n"])
    }

    @Test("what it takes beyond that is kept from others of its queue", arguments: plugins)
    func rest(plugin: String) throws {
        // Of six CPUs two run; with the gang there will be two left.
        let session = try Shares(running: 2, capability: 6_000, small: 4).session(plugin)
        let result = session.runCycle(now: .second(1_800))
        #expect(result.order == ["small-0", "small-1"])
        #expect(reservedNodes(result) == ["n"])
        #expect(session.audit() == [])
    }

    @Test("under a tree of queues, the queues above get back what other queues give") func above() throws {
        // The root may hold eight CPUs: four of the other queue run, and give way to the gang.
        let session = try Shares(
            runningQueue: "other", largeQueue: "q", small: 4, smallQueue: "other"
        ).session("capacity enableHierarchy=true")
        let result = session.runCycle(now: .second(1_800))
        #expect(result.order == (0..<4).map { "small-\($0)" })
        #expect(reservedNodes(result) == ["n"])
    }

    @Test(
        "a gang that its queue may not take even when all have left keeps nothing from others",
        arguments: plugins, [500, 3_000]) func tooLarge(plugin: String, limit: Int64) throws
    {
        // Without m, small ones could only have what leaves n: nobody is told of places that are kept.
        let session = try Shares(capability: limit, small: 1, smallQueue: "other").session(plugin)
        let result = session.runCycle(now: .second(1_800))
        #expect(result.order == ["small-0"])
        #expect(reservedNodes(result) ?? [] == [])
        #expect(result.podGroups.allSatisfy { $0.reason != .reserved })
    }
}
