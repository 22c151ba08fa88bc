import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("reclaim takes back from other queues what a queue is entitled to") struct ReclaimTests {
    /// A gang of pods of one CPU that run.
    private func running(_ name: String, _ count: Int, in queue: String) -> (PodGroup, [Pod]) {
        (
            .gang(name, min: 0, queue: queue).with { $0.phase = .running },
            Pod.members(of: name, count).map { $0.running(on: "n") }
        )
    }

    @Test("proportion: pods leave until their queue holds no more than it deserves") func proportion() throws
    {
        // Reference 6.5: of 12 CPUs A, B and C deserve 4.5, 3 and 4.5. A holds 6 and gives two.
        let (a, aPods) = running("a", 6, in: "a")
        let (fill, fillPods) = running("b-old", 3, in: "b")
        let (other, otherPods) = running("c-old", 3, in: "c")
        let result = try schedule(
            policy(.volcano, actions: "allocate, reclaim", ["gang"], ["predicates", "proportion"]),
            nodes: [.of("n", 12_000, slots: 1_000)],
            pods: aPods + fillPods + otherPods + Pod.members(of: "a-new", 4) + Pod.members(of: "c-new", 7),
            gangs: [
                a, fill, other, .gang("a-new", min: 0, queue: "a").with { $0.phase = .inqueue },
                .gang("c-new", min: 1, queue: "c").with { $0.phase = .inqueue },
            ], queues: [Queue(name: "a"), Queue(name: "b", weight: 2), Queue(name: "c")])
        #expect(result.deserved("a") == 4_500_000)
        #expect(result.evicted == ["a-5"])
        #expect(result.evictions.map(\.reason) == [.reclaim])
        #expect(result.promised == ["c-new-0": "n eviction"])
    }

    @Test("capacity: a queue that says that it deserves no GPU gives back those that it holds")
    func deservesNothing() throws {
        let asked: ResourceList = [.cpu: 1_000, .nvidiaGPU: 1]
        func evicted(_ deserved: ResourceList) throws -> [String] {
            try schedule(
                policy(
                    .volcano, actions: "allocate, reclaim", ["gang enableReclaimable=false"],
                    ["predicates", "capacity"]),
                nodes: [.of("n", 4_000, gpus: 1)],
                pods: Pod.members(of: "a", 1, asking: asked).map { $0.running(on: "n") }
                    + Pod.members(of: "b", 1, asking: asked),
                gangs: [
                    .gang("a", min: 0, queue: "a").with { $0.phase = .running },
                    .gang("b", min: 1, queue: "b").with { $0.phase = .inqueue },
                ],
                queues: [Queue(name: "a", deserved: deserved), Queue(name: "b", deserved: [.nvidiaGPU: 1])]
            ).evicted
        }
        // Within its CPUs, and of GPUs it says nothing.
        #expect(try evicted([.cpu: 2_000]) == [])
        #expect(try evicted([.cpu: 2_000, .nvidiaGPU: 0]) == ["a-0"])
    }

    @Test("a queue that does not give back keeps its pods") func notReclaimable() throws {
        let (a, aPods) = running("a", 6, in: "a")
        let result = try schedule(
            policy(.volcano, actions: "allocate, reclaim", ["gang"], ["predicates", "proportion"]),
            nodes: [.of("n", 6_000)], pods: aPods + Pod.members(of: "b", 1),
            gangs: [a, .gang("b", min: 1, queue: "b").with { $0.phase = .inqueue }],
            queues: [Queue(name: "a").with { $0.isReclaimable = false }, Queue(name: "b")])
        #expect(result.evicted == [])
    }

    @Test("capacity: a queue borrows, and gives back what others deserve and it does not") func capacity()
        throws
    {
        // Reference 6.6: Q1 (deserves 6, at most 8) holds 8 of 10; Q2 (deserves 4) holds 2 and wants 2 more.
        let two: ResourceList = [.cpu: 2_000]
        let q1 = Pod.members(of: "one", 4, asking: two).map { $0.running(on: "n") }
        let q2 = Pod.members(of: "two", 1, asking: two).map { $0.running(on: "n") }
        func run(_ waiting: [Pod]) throws -> CycleResult {
            try schedule(
                policy(.volcano, actions: "allocate, reclaim", ["gang"], ["predicates", "capacity"]),
                nodes: [.of("n", 10_000)], pods: q1 + q2 + waiting,
                gangs: [
                    .gang("one", min: 0, queue: "q1").with { $0.phase = .running },
                    .gang("two", min: 0, queue: "q2").with { $0.phase = .running },
                    .gang("new", min: waiting.count, queue: "q2").with { $0.phase = .inqueue },
                ],
                queues: [
                    Queue(name: "q1", capability: [.cpu: 8_000], deserved: [.cpu: 6_000]),
                    Queue(name: "q2", deserved: [.cpu: 4_000], guarantee: [.cpu: 2_000]),
                ])
        }
        let result = try run(Pod.members(of: "new", 1, asking: two))
        #expect(result.evicted == ["one-3"])
        #expect(result.promised == ["new-0": "n eviction"])
        // Two more would take Q1 below what it deserves.
        #expect(try run(Pod.members(of: "new", 2, asking: two)).evicted == [])
    }

    @Test(
        "under gangwright a queue takes back no GPUs beyond those it deserves, however many CPUs it deserves")
    func everyResource() throws {
        let unit: ResourceList = [.cpu: 1_000, .nvidiaGPU: 1]
        func evicted(_ compatibility: Compatibility, holding: Int) throws -> Int {
            let running =
                Pod.members(of: "large", 8 - holding, asking: unit)
                + Pod.members(of: "own", holding, asking: unit)
            return try schedule(
                policy(
                    compatibility, actions: "allocate, reclaim", ["priority", "gang"],
                    ["predicates", "capacity"]), nodes: [.of("n", 16_000, gpus: 8)],
                pods: running.map { $0.running(on: "n") } + Pod.members(of: "new", 1, asking: unit),
                gangs: [
                    .gang("large", min: 0, queue: "q1"), .gang("own", min: 0, queue: "q2"),
                    .gang("new", min: 1, queue: "q2"),
                ],
                queues: [
                    Queue(name: "q1", deserved: [.cpu: 16_000, .nvidiaGPU: 4]),
                    Queue(name: "q2", deserved: [.cpu: 16_000, .nvidiaGPU: 2]),
                ]
            ).evicted.count
        }
        #expect(try evicted(.gangwright, holding: 1) == 1)
        #expect(try evicted(.gangwright, holding: 2) == 0)
        // For Volcano one resource is enough, and q1 would take it back as soon as it had less than its own.
        #expect(try evicted(.volcano, holding: 2) == 1)
    }
}
