import ClusterModel
import TestSupport
import Testing

private func session(
    _ tiers: [[String]], actions: String = "allocate", nodes: [Node], pods: [Pod] = [],
    gangs: [PodGroup] = [],
    queues: [Queue] = [], classes: [PriorityClass] = []
) -> Oracle {
    let snapshot = ClusterSnapshot(
        nodes: nodes, pods: pods, podGroups: gangs, queues: queues, priorityClasses: classes)
    return Oracle(snapshot, OracleConfiguration(actions: actions, tiers: tiers))
}

extension Oracle {
    fileprivate func plugin<Kind: OraclePlugin>(_ kind: Kind.Type) throws -> Kind {
        try #require(tiers.joined().lazy.compactMap { $0 as? Kind }.first)
    }

    fileprivate func task(_ name: String) throws -> OracleTask {
        try #require(jobs.flatMap(\.tasks).first { $0.pod.key.name == name })
    }

    fileprivate func job(_ name: String) throws -> OracleJob {
        try #require(jobs.first { $0.group.key.name == name })
    }

    fileprivate var boundPods: [String] { binds.map { String($0.pod.dropFirst(3)) }.sorted() }
    fileprivate var evictedPods: [String] { evictions.map { String($0.pod.dropFirst(3)) }.sorted() }
}

/// A gang of pods of one core each, the first of them running.
private func gang(
    _ name: String, min: Int, running: Int = 0, waiting: Int = 0, on node: String = "n",
    queue: String = "default",
    asking: ResourceList = [.cpu: 1_000]
) -> (PodGroup, [Pod]) {
    let pods = Pod.members(of: name, running + waiting, asking: asking).enumerated().map { index, pod in
        index < running ? pod.running(on: node) : pod
    }
    return (
        PodGroup.gang(name, min: min, queue: queue).with { $0.phase = running > 0 ? .running : .inqueue },
        pods
    )
}

@Suite("The oracle gives what the examples of Volcano's description give") struct VolcanoOracleTests {
    @Test("gang: of a minimum of three, two that fit are given back") func gangs() {
        let (group, pods) = gang("g", min: 3, waiting: 5)
        let oracle = session([["gang"]], nodes: [.of("n", 2_000)], pods: pods, gangs: [group])
        oracle.run()
        #expect(oracle.binds == [] && oracle.holding == [])
        #expect(oracle.jobs[0].phase == .inqueue)
    }

    @Test("gang: a minimum of two is bound, then one by one what else fits") func elastic() {
        let (group, pods) = gang("g", min: 2, waiting: 5)
        let oracle = session([["gang"]], nodes: [.of("n", 4_000)], pods: pods, gangs: [group])
        oracle.run()
        #expect(oracle.boundPods == ["g-0", "g-1", "g-2", "g-3"])
    }

