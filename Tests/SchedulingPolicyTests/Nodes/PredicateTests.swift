import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("predicates: a pod goes only to nodes that it may go to") struct PredicateTests {
    /// The nodes that take a pod: each is offered alone.
    private func takers(
        of pod: Pod, among nodes: [Node], _ compatibility: Compatibility = .gangwright,
        predicates: String = "predicates"
    ) throws -> [String] {
        try nodes.filter { node in
            try !schedule(policy(compatibility, ["gang"], [predicates]), nodes: [node], pods: [pod]).binds
                .isEmpty
        }.map(\.name)
    }

    private let labelled: [Node] = [
        .of("none"), .of("a", labels: ["k": "a"]), .of("b", labels: ["k": "b"]),
        .of("empty", labels: ["k": ""]),
        .of("1", labels: ["k": "1"]), .of("2", labels: ["k": "2"]), .of("10", labels: ["k": "10"]),
        .of("-3", labels: ["k": "-3"]),
    ]

    @Test("a node selector asks for every label, with its very value", arguments: Compatibility.allCases)
    func nodeSelector(compatibility: Compatibility) throws {
        let nodes: [Node] = [
            .of("both", labels: ["k": "a", "l": "b"]), .of("one", labels: ["k": "a"]), .of("none"),
            .of("other", labels: ["k": "A", "l": "b"]),
        ]
        let pod = Pod.waiting("p").with { $0.nodeSelector = ["k": "a", "l": "b"] }
        #expect(try takers(of: pod, among: nodes, compatibility) == ["both"])
        #expect(try takers(of: pod.with { $0.nodeSelector = ["k": "a"] }, among: nodes) == ["both", "one"])
        let result = try schedule(plain(compatibility), nodes: nodes.suffix(3), pods: [pod])
        #expect(
            result.messages == [
                "p": "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector"
            ])
    }

    @Test(
        "every operator of required node affinity",
        arguments: [
            (NodeSelectorRequirement.Operator.isIn, ["a", "b"], ["a", "b"]),
            (.isIn, [""], ["empty"]),
            (.notIn, ["a", "b"], ["none", "empty", "1", "2", "10", "-3"]),
            (.exists, [], ["a", "b", "empty", "1", "2", "10", "-3"]),
            (.doesNotExist, [], ["none"]),
            (.greaterThan, ["1"], ["2", "10"]),
            (.greaterThan, ["-4"], ["1", "2", "10", "-3"]),
            (.lessThan, ["2"], ["1", "-3"]),
            (.greaterThan, ["a"], []),
            (.lessThan, ["many"], []),
        ])
    func operators(comparison: NodeSelectorRequirement.Operator, values: [String], expected: [String]) throws
    {
        let requirement = NodeSelectorRequirement(key: "k", operator: comparison, values: values)
        let pod = Pod.waiting("p").with {
            $0.nodeAffinity.required = [NodeSelectorTerm(matchExpressions: [requirement])]
        }
        #expect(try takers(of: pod, among: labelled) == expected)
    }

    @Test("terms are alternatives, the requirements of one must all hold, an empty one matches nothing")
    func terms() throws {
        let isA = NodeSelectorRequirement(key: "k", operator: .isIn, values: ["a"])
        let isB = NodeSelectorRequirement(key: "k", operator: .isIn, values: ["b"])
        func takers(_ terms: [NodeSelectorTerm]?) throws -> [String] {
            let pod = Pod.waiting("p").with { $0.nodeAffinity.required = terms }
            return try self.takers(of: pod, among: Array(labelled.prefix(3)))
        }
        #expect(try takers(nil) == ["none", "a", "b"])
        #expect(try takers([]) == [])
        #expect(try takers([NodeSelectorTerm()]) == [])
        #expect(try takers([NodeSelectorTerm(), NodeSelectorTerm(matchExpressions: [isB])]) == ["b"])
        #expect(try takers([isA, isB].map { NodeSelectorTerm(matchExpressions: [$0]) }) == ["a", "b"])
        #expect(try takers([NodeSelectorTerm(matchExpressions: [isA, isB])]) == [])
    }

    @Test("fields match the node's name, together with selector and expressions") func fields() throws {
        let name = NodeSelectorRequirement(key: "metadata.name", operator: .isIn, values: ["a"])
        let not = NodeSelectorRequirement(key: "metadata.name", operator: .notIn, values: ["a"])
        let exists = NodeSelectorRequirement(key: "k", operator: .exists)
        func takers(_ term: NodeSelectorTerm, selector: [String: String] = [:]) throws -> [String] {
            let pod = Pod.waiting("p").with {
                $0.nodeAffinity.required = [term]
                $0.nodeSelector = selector
            }
            return try self.takers(of: pod, among: Array(labelled.prefix(3)))
        }
        #expect(try takers(NodeSelectorTerm(matchFields: [name])) == ["a"])
        #expect(try takers(NodeSelectorTerm(matchFields: [not])) == ["none", "b"])
        #expect(try takers(NodeSelectorTerm(matchExpressions: [exists], matchFields: [not])) == ["b"])
        #expect(try takers(NodeSelectorTerm(matchFields: [name]), selector: ["k": "b"]) == [])
    }

    @Test("predicate.NodeAffinityEnable: false looks at neither", arguments: Compatibility.withoutVolcano15)
    func affinityOff(compatibility: Compatibility) throws {
        let pod = Pod.waiting("p").with { $0.nodeSelector = ["k": "z"] }
        #expect(
            try takers(
                of: pod, among: [.of("n")], compatibility,
                predicates: "predicates predicate.NodeAffinityEnable=false")
                == ["n"])
    }

    @Test("a cordoned node takes only pods that tolerate the cordon", arguments: Compatibility.allCases)
    func cordon(compatibility: Compatibility) throws {
        let node = Node.of("n").with { $0.isUnschedulable = true }
        let result = try schedule(plain(compatibility), nodes: [node], pods: [.waiting("p")])
        #expect(result.messages == ["p": "0/1 nodes are available: 1 node(s) were unschedulable"])
        let key = "node.kubernetes.io/unschedulable"
        func takes(_ toleration: Toleration) throws -> Bool {
            try !takers(
                of: .waiting("p").with { $0.tolerations = [toleration] }, among: [node], compatibility
            ).isEmpty
        }
        #expect(try takes(Toleration(key: key, operator: .exists)))
        #expect(try takes(Toleration(key: key, effect: .noSchedule)))
        #expect(try takes(Toleration(operator: .exists)))
        #expect(try !takes(Toleration(key: key, operator: .exists, effect: .noExecute)))
        #expect(try !takes(Toleration(key: "other", operator: .exists)))
    }

    @Test("a node whose Ready condition is not True takes nothing under ours; Volcano looks at taints only")
    func ready() throws {
        let nodes: [Node] = [
            .of("none"), .of("true").with { $0.ready = .isTrue }, .of("false").with { $0.ready = .isFalse },
            .of("unknown").with { $0.ready = .unknown },
        ]
        #expect(try takers(of: .waiting("p"), among: nodes, .gangwright) == ["none", "true"])
        #expect(
            try takers(of: .waiting("p"), among: nodes, .volcano) == ["none", "true", "false", "unknown"])
        let tolerant = Pod.waiting("p").with { $0.tolerations = [Toleration(operator: .exists)] }
        #expect(try takers(of: tolerant, among: nodes, .gangwright) == ["none", "true"])
        let result = try schedule(plain(.gangwright), nodes: nodes.suffix(2), pods: [.waiting("p")])
        #expect(result.messages == ["p": "0/2 nodes are available: 2 node(s) were not ready"])
    }

    @Test(
        "a node takes as many pods as it has slots, leaving ones counted", arguments: Compatibility.allCases)
    func slots(compatibility: Compatibility) throws {
        func bound(slots: Int64?, others: [Pod] = []) throws -> Int {
            try schedule(
                plain(compatibility), nodes: [.of("n", slots: slots)],
                pods: others + [.waiting("a", 10), .waiting("b", 10), .waiting("c", 10)]
            ).binds.count
        }
        #expect(try bound(slots: 2) == 2)
        #expect(try bound(slots: 0) == 0)
        #expect(try bound(slots: nil) == 3)
        #expect(try bound(slots: 3, others: [Pod.waiting("x", 10).running(on: "n")]) == 2)
        #expect(try bound(slots: 3, others: [Pod.waiting("x", 10).leaving("n")]) == 2)
        #expect(
            try bound(slots: 3, others: [Pod.waiting("x", 10).running(on: "n").with { $0.phase = .failed }])
                == 3)
    }

    @Test(
        "without the plugin neither labels nor cordons nor taints are looked at",
        arguments: Compatibility.allCases)
    func withoutPlugin(compatibility: Compatibility) throws {
        let node = Node.of("n", taints: [Taint(key: "k", effect: .noSchedule)]).with {
            $0.isUnschedulable = true
        }
        let pod = Pod.waiting("p").with { $0.nodeSelector = ["k": "z"] }
        let result = try schedule(policy(compatibility, ["gang"]), nodes: [node], pods: [pod])
        #expect(result.bound == ["p": "n"])
        let off = try schedule(
            policy(compatibility, ["gang", "predicates enablePredicate=false"]), nodes: [node], pods: [pod])
        #expect(off.bound == ["p": "n"])
    }
}
