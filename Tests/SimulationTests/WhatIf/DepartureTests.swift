import ClusterModel
import Simulation
import TestSupport
import Testing

@Suite("What becomes of the pods of nodes that are emptied, or go") struct DepartureTests {
    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

    private static func owner(_ kind: String) -> OwnerReference {
        OwnerReference(apiVersion: "apps/v1", kind: kind, name: "owner", isController: true)
    }

    /// Four pods of a gang on the nodes a, a, b, b.
    private static func gang(min: Int) -> ClusterSnapshot {
        let pods = Pod.members(of: "g", 4)
        let placed = pods.indices.map { pods[$0].running(on: $0 < 2 ? "a" : "b") }
        return ClusterSnapshot(
            nodes: [.of("a"), .of("b"), .of("c")], pods: placed,
            podGroups: [PodGroup.gang("g", min: min).with { $0.phase = .running }])
    }

    @Test("the pods of a drained node wait again, and the node takes nothing new") func drain() {
        var snapshot = Self.gang(min: 2)
        let departure = snapshot.apply([.drain(["a"])])
        #expect(departure.nodes == ["a"])
        #expect(departure.leaving == [Self.key("g-0"), Self.key("g-1")])
        #expect(departure.restarting == [] && departure.restarted == [])
        #expect(snapshot.nodes.map(\.isUnschedulable) == [true, false, false])
        #expect(snapshot.pods.map(\.nodeName) == [nil, nil, "b", "b"])
        #expect(snapshot.pods.map(\.phase) == [.pending, .pending, .running, .running])
        #expect(snapshot.podGroups[0].phase == .running)
    }

    @Test("a gang that would be below its minimum starts anew as a whole") func restart() {
        var snapshot = Self.gang(min: 3)
        let departure = snapshot.apply([.drain(["a"])])
        #expect(departure.restarting == [Self.key("g")])
        #expect(departure.restarted == [Self.key("g-2"), Self.key("g-3")])
        #expect(snapshot.pods.filter(\.isPending).count == 4)
        #expect(snapshot.podGroups[0].phase == .pending)
    }

    @Test("the minimum of a role counts, and so does what has ended well") func roles() {
        let workers = Pod.members(of: "g", 2, role: "worker").map { $0.running(on: "b") }
        let server = Pod.members(of: "g", 1, role: "server").map { $0.running(on: "a") }
        let done = Pod.members(of: "g", 1, role: "done").map { pod in
            pod.running(on: "b").with { $0.phase = .succeeded }
        }
        func restarting(_ roles: [(String, Int)]) -> [ObjectKey] {
            var snapshot = ClusterSnapshot(
                nodes: [.of("a"), .of("b")], pods: workers + server + done,
                podGroups: [.gang("g", min: 3, roles: roles)])
            return snapshot.apply([.drain(["a"])]).restarting
        }
        #expect(restarting([("worker", 2)]) == [])
        #expect(restarting([("worker", 2), ("server", 1)]) == [Self.key("g")])
    }

    @Test("a removed node takes with it what would have stayed on it") func removal() {
        let pods = [
            Pod.waiting("daemon").running(on: "a").with { $0.owners = [Self.owner("DaemonSet")] },
            Pod.waiting("static").running(on: "a").with {
                $0.annotations = ["kubernetes.io/config.mirror": "x"]
            },
            Pod.waiting("web").running(on: "a").with { $0.owners = [Self.owner("ReplicaSet")] },
            Pod.waiting("bare").running(on: "a"), Pod.waiting("old").leaving("a"),
        ]
        let whole = ClusterSnapshot(nodes: [.of("a"), .of("b")], pods: pods)
        var drained = whole
        let drain = drained.apply([.drain(["a"])])
        #expect(drain.staying == [Self.key("daemon"), Self.key("static")])
        #expect(drain.leaving == [Self.key("web")] && drain.lost == [Self.key("bare")])
        #expect(drained.pods.map(\.key.name) == ["daemon", "static", "web", "old"])
        #expect(drained.pods.map(\.nodeName) == ["a", "a", nil, "a"])
        var removed = whole
        let removal = removed.apply([.remove(["a"]), .drain(["a"])])
        #expect(removal.leaving == drain.leaving && removal.lost == drain.lost)
        #expect(removed.pods.map(\.key.name) == ["web"])
        #expect(removed.nodes.map(\.name) == ["b"])
    }

