import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Volcano 1.5 places gangs in another order and weighs nodes up in one set") struct Allocate15Tests {
    private func admitting(_ compatibility: Compatibility, _ plugins: String...) -> SchedulerConfiguration {
        policy(compatibility, actions: "enqueue, allocate, backfill", ["gang"], plugins)
    }

    @Test("namespaces take turns by name, whichever gang is older") func namespaces() throws {
        let order = try Versions { version in
            try schedule(
                admitting(version, "predicates"), nodes: [.of("n")],
                pods: [
                    single("old", in: "b").with { $0.created = .second(1) },
                    single("new", in: "a").with { $0.created = .second(2) },
                ]
            ).order
        }
        #expect(order == Versions(head: ["old", "new"], old: ["new", "old"]))
    }

    @Test("a node that is being freed may rank above one that is idle") func oneSet() throws {
        // CPU would be exceeded on the node that is being freed, and counts nothing there; its memory is fuller.
        let pods = [
            Pod.waiting("old", asking: [.cpu: 4_000, .memory: 60 * gibibyte]).leaving("freeing"),
            single("p", [.cpu: 1_000, .memory: gibibyte]),
        ]
        func run(_ version: Compatibility) throws -> CycleResult {
            try schedule(
                admitting(version, "predicates", "binpack"), nodes: [.of("freeing", 4_000), .of("idle")],
                pods: pods)
        }
        #expect(try Versions { try run($0).bound } == Versions(head: ["p": "idle"], old: [:]))
        #expect(try Versions { try run($0).promised } == Versions(head: [:], old: ["p": "freeing releasing"]))
    }

    @Test("the first pod that finds no node ends the turn of its gang") func firstFailure() throws {
        let bound = try Versions { version in
            try schedule(
                admitting(version, "predicates"), nodes: [.of("n", 4_000)],
                pods: [.waiting("g-large", 9_000, of: "g"), .waiting("g-small", 1_000, of: "g")],
                gangs: [.gang("g", min: 1)]
            ).bound
        }
        #expect(bound == Versions(head: ["g-small": "n"], old: [:]))
    }

    @Test("gangs that were not admitted are left alone, also without enqueue") func pending() throws {
        func run(_ version: Compatibility) throws -> CycleResult {
            try schedule(
                policy(version, actions: "allocate", ["gang"], ["predicates"]), nodes: [.of("n")],
                pods: Pod.members(of: "g", 1), gangs: [.gang("g", min: 1)])
        }
        #expect(try Versions { try run($0).bound } == Versions(head: ["g-0": "n"], old: [:]))
        #expect(try Versions { try run($0).phases["g"] } == Versions(head: .inqueue, old: .pending))
    }

    @Test("of several nodes none is chosen whose score is not above -1") func floor() throws {
        func bound(_ version: Compatibility, _ names: [String]) throws -> [String: String] {
            try schedule(
                admitting(version, "predicates", "binpack binpack.weight=-5"), nodes: names.map { .of($0) },
                pods: [single("p", [.cpu: 5_000])]
            ).bound
        }
        #expect(try Versions { try bound($0, ["a", "b"]) } == Versions(head: ["p": "a"], old: [:]))
        #expect(try Versions { try bound($0, ["a"]) } == Versions(head: ["p": "a"], old: ["p": "a"]))
    }

    @Test("the node that a pod was nominated to is no better than others") func nominated() throws {
        let bound = try Versions { version in
            try schedule(
                admitting(version, "predicates"), nodes: [.of("a"), .of("b")],
                pods: [single("p").with { $0.nominatedNodeName = "b" }]
            ).bound
        }
        #expect(bound == Versions(head: ["p": "b"], old: ["p": "a"]))
    }

    @Test("backfill takes the first node that passes, whatever its score") func backfill() throws {
        let label = NodeSelectorTerm(matchExpressions: [
            NodeSelectorRequirement(key: "k", operator: .exists, values: [])
        ])
        let pod = single("p", [:]).with {
            $0.nodeAffinity.preferred = [PreferredSchedulingTerm(weight: 100, preference: label)]
        }
        let bound = try Versions { version in
            try schedule(
                admitting(version, "predicates", "nodeorder"), nodes: [.of("a"), .of("b", labels: ["k": "v"])],
                pods: [pod]
            ).bound
        }
        #expect(bound == Versions(head: ["p": "b"], old: ["p": "a"]))
    }
}
