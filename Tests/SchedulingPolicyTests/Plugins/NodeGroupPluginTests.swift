import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let groupKey = "volcano.sh/nodegroup-name"

/// Nodes named after their groups, and `plain` without one.
private func nodes(_ groups: [String], plain: Bool = true) -> [Node] {
    groups.map { .of($0, labels: [groupKey: $0]) } + (plain ? [.of("plain")] : [])
}

private func queue(
    use: [String]? = nil, prefer: [String] = [], avoid: [String] = [], dislike: [String] = []
) -> Queue {
    let affinity = QueueAffinity(
        nodeGroupAffinity: use.map { .init(required: $0, preferred: prefer) },
        nodeGroupAntiAffinity: avoid.isEmpty && dislike.isEmpty
            ? nil : .init(required: avoid, preferred: dislike))
    let saysNothing = use == nil && avoid.isEmpty && dislike.isEmpty
    return Queue(name: "q", affinity: saysNothing ? nil : affinity)
}

/// Where a pod of the queue `q` goes.
private func place(
    _ queues: [Queue], _ nodes: [Node], _ arguments: String = "", pods: [Pod] = Pod.members(of: "g", 1)
) throws -> [String: String] {
    let configuration = policy(.volcano, ["gang"], ["predicates", "nodegroup \(arguments)"])
    return try schedule(
        configuration, nodes: nodes, pods: pods, gangs: [.gang("g", min: 0, queue: "q")], queues: queues
    ).bound
}

private func place(_ queue: Queue, _ nodes: [Node], _ arguments: String = "") throws -> String? {
    try place([queue], nodes, arguments)["g-0"]
}

@Suite("nodegroup gives queues the groups of nodes that they name") struct NodeGroupPluginTests {
    @Test("named groups are allowed, all others and those to avoid are not") func groups() throws {
        let all = nodes(["a", "b"])
        #expect(try place(queue(use: ["b"]), all) == "b")
        #expect(try place(queue(use: [], prefer: ["b"]), all) == "b")
        #expect(try place(queue(dislike: ["b"]), all) == "b")
        #expect(try place(queue(avoid: ["a"]), all) == nil)
        #expect(try place(queue(use: ["a", "b"], avoid: ["a"]), all) == "b")
        #expect(try place(queue(use: ["c", ""]), all) == nil)
    }

    @Test("a node without a group is for queues without affinity, and only if not strict") func plain() throws
    {
        let bare = nodes([])
        #expect(try place(queue(), bare) == nil)
        #expect(try place(queue(), bare, "strict=false") == "plain")
        #expect(try place(queue(use: ["a"]), bare, "strict=false") == nil)
        // A node with a group is not for them.
        #expect(try place(queue(), nodes(["a"], plain: false), "strict=false") == nil)
        #expect(try place(queue(), nodes(["a"]), "strict=false") == "plain")
    }

    @Test("required before preferred before disliked groups") func scores() throws {
        #expect(try place(queue(use: ["b"], prefer: ["a"]), nodes(["a", "b"])) == "b")
        #expect(try place(queue(use: [], prefer: ["b"], dislike: ["a"]), nodes(["a", "b"])) == "b")
        // Both together outweigh one.
        #expect(try place(queue(use: ["a", "b"], prefer: ["b"]), nodes(["a", "b"])) == "b")
        // To dislike a group outweighs all that speaks for it.
        #expect(try place(queue(use: ["a", "b"], dislike: ["a"]), nodes(["a", "b"])) == "b")
    }

    @Test("preferred groups count the same, unless their order is to count") func order() throws {
        let wishes = queue(use: [], prefer: ["b", "a"])
        #expect(try place(wishes, nodes(["a", "b"])) == "a")
        #expect(try place(wishes, nodes(["a", "b"]), "enablePreferredOrder=true") == "b")
    }

    @Test("in a hierarchy the nearest queue above speaks for one that says nothing") func hierarchy() throws {
        let tree = [
            Queue(name: "team").with { $0.affinity = queue(use: ["a"]).affinity },
            Queue(name: "part").with {
                $0.parent = "team"
                $0.affinity = queue(use: ["b"]).affinity
            },
            Queue(name: "q").with { $0.parent = "part" },
        ]
        #expect(try place(tree, nodes(["a", "b"]), "enableHierarchy=true") == ["g-0": "b"])
        #expect(try place(tree, nodes(["a", "b"])) == [:])
        let circle = [
            Queue(name: "other").with { $0.parent = "q" }, Queue(name: "q").with { $0.parent = "other" },
        ]
        #expect(try place(circle, nodes(["a"]), "enableHierarchy=true") == [:])
    }

    @Test("a queue may not use more of a group than it says") func limits() throws {
        func placed(_ text: String, running: Int = 0) throws -> Int {
            let limited = queue(use: ["a", "b"]).with {
                $0.annotations = ["volcano.sh/nodegroup-resource-limits": text]
            }
            let pods = Pod.members(of: "g", 6).enumerated().map { index, pod in
                index < running ? pod.running(on: "a") : pod
            }
            return try place([limited], nodes(["a", "b"], plain: false), pods: pods).count
        }
        #expect(try placed(#"{"a": {"cpu": "2"}, "b": {"cpu": 1}}"#) == 3)
        #expect(try placed(#"{"a": {"cpu": "2500m", "memory": "1Gi"}, "b": {"cpu": "0"}}"#) == 2)
        #expect(try placed(#"{"a": {"cpu": "2"}, "b": {"cpu": 1}}"#, running: 2) == 1)
        #expect(try placed(#"{"a": {"nvidia.com/gpu": "0"}}"#) == 6)
        #expect(try placed("{}") == 6)
    }

    @Test(
        "limits that cannot be read close all nodes",
        arguments: [
            "", "{", "a: {cpu: 1}", "[]", #"{"a": 3}"#, #"{"a": {"cpu": "many"}}"#, #"{"a": {"cpu": -1}}"#,
        ])
    func unreadable(_ text: String) throws {
        let limited = queue(use: ["a"]).with {
            $0.annotations = ["volcano.sh/nodegroup-resource-limits": text]
        }
        #expect(try place(limited, nodes(["a"])) == nil)
    }

    @Test("what a failed gang gives back may be used by another") func rollback() throws {
        let limited = queue(use: ["a"]).with {
            $0.annotations = ["volcano.sh/nodegroup-resource-limits": #"{"a": {"cpu": "2"}}"#]
        }
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates", "nodegroup"]), nodes: nodes(["a"]),
            pods: Pod.members(of: "big", 3) + Pod.members(of: "small", 2),
            gangs: [.gang("big", min: 3, queue: "q"), .gang("small", min: 2, queue: "q")], queues: [limited])
        #expect(result.bound == ["small-0": "a", "small-1": "a"])
        #expect(result.reasons["big-2"] == .unschedulable)
    }

    @Test("a gang that found no node is tried again when its queue says something else") func changes() throws
    {
        let configuration = policy(.gangwright, ["gang"], ["predicates", "nodegroup"])
        let snapshot = ClusterSnapshot(
            nodes: nodes(["a"]), pods: Pod.members(of: "g", 2), podGroups: [.gang("g", min: 2, queue: "q")],
            queues: [queue()])
        let session = try Session(snapshot: snapshot, configuration: configuration)
        #expect(session.runCycle().binds.isEmpty)
        try session.update(queue(use: ["a"]))
        #expect(session.runCycle().binds.count == 2)
        try session.update(Node.of("a"))
        try session.update(Pod.waiting("late", of: "g"))
        #expect(session.runCycle().binds.isEmpty)
    }
}
