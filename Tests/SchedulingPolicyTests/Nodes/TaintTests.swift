import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Taints keep away pods that do not tolerate them") struct TaintTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let taint: Taint
        let toleration: Toleration?
        let isTaken: Bool

        init(_ taint: Taint, _ toleration: Toleration?, _ isTaken: Bool) {
            self.taint = taint
            self.toleration = toleration
            self.isTaken = isTaken
        }

        var testDescription: String {
            let tolerated = toleration.map {
                "\($0.key) \($0.operator.rawValue) \($0.value) \($0.effect?.rawValue ?? "any")"
            }
            return "\(taint) / \(tolerated ?? "nothing")"
        }
    }

    static let cases: [Case] = [
        // No toleration: NoSchedule and NoExecute keep away, PreferNoSchedule does not.
        Case(Taint(key: "k", value: "v", effect: .noSchedule), nil, false),
        Case(Taint(key: "k", value: "v", effect: .noExecute), nil, false),
        Case(Taint(key: "k", value: "v", effect: .preferNoSchedule), nil, true),
        // Equal compares key and value.
        Case(Taint(key: "k", value: "v", effect: .noSchedule), Toleration(key: "k", value: "v"), true),
        Case(Taint(key: "k", value: "v", effect: .noExecute), Toleration(key: "k", value: "v"), true),
        Case(Taint(key: "k", value: "v", effect: .noSchedule), Toleration(key: "k", value: "w"), false),
        Case(Taint(key: "k", value: "v", effect: .noSchedule), Toleration(key: "l", value: "v"), false),
        Case(Taint(key: "k", value: "v", effect: .noSchedule), Toleration(key: "k"), false),
        Case(Taint(key: "k", effect: .noSchedule), Toleration(key: "k"), true),
        // Exists looks at the key only; without a key at nothing.
        Case(Taint(key: "k", value: "v", effect: .noSchedule), Toleration(key: "k", operator: .exists), true),
        Case(
            Taint(key: "k", value: "v", effect: .noSchedule), Toleration(key: "l", operator: .exists), false),
        Case(Taint(key: "k", value: "v", effect: .noSchedule), Toleration(operator: .exists), true),
        // An effect narrows it down.
        Case(
            Taint(key: "k", value: "v", effect: .noSchedule),
            Toleration(key: "k", value: "v", effect: .noSchedule), true),
        Case(
            Taint(key: "k", value: "v", effect: .noExecute),
            Toleration(key: "k", value: "v", effect: .noSchedule), false),
        Case(
            Taint(key: "k", value: "v", effect: .noExecute),
            Toleration(key: "k", operator: .exists, effect: .noExecute), true),
        Case(
            Taint(key: "k", value: "v", effect: .noSchedule),
            Toleration(operator: .exists, effect: .noExecute), false),
        // Lt and Gt compare numbers: the taint's against the toleration's.
        Case(
            Taint(key: "k", value: "5", effect: .noSchedule),
            Toleration(key: "k", operator: .lessThan, value: "6"), true),
        Case(
            Taint(key: "k", value: "6", effect: .noSchedule),
            Toleration(key: "k", operator: .lessThan, value: "6"), false),
        Case(
            Taint(key: "k", value: "7", effect: .noSchedule),
            Toleration(key: "k", operator: .greaterThan, value: "6"),
            true),
        Case(
            Taint(key: "k", value: "high", effect: .noSchedule),
            Toleration(key: "k", operator: .greaterThan, value: "6"), false),
        Case(
            Taint(key: "l", value: "7", effect: .noSchedule),
            Toleration(key: "k", operator: .greaterThan, value: "6"),
            false),
    ]

    @Test("taints and tolerations", arguments: cases)
    func table(example: Case) throws {
        let pod = Pod.waiting("p").with { $0.tolerations = example.toleration.map { [$0] } ?? [] }
        for compatibility in Compatibility.allCases {
            let result = try schedule(
                plain(compatibility), nodes: [.of("n", taints: [example.taint])], pods: [pod])
            #expect(result.binds.isEmpty == !example.isTaken)
        }
    }

    @Test("every taint needs a toleration; which one does not matter") func several() throws {
        let node = Node.of(
            "n",
            taints: [Taint(key: "a", effect: .noSchedule), Taint(key: "b", value: "x", effect: .noExecute)])
        func isTaken(_ tolerations: [Toleration]) throws -> Bool {
            let pod = Pod.waiting("p").with { $0.tolerations = tolerations }
            return try !schedule(plain(.gangwright), nodes: [node], pods: [pod]).binds.isEmpty
        }
        let (a, b) = (Toleration(key: "a"), Toleration(key: "b", operator: .exists))
        #expect(try !isTaken([a]))
        #expect(try !isTaken([b]))
        #expect(try isTaken([b, a]))
        #expect(try isTaken([Toleration(operator: .exists)]))
    }

    @Test("the refusal names the taint") func message() throws {
        let nodes: [Node] = [
            .of("a", taints: [Taint(key: "sku", value: "gpu", effect: .noSchedule)]),
            .of("b", taints: [Taint(key: "sku", value: "gpu", effect: .noSchedule)]),
            .of("c", taints: [Taint(key: "old", effect: .noExecute)]), .of("d", 500),
        ]
        let result = try schedule(plain(.gangwright), nodes: nodes, pods: [.waiting("p")])
        #expect(
            result.messages == [
                "p":
                    "0/4 nodes are available: 1 Insufficient cpu, 3 do not qualify; "
                    + "none that qualifies is large enough, even empty"
            ])
        #expect(
            result.pending[0].nodeReasons.map { "\($0.count) \($0.reason)" } == [
                "2 node(s) had untolerated taint {sku: gpu}", "1 Insufficient cpu",
                "1 node(s) had untolerated taint {old: }",
            ])
        let tainted = try schedule(plain(.gangwright), nodes: Array(nodes.dropLast()), pods: [.waiting("p")])
        #expect(
            tainted.messages == [
                "p":
                    "0/3 nodes are available: 2 node(s) had untolerated taint {sku: gpu}, "
                    + "1 node(s) had untolerated taint {old: }"
            ])
    }

    @Test("predicate.TaintTolerationEnable: false looks at no taint") func off() throws {
        let node = Node.of("n", taints: [Taint(key: "k", effect: .noSchedule)])
        let result = try schedule(
            policy(.volcano, ["gang"], ["predicates predicate.TaintTolerationEnable=false"]), nodes: [node],
            pods: [.waiting("p")])
        #expect(result.bound == ["p": "n"])
    }

    @Test("Azure ML's workload pods tolerate Azure ML's taints") func azureML() throws {
        let nodes: [Node] = [
            .of(
                "n",
                taints: [
                    Taint(key: "ml.azure.com/amlarc", value: "true", effect: .noSchedule),
                    Taint(key: "ml.azure.com/amlarc-workload", value: "true", effect: .noExecute),
                ])
        ]
        let type = BuiltInInstanceType.azureml2022.instanceType
        let pod = type.pod(key: ObjectKey(namespace: testNamespace, name: "p"))
        #expect(try schedule(plain(.gangwright), nodes: nodes, pods: [pod]).bound == ["p": "n"])
        #expect(try schedule(plain(.gangwright), nodes: nodes, pods: [.waiting("q")]).bound == [:])
    }
}