    @Test("a budget counts the pods that are to leave, and forbids where it lets none go") func budgets() {
        let pods = ["x", "y"].map { Pod.waiting($0).running(on: "a").labelled(["app": "web"]) }
        func budgets(_ allowed: Int, gone: Set<String> = []) -> [Departure.Budget] {
            var snapshot = ClusterSnapshot(nodes: [.of("a")], pods: pods)
            snapshot.podDisruptionBudgets = [
                PodDisruptionBudget(
                    key: Self.key("web"), selector: LabelSelector(matchLabels: ["app": "web"]),
                    disruptionsAllowed: allowed, disruptedPods: gone),
                PodDisruptionBudget(key: Self.key("none")),
            ]
            return snapshot.apply([.drain(["a"])]).budgets
        }
        #expect(budgets(0) == [.init(key: Self.key("web"), pods: 2, allowed: 0)])
        #expect(budgets(0).map(\.forbids) == [true] && budgets(1).map(\.forbids) == [false])
        #expect(budgets(0, gone: ["x"]).map(\.pods) == [1])
        #expect(budgets(0, gone: ["x", "y"]) == [])
    }

    @Test("cordoning wins over uncordoning, and moves nothing") func cordon() {
        var snapshot = Self.gang(min: 4)
        snapshot.nodes[2].isUnschedulable = true
        snapshot.nodes[2].taints = [Taint(key: "node.kubernetes.io/unschedulable", effect: .noSchedule)]
        let departure = snapshot.apply([.cordon(["a"]), .uncordon(["a", "c"])])
        #expect(departure == Departure())
        #expect(snapshot.nodes.map(\.isUnschedulable) == [true, false, false])
        #expect(snapshot.nodes[2].taints == [])
        #expect(snapshot.pods == Self.gang(min: 4).pods)
    }

    @Test("a new node is as good as new, has its own name, and runs the DaemonSets of its like")
    func addition() {
        let worn = Node.of("a", labels: ["kubernetes.io/hostname": "a", "pool": "x"]).with {
            $0.isUnschedulable = true
            $0.ready = .isFalse
            $0.taints = [
                Taint(key: "sku", value: "gpu", effect: .noSchedule),
                Taint(key: "node.kubernetes.io/not-ready", effect: .noExecute),
            ]
        }
        let daemon = Pod.waiting("daemon").running(on: "a").with { $0.owners = [Self.owner("DaemonSet")] }
        var snapshot = ClusterSnapshot(
            nodes: [worn, .of("a-new-1")], pods: [daemon, Pod.waiting("p").running(on: "a")])
        _ = snapshot.apply([.add(NodeTemplate(like: worn, title: "a", of: snapshot), count: 2)])
        #expect(snapshot.nodes.map(\.name) == ["a", "a-new-1", "a-new-2", "a-new-3"])
        let new = snapshot.nodes[3]
        #expect(new.labels == ["kubernetes.io/hostname": "a-new-3", "pool": "x"])
        #expect(new.isReady && !new.isUnschedulable && new.taints.map(\.key) == ["sku"])
        #expect(new.allocatable == worn.allocatable)
        #expect(snapshot.pods.filter { $0.nodeName == "a-new-3" }.map(\.key.name) == ["daemon-a-new-3"])
    }

    @Test("a job that ends goes with its gang and all of its pods, and nothing else does") func ending() {
        let other = Pod.waiting("g-0-other").running(on: "a")
        var snapshot = Self.gang(min: 2)
        snapshot.pods += [other, Pod.waiting("alone"), Pod.waiting("g")]
        snapshot.podGroups.append(.gang("h", min: 1))
        var ended = snapshot
        ended.end([Self.key("g"), Self.key("alone"), Self.key("nobody")])
        #expect(ended.pods.map(\.key.name) == ["g-0-other", "g"])
        #expect(ended.podGroups.map(\.key.name) == ["h"])
        #expect(ended.nodes == snapshot.nodes)
        snapshot.end([])
        #expect(snapshot.pods.count == 7)
    }
}
