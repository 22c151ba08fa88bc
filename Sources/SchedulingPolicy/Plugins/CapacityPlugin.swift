import Allocator
import ClusterModel

/// Lets queues borrow from each other up to their capability, and gives back what they deserve; queues may form a tree.
///
/// Source: Volcano's `capacity`. A queue may hold more than it deserves as long as nobody takes it back, and never more than
/// its real capability. With `enableHierarchy`, every queue above it is held to the same.
struct CapacityPlugin: Plugin {
    static let name = "capacity"
    static let arguments = [
        ArgumentSchema(name: "ancestorReclaimLevel", kind: .integer(default: 0), range: 0...1_000),
        ArgumentSchema(name: "capacity.DynamicResourceAllocationEnable", kind: .bool(default: false)),
        ArgumentSchema(name: "capacity.DRAConsumableCapacityEnable", kind: .bool(default: false)),
    ]

    private let reclaimLevel: Int

    init(_ arguments: Arguments) { reclaimLevel = Int(arguments.integer("ancestorReclaimLevel")) }

    func open(_ session: Session, _ points: inout PluginPoints) {
        let ledger = CapacityLedger(
            session, isHierarchical: points.isHierarchical, reclaimLevel: reclaimLevel)
        for queue in session.queueOrder {
            session.queues[queue].deserved = ledger.tree.branches[queue].deserved
        }
        points.observePlaces { session, task, event in
            ledger.charge(task, event == .placed || event == .restored ? 1 : -1, session)
        }
        points.observeShares { _, queue in
            ledger.tree.branches[queue].ancestors.reversed()
        } _: { _, queue, change in
            ledger.charge(queue, change)
        }
        points.orderQueues { session, left, right in ledger.order(left, right, session) }
        if points.isHierarchical {
            points.orderVictimQueues { _, queue, left, right in
                ledger.tree.commonAncestors(right, queue) - ledger.tree.commonAncestors(left, queue)
            }
        }
        points.gateAllocatable { session, queue, task in ledger.isAllocatable(queue, task, session) }
        points.gatePreemptive { session, queue, tasks in ledger.isPreemptive(queue, tasks, session) }
        points.chooseReclaimable { session, task, candidates in
            ledger.reclaimable(for: task, candidates, session)
        }
        points.chooseEvictable { session, eviction, candidates in
            eviction.isReclaim ? ledger.reclaimable(candidates, session) : candidates
        }
        points.gateEnqueue { session, job in
            ledger.vote(on: job, session)
        } admitted: { session, job in
            ledger.admit(job, session)
        }
    }
}

/// What queues hold in the cycle that is open, followed pod by pod.
private final class CapacityLedger {
    private(set) var tree: QueueTree
    private let isHierarchical: Bool
    private let reclaimLevel: Int
    /// Why nothing may be decided at all; `nil` if something may.
    private let defect: String?

    init(_ session: Session, isHierarchical: Bool, reclaimLevel: Int) {
        tree = QueueTree(session, isHierarchical: isHierarchical)
        self.isHierarchical = isHierarchical
        self.reclaimLevel = reclaimLevel
        defect = tree.defect ?? (isHierarchical ? Self.misplacedGang(session, tree) : nil)
    }

    /// A gang in a queue that has queues below it: Volcano then does nothing at all, ours lets only that gang wait.
    private static func misplacedGang(_ session: Session, _ tree: QueueTree) -> String? {
        if session.compatibility == .gangwright { return nil }
        let queue = session.queueOrder.first { queue in
            session.queues[queue].hasJobs && !tree.branches[queue].isLeaf
        }
        return queue.map { "queue \(session.queues[$0].queue.name) has gangs and queues below it" }
    }

    /// Counts what a pod asks for to its queue and all above it, or takes it off them.
    func charge(_ task: Int, _ sign: Int64, _ session: Session) {
        guard let queue = session.tasks[task].job.flatMap({ session.jobs[$0].queue }) else { return }
        for index in session.amounts.range(of: session.tasks[task].request) {
            let entry = session.amounts.entries[index]
            for holder in tree.lineage(of: queue) {
                tree.branches[holder].allocated[entry.column] += sign * entry.amount
            }
        }
    }

    /// Counts so much to one queue alone.
    func charge(_ queue: Int, _ change: [Int64]) {
        for column in change.indices { tree.branches[queue].allocated[column] += change[column] }
    }

    // MARK: Order

