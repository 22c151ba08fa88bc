import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("task-topology brings roles together and keeps them apart") struct TaskTopologyTests {
    private func schedule(
        _ annotations: [String: String], _ pods: [Pod], under compatibility: Compatibility = .volcano,
        nodes: [Node] = [.of("a"), .of("b"), .of("c")], arguments: String = ""
    ) throws -> CycleResult {
        let gang = PodGroup.gang("g", min: 1).with {
            for (key, value) in annotations { $0.annotations["volcano.sh/task-topology-" + key] = value }
        }
        return try SchedulingPolicyTests.schedule(
            policy(compatibility, ["task-topology \(arguments)", "priority", "gang"], ["predicates"]),
            nodes: nodes, pods: pods, gangs: [gang])
    }

    private let servers = Pod.members(of: "g", 2, role: "ps")
    private let workers = Pod.members(of: "g", 4, role: "worker")

    @Test("one server and its workers to a node", arguments: Compatibility.allCases)
    func buckets(compatibility: Compatibility) throws {
        let result = try schedule(
            ["affinity": "ps,worker", "anti-affinity": "ps"], servers + workers, under: compatibility)
        #expect(
            result.bound == [
                "g-ps0": "a", "g-worker0": "a", "g-worker2": "a", "g-ps1": "b", "g-worker1": "b",
                "g-worker3": "b",
            ])
        // Bucket by bucket, the role that matters more first.
        #expect(result.order == ["g-ps0", "g-worker0", "g-worker2", "g-ps1", "g-worker1", "g-worker3"])
    }

    @Test("without annotations, or with roles that do not exist, nothing changes") func without() throws {
        for annotations in [
            [:], ["affinity": "ps,driver"], ["anti-affinity": "ps,ps"], ["task-order": "ps,driver"],
        ] {
            let result = try schedule(annotations, servers + workers)
            #expect(Set(result.bound.values) == ["a"], "\(annotations)")
        }
    }

    @Test("the node that can take most of the bucket is best") func fitting() throws {
        let result = try schedule(
            ["affinity": "worker"], Array(workers.prefix(3)), nodes: [.of("a", 2_000), .of("b", 4_000)])
        #expect(Set(result.bound.values) == ["b"])
        #expect(result.binds.count == 3)
    }

    @Test("pods that already run draw the others of their bucket") func bound() throws {
        let pods = [servers[0].running(on: "c")] + workers.prefix(2)
        #expect(
            try schedule(["affinity": "ps,worker"], pods).bound == ["g-worker0": "c", "g-worker1": "c"])
    }

    @Test("task-order says which role goes first") func taskOrder() throws {
        let annotations = ["affinity": "ps,worker", "task-order": "worker,ps"]
        let pods = Array(servers.prefix(1) + workers.prefix(2))
        #expect(try schedule(annotations, pods).order == ["g-worker0", "g-worker1", "g-ps0"])
        #expect(
            try schedule(["affinity": "ps,worker"], pods).order == ["g-ps0", "g-worker0", "g-worker1"])
    }

    @Test("larger buckets go first, and pods in none last") func bucketOrder() throws {
        let lone = Pod.members(of: "g", 1, role: "aside")
        let result = try schedule(
            ["affinity": "worker", "anti-affinity": "ps"], lone + servers + workers.prefix(3))
        // The two servers are apart, the workers together with neither.
        #expect(result.order.last == "g-aside0")
        #expect(result.order.count == 6)
    }

    @Test("pods that run before the cycle keep others away in ours, not in Volcano") func runningApart()
        throws
    {
        let pods = [servers[0].running(on: "a"), servers[1]]
        let annotations = ["anti-affinity": "ps"]
        #expect(try schedule(annotations, pods, under: .volcano).bound == ["g-ps1": "a"])
        #expect(try schedule(annotations, pods, under: .volcano15).bound == ["g-ps1": "a"])
        #expect(try schedule(annotations, pods, under: .gangwright).bound == ["g-ps1": "b"])
    }

    @Test("a weight of 0 leaves the order and drops the scores") func weight() throws {
        let result = try schedule(
            ["affinity": "ps,worker", "anti-affinity": "ps"], servers + workers,
            arguments: "task-topology.weight=0")
        #expect(Set(result.bound.values) == ["a"])
    }
}
