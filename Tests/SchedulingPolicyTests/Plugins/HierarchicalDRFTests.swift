import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("drf with a hierarchy: queues are served by their places in a tree") struct HierarchicalDRFTests {
    private func queue(_ name: String, _ path: String, _ weights: String) -> Queue {
        Queue(
            name: name,
            annotations: ["volcano.sh/hierarchy": path, "volcano.sh/hierarchy-weights": weights])
    }

    private let configuration = policy(
        .volcano, actions: "allocate, reclaim", ["gang", "drf enableHierarchy=true"], ["predicates"])

    /// How many pods of each gang are bound where three queues of eight pods each share six CPUs.
    private func shares(_ weights: [String]) throws -> [String: Int] {
        let gangs = ["art", "dev", "prod"]
        let paths = ["root/art", "root/eng/dev", "root/eng/prod"]
        let result = try schedule(
            configuration, nodes: [.of("n", 6_000)], pods: gangs.flatMap { Pod.members(of: $0, 8) },
            gangs: gangs.map { .gang($0, min: 0, queue: $0) },
            queues: zip(gangs, zip(paths, weights)).map { queue($0, $1.0, $1.1) })
        return Dictionary(grouping: result.binds) { String($0.pod.name.prefix { $0 != "-" }) }
            .mapValues(\.count)
    }

    @Test("what is above shares first, and what is below shares that") func shares() throws {
        #expect(try shares(["1/1", "1/1/1", "1/1/1"]) == ["art": 3, "dev": 2, "prod": 1])
        #expect(try shares(["1/2", "1/1/1", "1/1/1"]) == ["art": 4, "dev": 1, "prod": 1])
        // A weight below 1 counts as 1.
        #expect(try shares(["1/0.5", "1/0/1", "1/0/1"]) == ["art": 3, "dev": 2, "prod": 1])
    }

    @Test("a queue that asks for what is all taken goes last, however little it holds") func saturated()
        throws
    {
        let result = try schedule(
            configuration, nodes: [.of("n", 4_000, gpus: 2)],
            pods: [
                Pod.waiting("c", asking: [.cpu: 1_000, .nvidiaGPU: 2], of: "c").running(on: "n"),
                Pod.waiting("b-old", 2_000, of: "b").running(on: "n"),
                .waiting("a-gpu", asking: [.cpu: 1_000, .nvidiaGPU: 1], of: "a"),
                .waiting("a-cpu", of: "a"), .waiting("b-new", of: "b"),
            ], gangs: ["a", "b", "c"].map { .gang($0, min: 0, queue: $0) },
            queues: ["a", "b", "c"].map { queue($0, "root/\($0)", "1/1") })
        #expect(result.bound == ["b-new": "n"])
    }

    @Test("pods leave for a queue that goes first even with one pod more, and theirs with one less")
    func reclaim() throws {
        func evicted(_ minimum: Int) throws -> [String] {
            try schedule(
                configuration, nodes: [.of("n", 4_000)],
                pods: Pod.members(of: "a", 4).map { $0.running(on: "n") } + Pod.members(of: "b", 2),
                gangs: [
                    .gang("a", min: 0, queue: "a").with { $0.phase = .running },
                    .gang("b", min: minimum, queue: "b").with { $0.phase = .inqueue },
                ], queues: ["a", "b"].map { queue($0, "root/\($0)", "1/1") }
            ).evicted
        }
        #expect(try evicted(1) == ["a-3"])
        // With two each, neither queue goes first, so the second pod finds nobody who leaves.
        #expect(try evicted(2) == [])
    }

    @Test("without enableHierarchy the annotations say nothing") func off() throws {
        let result = try schedule(
            policy(.volcano, ["gang", "drf"], ["predicates"]), nodes: [.of("n", 1_000)],
            pods: [Pod.waiting("a", of: "a"), .waiting("b", of: "b")],
            gangs: [.gang("a", min: 0, queue: "a"), .gang("b", min: 0, queue: "b")],
            queues: [queue("a", "root/a", "1/1"), queue("b", "root/b", "1/9")])
        #expect(result.bound == ["a": "n"])
    }
}

