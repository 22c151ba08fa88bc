import SchedulingPolicy
import Testing

/// A configuration that both the oracle and the scheduler run.
struct AgreementCase: CustomTestStringConvertible, Sendable {
    var name: String
    var actions = "enqueue, allocate, backfill"
    var tiers: [[String]]

    var testDescription: String { name }
    var scheduler: SchedulerConfiguration { policy(.volcano, actions: actions, tiers: tiers) }
    var oracle: OracleConfiguration { OracleConfiguration(actions: actions, tiers: tiers) }

    /// The tiers of Volcano's built-in configuration, with changes to a plugin's settings.
    static func standard(_ changes: [String: String] = [:], and more: [String] = []) -> [[String]] {
        let tiers = [
            ["priority", "gang", "conformance"],
            ["overcommit", "drf", "predicates", "proportion", "nodeorder"] + more,
        ]
        return tiers.map { $0.map { changes[$0] ?? $0 } }
    }

    /// With eviction.
    static let evicting: [AgreementCase] = {
        let preempting = "enqueue, allocate, backfill, preempt"
        let reclaiming = "enqueue, allocate, backfill, reclaim"
        let capacity = ["proportion": "capacity"]
        return [
            AgreementCase(name: "preempt", actions: preempting, tiers: standard()),
            AgreementCase(
                name: "preempt, as Helm has it", actions: preempting,
                tiers: standard(
                    ["gang": "gang enablePreemptable=false", "drf": "drf enablePreemptable=false"],
                    and: ["binpack"])),
            AgreementCase(
                name: "preempt before allocate", actions: "enqueue, preempt, allocate, backfill",
                tiers: [["priority", "conformance"], ["gang", "drf", "predicates", "nodeorder"]]),
            AgreementCase(name: "reclaim by proportion", actions: reclaiming, tiers: standard()),
            AgreementCase(
                name: "reclaim, gang beside proportion", actions: reclaiming,
                tiers: [["priority", "conformance"], ["gang", "predicates", "proportion", "nodeorder"]]),
            AgreementCase(name: "capacity", tiers: standard(capacity)),
            AgreementCase(
                name: "reclaim by capacity of a tree", actions: reclaiming,
                tiers: standard(["proportion": "capacity enableHierarchy=true"])),
            AgreementCase(
                name: "reclaim above", actions: reclaiming,
                tiers: standard(["proportion": "capacity enableHierarchy=true ancestorReclaimLevel=1"])),
            AgreementCase(
                name: "reclaim two levels above", actions: reclaiming,
                tiers: standard(["proportion": "capacity enableHierarchy=true ancestorReclaimLevel=2"])),
            AgreementCase(name: "reclaim by capacity", actions: reclaiming, tiers: standard(capacity)),
            AgreementCase(
                name: "reclaim, gang beside capacity", actions: reclaiming,
                tiers: [["priority", "conformance"], ["gang", "predicates", "capacity", "nodeorder"]]),
            AgreementCase(
                name: "all actions", actions: "enqueue, allocate, preempt, reclaim, backfill",
                tiers: standard()),
        ]
    }()

    /// Without eviction.
    static let placing: [AgreementCase] = [
        AgreementCase(name: "Volcano's default", tiers: standard()),
        AgreementCase(
            name: "Helm's",
            tiers: standard(
                ["gang": "gang enablePreemptable=false", "drf": "drf enablePreemptable=false"],
                and: ["binpack"])),
        AgreementCase(
            name: "Azure ML's",
            tiers: [["task-topology", "priority", "gang", "conformance"], standard()[1] + ["binpack"]]),
        AgreementCase(
            name: "gang beside proportion",
            tiers: [["priority", "conformance"], ["gang", "predicates", "proportion", "nodeorder"]]),
        AgreementCase(
            name: "no admission", actions: "allocate, backfill",
            tiers: [["priority", "gang"], ["predicates"]]),
        AgreementCase(
            name: "packing by GPU", actions: "allocate, backfill",
            tiers: [
                ["priority", "gang"],
                [
                    "predicates",
                    "binpack binpack.weight=5 binpack.cpu=2 binpack.memory=0 "
                        + "binpack.resources=nvidia.com/gpu binpack.resources.nvidia.com/gpu=8",
                ],
            ]),
        AgreementCase(name: "only gang", tiers: [["gang"]]),
        AgreementCase(
            name: "no plugin that orders", tiers: [["predicates", "overcommit overcommit-factor=1.5"]]),
    ]
}
