import Allocator
import ClusterModel

/// Pods of one gang that may leave together for another.
private struct Bundle {
    let job: Int
    let tasks: [Int]
    /// True where the gang stays one without them.
    let isSafe: Bool
    /// What part of the need they cover, by what part of the cluster they hold; larger is better.
    let worth: Double
}

extension Session {
    /// Lets whole bundles of pods leave so that a gang can be placed as a whole.
    ///
    /// Source: Volcano's `gangpreempt` and `gangreclaim`. Pods that their gangs can spare go first, then whole gangs, the
    /// least important first; bundle by bundle until the gang comes together in one of its domains, or nobody leaves.
    func evictBundles(_ reason: EvictionReason, maxDomains: Int, allowsWhole: Bool) {
        let isReclaim = reason == .gangreclaim
        let starving = starvingJobs()
        for queue in starving.queues {
            if isReclaim, points.isOverused(queue, in: self) { continue }
            var waiting = starving.heaps[queue] ?? PriorityHeap()
            while let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) }) {
                let tasks = tasksToMakeRoomFor(of: job)
                if tasks.isEmpty || isReclaim && !points.isPreemptive(queue, tasks, in: self) { continue }
                for domain in evictionDomains(of: job, limit: maxDomains) {
                    let bundles = bundles(
                        for: job, needing: tasks, GangEviction(job: job, isReclaim: isReclaim), queue,
                        on: domainTree[domain].nodes)
                    let offered = allowsWhole ? bundles : bundles.filter(\.isSafe)
                    if evict(offered, because: reason, for: job, tasks, in: domain) { break }
                }
            }
        }
    }

    /// The pods of a gang that room is made for: all that wait, or those of its first part if it is ready already.
    private func tasksToMakeRoomFor(of job: Int) -> [Int] {
        let waiting = waitingTasks(of: job).filter { !tasks[$0].isBestEffort }
        guard points.isReady(job, in: self), let gang = topology.gangs[job], gang.isDivided else {
            return waiting
        }
        let parts = Set(waiting.compactMap { gang.subGroupOf[$0] })
        let first = parts.min { points.isSubGroup($0, before: $1, of: job, in: self) }
        return waiting.filter { gang.subGroupOf[$0] == first }
    }

    /// Adds bundle after bundle until the gang can be placed.
    private func evict(
        _ bundles: [Bundle], because reason: EvictionReason, for job: Int, _ waiting: [Int], in domain: Int
    ) -> Bool {
        let need = sum(of: waiting)
        var free = need.indices.map { column in
            domainTree[domain].nodes.reduce(Int64(0)) { $0 + max(0, allocator.futureIdle($1, column)) }
        }
        var chosen: [Int] = []
        for count in 0...bundles.count {
            if count > 0 {
                chosen += bundles[count - 1].tasks
                let own = sum(of: bundles[count - 1].tasks)
                for column in free.indices { free[column] += own[column] }
            }
            if need.indices.contains(where: { need[$0] > free[$0] }) { continue }
            var statement = Statement()
            for victim in chosen { statement.evict(victim, because: reason, for: job, in: self) }
            placeWhole(waiting, of: job, in: domain, &statement)
            if points.isPipelined(job, in: self), statement.placeCount > 0 {
                if !chosen.isEmpty { for task in statement.placed { nominate(task) } }
                statement.commit(in: self)
                return true
            }
            statement.rollback(in: self)
        }
        return false
    }

    /// Places a gang in a domain; one whose pods form parts part by part, each within its own limit.
    private func placeWhole(_ waiting: [Int], of job: Int, in domain: Int, _ statement: inout Statement) {
        if var turn = domainTurn(of: job, pods: waiting) {
            turn.mode = .promised
            turn.placeAll(in: domain, &statement)
            return
        }
        var pods = waiting[...]
        var search = PromisedPlaces(session: self, tree: domainTree, domain: domain)
        placePods(
            &pods, of: SubGroupID(job: job, index: nil), cachesRoleFailures: false, &statement, &search)
    }

    // MARK: Bundles

    private func bundles(
        for job: Int, needing tasks: [Int], _ eviction: GangEviction, _ queue: Int, on domain: [Int]
    ) -> [Bundle] {
        var members: [Int: [Int]] = [:]
        for node in domain {
            let found = victimCandidates(on: nodes.entry(atIndex: node), for: queue) { victim in
                isBundled(victim, for: eviction, queue)
            }
            for victim in found {
                if let other = self.tasks[victim].job { members[other, default: []].append(victim) }
            }
        }
        let need = sum(of: tasks)
        var bundles: [Bundle] = []
        for (other, victims) in members.sorted(by: { jobs[$0.key].key < jobs[$1.key].key }) {
            let sorted = victims.sorted { points.isVictim($0, before: $1, for: queue, in: self) }
            let (safe, rest) = split(sorted, of: other)
            let allowed = points.evictable(for: eviction, among: safe, in: self)
            let worth = worth(of: sorted, to: need, of: other)
            if !allowed.isEmpty {
                bundles.append(Bundle(job: other, tasks: allowed, isSafe: true, worth: worth))
            }
            if !rest.isEmpty, points.evictable(for: eviction, among: rest, in: self).count == rest.count {
                bundles.append(Bundle(job: other, tasks: rest, isSafe: false, worth: worth))
            }
        }
        return bundles.sorted { isBundle($0, before: $1, eviction, queue) }
    }

    private func isBundled(_ victim: Int, for eviction: GangEviction, _ queue: Int) -> Bool {
        guard let other = tasks[victim].job, other != eviction.job, isPreemptable(victim),
            jobs[other].mayBeBroken
        else { return false }
        if eviction.isReclaim { return tasks[victim].status == .running && isReclaimable(victim, by: queue) }
        return (tasks[victim].status == .running || tasks[victim].status == .bound)
            && jobs[other].queue == queue && jobs[other].priority < jobs[eviction.job].priority
    }

    /// The pods that can go without breaking their gang, and the others.
    private func split(_ victims: [Int], of job: Int) -> (safe: [Int], rest: [Int]) {
        if jobs[job].counts.ready < jobs[job].minMember { return (victims, []) }
        var left = jobs[job].counts.ready - jobs[job].minMember
        var leftOfRole = jobs[job].roles.map { $0.counts.ready - $0.minimum }
        var safe: [Int] = []
        var rest: [Int] = []
        for victim in victims {
            let role = tasks[victim].role
            if left > 0, leftOfRole[role] > 0 {
                left -= 1
                leftOfRole[role] -= 1
                safe.append(victim)
            } else {
                rest.append(victim)
            }
        }
        return (safe, rest)
    }

    /// How much of the need a gang's pods cover, for what the gang holds: Volcano's return on investment.
    private func worth(of victims: [Int], to need: [Int64], of job: Int) -> Double {
        let offered = sum(of: victims)
        var covered = 0.0
        var held = 0.0
        for column in need.indices where column != ResourceTable.pods {
            if need[column] > 0 { covered += min(1, Double(offered[column]) / Double(need[column])) }
            held += Share.of(Double(jobAllocated[job, column]), in: total[column])
        }
        return held == 0 ? .infinity : covered / held
    }

    private func isBundle(
        _ left: Bundle, before right: Bundle, _ eviction: GangEviction, _ queue: Int
    ) -> Bool {
        if left.isSafe != right.isSafe { return left.isSafe }
        if left.job != right.job {
            if eviction.isReclaim, jobs[left.job].queue != jobs[right.job].queue {
                return points.isVictim(left.tasks[0], before: right.tasks[0], for: queue, in: self)
            }
            if !eviction.isReclaim {
                let (first, second) = (jobs[left.job].priority, jobs[right.job].priority)
                if first != second { return first < second }
            }
        }
        if left.worth != right.worth { return left.worth > right.worth }
        return jobs[left.job].key < jobs[right.job].key
    }
}
