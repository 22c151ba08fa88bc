import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

/// Nodes of a pool, with eight GPUs each.
private func pool(_ name: String, _ count: Int) -> [Node] {
    (0..<count).map { .of("\(name)-\($0)", gpus: 8, labels: ["agentpool": name]) }
}

private func agentpool(_ name: String) -> NodePoolName { NodePoolName(label: "agentpool", name: name) }

@Suite("More room that would let a job run") struct RoomRemedyTests {
    /// A gang that wants GPUs, and jobs of one pod that hold some.
    private func cluster(
        _ nodes: [Node], min: Int, gpus: Int64, running: [(String, String, Int64)] = []
    ) -> ClusterSnapshot {
        var snapshot = ClusterSnapshot(
            nodes: nodes, pods: Pod.members(of: "g", min, asking: [.nvidiaGPU: gpus]),
            podGroups: [.gang("g", min: min)])
        for (name, node, amount) in running {
            snapshot.podGroups.append(.gang(name, min: 1).with { $0.phase = .running })
            snapshot.pods.append(
                Pod.waiting("\(name)-0", asking: [.nvidiaGPU: amount], of: name).running(on: node))
        }
        return snapshot
    }

    private func end(_ names: String...) -> Remedy.Kind {
        .endings(names.map { .init(key: jobKey($0), isGang: true, isRunning: true) })
    }

