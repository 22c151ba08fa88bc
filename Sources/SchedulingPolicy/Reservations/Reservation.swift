import Allocator
import ClusterModel

/// Places that are kept for a gang until they are free.
struct Reservation {
    /// One pod's part.
    struct Entry {
        let task: Int
        let shape: ShapeID
        /// The allocator's index.
        let node: Int
    }

    enum Cause {
        /// The gang has waited for too long.
        case waiting
        /// Pods were evicted for it.
        case eviction
    }

    let job: Int
    let cause: Cause
    let entries: [Entry]
    /// When the places are expected to be free; `nil` where nobody knows.
    let start: Timestamp?
    /// How many of those who run will have left by then, if they run for as long as is expected.
    var departed = 0
    /// What they give back to the gang's queue and those above it, in the order of `shares`; empty for nothing.
    var given: [[Int64]] = []
    /// What the pods take, by column.
    var taken: [Int64] = []
    /// What the gang's queue and those above it count as holding for it.
    var shares: [KeptShare] = []
    /// True while they do.
    var isCharged = false
    /// True while the places are booked in the allocator.
    var isHeld = false
    /// True once the gang has come together: it needs them no more.
    var isOver = false
}

/// Reservations: a gang that waits for long, or for which pods leave, is not overtaken for ever.
///
/// Ours, under `compatibility: gangwright`. A place is kept by booking it as promised: what will be free there is less by
/// it, so that nothing else fits that would stand in its way. While a gang has its turn that is more important, or that
/// will have ended by then, the places are given free.
extension Session {
    /// Finds out which places have to be kept in this cycle, and keeps them.
    func openReservations() {
        reservations = []
        if compatibility != .gangwright { return }
        planReservations()
        noteReservations()
    }

    private func planReservations() {
        openDomains()
        for job in cycleJobs { if let reservation = reservationAfterEviction(job) { add(reservation) } }
        guard let now, let patience else { return }
        // A place is booked once for a pod: a gang that has places after evictions needs no others.
        let served = Set(reservations.map(\.job))
        var waiting = PriorityHeap<Int>()
        for job in cycleJobs where hasWaited(job, past: patience, at: now) && !served.contains(job) {
            waiting.push(job) { points.isJob($0, before: $1, in: self) }
        }
        if waiting.isEmpty { return }
        var departures = Departures(endings(at: now), queues: queues.count)
        for job in gangsDue(&waiting, departures) {
            let waitsForShare = !asIfNobodyHadLeft(departures) { isQueueOpen(toMinimumOf: job) }
            // What a queue gets back is its first gang's: for the others nothing has to stand empty yet.
            if waitsForShare, reservations.contains(where: { jobs[$0.job].queue == jobs[job].queue }) {
                continue
            }
            guard let plan = planReservation(for: job, at: now, &departures) else { continue }
            // For as long as nobody knows, others would be kept from places for the sake of a queue's own share.
            if waitsForShare, plan.start == nil { continue }
            add(plan)
        }
        leave(0, of: &departures)
        keepSharesFromNowOn()
    }

