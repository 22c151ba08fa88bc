extension RemarkFinder {
    mutating func lookAtTiers() {
        if plugins.isEmpty { warn("tiers", "no plugin is named: pods go wherever resources fit") }
        for (tier, plugins) in configuration.tiers.enumerated() where plugins.isEmpty {
            note("tiers", "tier \(tier + 1) has no plugin and decides nothing")
        }
        if plugin("gang") == nil {
            warn("tiers", "without gang, minMember is not enforced: jobs of several pods may run in part")
        }
        if plugin("predicates") == nil {
            warn("tiers", "without predicates, selectors, taints and cordons are not looked at")
        }
        for (_, plugin) in plugins { lookForUnaskedPlugin(plugin) }
        lookAtSLA()
        lookAtQueues()
    }

    /// A plugin of whose callbacks none is asked by any of the actions.
    private mutating func lookForUnaskedPlugin(_ plugin: PluginConfiguration) {
        let callbacks = PluginCallbacks.of(plugin, under: compatibility)
        let wanted = callbacks.flatMap { $0.actions(under: compatibility) }
        if callbacks.isEmpty || wanted.contains(where: has) { return }
        let names = ActionName.allCases.filter { wanted.contains($0) }.map(\.rawValue)
        let list =
            names.count == 1
            ? "\(names[0]) is not among the actions"
            : "none of \(names.joined(separator: ", ")) is among the actions"
        note(plugin.path, "\(plugin.name) has no effect: \(list)")
    }

    /// A permit counts only if no plugin of its tier or of one before has refused.
    private mutating func lookAtSLA() {
        guard let (tier, sla) = plugin("sla") else { return }
        for (callback, does) in [
            (PluginCallback.jobEnqueueable, "admit a gang"),
            (.jobPipelined, "keep the places of a gang"),
        ] where configuration.answers(sla, callback) {
            if callback == .jobEnqueueable && !has(.enqueue) { continue }
            let above = answering(callback).filter { $0.tier <= tier && $0.plugin.name != "sla" }
            if above.isEmpty { continue }
            let names = above.map { "\($0.plugin.name) (tier \($0.tier))" }.joined(separator: ", ")
            warn(
                sla.path,
                "sla stands in tier \(tier) and cannot \(does) that \(names) refuses; expected sla in a tier before"
            )
        }
    }

    private mutating func lookAtQueues() {
        let proportion = plugin("proportion")
        let capacity = plugin("capacity")
        if let capacity, proportion != nil {
            warn(
                capacity.plugin.path,
                "capacity and proportion both share the cluster out: a gang needs the consent of both, and the first "
                    + "orders the queues; expected one of the two")
        }
        if let (_, capacity) = capacity, capacity.isEnabled(.hierarchy), compatibility.isVolcano {
            note(
                capacity.path,
                "a gang in a queue that has children, or a parent that is missing, stops admission and placement in "
                    + "all queues, as in Volcano")
        }
        if let (_, capacity) = capacity, !capacity.isEnabled(.hierarchy),
            capacity.arguments.isGiven("ancestorReclaimLevel")
        {
            note(
                argument("ancestorReclaimLevel", of: capacity),
                "without enableHierarchy, ancestorReclaimLevel has no effect")
        }
        if let drf = plugin("drf"), drf.plugin.isEnabled(.hierarchy),
            let shares = [proportion, capacity].compactMap({ $0 }).first(where: { $0.tier < drf.tier })
        {
            note(
                drf.plugin.path + "." + PluginFlag.hierarchy.rawValue,
                "\(shares.plugin.name) stands in a tier before and orders the queues: the hierarchy of drf decides "
                    + "only between equals")
        }
        if has(.reclaim) || has(.gangreclaim), proportion == nil, capacity == nil {
            warn(
                "tiers",
                "neither proportion nor capacity says what queues deserve: evictions take from any queue")
        }
    }
}
