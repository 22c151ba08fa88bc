extension RemarkFinder {
    mutating func lookAtVictims() {
        let evicting = configuration.actions.filter { $0.evicts && $0 != .shuffle }
        guard let first = evicting.first else { return }
        if answering(.jobStarving).isEmpty, !(compatibility == .volcano15 && !has(.preempt)) {
            warn(
                "actions",
                "no plugin says that a gang is starving (gang and priority do): \(first.rawValue) never evicts"
            )
        }
        if plugin("conformance") == nil {
            warn(
                "tiers", "without conformance, pods of kube-system and of the system's classes may be evicted"
            )
        }
        if has(.preempt) || has(.gangpreempt), plugin("priority") == nil {
            warn("tiers", "without priority, gangs of equal priority may evict one another")
        }
        for (action, callback) in [
            (ActionName.preempt, PluginCallback.preemptable), (.reclaim, .reclaimable),
        ] where has(action) && compatibility.isVolcano {
            lookAtVetoes(callback, action)
            if compatibility == .volcano { lookAtForgottenIntersections(callback, action) }
        }
    }

    /// Where a plugin of an earlier tier names nobody, the next tier is asked.
    private mutating func lookAtVetoes(_ callback: PluginCallback, _ action: ActionName) {
        let answering = answering(callback)
        for protector in ["gang", "conformance", "pdb", "cdp"] {
            guard let (tier, plugin) = answering.first(where: { $0.plugin.name == protector }) else {
                continue
            }
            let later = answering.filter { $0.tier > tier }
            if later.isEmpty { continue }
            let names = later.map { "\($0.plugin.name) (tier \($0.tier))" }.joined(separator: ", ")
            warn(
                plugin.path,
                "where tier \(tier) names no victim for \(action.rawValue), \(names) decides alone and may take what "
                    + "\(protector) protects; expected \(protector) in one tier with it")
        }
    }

    /// An intersection that comes out empty is forgotten, and the next plugin of the tier begins anew.
    private mutating func lookAtForgottenIntersections(_ callback: PluginCallback, _ action: ActionName) {
        for deciders in configuration.deciders(callback) where deciders.plugins.count > 2 {
            guard let last = deciders.plugins.last else { continue }
            note(
                "tiers",
                "tier \(deciders.tier), victims of \(action.rawValue): where the plugins before \(last) agree on nobody, "
                    + "\(last) decides alone, as in Volcano")
        }
    }
}
