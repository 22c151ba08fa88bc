import ClusterModel
public import SchedulingPolicy

extension SchedulingLoop {
    /// Runs so many cycles, at least one, one schedule period apart, with nothing happening in between but what was decided: a bound
    /// pod counts as running in the next cycle, and an evicted one has gone.
    ///
    /// - Returns: the outcome of all of them, each pod once, as the last cycle that spoke of it left it.
    public func run(cycles: Int, from start: LoopTime) -> CycleResult {
        var merged = runAndConfirm(at: start)
        for number in 1..<max(1, cycles) {
            remove(merged.evictions.filter { $0.cycle == number })
            merged.add(runAndConfirm(at: start.advanced(by: Int64(number) * timing.schedulePeriod)))
        }
        return merged
    }

    private func runAndConfirm(at time: LoopTime) -> CycleResult {
        let result = runCycle(at: time)
        for bind in result.binds { confirmBind(bind.pod) }
        return result
    }

    /// Takes evicted pods out of the cluster.
    private func remove(_ evictions: [CycleResult.Eviction]) {
        for eviction in evictions { removePod(eviction.pod) }
    }
}

extension CycleResult {
    /// Adds the outcome of a later cycle: what it says of a pod, a gang or a queue takes the place of what was said before.
    fileprivate mutating func add(_ later: CycleResult) {
        let before = self
        self = later
        binds = before.binds + later.binds
        evictions = before.evictions + later.evictions
        boundBefore = before.boundBefore
        podGroups = before.podGroups
        let positions = Dictionary(uniqueKeysWithValues: podGroups.indices.map { (podGroups[$0].key, $0) })
        for group in later.podGroups {
            if let position = positions[group.key] {
                podGroups[position] = group
            } else {
                podGroups.append(group)
            }
        }
    }
}
