import Allocator
import ClusterModel

/// Pods of one gang that may leave together for another.
struct EvictionBundle {
    let job: Int
    fileprivate(set) var tasks: [Int]
    /// True where the gang stays one without them.
    let isSafe: Bool
}

/// What may leave for a gang as a whole, and in which order. Source: Volcano's `gangpreempt` and `gangreclaim`.
extension Session {
    /// The bundles in a domain that may leave for a gang, those to go first in front.
    ///
    /// Plugins are asked once, about all pods in the order in which they would go. Of pods that a gang can spare some may
    /// go without the others; the rest of a gang goes as a whole or not at all.
    ///
    /// - Parameters:
    ///   - waiting: the pods that need places.
    ///   - domain: the nodes, by the allocator's index.
    /// - Complexity: O(pods in the domain × log).
    func evictionBundles(
        for eviction: GangEviction, needing waiting: [Int], in domain: [Int]
    ) -> [EvictionBundle] {
        guard let queue = jobs[eviction.job].queue else { return [] }
        var members: [Int: [Int]] = [:]
        for node in domain {
            forEachTask(on: nodes.entry(atIndex: node)) { victim in
                guard let other = tasks[victim].job, jobs[other].origin != nil,
                    mayLeave(victim, of: other, for: eviction, queue)
                else { return }
                members[other, default: []].append(victim)
            }
        }
        let need = sum(of: waiting)
        let bundles = members.flatMap { split($0.value, of: $0.key) }
        let candidates = sorted(bundles, need, eviction, queue).flatMap(\.tasks)
        let allowed = Set(points.evictable(for: eviction, among: candidates, in: self))
        let offered = bundles.compactMap { bundle -> EvictionBundle? in
            var bundle = bundle
            let count = bundle.tasks.count
            bundle.tasks.removeAll { !allowed.contains($0) }
            return bundle.tasks.isEmpty || !bundle.isSafe && bundle.tasks.count < count ? nil : bundle
        }
        return sorted(offered, need, eviction, queue)
    }

    private func mayLeave(_ victim: Int, of other: Int, for eviction: GangEviction, _ queue: Int) -> Bool {
        guard other != eviction.job, isPreemptable(victim), jobs[other].mayBeBroken else { return false }
        if eviction.isReclaim { return tasks[victim].status == .running && isReclaimable(victim, by: queue) }
        return (tasks[victim].status == .running || tasks[victim].status == .bound)
            && jobs[other].queue == queue && jobs[other].priority < jobs[eviction.job].priority
    }

    /// The pods that can go without breaking their gang, and the others; the least important pods go first.
    ///
    /// A gang that lacks its minimum already has nothing to lose.
    private func split(_ victims: [Int], of job: Int) -> [EvictionBundle] {
        let victims = victims.sorted { left, right in
            let (first, second) = (tasks[left].priority, tasks[right].priority)
            return first == second ? tasks[left].key < tasks[right].key : first < second
        }
        var left = jobs[job].counts.ready - jobs[job].minMember
        if left < 0 { return [EvictionBundle(job: job, tasks: victims, isSafe: true)] }
        let hasRoles = enforcesRoles(job)
        var leftOfRole = jobs[job].roles.map { $0.counts.ready + $0.counts.pendingBestEffort - $0.minimum }
        var parts = PartSurplus(of: job, in: self)
        var bundles = [true, false].map { EvictionBundle(job: job, tasks: [], isSafe: $0) }
        for victim in victims {
            let role = tasks[victim].role
            let isSpare =
                left > 0 && (!hasRoles || jobs[job].roles[role].minimum == 0 || leftOfRole[role] > 0)
                && parts.canSpare(victim)
            if isSpare {
                left -= 1
                leftOfRole[role] -= 1
                parts.remove(victim)
            }
            bundles[isSpare ? 0 : 1].tasks.append(victim)
        }
        return bundles.filter { !$0.tasks.isEmpty }
    }

    // MARK: Order

    private func sorted(
        _ bundles: [EvictionBundle], _ need: [Int64], _ eviction: GangEviction, _ queue: Int
    ) -> [EvictionBundle] {
        let worths = bundles.map { worth(of: $0, to: need) }
        let order = bundles.indices.sorted { first, second in
            let (left, right) = (bundles[first], bundles[second])
            if left.isSafe != right.isSafe { return left.isSafe }
            if !eviction.isReclaim, left.job != right.job {
                return points.isJob(right.job, before: left.job, in: self)
            }
            if let leftQueue = jobs[left.job].queue, let rightQueue = jobs[right.job].queue,
                leftQueue != rightQueue
            {
                return points.isVictimQueue(leftQueue, before: rightQueue, for: queue, in: self)
            }
            if worths[first] != worths[second] { return worths[first] > worths[second] }
            return jobs[left.job].key < jobs[right.job].key
        }
        return order.map { bundles[$0] }
    }

    /// What part of the need a bundle covers, by what the whole gang asks for in terms of it: Volcano's return on
    /// investment. Pods that a gang can spare cost nothing.
    private func worth(of bundle: EvictionBundle, to need: [Int64]) -> Double {
        if bundle.isSafe { return .infinity }
        let (offered, lost) = (sum(of: bundle.tasks), sum(of: jobs[bundle.job].tasks))
        var gain = 0.0
        var price = 0.0
        for column in need.indices where need[column] > 0 {
            gain += Double(min(offered[column], need[column])) / Double(need[column])
            price += Double(lost[column]) / Double(need[column])
        }
        return price == 0 ? .infinity : gain / price
    }
}

/// How many complete parts a gang with rules for parts can lose.
///
/// Source: Volcano, which holds a part for broken once it has lost a pod.
private struct PartSurplus {
    private let session: Session
    private let gang: TopologyGang?
    private var isBroken: [Bool] = []
    private var left: [Int: Int] = [:]

    init(of job: Int, in session: Session) {
        self.session = session
        guard let gang = session.jobs[job].topology, gang.policies.contains(where: { $0.minSubGroups > 0 })
        else {
            gang = nil
            return
        }
        self.gang = gang
        isBroken = gang.subGroups.indices.map {
            !session.isSubGroupReady(SubGroupID(job: job, index: $0))
        }
        for (position, policy) in gang.policies.enumerated() {
            let complete = gang.subGroups.indices.count {
                gang.subGroups[$0].policy == position && !isBroken[$0]
            }
            left[position] = complete - policy.minSubGroups
        }
    }

    /// Whether enough parts stay complete without a pod.
    func canSpare(_ task: Int) -> Bool {
        guard let gang else { return true }
        guard let part = session.topology.part(of: task) else { return false }
        if isBroken[part] { return true }
        guard let policy = gang.subGroups[part].policy else { return true }
        return left[policy, default: 0] > 0
    }

    mutating func remove(_ task: Int) {
        guard let gang, let part = session.topology.part(of: task), !isBroken[part] else { return }
        isBroken[part] = true
        if let policy = gang.subGroups[part].policy { left[policy, default: 0] -= 1 }
    }
}