    func order(_ left: Int, _ right: Int, _ session: Session) -> Int {
        let priorities = (session.queues[left].queue.priority, session.queues[right].queue.priority)
        if priorities.0 != priorities.1 { return priorities.0 > priorities.1 ? -1 : 1 }
        if !isHierarchical || tree.defect != nil { return compareShares(left, right, session) }
        let areLeaves = (tree.branches[left].isLeaf, tree.branches[right].isLeaf)
        if areLeaves.0 != areLeaves.1 { return areLeaves.0 ? -1 : 1 }
        if !areLeaves.0 { return compareShares(left, right, session) }
        let shared = tree.commonAncestors(left, right)
        func representative(_ queue: Int) -> Int {
            let path = tree.branches[queue].ancestors
            return shared < path.count ? path[shared] : queue
        }
        return compareShares(representative(left), representative(right), session)
    }

    private func compareShares(_ left: Int, _ right: Int, _ session: Session) -> Int {
        let shares = (tree.share(of: left, session.resources), tree.share(of: right, session.resources))
        if shares.0 != shares.1 { return shares.0 < shares.1 ? -1 : 1 }
        let deserves = (tree.deservesAnything(left), tree.deservesAnything(right))
        return deserves.0 == deserves.1 ? 0 : (deserves.0 ? -1 : 1)
    }

    // MARK: Gates

    /// Whether a queue and all above it may hold so much more, on what is asked for.
    private func staysBelowCeiling(_ queue: Int, _ asked: [Int64], _ session: Session) -> Bool {
        tree.lineage(of: queue).allSatisfy { holder in
            asked.indices.allSatisfy { column in
                if column == ResourceTable.pods || asked[column] <= 0 { return true }
                let sum = tree.branches[holder].allocated[column] + asked[column]
                return session.resources.volcano(sum, column) <= tree.branches[holder].ceiling[column]
            }
        }
    }

    func isAllocatable(_ queue: Int, _ task: Int, _ session: Session) -> Bool {
        defect == nil && session.queues[queue].queue.state == .open && tree.branches[queue].isLeaf
            && staysBelowCeiling(queue, session.sum(of: [task]), session)
    }

    func isPreemptive(_ queue: Int, _ tasks: [Int], _ session: Session) -> Bool {
        if defect != nil || session.queues[queue].queue.state != .open { return false }
        let asked = session.sum(of: tasks)
        let isWithin = asked.indices.allSatisfy { column in
            if column == ResourceTable.pods || asked[column] <= 0 { return true }
            let sum = tree.branches[queue].allocated[column] + asked[column]
            return session.resources.volcano(sum, column) <= tree.branches[queue].ceiling[column]
        }
        if !isWithin { return false }
        let candidates = [queue] + ancestorsInReach(of: queue)
        return candidates.contains { deserves($0, asked, session) }
    }

    /// Whether a queue deserves so much more of at least one resource that is asked for; ours: of all of which it says what it
    /// deserves. Volcano's queues that deserve more CPUs than their GPUs use take GPUs from each other in turns.
    private func deserves(_ queue: Int, _ asked: [Int64], _ session: Session) -> Bool {
        let branch = tree.branches[queue]
        let isOurs = session.compatibility == .gangwright
        let columns = asked.indices.filter { column in
            column != ResourceTable.pods && asked[column] > 0 && (!isOurs || branch.isDeservedSaid[column])
        }
        func deservesMore(_ column: Int) -> Bool {
            let sum = session.resources.volcano(branch.allocated[column] + asked[column], column)
            if sum < QueueTree.tolerance, branch.deserved[column] < QueueTree.tolerance { return false }
            return sum - branch.deserved[column] < QueueTree.tolerance
        }
        return isOurs
            ? !columns.isEmpty && columns.allSatisfy(deservesMore) : columns.contains(where: deservesMore)
    }

    // MARK: Victims

    func reclaimable(for task: Int, _ candidates: [Int], _ session: Session) -> [Int] {
        if defect != nil { return [] }
        guard let reclaimer = session.tasks[task].job.flatMap({ session.jobs[$0].queue }) else { return [] }
        let asked = session.sum(of: [task])
        var held: [Int: [Int64]] = [:]
        return candidates.filter { victim in
            guard let queue = session.tasks[victim].job.flatMap({ session.jobs[$0].queue }) else {
                return false
            }
            let own = session.sum(of: [victim])
            let isRelevant = own.indices.contains { column in
                column != ResourceTable.pods && own[column] > 0 && asked[column] > 0
            }
            let holders = [queue] + ancestorsToExceed(queue, reclaimer)
            for holder in holders where held[holder] == nil { held[holder] = tree.branches[holder].allocated }
            let allocated = held[queue] ?? []
            guard isRelevant, keepsGuarantee(queue, allocated, own, session),
                !isAmongEquals(queue, own, reclaimer, asked),
                holders.allSatisfy({ exceedsDeserved($0, held[$0] ?? [], own, session) })
            else { return false }
            for holder in holders {
                for column in own.indices { held[holder]?[column] -= own[column] }
            }
            return true
        }
    }

