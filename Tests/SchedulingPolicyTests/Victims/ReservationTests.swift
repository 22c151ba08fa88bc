import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let keeping = policy(
    .gangwright, actions: "allocate, backfill", ["priority", "gang"], ["predicates"])

/// A node of four CPUs: one pod runs until the hour is over, and a gang of four has waited since midnight.
private struct Crowd {
    var created: Timestamp? = .second(0)
    var now: Timestamp = .second(1_800)
    var runTime: String? = "1h"
    var small: [Pod] = []
    var smallRunTime: String?

    func run(_ configuration: SchedulerConfiguration = keeping) throws -> CycleResult {
        let runner = Pod.waiting("runner", of: "old").running(on: "n").with {
            $0.started = .second(0)
            $0.created = .second(0)
            if let runTime { $0.annotations = ["gangwright.io/run-time": runTime] }
        }
        let gangs: [PodGroup] = [
            .gang("old", min: 1).with { $0.phase = .running },
            .gang("large", min: 4).with {
                $0.created = created
                $0.phase = .inqueue
            },
            .gang("small", min: 0).with {
                // Older, so that it has its turn before the large one.
                $0.created = .second(-1)
                $0.phase = .inqueue
                if let smallRunTime { $0.annotations = ["gangwright.io/run-time": smallRunTime] }
            },
        ]
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 4_000)], pods: [runner] + Pod.members(of: "large", 4) + small, podGroups: gangs)
        return try Session(snapshot: snapshot, configuration: configuration).runCycle(now: now)
    }
}

@Suite("Places are kept for a gang that has waited for too long") struct ReservationTests {
    private let one = Pod.members(of: "small", 1)

