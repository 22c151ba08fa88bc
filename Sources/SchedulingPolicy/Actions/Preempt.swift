import Allocator
import ClusterModel

extension Session {
    /// Lets pods leave for more important ones of their own queue.
    ///
    /// Source: Volcano's `preempt`. Queue by queue, first between gangs: a gang that starves gets places one pod at a time,
    /// and all of them or none, as the gates say. Then within gangs: a pod at a time. Gangs that wish for nearness take part
    /// in neither.
    func preempt() {
        var preemptors = preemptors(starvingJobs { !self.wishesForNearness($0) })
        for queue in preemptors.queues {
            var waiting = preemptors.heaps[queue] ?? PriorityHeap()
            var statement = Statement()
            while let job = waiting.pop(isBefore: { points.isJob($0, before: $1, in: self) }) {
                var isAssigned = false
                while points.isStarving(job, in: self), let task = preemptors.nextTask(of: job, in: self) {
                    isAssigned = preempt(for: task, of: job, &statement) { victim in
                        self.tasks[victim].job != job && self.queue(of: victim) == queue
                    }
                }
                if !points.isPipelined(job, in: self) {
                    statement.rollback(in: self)
                    continue
                }
                statement.commit(in: self)
                if isAssigned { waiting.push(job) { points.isJob($0, before: $1, in: self) } }
            }
            for job in preemptors.jobs[queue] ?? [] { preemptWithin(job) }
        }
    }

    private func preemptWithin(_ job: Int) {
        var statement = Statement()
        for task in waitingTasks(of: job) {
            if preempt(for: task, of: job, &statement, where: { self.tasks[$0].job == job }) {
                statement.commit(in: self)
            } else {
                statement.rollback(in: self)
                return
            }
        }
    }

    private func queue(of task: Int) -> Int? { tasks[task].job.flatMap { jobs[$0].queue } }

    /// Makes room for a pod on the best node where that can be done; says whether it was.
    private func preempt(
        for task: Int, of job: Int, _ statement: inout Statement, where isRival: (Int) -> Bool
    ) -> Bool {
        guard let shape = tasks[task].shape, let queue = jobs[job].queue, mayPreempt(task, shape) else {
            return false
        }
        let rules = points.nodeRules(for: task, in: self)
        allocator.prepare(shape)
        var candidates = allocator.nodes(meetingDemandsOf: shape)
        if let rules { candidates.removeAll(where: rules.isPastHelp) }
        for node in allocator.ranked(candidates, for: shape, adding: { rules?.points($0) }) {
            let savepoint = statement.savepoint
            if makeRoom(on: node, for: task, shape, of: job, queue, rules, &statement, where: isRival) {
                place(task, Placement(node: node, kind: .pipeline))
                statement.record(task, in: self)
                if statement.hasEvicted(since: savepoint) { nominate(task) }
                return true
            }
            statement.rollback(to: savepoint, in: self)
        }
        return false
    }

    private func makeRoom(
        on node: Int, for task: Int, _ shape: ShapeID, of job: Int, _ queue: Int, _ rules: NodeRules?,
        _ statement: inout Statement, where isRival: (Int) -> Bool
    ) -> Bool {
        let isBestEffort = tasks[task].isBestEffort
        let candidates = victimCandidates(on: nodes.entry(atIndex: node), for: queue) { victim in
            (tasks[victim].status == .running || tasks[victim].status == .bound) && isPreemptable(victim)
                && (!isBestEffort || tasks[victim].isBestEffort) && isRival(victim)
        }
        let victims = points.preemptable(for: task, among: candidates, in: self)
        guard fits(task, on: node, with: sum(of: victims)) else { return false }
        func isRoomy() -> Bool {
            points.isAllocatable(queue, task, in: self) && fits(task, on: node)
                && allocator.placement(of: shape, on: node) != nil && rules?.refusal(node) == nil
        }
        var rest = victims.sorted { points.isVictim($0, before: $1, for: queue, in: self) }[...]
        while !isRoomy() {
            guard let victim = rest.popFirst() else { return false }
            statement.evict(victim, because: .preempt, for: job, in: self)
        }
        return true
    }

    /// Whether a pod may ask others to leave: not if its policy forbids it, and not while pods leave for it already.
    ///
    /// Source: Volcano's check of the preemptor, which follows kube-scheduler's.
    private func mayPreempt(_ task: Int, _ shape: ShapeID) -> Bool {
        if tasks[task].traits.contains(.neverPreempts) { return false }
        if !tasks[task].isNominated { return true }
        guard let node = nominatedNode(of: task) else { return false }
        let rules = points.nodeRules(for: task, in: self)
        if rules?.isPastHelp(node) ?? false || !allocator.nodes(meetingDemandsOf: shape).contains(node) {
            return true
        }
        if !allocator.isMarked(node, against: shape), rules?.refusal(node) == nil { return false }
        var isPreempted = false
        forEachTask(on: nodes.entry(atIndex: node)) { other in
            if tasks[other].traits.contains(.isPreempted), tasks[other].priority < tasks[task].priority {
                isPreempted = true
            }
        }
        return !isPreempted
    }
}

/// The gangs that starve, by queue, with the pods that each has yet to try.
struct Preemptors {
    /// The queues that have any, best first.
    var queues: [Int] = []
    /// The gangs of each queue in the order of age.
    var jobs: [Int: [Int]] = [:]
    /// The same, best first.
    var heaps: [Int: PriorityHeap<Int>] = [:]
    private var tasks: [Int: ArraySlice<Int>] = [:]

    /// The next pod of a gang that waits.
    mutating func nextTask(of job: Int, in session: Session) -> Int? {
        tasks[job, default: session.waitingTasks(of: job)[...]].popFirst()
    }
}

extension Session {
    /// The gangs that starve, of those that have been admitted and can come together, in the order of age.
    func starvingJobs(where qualifies: (Int) -> Bool = { _ in true }) -> [Int] {
        cycleJobs.filter { job in
            jobs[job].phase != .pending && !jobs[job].isHopeless && qualifies(job) && jobs[job].queue != nil
                && points.invalidity(of: job, in: self) == nil && points.isStarving(job, in: self)
        }
    }

    /// Gangs that starve, by queue.
    func preemptors(_ starving: [Int]) -> Preemptors {
        var preemptors = Preemptors()
        for job in starving {
            guard let queue = jobs[job].queue else { continue }
            preemptors.jobs[queue, default: []].append(job)
            preemptors.heaps[queue, default: PriorityHeap()].push(job) {
                points.isJob($0, before: $1, in: self)
            }
        }
        preemptors.queues = queueOrder.filter { preemptors.jobs[$0] != nil }
            .sorted { points.isQueue($0, before: $1, in: self) }
        return preemptors
    }

    /// A gang's pods that wait and may be tried, best first.
    func waitingTasks(of job: Int) -> [Int] {
        jobs[job].tasks.filter(isWaiting).sorted { points.isTask($0, before: $1, in: self) }
    }
}