    /// The pods of which queues are over what they deserve, for a gang as a whole; what it asks for does not matter.
    func reclaimable(_ candidates: [Int], _ session: Session) -> [Int] {
        if defect != nil { return [] }
        var held: [Int: [Int64]] = [:]
        return candidates.filter { victim in
            guard let queue = session.tasks[victim].job.flatMap({ session.jobs[$0].queue }) else {
                return false
            }
            let own = session.sum(of: [victim])
            let allocated = held[queue] ?? tree.branches[queue].allocated
            guard keepsGuarantee(queue, allocated, own, session),
                exceedsDeserved(queue, allocated, own, session)
            else { return false }
            held[queue] = own.indices.map { allocated[$0] - own[$0] }
            return true
        }
    }

    /// The queues above a queue as far as reclaiming looks, nearest first, without the root.
    private func ancestorsInReach(of queue: Int) -> [Int] {
        Array(tree.branches[queue].ancestors.dropFirst().suffix(reclaimLevel).reversed())
    }

    /// The queues above a victim's that must hold more than they deserve as well: those that are not the reclaimer's at the
    /// same distance.
    private func ancestorsToExceed(_ queue: Int, _ reclaimer: Int) -> [Int] {
        let others = ancestorsInReach(of: reclaimer)
        return ancestorsInReach(of: queue).enumerated()
            .filter { distance, ancestor in distance >= others.count || others[distance] != ancestor }
            .map(\.element)
    }

    /// Whether neither queue deserves anything of what is wanted, and both are below one that reclaiming looks at: then there
    /// is nothing to choose between them.
    private func isAmongEquals(_ queue: Int, _ own: [Int64], _ reclaimer: Int, _ asked: [Int64]) -> Bool {
        !Set(ancestorsInReach(of: queue)).isDisjoint(with: ancestorsInReach(of: reclaimer))
            && !deservesAny(of: own, queue) && !deservesAny(of: asked, reclaimer)
    }

    private func keepsGuarantee(
        _ queue: Int, _ allocated: [Int64], _ own: [Int64], _ session: Session
    ) -> Bool {
        own.indices.allSatisfy { column in
            let left = session.resources.volcano(allocated[column] - own[column], column)
            return tree.branches[queue].guarantee[column] - left < QueueTree.tolerance
        }
    }

    /// Whether a queue holds more than it says that it deserves of something that a victim holds, or says nothing of all that.
    private func exceedsDeserved(
        _ queue: Int, _ allocated: [Int64], _ own: [Int64], _ session: Session
    ) -> Bool {
        let deserved = tree.branches[queue].deserved
        return !deservesAny(of: own, queue)
            || own.indices.contains { column in
                column != ResourceTable.pods && own[column] > 0
                    && tree.branches[queue].isDeservedSaid[column]
                    && session.resources.volcano(allocated[column], column) > deserved[column]
            }
    }

    /// Whether a queue deserves anything of what is asked for.
    private func deservesAny(of asked: [Int64], _ queue: Int) -> Bool {
        asked.indices.contains { column in
            column != ResourceTable.pods && asked[column] > 0
                && tree.branches[queue].deserved[column] >= QueueTree.tolerance
        }
    }

    // MARK: Admission

    func vote(on job: Int, _ session: Session) -> Vote {
        guard let queue = session.jobs[job].queue else { return .abstain }
        let name = session.queues[queue].queue.name
        if let defect { return .reject("the queues cannot be used: \(defect)") }
        if !tree.branches[queue].isLeaf { return .reject("queue \(name) has queues below it") }
        if session.queues[queue].queue.state != .open { return .reject("queue \(name) is not open") }
        guard session.jobs[job].hasMinResources else { return .permit }
        for holder in tree.lineage(of: queue) {
            let branch = tree.branches[holder]
            let short = session.resources.exceeded(by: session.jobMinimum[job]) { column in
                let used =
                    session.jobMinimum[job, column] + branch.allocated[column] + branch.inqueue[column]
                    - branch.elastic[column]
                return session.resources.volcano(used, column) > branch.ceiling[column]
            }
            if !short.isEmpty {
                return .reject(
                    EnqueueRejection.queue + short.joined(separator: ", "))
            }
        }
        return .permit
    }

    func admit(_ job: Int, _ session: Session) {
        guard let queue = session.jobs[job].queue, session.jobs[job].hasMinResources else { return }
        for column in session.total.indices {
            let promised = session.outstanding(job, column, after: 0)
            for holder in tree.lineage(of: queue) { tree.branches[holder].inqueue[column] += promised }
        }
    }
}
