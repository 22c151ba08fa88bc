import Allocator
import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// A configuration in a line: each tier lists its plugins as `name key=value key=value`.
///
///     policy(.volcano, ["priority", "gang"], ["predicates", "nodeorder leastrequested.weight=0"])
func policy(
    _ compatibility: Compatibility, actions: String? = nil, _ tiers: [String]...
) -> SchedulerConfiguration {
    // Volcano 1.5 places nothing that was not admitted.
    let actions = actions ?? (compatibility == .volcano15 ? "enqueue, " : "") + "allocate, backfill"
    return policy(compatibility, actions: actions, tiers: tiers)
}

/// The same for tiers that are put together elsewhere.
func policy(_ compatibility: Compatibility, actions: String, tiers: [[String]]) -> SchedulerConfiguration {
    var text = "compatibility: \(compatibility.rawValue)\nactions: \"\(actions)\"\ntiers:\n"
    for tier in tiers {
        text += "- plugins:\n"
        for plugin in tier {
            let words = plugin.split(separator: " ").map(String.init)
            text += "  - name: \(words[0])\n"
            let settings = words.dropFirst().map { $0.split(separator: "=").map(String.init) }
            func isFlag(_ name: String) -> Bool {
                name.hasPrefix("enable") && name != "enablePreferredOrder"
            }
            for flag in settings where isFlag(flag[0]) { text += "    \(flag[0]): \(flag[1])\n" }
            let arguments = settings.filter { !isFlag($0[0]) }
            if !arguments.isEmpty { text += "    arguments:\n" }
            for argument in arguments { text += "      \(argument[0]): \(argument[1])\n" }
        }
    }
    let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "policy")
    guard let configuration, problems.isEmpty else { preconditionFailure("\(text)\(problems)") }
    return configuration
}

extension Compatibility {
    /// All but Volcano 1.5: of what it does differently the tests in the folder of its name speak.
    static let withoutVolcano15: [Compatibility] = [.volcano, .gangwright]
}

/// Gangs and the constraints of nodes, and nothing else.
func plain(_ compatibility: Compatibility) -> SchedulerConfiguration {
    policy(compatibility, ["priority", "gang"], ["predicates"])
}

/// Runs one cycle over the given objects.
func schedule(
    _ configuration: SchedulerConfiguration, nodes: [Node], pods: [Pod], gangs: [PodGroup] = [],
    queues: [Queue] = [], classes: [PriorityClass] = [], options: SessionOptions = SessionOptions()
) throws -> CycleResult {
    let snapshot = ClusterSnapshot(
        nodes: nodes, pods: pods, podGroups: gangs, queues: queues, priorityClasses: classes)
    let session = try Session(snapshot: snapshot, configuration: configuration, options: options)
    let result = session.runCycle()
    #expect(session.audit() == [], "the books differ from the pods")
    // Every example is one for both allocators.
    var other = options
    other.allocator = options.allocator == .indexed ? .reference : .indexed
    let again = try Session(snapshot: snapshot, configuration: configuration, options: other).runCycle()
    #expect(again.binds == result.binds, "the allocators differ")
    #expect(again.evictions == result.evictions, "the allocators differ")
    return result
}

extension CycleResult {
    /// The node of each pod that is bound, by the pod's name.
    var bound: [String: String] {
        Dictionary(uniqueKeysWithValues: binds.map { ($0.pod.name, $0.node) })
    }

    /// The pods in the order in which they are evicted.
    var evicted: [String] { evictions.map(\.pod.name) }

    /// The pods in the order in which they are bound.
    var order: [String] { binds.map(\.pod.name) }

    /// The node and the wait of each pod that holds a place without being bound.
    var promised: [String: String] {
        Dictionary(
            uniqueKeysWithValues: pipelined.map { ($0.pod.name, "\($0.node) \($0.waitsFor.rawValue)") })
    }

    /// The reason of each pod that waits.
    var reasons: [String: PendingReason] {
        Dictionary(uniqueKeysWithValues: pending.map { ($0.pod.name, $0.reason) })
    }

    /// The sentence of each pod that waits.
    var messages: [String: String] {
        Dictionary(uniqueKeysWithValues: pending.map { ($0.pod.name, $0.message) })
    }

    /// The phase of each gang at the end.
    var phases: [String: PodGroup.Phase] {
        Dictionary(uniqueKeysWithValues: podGroups.map { ($0.key.name, $0.phase) })
    }

    /// What a queue deserves of a resource, in thousandths of its unit; `nil` where nothing was shared out.
    func deserved(_ queue: String, _ resource: ResourceName = .cpu) -> Int64? {
        queues.first { $0.name == queue }?.deservedMilli.first { $0.resource == resource }?.milli
    }
}
