/// What a configuration does, in sentences: its actions, and who decides which question.
public struct ConfigurationExplanation: Sendable {
    /// One action, in the order of the cycle.
    public struct Step: Sendable, Equatable {
        /// The action.
        public let action: ActionName
        /// What it does under this configuration.
        public let summary: String
    }

    /// One question that the actions ask.
    public struct Decision: Sendable, Equatable {
        /// The question.
        public let callback: PluginCallback
        /// The plugins that answer, by tier; the tiers counted from 1, those without an answer left out.
        public let deciders: [Deciders]
        /// Who decides, in a sentence.
        public let summary: String
    }

    /// The plugins of one tier that answer a question.
    public struct Deciders: Sendable, Equatable {
        /// The tier, counted from 1.
        public let tier: Int
        /// The plugins in their order.
        public let plugins: [String]
    }

    /// The actions in order.
    public let steps: [Step]
    /// The questions that these actions ask, in the order of a cycle.
    public let decisions: [Decision]

    /// Explains a configuration.
    public init(_ configuration: SchedulerConfiguration) {
        let asked = PluginCallback.allCases.filter { callback in
            let actions = callback.actions(under: configuration.compatibility)
            return configuration.actions.contains { actions.contains($0) }
        }
        decisions = asked.compactMap { callback in
            let deciders = configuration.deciders(callback)
            guard
                let summary = deciders.isEmpty
                    ? Self.unanswered(callback) : Self.sentence(callback, deciders, configuration)
            else { return nil }
            return Decision(callback: callback, deciders: deciders, summary: summary)
        }
        steps = configuration.actions.map { action in
            Step(action: action, summary: Self.summary(action, configuration))
        }
    }

    private static func summary(_ action: ActionName, _ configuration: SchedulerConfiguration) -> String {
        switch action {
        case .enqueue: return "admits gangs: Pending becomes Inqueue"
        case .allocate:
            return "places gangs, each whole or not at all"
                + (configuration.actions.contains(.enqueue)
                    ? "; only those that enqueue has admitted"
                    : "; without enqueue it admits every gang itself")
        case .backfill: return "places pods that ask for no resources"
        case .preempt: return "evicts in the same queue for gangs that still lack pods"
        case .reclaim: return "evicts in other queues for gangs that still lack pods"
        case .shuffle: return "evicts what plugins name, to be placed anew"
        case .gangpreempt: return "evicts in the same queue to place a whole gang"
        case .gangreclaim: return "evicts in other queues to place a whole gang"
        case .elect: return "chooses the gang that nodes are locked for"
        case .reserve: return "locks one node more for the chosen gang"
        }
    }

    /// What holds where no plugin answers; nil where it is not worth a line.
    private static func unanswered(_ callback: PluginCallback) -> String? {
        switch callback {
        case .jobOrder: "nobody; by age, then by name"
        case .queueOrder: "nobody; by age, then by name"
        case .taskOrder: "nobody; by age, then by name"
        case .jobEnqueueable: "nobody; every gang is admitted"
        case .predicate: "nobody; only resources are looked at"
        case .nodeOrder: "nobody; all nodes are equally good"
        case .jobReady: "nobody; a gang starts with its first pod"
        case .jobStarving: "nobody; no gang counts as starving"
        case .preemptable, .reclaimable, .unifiedEvictable: "nobody; no pod is a victim"
        case .victimTasks: "nobody; nothing is evicted"
        default: nil
        }
    }

    private static func sentence(
        _ callback: PluginCallback, _ deciders: [Deciders], _ configuration: SchedulerConfiguration
    ) -> String {
        let plugins = deciders.flatMap(\.plugins)
        let single = plugins.count == 1
        switch callback.combination {
        case .firstDifference:
            let rest = callback == .victimQueueOrder ? "the reverse of QueueOrder" : "age, then name"
            return plugins.joined(separator: ", then ") + "; then " + rest
        case .all: return single ? plugins[0] : "all of " + list(plugins)
        case .any: return single ? plugins[0] : "any of " + list(plugins)
        case .sum: return plugins.joined(separator: " + ")
        case .told: return list(plugins)
        case .firstAnswer: return plugins[0]
        case .votes:
            return deciders.enumerated().map { position, tier in
                let plugins = tier.plugins
                let refusal = plugins.count == 1 ? plugins[0] : "any of \(list(plugins)) may refuse"
                return "tier \(tier.tier): \(refusal)"
                    + (position < deciders.count - 1 ? ", a permit here closes the question" : "")
            }.joined(separator: "; ")
        case .firstTier:
            let first = deciders[0]
            return "tier \(first.tier): "
                + (first.plugins.count == 1 ? first.plugins[0] : "all of " + list(first.plugins))
                + (deciders.count > 1
                    ? "; not asked: " + list(deciders.dropFirst().flatMap(\.plugins)) : "")
        case .victims:
            if configuration.compatibility == .gangwright, callback != .victimTasks {
                return single ? plugins[0] : "all of \(list(plugins)), whatever their tiers"
            }
            let union = callback == .victimTasks && configuration.compatibility != .volcano15
            return deciders.map { tier in
                let plugins = tier.plugins
                let set = plugins.count == 1 ? plugins[0] : (union ? "any of " : "all of ") + list(plugins)
                return "tier \(tier.tier): \(set)"
            }.joined(separator: "; if that is nobody, ")
        }
    }

    private static func list(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension SchedulerConfiguration {
    /// The plugins that answer a question, by tier.
    func deciders(_ callback: PluginCallback) -> [ConfigurationExplanation.Deciders] {
        tiers.enumerated().compactMap { tier, plugins in
            let names = plugins.filter { answers($0, callback) }.map(\.name)
            return names.isEmpty ? nil : ConfigurationExplanation.Deciders(tier: tier + 1, plugins: names)
        }
    }

    /// Whether a plugin has the callback, and its switch is on.
    func answers(_ plugin: PluginConfiguration, _ callback: PluginCallback) -> Bool {
        PluginCallbacks.of(plugin, under: compatibility).contains(callback)
            && (callback.flag.map(plugin.isEnabled) ?? true)
    }
}
