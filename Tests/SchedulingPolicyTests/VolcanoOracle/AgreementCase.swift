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