    @Test("small jobs wait for it, and it says when it is expected to start") func kept() throws {
        let result = try Crowd(small: one).run()
        #expect(result.binds.isEmpty)
        let large = try #require(result.podGroups.first { $0.key.name == "large" })
        #expect(large.reason == .reserved)
        #expect(large.reservedNodes == ["n"])
        #expect(large.expectedStart == .second(3_600))
        #expect(
            large.message.hasPrefix(
                "places are kept for it on n, expected to be free at 2026-01-01T01:00:00Z; "))
        let small = try #require(result.podGroups.first { $0.key.name == "small" })
        #expect(small.message.hasSuffix("1 Insufficient cpu; places are kept for ns/large"))
    }

    @Test("places that are kept after evictions are booked once, however long the gang has waited")
    func bookedOnce() throws {
        let gangs: [PodGroup] = [
            .gang("low", min: 0).with { $0.phase = .running },
            .gang("high", min: 2).with {
                $0.created = .second(0)
                $0.phase = .inqueue
                $0.priorityClassName = "high"
            },
        ]
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", 4_000)],
                pods: Pod.members(of: "low", 4).map { $0.running(on: "n") } + Pod.members(of: "high", 2),
                podGroups: gangs, priorityClasses: [PriorityClass(name: "high", value: 1)]),
            configuration: policy(
                .gangwright, actions: "allocate, preempt", ["priority", "gang"], ["predicates"]))
        #expect(session.runCycle(now: .second(1_800)).evictions.count == 2)
        for second in Int64(1_801)..<1_804 {
            let result = session.runCycle(now: .second(second))
            #expect(result.promised.count == 2)
            #expect(session.audit() == [])
        }
    }

    @Test("small jobs that end in time run before it") func backfill() throws {
        #expect(try Crowd(small: one, smallRunTime: "30m").run().order == ["small-0"])
        #expect(try Crowd(small: one, smallRunTime: "31m").run().order == [])
    }

    @Test("nothing is kept before it has waited ten minutes, nor without a clock, nor for Volcano")
    func notYet() throws {
        #expect(try Crowd(created: .second(1_300), small: one).run().order == ["small-0"])
        #expect(try Crowd(created: nil, small: one).run().order == ["small-0"])
        let volcano = policy(.volcano, actions: "allocate, backfill", ["priority", "gang"], ["predicates"])
        #expect(try Crowd(small: one).run(volcano).order == ["small-0"])
    }

    @Test("its part of the queue's share is kept as well", arguments: ["proportion", "capacity"])
    func share(plugin: String) throws {
        // The queue may hold four CPUs; one is held, and the gang needs three on a node where pods have yet to end.
        let runner = Pod.waiting("runner", of: "old").running(on: "n").with {
            $0.annotations = ["gangwright.io/run-time": "1h"]
            $0.started = .second(0)
        }
        // It ends first: by then the runner has not given its share back.
        let other = Pod.waiting("other", 2_000).running(on: "n").with {
            $0.annotations = ["gangwright.io/run-time": "45m"]
            $0.started = .second(0)
        }
        let gangs: [PodGroup] = [
            .gang("old", min: 1, queue: "q").with { $0.phase = .running },
            .gang("large", min: 3, queue: "q").with {
                $0.created = .second(0)
                $0.phase = .inqueue
            },
            .gang("small", min: 1, queue: "q").with {
                $0.created = .second(1_500)
                $0.phase = .inqueue
            },
        ]
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 4_000, labels: ["pool": "a"]), .of("m", 4_000)],
            pods: [runner, other]
                + Pod.members(of: "large", 3).map { pod in pod.with { $0.nodeSelector = ["pool": "a"] } }
                + Pod.members(of: "small", 1), podGroups: gangs,
            queues: [Queue(name: "q", capability: [.cpu: 4_000])])
        let configuration = policy(
            .gangwright, actions: "allocate", ["priority", "gang"], ["predicates", plugin])
        func bound(at second: Int64) throws -> [String] {
            try Session(snapshot: snapshot, configuration: configuration).runCycle(now: .second(second)).order
        }
        // Before its time has come the small one takes what the queue has left.
        #expect(try bound(at: 60) == ["small-0"])
        #expect(try bound(at: 1_800) == [])
    }

    @Test("a gang for which pods have left, and that has waited for long as well, keeps each place once")
    func once() throws {
        let gangs: [PodGroup] = [
            .gang("old", min: 0).with { $0.phase = .running },
            .gang("large", min: 2).with {
                $0.created = .second(0)
                $0.phase = .inqueue
            },
        ]
        // Two leave for it on n, and what runs on m would make room as well.
        let pods =
            (0..<2).map { Pod.waiting("gone-\($0)", of: "old").leaving("n") }
            + (0..<2).map { Pod.waiting("stays-\($0)", of: "old").running(on: "m") }
            + Pod.members(of: "large", 2).map { pod in pod.with { $0.nominatedNodeName = "n" } }
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", 2_000), .of("m", 2_000)], pods: pods, podGroups: gangs),
            configuration: keeping)
        for second in [1_800, 1_801] { _ = session.runCycle(now: .second(Int64(second))) }
        #expect(session.audit() == [])
    }

    @Test("what pods have left for is taken by more important gangs of the same queue, and of no other")
    func afterEviction() throws {
        func bound(_ queue: String) throws -> [String] {
            try schedule(
                keeping, nodes: [.of("n", 1_000)],
                pods: [Pod.waiting("new", of: "new").with { $0.nominatedNodeName = "n" }]
                    + [.waiting("high", of: "high")],
                gangs: [
                    .gang("new", min: 1, queue: "a").with { $0.phase = .inqueue },
                    .gang("high", min: 1, queue: queue).with {
                        $0.phase = .inqueue
                        $0.priorityClassName = "high"
                    },
                ], queues: [Queue(name: "a"), Queue(name: "0", priority: 1)],
                classes: [PriorityClass(name: "high", value: 1)]
            ).order
        }
        #expect(try bound("a") == ["high"])
        // The queue that had to give it up would have it back at once.
        #expect(try bound("0") == ["new"])
    }

    @Test("what is kept for later does not keep a gang from its own places") func ownBeforeLater() throws {
        // Half of the node is free, and pods have left for the first gang there; the other half is kept for the second.
        let gangs: [PodGroup] = [
            .gang("old", min: 1).with { $0.phase = .running },
            .gang("second", min: 2).with {
                $0.created = .second(0)
                $0.phase = .inqueue
            },
            .gang("first", min: 2).with {
                $0.created = .second(1_790)
                $0.phase = .inqueue
            },
        ]
        let runner = Pod.waiting("runner", 2_000, of: "old").running(on: "n").with { $0.started = .second(0) }
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", 4_000)],
                pods: [runner] + Pod.members(of: "second", 2)
                    + Pod.members(of: "first", 2).map { pod in pod.with { $0.nominatedNodeName = "n" } },
                podGroups: gangs), configuration: keeping)
        let result = session.runCycle(now: .second(1_800))
        #expect(result.order == ["first-0", "first-1"])
        #expect(result.podGroups.first { $0.key.name == "second" }?.reservedNodes == ["n"])
        #expect(session.audit() == [])
    }

    @Test("where nobody knows when pods end, places are kept all the same") func unknownEnd() throws {
        let result = try Crowd(runTime: nil, small: one, smallRunTime: "1m").run()
        #expect(result.binds.isEmpty)
        let large = try #require(result.podGroups.first { $0.key.name == "large" })
        #expect(large.reservedNodes == ["n"])
        #expect(large.expectedStart == nil)
    }

    @Test("a gang that fits nowhere, even alone, keeps nothing from others") func impossible() throws {
        var crowd = Crowd(small: one)
        crowd.now = .second(1_800)
        let snapshotless = try Crowd(small: one).run(
            policy(.gangwright, actions: "allocate, backfill", ["priority", "gang"], ["predicates"]))
        #expect(snapshotless.binds.isEmpty)
        let result = try schedule(
            keeping, nodes: [.of("n", 2_000)],
            pods: Pod.members(of: "large", 4) + one, gangs: [.gang("large", min: 4), .gang("small", min: 0)])
        #expect(result.order == ["small-0"])
    }
}

