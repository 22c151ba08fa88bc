import Allocator
import ClusterModel

/// Room that other jobs would leave.
extension Explainer {
    /// A job that holds places.
    private struct Holder {
        let job: Int
        let tasks: [Int]
    }

    /// The most jobs that are looked at one by one.
    private static var mostHolders: Int { 2_000 }
    /// The most jobs whose end is reported as one change.
    private static var mostEndings: Int { 16 }

    /// The end of one job, for up to two jobs, those of the fewest pods first; else the end of the fewest that are found.
    ///
    /// - Parameter isShort: Whether it is room that is lacking, and not a share.
    func endingRemedies(_ job: Job, _ index: Int, _ tasks: [Int], isShort: Bool) -> [Remedy] {
        var holders = holders(besides: index)
        if !isShort, let queue = session.jobs[index].queue {
            // What others of its queue hold is what its share lacks; they come first.
            let own = holders.filter { session.jobs[$0.job].queue == queue }
            holders = own.isEmpty ? holders : own
        }
        if holders.count > Self.mostHolders { noteCutOff() }
        holders = Array(holders.prefix(Self.mostHolders))
        let enough = holders.filter { holder in !isShort || leavesRoom([holder], index, tasks) }
        var found: [Remedy] = []
        for holder in enough.prefix(isShort ? 6 : 4) where found.count < 2 {
            if let remedy = remedy([holder], job) { found.append(remedy) }
        }
        if !found.isEmpty { return found }
        if isShort {
            let chosen = fewest(of: holders, index, tasks)
            return chosen.count > 1 ? [remedy(chosen, job)].compactMap(\.self) : []
        }
        let largest = Array(holders.reversed().prefix(Self.mostEndings))
        guard largest.count > 1 else { return [] }
        return [smallest(1...largest.count) { remedy(Array(largest.prefix($0)), job) }].compactMap(\.self)
    }

    /// A gang that places are kept for, out of the way.
    func departureRemedies(_ key: ObjectKey, _ job: Job) -> [Remedy] {
        guard let index = session.jobIDs[key] else { return [] }
        return [remedy([Holder(job: index, tasks: session.endingTasks(of: index))], job)].compactMap(\.self)
    }

    private func remedy(_ holders: [Holder], _ job: Job) -> Remedy? {
        var changes: [ClusterChange] = []
        var endings: [Remedy.Ending] = []
        for holder in holders {
            let state = session.jobs[holder.job]
            let key = state.isSingle ? session.tasks[state.tasks[0]].key : state.key
            let isRunning = holder.tasks.contains { session.tasks[$0].status != .binding }
            endings.append(.init(key: key, isGang: !state.isSingle, isRunning: isRunning))
            changes += state.tasks.map { .podRemoved(session.tasks[$0].key) }
            if !state.isSingle { changes.append(.podGroupRemoved(state.key)) }
        }
        return proven(.endings(endings), changes, size: holders.count, for: job)
    }

    /// The jobs that hold places, those with the fewest pods first, then by name.
    private func holders(besides index: Int) -> [Holder] {
        session.jobs.indices.lazy
            .filter { $0 != index && self.session.jobs[$0].origin != nil }
            .map { Holder(job: $0, tasks: self.session.endingTasks(of: $0)) }
            .filter { !$0.tasks.isEmpty }
            .sorted { left, right in
                left.tasks.count == right.tasks.count
                    ? session.jobs[left.job].key < session.jobs[right.job].key
                    : left.tasks.count < right.tasks.count
            }
    }

    private func leavesRoom(_ holders: [Holder], _ index: Int, _ tasks: [Int]) -> Bool {
        session.withRoomTaken(by: index, tasks, leaving: holders.flatMap(\.tasks)) { $0.isEmpty }
    }

    /// Jobs whose end together makes room: for one pod after the other those on the node where the fewest would have to
    /// end; without those that turn out not to be needed. Empty if there are none, or too many.
    private func fewest(of holders: [Holder], _ index: Int, _ tasks: [Int]) -> [Holder] {
        var chosen: [Holder] = []
        var isChosen: Set<Int> = []
        while chosen.count <= Self.mostEndings {
            let leaving = chosen.flatMap(\.tasks)
            let next = session.withRoomTaken(by: index, tasks, leaving: leaving) { missing -> [Holder]? in
                guard let task = missing.first else { return nil }
                return cheapest(holders.filter { !isChosen.contains($0.job) }, for: task)
            }
            guard let next else { break }
            if next.isEmpty { return [] }
            chosen += next
            isChosen.formUnion(next.map(\.job))
        }
        if chosen.count > Self.mostEndings { return [] }
        for holder in chosen.reversed() {
            let others = chosen.filter { $0.job != holder.job }
            if leavesRoom(others, index, tasks) { chosen = others }
        }
        return chosen
    }

    /// The fewest jobs on one node whose end makes room there for a pod; empty if no node would have it.
    private func cheapest(_ holders: [Holder], for task: Int) -> [Holder] {
        let asked = session.sum(of: [task])
        var byNode: [Int: [(holder: Int, freed: [Int64])]] = [:]
        for (position, holder) in holders.enumerated() {
            for member in holder.tasks {
                guard let node = session.tasks[member].node.flatMap({ session.nodes.entries[$0].index })
                else {
                    continue
                }
                let freed = session.sum(of: [member])
                if let last = byNode[node]?.indices.last, byNode[node]?[last].holder == position {
                    for column in freed.indices { byNode[node]?[last].freed[column] += freed[column] }
                } else {
                    byNode[node, default: []].append((position, freed))
                }
            }
        }
        var best: [Int] = []
        for node in session.nodesInReach(of: [task]) {
            var lack = session.lackLater(of: asked, on: node)
            var chosen: [Int] = []
            // Whoever frees most of what is lacking goes first.
            let there = (byNode[node] ?? []).map { entry in
                (
                    entry.holder, entry.freed,
                    lack.indices.reduce(0.0) { sum, column in
                        lack[column] > 0
                            ? sum + Double(min(lack[column], entry.freed[column])) / Double(lack[column])
                            : sum
                    }
                )
            }
            for (holder, freed, part) in there.sorted(by: { $0.2 == $1.2 ? $0.0 < $1.0 : $0.2 > $1.2 })
            where part > 0 && lack.contains(where: { $0 > 0 }) {
                for column in lack.indices { lack[column] -= min(lack[column], freed[column]) }
                chosen.append(holder)
            }
            let isEnough = !chosen.isEmpty && lack.allSatisfy { $0 <= 0 }
            if isEnough, best.isEmpty || chosen.count < best.count { best = chosen }
        }
        return best.map { holders[$0] }
    }
}
