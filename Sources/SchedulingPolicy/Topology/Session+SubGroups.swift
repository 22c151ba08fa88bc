import ClusterModel

/// Gangs whose pods form parts.
extension Session {
    // MARK: Coming and going

    /// Takes note of what a gang wishes for.
    func setTopology(of job: Int, to group: PodGroup) {
        // One pod is as near to itself as can be.
        let wish =
            group.networkTopology
            ?? (group.minMember > 1 && group.subGroupPolicies.isEmpty ? nodeDescriptions.domainWish : nil)
        let isWished = wish != nil || !group.subGroupPolicies.isEmpty
        if !isWished, !jobs[job].hasTopology { return }
        let gang = topology.gangs[job] ?? TopologyGang()
        gang.wish = wish
        if gang.hyperNode.isEmpty {
            gang.hyperNode = group.annotations["volcano.sh/job-allocated-hypernode"] ?? ""
        }
        let isRegrouped = gang.policies != group.subGroupPolicies
        gang.policies = group.subGroupPolicies
        topology.gangs[job] = isWished ? gang : nil
        jobs[job].hasTopology = isWished
        if isRegrouped { regroup(job) }
    }

    /// Forgets what a gang wished for.
    func forgetTopology(of job: Int) {
        if !jobs[job].hasTopology { return }
        jobs[job].hasTopology = false
        topology.gangs[job] = nil
    }

    private func regroup(_ job: Int) {
        topology.gangs[job]?.subGroups = []
        topology.gangs[job]?.subGroupOf = [:]
        for task in jobs[job].tasks {
            enterSubGroup(task, of: job)
            countInSubGroup(task, of: job, tasks[task].status, by: 1)
        }
    }

    /// Puts a pod that joins a gang into the part that its labels say, if the gang has rules for parts.
    func enterSubGroup(_ task: Int, of job: Int) {
        guard jobs[job].hasTopology, topology.gangs[job]?.isDivided ?? false else { return }
        topology.gangs[job]?.enter(task, labels: labels(of: task))
    }

    /// Takes a pod out of its part; its counts have been taken out before.
    func leaveSubGroup(_ task: Int, of job: Int) {
        if jobs[job].hasTopology { topology.gangs[job]?.leave(task) }
    }

    /// Counts a pod in or out of its part.
    func countInSubGroup(_ task: Int, of job: Int, _ status: TaskStatus, by change: Int) {
        guard let index = topology.gangs[job]?.subGroupOf[task] else { return }
        topology.gangs[job]?.subGroups[index].counts.count(
            status, isBestEffort: tasks[task].isBestEffort, by: change)
    }

    // MARK: Asking

    /// The pods of a gang or part, in no particular order.
    func members(of group: SubGroupID) -> [Int] {
        group.index.flatMap { topology.gangs[group.job]?.subGroups[$0].tasks } ?? jobs[group.job].tasks
    }

    /// Whether a part has as many of its pods as must run together; of a gang without rules, whether the gang has.
    func isSubGroupReady(_ group: SubGroupID) -> Bool {
        guard let index = group.index else { return hasMinimum(group.job) }
        return hasSize(index, of: group.job) { $0.ready }
    }

    /// Whether a part has as many, promised places counted.
    func isSubGroupPipelined(_ group: SubGroupID) -> Bool {
        guard let index = group.index else { return hasPipelinedMinimum(group.job) }
        return hasSize(index, of: group.job) { $0.ready + $0.pipelined }
    }

    /// How many pods more of a part must find a place, at the least, before it has as many as must run together.
    func placesNeeded(by group: SubGroupID) -> Int {
        guard let index = group.index, let gang = topology.gangs[group.job] else { return 0 }
        let counts = gang.subGroups[index].counts
        return gang.size(of: index) - counts.ready - counts.pipelined
            - (compatibility.isVolcano ? counts.pendingBestEffort : 0)
    }

    private func hasSize(_ index: Int, of job: Int, counting counted: (PodCounts) -> Int) -> Bool {
        guard let gang = topology.gangs[job] else { return true }
        let counts = gang.subGroups[index].counts
        return counted(counts) + (compatibility.isVolcano ? counts.pendingBestEffort : 0)
            >= gang.size(of: index)
    }

    /// The rule of which too few parts are complete, and how many are; `nil` if all have enough.
    func shortPolicy(
        of job: Int, counting counted: (PodCounts) -> Int
    ) -> (policy: SubGroupPolicy, complete: Int)? {
        guard jobs[job].hasTopology, let gang = topology.gangs[job] else { return nil }
        for (position, policy) in gang.policies.enumerated() where policy.minSubGroups > 0 {
            let complete = gang.subGroups.indices.count {
                gang.subGroups[$0].policy == position && hasSize($0, of: job, counting: counted)
            }
            if complete < policy.minSubGroups { return (policy, complete) }
        }
        return nil
    }

    /// Why the parts that exist are too few; `nil` if they are not.
    func subGroupShortage(of job: Int) -> JobRefusal? {
        guard jobs[job].hasTopology, let gang = topology.gangs[job] else { return nil }
        for (position, policy) in gang.policies.enumerated() {
            let found = gang.subGroups.count { $0.policy == position && !$0.tasks.isEmpty }
            if found < policy.minSubGroups {
                return .notEnoughSubGroups(policy: policy.name, found: found, minimum: policy.minSubGroups)
            }
        }
        return nil
    }

    /// The highest priority of a part's pods. Source: Volcano's SubJob.
    func priority(of group: SubGroupID) -> Int32 {
        members(of: group).reduce(Int32.min) { max($0, tasks[$1].priority) }
    }

    /// Whether it makes sense to try further pods of a part after one found no node.
    func canContinueAfterFailure(_ group: SubGroupID) -> Bool {
        guard let index = group.index, let gang = topology.gangs[group.job] else {
            return canContinueAfterFailure(group.job)
        }
        return jobs[group.job].minMember != jobs[group.job].tasks.count
            && gang.size(of: index) < gang.subGroups[index].tasks.count
    }

    /// The order of parts that no plugin tells apart: by number, then rule, then values; pods that no rule means last.
    func isSubGroup(_ left: Int, before right: Int, of job: Int) -> Bool {
        guard let gang = topology.gangs[job] else { return false }
        let (first, second) = (gang.subGroups[left], gang.subGroups[right])
        if first.index != second.index { return first.index < second.index }
        let (rank, other) = (first.policy ?? .max, second.policy ?? .max)
        if rank != other { return rank < other }
        for (value, otherValue) in zip(first.values, second.values) where value != otherValue {
            return value.precedes(otherValue)
        }
        return false
    }
}
