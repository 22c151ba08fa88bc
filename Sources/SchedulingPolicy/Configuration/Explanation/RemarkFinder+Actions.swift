extension RemarkFinder {
    mutating func lookAtActions() {
        if !has(.allocate) { warn("actions", "without allocate, no pod that asks for anything is placed") }
        if !has(.backfill) { warn("actions", "without backfill, pods that ask for nothing are not placed") }
        let actions = configuration.actions
        if let enqueue = actions.firstIndex(of: .enqueue), let allocate = actions.firstIndex(of: .allocate),
            allocate < enqueue
        {
            warn(
                "actions",
                "allocate stands before enqueue: a gang is admitted in one cycle and placed in the next")
        }
        for action in ActionName.allCases where actions.count(where: { $0 == action }) > 1 {
            note("actions", "\(action.rawValue) is named more than once and runs as often in each cycle")
        }
        if has(.shuffle), answering(.victimTasks).isEmpty {
            note("actions", "no plugin names victims for shuffle: it evicts nothing")
        }
        for action in [ActionName.elect, .reserve] where has(action) && plugin("reservation") == nil {
            note("actions", "without the plugin reservation, \(action.rawValue) does nothing")
        }
        if has(.enqueue), answering(.jobEnqueueable).isEmpty {
            note("actions", "no plugin votes on admission: enqueue admits every gang")
        }
    }

    mutating func lookAtActionArguments() {
        for action in ActionName.allCases {
            guard let arguments = configuration.actionArguments[action] else { continue }
            let entry = "configurations.\(action.rawValue)"
            if !has(action), configuration.source.line(of: entry) > 0 {
                note(entry, "\(action.rawValue) is not among the actions: its arguments have no effect")
                continue
            }
            switch action {
            case .gangpreempt, .gangreclaim:
                let domains = arguments.integer("maxDomains")
                if domains <= 0 { note(entry, "maxDomains \(domains) counts as 8") }
            case .preempt where arguments.takes("enableTopologyAwarePreemption"):
                lookAtTopologyAwarePreemption(arguments, entry)
            default: break
            }
        }
    }

    private mutating func lookAtTopologyAwarePreemption(_ arguments: Arguments, _ entry: String) {
        let names = [
            "topologyAwarePreemptWorkerNum", "minCandidateNodesPercentage", "minCandidateNodesAbsolute",
            "maxCandidateNodesAbsolute",
        ]
        let given = names.filter(arguments.isGiven)
        let isPlanned = configuration.compatibility == .gangwright
        if !given.isEmpty, isPlanned || !arguments.bool("enableTopologyAwarePreemption") {
            note(
                entry,
                (isPlanned ? "plans compare all nodes: " : "without enableTopologyAwarePreemption, ")
                    + "\(given.joined(separator: ", ")) "
                    + (given.count == 1 ? "has" : "have") + " no effect")
        }
        let least = arguments.integer("minCandidateNodesAbsolute")
        let most = arguments.integer("maxCandidateNodesAbsolute")
        if !isPlanned, least > most {
            warn(entry, "minCandidateNodesAbsolute \(least) is above maxCandidateNodesAbsolute \(most)")
        }
    }

    mutating func lookAtMetrics() {
        let readers = plugins.filter { ["usage", "rescheduling"].contains($0.plugin.name) }
        if let usage = readers.first?.plugin, configuration.metrics == nil {
            warn(
                usage.path,
                "\(usage.name) has no metrics to read: without a section metrics with a type it lets every node pass"
            )
        }
        if configuration.metrics != nil, readers.isEmpty {
            note("metrics", "no plugin reads metrics: the section has no effect")
        }
    }
}
