import ClusterModel

/// The rules of a gang. Source: Volcano's gang plugin and the job's own checks.
///
/// They are asked after every placement, so they read single fields and never a gang as a whole.
extension Session {
    /// Whether the minima of roles bind: Volcano forgets them where they add up to more than the gang's own minimum.
    private func enforcesRoles(_ job: Int) -> Bool {
        let sum = jobs[job].roleMinimum
        return sum > 0 && (compatibility == .gangwright || jobs[job].minMember >= sum)
    }

    /// Why a gang cannot come together with the pods that exist; `nil` if it can.
    func gangInvalidity(_ job: Int) -> JobRefusal? {
        if enforcesRoles(job) {
            for role in jobs[job].roles where role.counts.valid < role.minimum {
                return .notEnoughPodsOfTask(role: role.name, valid: role.counts.valid, minimum: role.minimum)
            }
        }
        let valid = jobs[job].counts.valid
        return valid < jobs[job].minMember ? .notEnoughTasks(valid: valid) : nil
    }

    /// Whether enough members hold resources.
    func isGangReady(_ job: Int) -> Bool { reachesMinimum(job) { $0.ready } }

    /// Whether enough members hold resources or are promised some.
    func isGangPipelined(_ job: Int) -> Bool { reachesMinimum(job) { $0.ready + $0.pipelined } }

    /// Whether what is counted reaches the gang's minimum and those of its roles.
    ///
    /// Volcano counts pods that ask for nothing as if they had a place already; ours must really have one.
    private func reachesMinimum(_ job: Int, counting counted: (PodCounts) -> Int) -> Bool {
        let assumes = compatibility == .volcano
        func reached(_ counts: PodCounts, _ minimum: Int) -> Bool {
            counted(counts) + (assumes ? counts.pendingBestEffort : 0) >= minimum
        }
        if enforcesRoles(job), jobs[job].roles.contains(where: { !reached($0.counts, $0.minimum) }) {
            return false
        }
        return reached(jobs[job].counts, jobs[job].minMember)
    }

    /// Whether it makes sense to try further pods after one found no node.
    ///
    /// Source: Volcano's `NeedContinueAllocating`: not if every pod is needed; else if the roles that have not
    /// failed can still reach the minimum.
    func canContinueAfterFailure(_ job: Int) -> Bool {
        let minimum = jobs[job].minMember
        if minimum == jobs[job].tasks.count { return false }
        if minimum < jobs[job].roleMinimum {
            let left = jobs[job].roles.reduce(0) { $1.hasFailed ? $0 : $0 + $1.counts.pending }
            return jobs[job].counts.ready + left >= minimum
        }
        return jobs[job].roles.allSatisfy { !$0.hasFailed || $0.counts.ready >= $0.minimum }
    }
}
