/// Configurations drawn at random: any plugins beside gang and predicates, in any order and tiers, with arguments that make
/// sense, and actions of any kind.
///
/// A property that holds under all of them holds for whatever plugins are put together.
public struct AdversarialConfiguration {
    /// Plugins that ask somebody outside, who has to be provided.
    public static let asking = ["usage", "extender"]

    private var random: SeededGenerator
    private let isOld: Bool
    private let excluded: Set<String>

    /// The text of a configuration.
    ///
    /// - Parameters:
    ///   - compatibility: What the file says under `compatibility`; Volcano 1.5 has fewer plugins.
    ///   - excluded: Plugins and actions that must not occur.
    public static func text(
        seed: UInt64, compatibility: String, excluding excluded: Set<String> = []
    ) -> String {
        var drawn = AdversarialConfiguration(
            random: SeededGenerator(seed: seed ^ 0xC0_4F16), isOld: compatibility == "volcano-1.5",
            excluded: excluded)
        let actions = drawn.actions()
        return
            (["compatibility: \(compatibility)", "actions: \"\(actions.joined(separator: ", "))\"", "tiers:"]
            + drawn.tiers()).joined(separator: "\n")
    }

    private mutating func actions() -> [String] {
        var rest = ["allocate", "backfill"]
        if random.chance(1, in: 2) {
            rest.append(isOld ? "preempt" : random.choice(["preempt", "gangpreempt"]))
        }
        if random.chance(1, in: 2) {
            rest.append(isOld ? "reclaim" : random.choice(["reclaim", "gangreclaim"]))
        }
        if random.chance(1, in: 4) { rest.append("shuffle") }
        if isOld, random.chance(1, in: 2) { rest += ["elect", "reserve"] }
        random.shuffle(&rest)
        if random.chance(1, in: 2) { rest.insert("enqueue", at: 0) }
        return rest.filter { !excluded.contains($0) }
    }

    private mutating func tiers() -> [String] {
        let sharing = random.choice(isOld ? ["proportion", "none"] : ["proportion", "capacity", "none"])
        var names =
            [
                "priority", "conformance", "overcommit", "drf", "nodeorder", "binpack", "sla", "tdm",
                "task-topology",
            ]
            + (isOld
                ? ["reservation"]
                : ["cdp", "pdb", "resourcequota", "nodegroup", "resource-strategy-fit"] + Self.asking)
        names.removeAll { _ in random.chance(1, in: 3) }
        names = (["gang", "predicates"] + names + (sharing == "none" ? [] : [sharing])).filter {
            !excluded.contains($0)
        }
        random.shuffle(&names)
        var lines: [String] = []
        for (position, name) in names.enumerated() {
            if position == 0 || random.chance(1, in: 4) { lines.append("- plugins:") }
            lines.append("  - name: \(name)")
            let isTree = name == "capacity" || (name == "drf" && sharing != "proportion" && !isOld)
            if isTree, random.chance(1, in: 2) { lines.append("    enableHierarchy: true") }
            for flag in ["enablePreemptable", "enableReclaimable", "enableJobOrder"]
            where random.chance(1, in: 10) {
                lines.append("    \(flag): false")
            }
            let arguments = arguments(of: name)
            if !arguments.isEmpty {
                lines.append("    arguments:")
                lines += arguments.map { "      \($0.0): \($0.1)" }
            }
        }
        return lines
    }

    private mutating func number(_ range: ClosedRange<Int>) -> String { "\(random.integer(in: range))" }

    private mutating func arguments(of name: String) -> [(String, String)] {
        switch name {
        case "overcommit": [("overcommit-factor", random.choice(["1.0", "1.2", "3.5"]))]
        case "binpack":
            [
                ("binpack.weight", number(0...10)), ("binpack.cpu", number(0...5)),
                ("binpack.resources", "nvidia.com/gpu"), ("binpack.resources.nvidia.com/gpu", number(0...8)),
            ]
        case "nodeorder":
            [
                ("leastrequested.weight", number(0...2)), ("mostrequested.weight", number(0...2)),
                ("nodeaffinity.weight", number(0...3)),
            ]
        case "capacity": [("ancestorReclaimLevel", number(0...2))]
        case "sla": [("sla-waiting-time", random.choice(["1s", "5m", "24h"]))]
        case "tdm":
            [
                (
                    "tdm.revocable-zone.day",
                    random.choice(["\"00:00-23:59\"", "\"22:00-6:00\"", "\"1:00-2:00\""])
                ),
                ("tdm.evict.period", random.choice(["1s", "1m"])),
            ]
        case "nodegroup":
            [
                ("strict", random.choice(["true", "false"])),
                ("enablePreferredOrder", random.choice(["true", "false"])),
            ]
        case "resource-strategy-fit": strategies()
        case "task-topology": [("task-topology.weight", number(0...10))]
        case "usage":
            [
                ("usage.weight", number(0...5)),
                ("thresholds", "{cpu: \(random.integer(in: 30...90)), mem: \(random.integer(in: 30...90))}"),
            ]
        case "extender":
            [
                "predicate", "prioritize", "preemptable", "reclaimable", "queueOverused", "jobEnqueueable",
                "jobReady",
            ]
            .filter { _ in random.chance(1, in: 3) }.map { ("extender.\($0)Verb", $0) }
                + [("extender.ignorable", random.choice(["true", "false"]))]
        default: []
        }
    }

    private mutating func strategies() -> [(String, String)] {
        let kinds = ["LeastAllocated", "MostAllocated"]
        var arguments = [
            ("resourceStrategyFitWeight", number(0...10)),
            (
                "resources",
                "{cpu: {type: \(random.choice(kinds)), weight: 2}, nvidia.com/*: {type: \(random.choice(kinds)), weight: 5}}"
            ),
        ]
        if random.chance(1, in: 3) {
            arguments.append(
                (
                    "sra",
                    "{enable: true, resources: nvidia.com/gpu, weight: 3, resourceWeight: {nvidia.com/gpu: 2}}"
                ))
        }
        if random.chance(1, in: 3) {
            arguments.append(
                (
                    "proportional",
                    "{enable: true, resources: nvidia.com/gpu, resourceProportion: {nvidia.com/gpu.cpu: 1, nvidia.com/gpu.memory: 1}}"
                ))
        }
        return arguments
    }
}
