/// Which callbacks each of Volcano's plugins has, in both versions.
///
/// The one place to look: explanations and remarks on settings without effect are taken from it. Ours has what Volcano's
/// main branch has.
public enum PluginCallbacks {
    /// The callbacks of a plugin, nil where the version has no plugin of the name.
    public static func of(
        _ plugin: String, under compatibility: Compatibility
    ) -> [PluginCallback]? {
        compatibility == .volcano15 ? volcano15[plugin] ?? nil : head[plugin] ?? nil
    }

    /// The plugins that a version has, in byte order.
    public static func names(under compatibility: Compatibility) -> [String] {
        (compatibility == .volcano15 ? volcano15 : head).keys.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    /// The callbacks that a plugin of a configuration really has: its arguments and its hierarchy decide some of them.
    static func of(
        _ plugin: PluginConfiguration, under compatibility: Compatibility
    ) -> [PluginCallback] {
        let all = of(plugin.name, under: compatibility) ?? []
        switch plugin.name {
        case "drf" where !plugin.isEnabled(.hierarchy):
            return all.filter { $0 != .queueOrder && $0 != .reclaimable }
        case "capacity" where !plugin.isEnabled(.hierarchy): return all.filter { $0 != .victimQueueOrder }
        case "binpack" where plugin.arguments.integer("binpack.weight") == 0: return []
        case "extender":
            // A verb that is not set is not asked.
            return all.filter { callback in
                extenderVerbs.contains { $0.callback == callback && plugin.arguments.isGiven($0.argument) }
            }
        default: return all
        }
    }

    private static let extenderVerbs: [(argument: String, callback: PluginCallback)] = [
        ("extender.predicateVerb", .predicate), ("extender.prioritizeVerb", .nodeOrder),
        ("extender.preemptableVerb", .preemptable), ("extender.reclaimableVerb", .reclaimable),
        ("extender.queueOverusedVerb", .overused), ("extender.jobEnqueueableVerb", .jobEnqueueable),
        ("extender.jobEnqueuedVerb", .jobEnqueued), ("extender.jobReadyVerb", .jobReady),
    ]

    private static let head: [String: [PluginCallback]] = [
        "binpack": [.nodeOrder],
        "capacity": [
            .queueOrder, .victimQueueOrder, .preemptive, .allocatable, .reclaimable, .unifiedEvictable,
            .jobEnqueueable, .jobEnqueued,
        ],
        "cdp": [.preemptable, .reclaimable],
        "conformance": [.preemptable, .reclaimable, .unifiedEvictable],
        "deviceshare": [.predicate, .nodeOrder],
        "drf": [.jobOrder, .preemptable, .queueOrder, .reclaimable],
        "extender": [
            .predicate, .nodeOrder, .preemptable, .reclaimable, .overused, .jobEnqueueable, .jobEnqueued,
            .jobReady,
        ],
        "gpu-topology": [.nodeOrder],
        "fragmentation": [.nodeOrder],
        "gang": [
            .jobOrder, .jobValid, .jobReady, .jobPipelined, .jobStarving, .preemptable, .reclaimable,
            .unifiedEvictable, .subJobReady, .subJobPipelined, .subJobOrder,
        ],
        "network-topology-aware": [.hyperNodeGradient, .hyperNodeOrder, .nodeOrder],
        "nodegroup": [.predicate, .nodeOrder],
        "nodeorder": [.nodeOrder],
        "numa-aware": [.predicate, .nodeOrder],
        "overcommit": [.jobEnqueueable, .jobEnqueued],
        "pdb": [.preemptable, .reclaimable, .victimTasks],
        "predicates": [.predicate, .nodeOrder],
        "priority": [.jobOrder, .taskOrder, .subJobOrder, .preemptable, .unifiedEvictable, .jobStarving],
        "proportion": [
            .queueOrder, .overused, .allocatable, .preemptive, .reclaimable, .jobEnqueueable, .jobEnqueued,
        ],
        "rescheduling": [.victimTasks],
        "resource-strategy-fit": [.predicate, .nodeOrder],
        "resourcequota": [.jobEnqueueable],
        "sla": [.jobOrder, .jobEnqueueable, .jobPipelined],
        "task-topology": [.taskOrder, .nodeOrder],
        "tdm": [
            .predicate, .nodeOrder, .jobOrder, .jobPipelined, .jobStarving, .preemptable, .victimTasks,
        ],
        "usage": [.predicate, .nodeOrder],
    ]

    private static let volcano15: [String: [PluginCallback]] = [
        "binpack": [.nodeOrder],
        "conformance": [.preemptable, .reclaimable],
        "drf": [.jobOrder, .preemptable, .namespaceOrder, .queueOrder, .reclaimable],
        "gang": [
            .jobOrder, .jobValid, .jobReady, .jobPipelined, .jobStarving, .preemptable, .reclaimable,
        ],
        "nodeorder": [.nodeOrder],
        "numa-aware": [.predicate, .nodeOrder],
        "overcommit": [.jobEnqueueable, .jobEnqueued],
        "predicates": [.predicate],
        "priority": [.jobOrder, .taskOrder, .preemptable, .jobStarving],
        "proportion": [.queueOrder, .overused, .allocatable, .reclaimable, .jobEnqueueable],
        "reservation": [.targetJob, .reservedNodes],
        "sla": [.jobOrder, .jobEnqueueable, .jobPipelined],
        "task-topology": [.taskOrder, .nodeOrder],
        "tdm": [
            .predicate, .nodeOrder, .jobOrder, .jobPipelined, .jobStarving, .preemptable, .victimTasks,
        ],
    ]
}