    @Test(
        "priority: two pods of four leave for a gang of two, however many it would like", arguments: [2, 5])
    func priority(replicas: Int) {
        let (low, running) = gang("low", min: 1, running: 4)
        let (high, waiting) = gang("high", min: 2, waiting: replicas)
        let oracle = session(
            [["priority", "gang", "conformance"], ["predicates"]], actions: "preempt",
            nodes: [.of("n", 4_000)],
            pods: running + waiting,
            gangs: [low.with { $0.priorityClassName = "low" }, high.with { $0.priorityClassName = "high" }],
            classes: [PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100)])
        oracle.run()
        #expect(oracle.evictedPods == ["low-2", "low-3"])
        #expect(oracle.holding.count == 2)
    }

    @Test("drf: smaller shares first, and victims from whom has more even without them") func drf() throws {
        let (a, ofA) = gang(
            "a", min: 1, running: 1, waiting: 1, asking: [.cpu: 3_000, .memory: 2 * gibibyte])
        let (b, ofB) = gang("b", min: 1, running: 2, asking: [.memory: 4 * gibibyte])
        let (c, ofC) = gang("c", min: 1, waiting: 1, asking: [.cpu: 1_000, .memory: gibibyte])
        var pods = ofA + ofB + ofC
        pods[1].requests = [.cpu: 1_000]
        pods[2].requests[.cpu] = 1_000
        let oracle = session(
            [["drf"]], nodes: [.of("n", 9_000, memory: 18 * gibibyte, slots: nil)], pods: pods,
            gangs: [a, b, c])
        let drf = try oracle.plugin(OracleDRF.self)
        #expect(try drf.jobOrder(oracle.job("a"), oracle.job("b")) == -1)
        #expect(try drf.preemptable(oracle.task("a-1"), [oracle.task("b-0")])?.count == 0)
        #expect(try drf.preemptable(oracle.task("c-0"), [oracle.task("b-0")])?.count == 1)
    }

    @Test("proportion: water finds its level, and reclaim stops at it") func proportion() throws {
        let (a, ofA) = gang("a", min: 1, running: 6, waiting: 4, queue: "a")
        let (b, ofB) = gang("b", min: 1, waiting: 3, queue: "b")
        let (c, ofC) = gang("c", min: 1, waiting: 10, queue: "c")
        let queues = [Queue(name: "a"), Queue(name: "b", weight: 2), Queue(name: "c")]
        let oracle = session(
            [["proportion"]], nodes: [.of("n", 12_000, slots: 12)], pods: ofA + ofB + ofC, gangs: [a, b, c],
            queues: queues)
        let proportion = try oracle.plugin(OracleProportion.self)
        #expect(["a", "b", "c"].map { proportion.deserved($0)?["cpu"] } == [4_500, 3_000, 4_500])
        #expect(queues.map { proportion.overused($0) } == [true, false, false])
        let candidates = try oracle.job("a").tasks.filter { task in task.status == .running }
        #expect(try proportion.reclaimable(oracle.task("c-0"), candidates)?.count == 2)
    }

    @Test("capacity: up to the ceiling, and back to what is deserved") func capacity() throws {
        let two: ResourceList = [.cpu: 2_000]
        let (a, ofA) = gang("a", min: 1, running: 4, waiting: 1, queue: "a", asking: two)
        let (b, ofB) = gang("b", min: 1, running: 1, waiting: 1, queue: "b", asking: two)
        let queues = [
            Queue(name: "a", capability: [.cpu: 8_000], deserved: [.cpu: 6_000]),
            Queue(name: "b", deserved: [.cpu: 4_000], guarantee: [.cpu: 2_000]),
        ]
        let oracle = session(
            [["capacity"]], nodes: [.of("n", 10_000)], pods: ofA + ofB, gangs: [a, b], queues: queues)
        let capacity = try oracle.plugin(OracleCapacity.self)
        #expect(try capacity.preemptive(queues[1], oracle.task("b-1")) == true)
        #expect(try capacity.allocatable(queues[0], oracle.task("a-4")) == false)
        let candidates = try oracle.job("a").tasks.filter { task in task.status == .running }
        #expect(try capacity.reclaimable(oracle.task("b-1"), candidates)?.count == 1)
    }

    @Test("capacity: one gang in a queue that has children stops everything") func frozen() {
        let (a, ofA) = gang("a", min: 1, waiting: 1, queue: "parent")
        let (b, ofB) = gang("b", min: 1, waiting: 1, queue: "child")
        let queues = [Queue(name: "parent"), Queue(name: "child", parent: "parent")]
        func bound(_ gangs: [PodGroup]) -> [String] {
            let oracle = session(
                [["capacity enableHierarchy=true"]], nodes: [.of("n")], pods: ofA + ofB, gangs: gangs,
                queues: queues)
            oracle.run()
            return oracle.boundPods
        }
        #expect(bound([b]) == ["b-0"])
        #expect(bound([a, b]) == [])
    }

    @Test("binpack: 68.75 points") func binpack() throws {
        let (group, pods) = gang(
            "g", min: 1, waiting: 1, asking: [.cpu: 2_000, .memory: 8 * gibibyte, .nvidiaGPU: 1])
        let other = Pod.waiting("x", asking: [.cpu: 4_000, .memory: 8 * gibibyte, .nvidiaGPU: 2])
        let oracle = session(
            [["binpack binpack.resources=nvidia.com/gpu binpack.resources.nvidia.com/gpu=2"]],
            nodes: [.of("n", 8_000, memory: 32 * gibibyte, gpus: 4)], pods: pods + [other.running(on: "n")],
            gangs: [group])
        let binpack = try oracle.plugin(OracleBinpack.self)
        #expect(try binpack.score(oracle.task("g-0"), oracle.nodes[0]) == 68.75)
    }

    @Test("overcommit: a fifth more than the cluster is let in, and what is refused blocks nobody")
    func overcommit() {
        func phases(_ asked: Int64) -> [PodGroup.Phase] {
            let stranger = Pod.waiting("x", 8_000).running(on: "n")
            let reserved = PodGroup.gang("a", min: 1, minResources: [.cpu: 2_000]).with {
                $0.phase = .inqueue
            }
            let large = PodGroup.gang("b", min: 1, minResources: [.cpu: asked])
            let small = PodGroup.gang("c", min: 1, minResources: [.cpu: 1_000])
            let oracle = session(
                [["overcommit"]], actions: "enqueue", nodes: [.of("n", 10_000)], pods: [stranger],
                gangs: [reserved, large, small])
            oracle.run()
            return oracle.jobs.map(\.phase)
        }
        #expect(phases(3_000) == [.inqueue, .pending, .inqueue])
        #expect(phases(2_000) == [.inqueue, .inqueue, .pending])
    }

    @Test("a gang that waits for a pod to leave keeps the place from others") func pipelined() {
        let (a, ofA) = gang("a", min: 1, waiting: 1)
        let (b, ofB) = gang("b", min: 1, waiting: 1)
        let leaving = Pod.waiting("x").leaving("n")
        let oracle = session(
            [["gang"]], nodes: [.of("n", 1_000)], pods: ofA + ofB + [leaving], gangs: [a, b])
        oracle.run()
        #expect(oracle.binds == [])
        #expect(oracle.holding == [Oracle.Placement(pod: "ns/a-0", node: "n")])
    }

    @Test(
        "pods that ask for nothing count as placed, and only backfill places them", arguments: [true, false])
    func bestEffort(hasBackfill: Bool) {
        let (group, members) = gang("g", min: 2, waiting: 2)
        var pods = members
        pods[1].requests = [:]
        let oracle = session(
            [["gang"]], actions: hasBackfill ? "allocate, backfill" : "allocate", nodes: [.of("n", 1_000)],
            pods: pods,
            gangs: [group])
        oracle.run()
        #expect(oracle.boundPods == (hasBackfill ? ["g-0", "g-1"] : ["g-0"]))
    }

    @Test("gang's veto in an earlier tier is overridden by proportion, and binds beside it")
    func vetoes() throws {
        func evicted(_ tiers: [[String]]) -> Int {
            let (a, ofA) = gang("a", min: 4, running: 4, queue: "a")
            let (b, ofB) = gang("b", min: 2, waiting: 2, queue: "b")
            let oracle = session(
                tiers, actions: "reclaim", nodes: [.of("n", 4_000)], pods: ofA + ofB, gangs: [a, b],
                queues: [Queue(name: "a"), Queue(name: "b")])
            oracle.run()
            return oracle.evictions.count
        }
        #expect(evicted([["gang"], ["predicates", "proportion"]]) == 2)
        #expect(evicted([["gang", "proportion"], ["predicates"]]) == 0)
    }

    @Test("an intersection that has become empty lets the next plugin begin anew") func reopened() throws {
        // conformance spares a, gang spares b at its minimum, priority takes both: what is left is priority's.
        let (a, ofA) = gang("a", min: 0, running: 1)
        let (b, ofB) = gang("b", min: 1, running: 1)
        let (c, ofC) = gang("c", min: 1, waiting: 1)
        let critical = ofA.map { pod in pod.with { $0.priorityClassName = "system-node-critical" } }
        let oracle = session(
            [["conformance", "gang", "priority"]], nodes: [.of("n", 2_000)], pods: critical + ofB + ofC,
            gangs: [a, b, c.with { $0.priorityClassName = "high" }],
            classes: [PriorityClass(name: "high", value: 100)])
        let candidates = try [oracle.task("a-0"), oracle.task("b-0")]
        #expect(try oracle.preemptable(oracle.task("c-0"), candidates).map(\.pod.key.name) == ["a-0", "b-0"])
    }
}