    @Test("what is lacking on the node where least is; the end of a job; a node more") func single() throws {
        let snapshot = cluster(
            pool("a100", 2), min: 1, gpus: 8, running: [("x", "a100-0", 2), ("y", "a100-1", 4)])
        let found = try explain("g", plain(.gangwright), snapshot)
        #expect(
            found.kinds == [
                .capacity([.init(node: "a100-0", pool: agentpool("a100"), amounts: [.nvidiaGPU: 2])]),
                end("x"), end("y"), .nodes(count: 1, pool: agentpool("a100"), like: "a100-0"),
            ])
        #expect(!found.isCutOff)
        #expect(found.remedies.allSatisfy { $0.evictions == 0 && $0.displaced.isEmpty })
    }

    @Test("where parts of GPUs are shared out whole ones are added, for parts too")
    func parts() throws {
        let sharing = policy(.gangwright, ["gang"], ["predicates", "deviceshare"])
        func part(_ name: String, _ fraction: String, _ shares: String? = nil) -> Pod {
            .waiting(name).with {
                $0.annotations = ["gpu-fraction": fraction]
                $0.annotations["gangwright.io/gpu-shares"] = shares
            }
        }
        func found(_ waiting: Pod, beside held: [Pod]) throws -> [Remedy.Kind] {
            let nodes = [Node.of("a100-0", gpus: 2, labels: ["agentpool": "a100"])]
            let pods = [waiting] + held.map { $0.running(on: "a100-0") }
            return try explain("p", sharing, ClusterSnapshot(nodes: nodes, pods: pods)).kinds
        }
        let more = Remedy.Kind.capacity([
            .init(node: "a100-0", pool: agentpool("a100"), amounts: [.nvidiaGPU: 1])
        ])
        let nodeMore = Remedy.Kind.nodes(count: 1, pool: agentpool("a100"), like: "a100-0")
        func end(_ name: String) -> Remedy.Kind {
            .endings([.init(key: jobKey(name), isGang: false, isRunning: true)])
        }
        let whole = Pod.waiting("x", asking: [.nvidiaGPU: 2])
        let halves = [part("x", "0.5", "0:500"), part("y", "0.5", "1:500")]
        #expect(try found(part("p", "0.4"), beside: [whole]) == [more, end("x"), nodeMore])
        #expect(try found(part("p", "0.7"), beside: halves) == [more, end("x"), end("y"), nodeMore])
        let one = Pod.waiting("p", asking: [.nvidiaGPU: 1])
        #expect(try found(one, beside: [whole]) == [more, end("x"), nodeMore])
        #expect(try found(one, beside: halves) == [more, end("x"), end("y"), nodeMore])
    }

    @Test("nothing less than what is added would do") func least() throws {
        let snapshot = cluster(pool("a100", 1), min: 1, gpus: 8, running: [("x", "a100-0", 3)])
        for more in 0...3 {
            var node = snapshot.nodes[0]
            node.allocatable[.nvidiaGPU] = 8 + Int64(more)
            let result = try Session(
                snapshot: snapshot.applying([.node(node)]), configuration: plain(.gangwright)
            ).runCycle()
            #expect(result.bound.isEmpty == (more < 3))
        }
        let found = try explain("g", plain(.gangwright), snapshot)
        #expect(
            found.kinds.first
                == .capacity([.init(node: "a100-0", pool: agentpool("a100"), amounts: [.nvidiaGPU: 3])]))
    }

    @Test("a gang: an addition to a node each, or as many nodes as its pods need") func gang() throws {
        let snapshot = cluster(
            pool("a100", 3), min: 3, gpus: 8, running: [("x", "a100-0", 2), ("y", "a100-1", 4)])
        let found = try explain("g", plain(.gangwright), snapshot)
        let pool = agentpool("a100")
        #expect(
            found.kinds == [
                .minMember(from: 3, to: 1),
                // A node of 18 would take two of them.
                .capacity([.init(node: "a100-0", pool: pool, amounts: [.nvidiaGPU: 10])]),
                .capacity([
                    .init(node: "a100-0", pool: pool, amounts: [.nvidiaGPU: 2]),
                    .init(node: "a100-1", pool: pool, amounts: [.nvidiaGPU: 4]),
                ]), end("x", "y"), .nodes(count: 2, pool: pool, like: "a100-0"),
            ])
    }

    @Test("the fewest jobs on one node, if no single one is enough") func several() throws {
        let snapshot = cluster(
            pool("a100", 2), min: 1, gpus: 8,
            running: [
                ("a", "a100-0", 2), ("b", "a100-0", 2), ("c", "a100-0", 2), ("d", "a100-1", 4),
                ("e", "a100-1", 4),
            ])
        #expect(try explain("g", plain(.gangwright), snapshot).kinds.contains(end("d", "e")))
    }

    @Test("a job of many pods may free what many of one pod do not") func large() throws {
        var snapshot = cluster(pool("a100", 2), min: 2, gpus: 8)
        snapshot.podGroups.append(.gang("x", min: 2).with { $0.phase = .running })
        snapshot.pods += Pod.members(of: "x", 2, asking: [.nvidiaGPU: 1]).enumerated().map {
            $0.element.running(on: "a100-\($0.offset)")
        }
        #expect(try explain("g", plain(.gangwright), snapshot).kinds.contains(end("x")))
    }

    @Test("others who would take what is added make it more") func contested() throws {
        var snapshot = cluster(pool("a100", 1), min: 1, gpus: 8, running: [("x", "a100-0", 8)])
        // Older, so that it has its turn before.
        snapshot.podGroups[0].created = .second(1)
        snapshot.podGroups.append(.gang("first", min: 1))
        snapshot.pods += Pod.members(of: "first", 1, asking: [.nvidiaGPU: 8])
        let found = try explain("g", plain(.gangwright), snapshot)
        #expect(found.kinds.contains(.nodes(count: 2, pool: agentpool("a100"), like: "a100-0")))
        #expect(!found.kinds.contains(.nodes(count: 1, pool: agentpool("a100"), like: "a100-0")))
    }

    @Test("who would wait instead is named, and such changes come last") func displaced() throws {
        let nodes = [Node.of("n", 4_000)]
        var snapshot = ClusterSnapshot(
            nodes: nodes, pods: Pod.members(of: "g", 5) + Pod.members(of: "other", 1),
            podGroups: [.gang("g", min: 5), .gang("other", min: 1).with { $0.created = .second(1) }])
        snapshot.nodes[0].labels = ["agentpool": "p"]
        let found = try explain("g", plain(.gangwright), snapshot)
        let lower = try #require(found.remedies.first { $0.kind == .minMember(from: 5, to: 4) })
        #expect(lower.displaced == [jobKey("other")])
        #expect(found.remedies.first?.displaced == [])
        #expect(found.remedies.last?.displaced == [jobKey("other")])
    }

    @Test("what no node has is asked of one; what only a far larger machine would have is not") func unknown()
        throws
    {
        let strange: ResourceName = "example.com/quantum"
        let snapshot = ClusterSnapshot(
            nodes: [.of("n")], pods: [.waiting("p", asking: [strange: 3])])
        let found = try explain("p", plain(.gangwright), snapshot)
        #expect(found.kinds == [.capacity([.init(node: "n", pool: nil, amounts: [strange: 3])])])
        // Two of its kind on one node would be a machine three times as large.
        let huge = ClusterSnapshot(
            nodes: [.of("n")], pods: Pod.members(of: "g", 2, asking: [.cpu: 20_000]),
            podGroups: [.gang("g", min: 2)])
        #expect(try explain("g", plain(.gangwright), huge).kinds == [])
    }

    @Test("a pool may be named by what the pods select their nodes by") func selected() throws {
        let pod = Pod.waiting("p", 20_000).with { $0.nodeSelector = ["team": "vision"] }
        let snapshot = ClusterSnapshot(nodes: [.of("n", labels: ["team": "vision"])], pods: [pod])
        let found = try explain("p", plain(.gangwright), snapshot)
        guard case .capacity(let additions)? = found.kinds.first else {
            Issue.record("\(found.kinds)")
            return
        }
        #expect(additions.first?.pool?.label == "team")
        #expect(additions.first?.pool?.name == "vision")
    }

    @Test("a pod that its gang does without is explained for itself") func beyondMinimum() throws {
        var snapshot = cluster(pool("a100", 1), min: 1, gpus: 8)
        snapshot.pods = Pod.members(of: "g", 2, asking: [.nvidiaGPU: 8])
        let explainer = try Explainer(snapshot: snapshot, configuration: plain(.gangwright))
        #expect(explainer.job(ofGang: jobKey("g")) == nil)
        #expect(explainer.job(ofPod: jobKey("g-0")) == nil)
        #expect(try explain("g-1", plain(.gangwright), snapshot).kinds.count == 2)
    }

    @Test("the search ends when there are no trials left, and says so") func cutOff() throws {
        let snapshot = cluster(
            pool("a100", 2), min: 1, gpus: 8, running: [("x", "a100-0", 2), ("y", "a100-1", 4)])
        for trials in 0..<4 {
            let found = try explain("g", plain(.gangwright), snapshot, trials: trials)
            #expect(found.trials == trials)
            #expect(found.isCutOff)
            #expect(found.remedies.count == trials)
        }
        #expect(try explain("g", plain(.gangwright), snapshot, trials: 4).trials == 4)
    }

    @Test("the search leaves no trace: asked twice it says the same") func repeatable() throws {
        let snapshot = cluster(
            pool("a100", 3), min: 3, gpus: 8, running: [("x", "a100-0", 2), ("y", "a100-1", 4)])
        let explainer = try Explainer(snapshot: snapshot, configuration: .default)
        let job = try #require(explainer.waitingJobs.first)
        let first = try #require(explainer.explain(job, trials: 40))
        let second = try #require(explainer.explain(job, trials: 40))
        #expect(first.remedies == second.remedies)
        #expect(first.holds == second.holds)
    }
}