@Suite("No large gang starves") struct StarvationTests {
    /// Two nodes of four CPUs that a stream of small jobs keeps full, and a gang that needs both.
    private func cyclesUntilStart(
        _ configuration: SchedulerConfiguration, queues: [Queue] = []
    ) throws -> Int? {
        // One of eight ends in every minute, from the first on.
        let running = (0..<8).map { number in
            Pod.waiting("first-\(number)").running(on: number % 2 == 0 ? "n" : "m").with {
                $0.started = .second(0)
                $0.annotations = ["gangwright.io/run-time": "\(number + 1)m"]
            }
        }
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", 4_000), .of("m", 4_000)], pods: Pod.members(of: "large", 8) + running,
                podGroups: [
                    .gang("large", min: 8).with {
                        $0.created = .second(0)
                        $0.phase = .inqueue
                    }
                ], queues: queues), configuration: configuration)
        var ends = Dictionary(uniqueKeysWithValues: running.enumerated().map { ($1.key, $0 + 1) })
        // A minute a cycle; small jobs of five minutes arrive faster than they end.
        for cycle in 0..<120 {
            for (key, end) in ends where end <= cycle {
                session.removePod(key)
                ends[key] = nil
            }
            for number in 0..<3 {
                try session.update(
                    Pod.waiting("small-\(cycle)-\(number)").with {
                        $0.created = .second(Int64(cycle) * 60)
                        $0.annotations = ["gangwright.io/run-time": "5m"]
                    })
            }
            let result = session.runCycle(now: .second(Int64(cycle) * 60 + 30))
            for bind in result.binds {
                if bind.pod.name.hasPrefix("large") { return cycle }
                session.confirmBind(bind.pod)
                ends[bind.pod] = cycle + 5
            }
        }
        return nil
    }

    @Test("behind a stream of small jobs it starts, and under Volcano's policy never") func starvation()
        throws
    {
        // Without an order that puts the older first, as under drf: the gang holds nothing, and neither do they.
        let tiers = [["priority", "gang"], ["predicates"]]
        let ours = policy(.gangwright, actions: "allocate, backfill", tiers[0], tiers[1])
        let volcano = policy(.volcano, actions: "enqueue, allocate, backfill", tiers[0], tiers[1])
        let start = try #require(try cyclesUntilStart(ours))
        #expect(start <= 20)
        #expect(try cyclesUntilStart(volcano) == nil)
    }

    @Test(
        "it starts as soon where the small jobs use up the share of their queue",
        arguments: ["proportion", "capacity", "capacity enableHierarchy=true"]) func shares(plugin: String)
        throws
    {
        func start(_ plugins: [String]) throws -> Int? {
            try cyclesUntilStart(
                policy(.gangwright, actions: "allocate, backfill", ["priority", "gang"], plugins),
                queues: [Queue(builtIn: "root")])
        }
        let expected = try #require(try start(["predicates"]))
        #expect(try start(["predicates", plugin]) == expected)
    }
}
