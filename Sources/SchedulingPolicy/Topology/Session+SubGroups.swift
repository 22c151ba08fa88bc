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
        if !isWished, jobs[job].topology == nil { return }
        let gang = jobs[job].topology ?? TopologyGang()
        gang.wish = wish
        if gang.hyperNode.isEmpty {
            gang.hyperNode = group.annotations["volcano.sh/job-allocated-hypernode"] ?? ""
        }
        let isRegrouped = gang.policies != group.subGroupPolicies
        gang.policies = group.subGroupPolicies
        jobs[job].topology = isWished ? gang : nil
        if isRegrouped { regroup(job) }
    }

    /// Forgets what a gang wished for.
    func forgetTopology(of job: Int) {
        if jobs[job].topology == nil { return }
        jobs[job].topology = nil
        for task in jobs[job].tasks { topology.setPart(nil, of: task) }
    }

    private func regroup(_ job: Int) {
        jobs[job].topology?.subGroups = []
        for task in jobs[job].tasks {
            topology.setPart(nil, of: task)
            enterSubGroup(task, of: job)
            countInSubGroup(task, of: job, tasks[task].status, by: 1)
        }
    }

    /// Puts a pod that joins a gang into the part that its labels say, if the gang has rules for parts.
    func enterSubGroup(_ task: Int, of job: Int) {
        guard let gang = jobs[job].topology, gang.isDivided else { return }
        topology.setPart(gang.enter(task, labels: labels(of: task)), of: task)
    }

    /// Takes a pod out of its part; its counts have been taken out before.
    func leaveSubGroup(_ task: Int, of job: Int) {
        guard let part = topology.part(of: task) else { return }
        topology.setPart(nil, of: task)
        jobs[job].topology?.subGroups[part].tasks.removeAll { $0 == task }
    }

    /// Counts a pod in or out of its part.
    func countInSubGroup(_ task: Int, of job: Int, _ status: TaskStatus, by change: Int) {
        guard let part = topology.part(of: task) else { return }
        jobs[job].topology?.subGroups[part].counts.count(
            status, isBestEffort: tasks[task].isBestEffort, by: change)
    }

    // MARK: Asking

    /// The pods of a gang or part, in no particular order.
    func members(of group: SubGroupID) -> [Int] {
        group.index.flatMap { jobs[group.job].topology?.subGroups[$0].tasks } ?? jobs[group.job].tasks
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
        guard let index = group.index, let gang = jobs[group.job].topology else { return 0 }
        let counts = gang.subGroups[index].counts
        return gang.size(of: index) - counts.ready - counts.pipelined
            - (compatibility.isVolcano ? counts.pendingBestEffort : 0)
    }

    private func hasSize(_ index: Int, of job: Int, counting counted: (PodCounts) -> Int) -> Bool {
        guard let gang = jobs[job].topology else { return true }
        let counts = gang.subGroups[index].counts
        return counted(counts) + (compatibility.isVolcano ? counts.pendingBestEffort : 0)
            >= gang.size(of: index)
    }

    /// The rule of which too few parts are complete, and how many are; `nil` if all have enough.
    func shortPolicy(
        of job: Int, counting counted: (PodCounts) -> Int
    ) -> (policy: SubGroupPolicy, complete: Int)? {
        guard let gang = jobs[job].topology else { return nil }
        for position in gang.policies.indices where gang.policies[position].minSubGroups > 0 {
            let complete = gang.subGroups.indices.count {
                gang.subGroups[$0].policy == position && hasSize($0, of: job, counting: counted)
            }
            if complete < gang.policies[position].minSubGroups { return (gang.policies[position], complete) }
        }
        return nil
    }

    /// Why the parts that exist are too few; `nil` if they are not.
    func subGroupShortage(of job: Int) -> JobRefusal? {
        guard let gang = jobs[job].topology else { return nil }
        for position in gang.policies.indices {
            let found = gang.subGroups.indices.count {
                gang.subGroups[$0].policy == position && !gang.subGroups[$0].tasks.isEmpty
            }
            let minimum = gang.policies[position].minSubGroups
            if found < minimum {
                return .notEnoughSubGroups(
                    policy: gang.policies[position].name, found: found, minimum: minimum)
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
        guard let index = group.index, let gang = jobs[group.job].topology else {
            return canContinueAfterFailure(group.job)
        }
        return jobs[group.job].minMember != jobs[group.job].tasks.count
            && gang.size(of: index) < gang.subGroups[index].tasks.count
    }

    /// The order of parts that no plugin tells apart: by number, then rule, then values; pods that no rule means last.
    func isSubGroup(_ left: Int, before right: Int, of job: Int) -> Bool {
        guard let gang = jobs[job].topology else { return false }
        let (number, otherNumber) = (gang.subGroups[left].index, gang.subGroups[right].index)
        if number != otherNumber { return number < otherNumber }
        let (rank, other) = (gang.subGroups[left].policy ?? .max, gang.subGroups[right].policy ?? .max)
        if rank != other { return rank < other }
        for (value, otherValue) in zip(gang.subGroups[left].values, gang.subGroups[right].values)
        where value != otherValue {
            return value.precedes(otherValue)
        }
        return false
    }
}
