import Allocator
public import ClusterModel

extension Session {
    /// Runs one scheduling cycle: the configured actions over all that waits.
    ///
    /// What it binds is assumed to be bound from now on, until `confirmBind`, `refuseBind` or the pod itself says. Places
    /// that are held for a gang which is not complete are given back before the next change or cycle.
    ///
    /// The result reports the gangs of which something waits or has changed since the last cycle; in the first, all.
    /// - Complexity: O((waiting pods + changed gangs) × log) in the indexed allocator.
    public func runCycle(now: Timestamp? = nil) -> CycleResult {
        wake(at: now)
        openCycle()
        self.now = now
        expectPods(nodeDescriptions.fragments)
        points = ExtensionPoints(plugins.map { $0.open(self) }, nodes: nodeDescriptions)
        nextChange = points.nextChange
        for action in configuration.actions { run(action) }
        closeReservations()
        points.notifyEnd(in: self)
        settleEvictions()
        let hasGang = configuration.tiers.contains { $0.contains { $0.name == GangPlugin.name } }
        var result = CycleReport(session: self, hasGang: hasGang).result()
        settleBoundAgain()
        result.now = now
        if let counted = countFragments() {
            result.idleMilliGPU = counted.idleMilliGPU
            result.fragmentedMilliGPU = counted.fragmentedMilliGPU
        }
        result.nodeLocks = nodeLocks
        return result
    }

    private func evictBundles(_ reason: EvictionReason) {
        if compatibility == .gangwright { return evictByPlan(reason) }
        let arguments = configuration.actionArguments[reason == .gangpreempt ? .gangpreempt : .gangreclaim]
        let domains = Int(arguments?.integer("maxDomains") ?? 8)
        evictBundles(
            reason, maxDomains: domains <= 0 ? 8 : domains,
            allowsWhole: arguments?.bool("allowWholeBundle") ?? true)
    }

    private func run(_ action: ActionName) {
        if compatibility == .volcano15, runAsVolcano15(action) { return }
        switch action {
        case .enqueue: enqueue()
        case .allocate:
            let arguments = configuration.actionArguments[.allocate]
            allocate(
                cachesRoleFailures: arguments?.bool("predicateErrorCacheEnable") ?? true,
                flipsPending: !configuration.actions.contains(.enqueue))
        case .backfill: backfill()
        case .preempt: compatibility == .gangwright ? evictByPlan(.preempt) : preempt()
        case .reclaim: compatibility == .gangwright ? evictByPlan(.reclaim) : reclaim()
        case .gangpreempt: evictBundles(.gangpreempt)
        case .gangreclaim: evictBundles(.gangreclaim)
        case .shuffle: shuffle()
        case .elect: elect()
        case .reserve: reserve()
        }
    }
}