    /// The most important gangs for which places could be kept, as many as get any at a time.
    private func gangsDue(_ waiting: inout PriorityHeap<Int>, _ departures: Departures) -> [Int] {
        var due: [Int] = []
        var closed: [Int] = []
        let points = points
        while due.count - closed.count < Self.mostReservations, closed.count < Self.mostClosed,
            let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) })
        {
            if !canBeWhole(job) { continue }
            due.append(job)
            if !isQueueOpen(toMinimumOf: job) { closed.append(job) }
        }
        if !closed.isEmpty {
            // A gang that its queue may not take even when all have left would be looked at in vain, in place of others.
            withAllSharesGivenBack(by: departures) { closed.removeAll { isQueueOpen(toMinimumOf: $0) } }
            due.removeAll(where: Set(closed).contains)
        }
        return Array(due.prefix(Self.mostReservations))
    }

    /// Lets plugins count what is left in domains before places are kept and pods leave in thought.
    private func openDomains() {
        var opened: Set<String?> = []
        for job in jobs.indices where jobs[job].topology != nil {
            let tree = domainTree(of: job)
            if tree.defect != nil || !opened.insert(tree.label).inserted { continue }
            let group = SubGroupID(job: job, index: nil)
            _ = points.domainScores(of: group, [DomainTree.root], tree, in: self)
        }
    }

    /// How many gangs have places kept at a time: each is looked for anew in every cycle.
    private static var mostReservations: Int { 8 }

    /// How many gangs are looked at whose queue may not take them yet: of each queue only the first has places kept.
    private static var mostClosed: Int { 32 }

    /// Keeps places; for as long as pods leave in thought, the gang counts in full.
    private func add(_ reservation: Reservation) {
        var reservation = reservation
        reservation.taken = sum(of: reservation.entries.map(\.task))
        if let queue = jobs[reservation.job].queue {
            reservation.shares = shares(of: reservation.taken, in: queue)
        }
        reservations.append(reservation)
        hold(reservations.count - 1)
    }

    /// The places that are kept for a gang because it has waited, and has not got them yet.
    func reservation(of job: Int) -> Reservation? {
        reservations.first { $0.job == job && $0.cause == .waiting && !$0.isOver }
    }

    /// The gang for which a node that a pod could use is kept, if the pod is not of that gang.
    func gangWithPlaces(wantedBy task: Int) -> Int? {
        guard let shape = tasks[task].shape, reservations.contains(where: { !$0.isOver }) else { return nil }
        let nodes = Set(allocator.nodes(meetingDemandsOf: shape))
        return reservations.first { reservation in
            !reservation.isOver && reservation.cause == .waiting && reservation.job != tasks[task].job
                && reservation.entries.contains { nodes.contains($0.node) }
        }?.job
    }

    /// The nodes of a reservation, each once, by name.
    func nodeNames(of reservation: Reservation) -> [String] {
        let entries = Set(reservation.entries.map { nodes.entry(atIndex: $0.node) })
        return entries.map { nodes.entries[$0].name }.sorted { $0.precedes($1) }
    }

    /// Has gangs that failed tried again if other places are kept than in the cycle before, or for another time: they may
    /// be among those that use them until then.
    private func noteReservations() {
        let kept = reservations.map { reservation in
            [reservation.job, Int(reservation.start?.secondsSinceEpoch ?? .max)]
                + reservation.entries.map(\.node)
        }
        if kept == keptBefore { return }
        keptBefore = kept
        roomVersion.freed += 1
        roomVersion.changed += 1
        for job in reportedJobs where jobs[job].failedAt != nil { forgetFailure(of: job) }
    }

    /// Gives all places free at the end of a cycle.
    func closeReservations() {
        for index in reservations.indices { giveFree(index) }
        pins.kept.removeAll()
    }

    /// Gives places free for the turn of a gang, as far as it may have them.
    ///
    /// - Returns: the reservations whose places were given free.
    func giveFree(for job: Int) -> [Int] {
        if reservations.isEmpty { return [] }
        let own = reservations.firstIndex { $0.job == job && !$0.isOver }
        return reservations.indices.filter { index in
            // Those planned after its own count on pods that have not gone yet: booked now, they would be in its way.
            let isLater = own.map { index > $0 && reservations[index].cause == .waiting } ?? false
            guard reservations[index].isHeld, isLater || mayUse(reservations[index], job) else {
                return false
            }
            giveFree(index)
            return true
        }
    }

    /// Keeps places again after the turn of a gang; those of a gang that has come together it needs no more.
    func keep(_ freed: [Int]) {
        for index in freed {
            let job = reservations[index].job
            reservations[index].isOver =
                points.isReady(job, in: self) || points.isPipelined(job, in: self)
            if !reservations[index].isOver { hold(index) }
        }
    }

    /// Whether a queue has had its share. What is kept for its gangs it does not hold: they would wait for themselves.
    func hasHadShare(_ queue: Int) -> Bool {
        if !points.isOverused(queue, in: self) { return false }
        let own = reservations.indices.filter {
            reservations[$0].isHeld && jobs[reservations[$0].job].queue == queue
        }
        if own.isEmpty { return true }
        for index in own { giveFree(index) }
        defer { for index in own { hold(index) } }
        return points.isOverused(queue, in: self)
    }

    private func mayUse(_ reservation: Reservation, _ job: Int) -> Bool {
        if reservation.job == job { return true }
        // What others have left for stays with the queue that was entitled to it: they would take it back.
        let mayTake = reservation.cause == .waiting || jobs[job].queue == jobs[reservation.job].queue
        if mayTake, jobs[job].priority > jobs[reservation.job].priority { return true }
        guard let now, let start = reservation.start else { return false }
        return jobs[job].tasks.allSatisfy { task in
            if !isWaiting(task) { return true }
            return runTimes.seconds(of: task, job: job, request: tasks[task].request).map {
                now.secondsSinceEpoch + $0 <= start.secondsSinceEpoch
            } ?? false
        }
    }

    private func hold(_ index: Int) {
        if reservations[index].isHeld { return }
        reservations[index].isHeld = true
        for entry in reservations[index].entries where tasks[entry.task].status == .pending {
            reserveDevices(of: entry.task, on: entry.node)
            allocator.take(Placement(node: entry.node, kind: .pipeline), for: entry.shape)
            reservedTasks.insert(entry.task)
            reservations[index].isCharged = true
        }
        if reservations[index].isCharged { charge(reservations[index].shares, sign: 1) }
        forgetExhaustion()
    }

    private func giveFree(_ index: Int) {
        if !reservations[index].isHeld { return }
        reservations[index].isHeld = false
        for entry in reservations[index].entries where reservedTasks.remove(entry.task) != nil {
            allocator.giveBack(Placement(node: entry.node, kind: .pipeline), for: entry.shape)
            unreserveDevices(of: entry.task, on: entry.node)
        }
        if reservations[index].isCharged { charge(reservations[index].shares, sign: -1) }
        reservations[index].isCharged = false
        forgetExhaustion()
    }

    // MARK: Who

    /// How long a gang waits before places are kept for it, in seconds; `nil` where none are.
    private var patience: Int64? {
        guard let bound = configuration.actionArguments[.allocate]?.duration("reserveAfter"),
            bound > .zero
        else {
            return nil
        }
        return bound.components.seconds
    }

    private func hasWaited(_ job: Int, past patience: Int64, at now: Timestamp) -> Bool {
        guard let created = jobs[job].created else { return false }
        return now.secondsSinceEpoch - created.secondsSinceEpoch >= patience
    }

    /// Whether nothing but room and its queue's share keeps a gang from its minimum.
    private func canBeWhole(_ job: Int) -> Bool {
        guard let queue = jobs[job].queue else { return false }
        return !jobs[job].isHopeless && jobs[job].phase != .pending && queues[queue].queue.state == .open
            && points.invalidity(of: job, in: self) == nil && !points.isReady(job, in: self)
            && !jobs[job].hasBlockedMinimum(in: self) && !isWithoutTree(job)
    }

    /// Whether the queue of a gang may take its first pod that waits.
    func isQueueOpen(to job: Int) -> Bool {
        guard let queue = jobs[job].queue, let first = waitingTasks(of: job).first else { return false }
        return !points.isOverused(queue, in: self) && points.isAllocatable(queue, first, in: self)
    }

    /// Whether the queue of a gang may take as many of its pods as it needs, nodes aside.
    private func isQueueOpen(toMinimumOf job: Int) -> Bool {
        guard let queue = jobs[job].queue, !points.isOverused(queue, in: self) else { return false }
        let needed = waitingTasks(of: job).prefix(max(1, points.placesNeeded(job, in: self)))
        var taken: [KeptShare] = []
        defer { charge(taken, sign: -1) }
        for (position, task) in needed.enumerated() {
            if !points.isAllocatable(queue, task, in: self) { return false }
            if position + 1 == needed.count { break }
            let share = shares(of: sum(of: [task]), in: queue)
            charge(share, sign: 1)
            taken += share
        }
        return !needed.isEmpty
    }

    /// The places for which pods were evicted in an earlier cycle.
    private func reservationAfterEviction(_ job: Int) -> Reservation? {
        // A nomination that no longer leads anywhere keeps nothing from others.
        var nominees = jobs[job].tasks.filter { tasks[$0].isNominated && isWaiting($0) }
        if !pins.layouts.isEmpty { nominees.sort(by: isPromised) }
        guard !nominees.isEmpty, nominees.count + jobs[job].counts.ready >= jobs[job].minMember,
            canBeWhole(job), isQueueOpen(to: job)
        else { return nil }
        var entries: [Reservation.Entry] = []
        for task in nominees {
            guard let shape = tasks[task].shape, let node = nominatedNode(of: task),
                allocator.placement(of: shape, on: node) != nil
            else { return nil }
            entries.append(Reservation.Entry(task: task, shape: shape, node: node))
        }
        // Domains may be others than when room was made.
        if let turn = domainTurn(of: job, pods: nominees), turn.nominatedDomain == nil { return nil }
        return entries.isEmpty ? nil : Reservation(job: job, cause: .eviction, entries: entries, start: nil)
    }
}
