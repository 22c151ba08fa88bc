extension RemarkFinder {
    mutating func lookAtSwitches() {
        for (_, plugin) in plugins {
            for flag in PluginFlag.allCases {
                guard let isOn = plugin.flags[flag], let key = flag.key(under: compatibility) else {
                    continue
                }
                lookAtSwitch(flag, key: key, isOn: isOn, of: plugin)
            }
        }
    }

    private mutating func lookAtSwitch(
        _ flag: PluginFlag, key: String, isOn: Bool, of plugin: PluginConfiguration
    ) {
        let field = "\(plugin.path).\(key)"
        if flag == .hierarchy {
            if isOn, !["drf", "capacity", "nodegroup"].contains(plugin.name) {
                note(field, "\(plugin.name) knows no hierarchy: \(key) has no effect")
            }
            return
        }
        let callbacks = (PluginCallbacks.of(plugin.name, under: compatibility) ?? [])
            .filter { $0.flag == flag }
        if callbacks.isEmpty {
            note(field, "\(plugin.name) has nothing that \(key) switches: it has no effect")
            return
        }
        let actions = callbacks.flatMap { $0.actions(under: compatibility) }
        if !actions.contains(where: has) {
            let names = ActionName.allCases.filter { actions.contains($0) }.map(\.rawValue)
            note(field, "\(key) has no effect without \(names.joined(separator: " or ")) among the actions")
            return
        }
        if isOn { return }
        switch (plugin.name, flag) {
        case ("gang", .jobReady): warn(field, "minMember is not enforced: gangs may start in part")
        case ("gang", .preemptable):
            warn(field, "gang does not speak for its pods: preempt may break a gang at its minimum")
        case ("gang", .reclaimable):
            warn(field, "gang does not speak for its pods: reclaim may break a gang at its minimum")
        case ("predicates", .predicate): warn(field, "selectors, taints and cordons are not looked at")
        default: break
        }
    }
}
