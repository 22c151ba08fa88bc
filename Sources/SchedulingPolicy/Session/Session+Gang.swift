import ClusterModel

/// The rules of a gang. Source: Volcano's gang plugin and the job's own checks.
///
/// They are asked after every placement, so they read single fields and never a gang as a whole.
extension Session {
    /// Whether the minima of roles bind: Volcano forgets them where they add up to more than the gang's own minimum.
    func enforcesRoles(_ job: Int) -> Bool {
        let sum = jobs[job].roleMinimum
        return sum > 0 && (compatibility == .gangwright || jobs[job].minMember >= sum)
    }

    /// Why a gang cannot come together with the pods that exist; `nil` if it can.
    func gangInvalidity(_ job: Int) -> JobRefusal? {
        if enforcesRoles(job) {
            let short = jobs[job].roles.filter { $0.counts.valid < $0.minimum }
            if let role = short.min(by: { $0.name.precedes($1.name) }) {
                return .notEnoughPodsOfTask(role: role.name, valid: role.counts.valid, minimum: role.minimum)
            }
        }
        if let shortage = subGroupShortage(of: job) { return shortage }
        let valid = jobs[job].counts.valid
        return valid < jobs[job].minMember ? .notEnoughTasks(valid: valid) : nil
    }

    /// Whether enough members hold resources.
    func isGangReady(_ job: Int) -> Bool {
        missingMembers(job) { $0.ready } == 0
            && (jobs[job].topology == nil || shortPolicy(of: job) { $0.ready } == nil)
    }

    /// Whether a gang goes after those that lack their minimum: Volcano does not look at roles here.
    func hasMinimum(_ job: Int) -> Bool {
        compatibility.isVolcano
            ? missing(jobs[job].counts, jobs[job].minMember) { $0.ready } == 0 : isGangReady(job)
    }

    /// Whether a gang may keep its places for now: Volcano does not look at roles here either.
    func hasPipelinedMinimum(_ job: Int) -> Bool {
        compatibility == .volcano
            ? missing(jobs[job].counts, jobs[job].minMember) { $0.ready + $0.pipelined } == 0
            : isGangPipelined(job)
    }

    /// Whether enough members hold resources or are promised some.
    func isGangPipelined(_ job: Int) -> Bool {
        missingMembers(job) { $0.ready + $0.pipelined } == 0
            && (jobs[job].topology == nil || shortPolicy(of: job) { $0.ready + $0.pipelined } == nil)
    }

    /// How many further members must hold resources before a turn of the gang may end well: with Volcano, which does not
    /// look at roles until then, before it may keep its places.
    func membersNeeded(_ job: Int) -> Int {
        compatibility == .volcano
            ? missing(jobs[job].counts, jobs[job].minMember) { $0.ready + $0.pipelined }
            : missingMembers(job) { $0.ready + $0.pipelined }
    }

    /// How far what is counted is below the gang's minimum, or those of its roles.
    ///
    /// Volcano counts pods that ask for nothing as if they had a place already; ours must really have one.
    private func missingMembers(_ job: Int, counting counted: (PodCounts) -> Int) -> Int {
        let members = missing(jobs[job].counts, jobs[job].minMember, counting: counted)
        if !enforcesRoles(job) { return members }
        var roles = 0
        for role in jobs[job].roles.indices {
            roles += missing(
                jobs[job].roles[role].counts, jobs[job].roles[role].minimum, counting: counted)
        }
        return max(members, roles)
    }

    private func missing(_ counts: PodCounts, _ minimum: Int, counting counted: (PodCounts) -> Int) -> Int {
        max(0, minimum - counted(counts) - (compatibility.isVolcano ? counts.pendingBestEffort : 0))
    }

    /// How many members evictions count as ready.
    ///
    /// Volcano 1.5 has those among them that ask for nothing and still wait.
    func readyMembers(_ job: Int) -> Int {
        jobs[job].counts.ready + (compatibility == .volcano15 ? jobs[job].counts.pendingBestEffort : 0)
    }

    /// Whether the minima of all roles are met by members that hold resources or are promised some.
    func areRolesPipelined(_ job: Int) -> Bool {
        if !enforcesRoles(job) { return true }
        return jobs[job].roles.allSatisfy { role in
            let counts = role.counts
            return counts.ready + counts.pipelined + counts.pendingBestEffort >= role.minimum
        }
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
