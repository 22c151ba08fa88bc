import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// Nodes that pods of one gang of little importance fill, and a pod of an important one that wants four CPUs.
private struct Choice {
    var nodes: [Node] = []
    var running: [Pod] = []
    var wanted = Pod.waiting("high-0", 4_000, of: "high")

    /// A node of four CPUs, with pods of so many CPUs and such priorities.
    mutating func add(_ node: String, _ pods: [(name: String, cpus: Int64, priority: Int32)]) {
        nodes.append(.of(node, 4_000))
        for pod in pods {
            running.append(
                Pod.waiting(pod.name, pod.cpus * 1_000, of: "low").running(on: node)
                    .with { $0.priority = pod.priority })
        }
    }

    func run(_ arguments: String?, _ compatibility: Compatibility = .volcano) throws -> CycleResult {
        var text = """
            compatibility: \(compatibility.rawValue)
            actions: "allocate, preempt"
            tiers:
            - plugins: [{name: priority}, {name: gang}, {name: conformance}]
            - plugins: [{name: predicates}]

            """
        if let arguments {
            text += "configurations: [{name: preempt, arguments: {\(arguments)}}]\n"
        }
        let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "c")
        #expect(problems.isEmpty)
        return try schedule(
            try #require(configuration), nodes: nodes, pods: running + [wanted],
            gangs: [
                .gang("low", min: 0).with {
                    $0.priorityClassName = "low"
                    $0.phase = .running
                },
                .gang("high", min: 1).with {
                    $0.priorityClassName = "high"
                    $0.phase = .inqueue
                },
            ], classes: [PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100)])
    }
}

private let comparing = "enableTopologyAwarePreemption: true, minCandidateNodesAbsolute: 10"

@Suite("enableTopologyAwarePreemption: preempt compares nodes by whom they cost")
struct TopologyAwarePreemptionTests {
    /// Docs: policy, "Actions".
    private let example = {
        var choice = Choice()
        choice.add("a", [("a", 4, 5)])
        choice.add("b", [("b-1", 2, 1), ("b-2", 2, 1)])
        choice.add("c", [("c", 4, 1)])
        return choice
    }()

    @Test("the highest priority counts first, then the sum, in which one pod more costs more")
    func priorities() throws {
        #expect(try example.run(nil).evicted == ["a"])
        let result = try example.run(comparing)
        #expect(result.evicted == ["c"])
        #expect(result.promised == ["high-0": "c eviction"])
        var two = Choice()
        two.nodes = Array(example.nodes.prefix(2))
        two.running = Array(example.running.prefix(3))
        two.wanted = example.wanted
        #expect(Set(try two.run(comparing).evicted) == ["b-1", "b-2"])
    }

    @Test("no more nodes are compared than asked for, a tenth of them by default") func limits() throws {
        let enabled = "enableTopologyAwarePreemption: true"
        #expect(try example.run(enabled).evicted == ["a"])
        #expect(try example.run(enabled + ", minCandidateNodesPercentage: 100").evicted == ["c"])
        #expect(
            Set(try example.run(enabled + ", minCandidateNodesPercentage: 67").evicted) == ["b-1", "b-2"])
        #expect(try example.run(comparing + ", maxCandidateNodesAbsolute: 1").evicted == ["a"])
        #expect(try example.run(comparing + ", maxCandidateNodesAbsolute: 0").evicted == [])
    }

    @Test("a node where nobody may leave is none of those that are compared") func uncounted() throws {
        var choice = example
        choice.running[0].annotations = ["volcano.sh/preemptable": "false"]
        #expect(
            Set(try choice.run("enableTopologyAwarePreemption: true").evicted) == ["b-1", "b-2"])
    }

    @Test("of pods alike those go that started last") func starts() throws {
        var choice = Choice()
        choice.add("a", [("a", 4, 1)])
        choice.add("b", [("b", 4, 1)])
        choice.add("c", [("c", 4, 1)])
        for (index, second) in [20, 30, 10].enumerated() {
            choice.running[index].created = .second(0)
            choice.running[index].started = .second(Int64(second))
        }
        #expect(try choice.run(comparing).evicted == ["b"])
    }

    @Test("whoever turns out not to be needed stays, the most important first") func reprieve() throws {
        var choice = Choice()
        choice.add("a", [("x", 1, 1), ("y", 3, 2)])
        choice.wanted = .waiting("high-0", 3_000, of: "high")
        #expect(Set(try choice.run(nil).evicted) == ["x", "y"])
        #expect(try choice.run(comparing).evicted == ["y"])
    }

    @Test("pods leave for what they keep away as well as for resources") func rules() throws {
        var choice = Choice()
        choice.add("a", [("a-1", 1, 3), ("a-2", 1, 1)])
        choice.add("b", [("b", 1, 2)])
        for index in [0, 2] { choice.running[index].labels = ["app": "x"] }
        choice.wanted = Pod.waiting("high-0", of: "high").apart(
            from: ["app": "x"], by: "kubernetes.io/hostname")
        for index in choice.nodes.indices {
            choice.nodes[index].labels["kubernetes.io/hostname"] = choice.nodes[index].name
        }
        #expect(try choice.run(comparing).evicted == ["b"])
    }

    @Test("under gangwright plans compare all nodes in the same way") func planned() throws {
        #expect(try example.run(nil, .gangwright).evicted == ["a"])
        #expect(try example.run("enableTopologyAwarePreemption: true", .gangwright).evicted == ["c"])
    }
}