@Suite("drf under volcano-1.5 compares namespaces") struct NamespaceOrderTests {
    private func pod(_ name: String, _ milliCPU: Int64, in namespace: String, of gang: String) -> Pod {
        Pod.waiting(name, milliCPU, of: gang).with {
            $0.key = ObjectKey(namespace: namespace, name: name)
            $0.annotations["volcano.sh/preemptable"] = "true"
        }
    }

    private func gang(_ name: String, in namespace: String, min: Int = 0) -> PodGroup {
        PodGroup(
            key: ObjectKey(namespace: namespace, name: name), minMember: min,
            phase: min == 0 ? .running : .inqueue)
    }

    private func session(_ switches: String, weight: Int64? = nil, running: Int = 4) throws -> Session {
        let hog = (0..<running).map { index in
            pod("h\(index)", 1_000, in: "lab", of: index < 2 ? "one" : "two").running(on: "n")
        }
        let quotas = weight.map {
            [
                ResourceQuota(
                    key: ObjectKey(namespace: "lab", name: "q"), hard: ["volcano.sh/namespace.weight": $0])
            ]
        }
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 4_000)], pods: hog + [pod("new", 1_500, in: "web", of: "new")],
            podGroups: [gang("one", in: "lab"), gang("two", in: "lab"), gang("new", in: "web", min: 1)]
        ).with { $0.resourceQuotas = quotas ?? [] }
        return try Session(
            snapshot: snapshot,
            configuration: policy(
                .volcano15, actions: "allocate, preempt", ["gang", "drf \(switches)"], ["predicates"]))
    }

    @Test("a namespace that holds less for its weight goes first, at a tie the one with the smaller name")
    func order() throws {
        let plain = try session("enableNamespaceOrder=true")
        _ = plain.runCycle()
        #expect(plain.points.isNamespace("web", before: "lab", in: plain))
        #expect(plain.points.isNamespace("empty", before: "other", in: plain))
        // Half of the cluster for a weight of 8 is less than three eighths for a weight of 1.
        let weighted = try session("enableNamespaceOrder=true", weight: 8, running: 2)
        _ = weighted.runCycle()
        #expect(weighted.points.isNamespace("lab", before: "web", in: weighted))
        // No plugin has a say: names decide.
        let off = try session("enableNamespaceOrder=false")
        _ = off.runCycle()
        #expect(off.points.isNamespace("lab", before: "web", in: off))
    }

    @Test("pods leave for a namespace that would still hold less, whatever their gangs hold") func preempt()
        throws
    {
        // Each gang of the lab holds half, so that gang by gang nobody would leave for three eighths.
        #expect(try session("enableNamespaceOrder=true").runCycle().evictions.count == 2)
        #expect(try session("enableNamespaceOrder=false").runCycle().evictions.isEmpty)
        #expect(try session("enableNamespaceOrder=true", weight: 8).runCycle().evictions.isEmpty)
    }

    @Test("the number of pods is a resource in later Volcano, and none in 1.5") func pods() throws {
        // a holds more CPU, b most of the slots.
        func first(_ compatibility: Compatibility) throws -> [String] {
            try schedule(
                policy(compatibility, ["drf"], ["predicates"]), nodes: [.of("n", 10_000, slots: 6)],
                pods: [
                    Pod.waiting("a0", 3_000, of: "a").running(on: "n"), .waiting("a1", of: "a"),
                    .waiting("b9", of: "b"),
                ] + (0..<3).map { Pod.waiting("b\($0)", 100, of: "b").running(on: "n") },
                gangs: [.gang("a", min: 0), .gang("b", min: 0)]
            ).order
        }
        #expect(try first(.volcano) == ["a1", "b9"])
        #expect(try first(.volcano15) == ["b9", "a1"])
    }
}
