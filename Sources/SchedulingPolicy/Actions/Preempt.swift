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
        for task: Int, of job: Int, _ statement: inout Statement, where isRival: @escaping (Int) -> Bool
    ) -> Bool {
        guard let shape = tasks[task].shape, let queue = jobs[job].queue, mayPreempt(task, shape) else {
            return false
        }
        let attempt = PreemptionAttempt(
            session: self, task: task, shape: shape, job: job, queue: queue,
            rules: points.nodeRules(for: task, in: self), isRival: isRival)
        let savepoint = statement.savepoint
        let chosen: Int?
        if let limits = CandidateLimits(configuration.actionArguments[.preempt]) {
            chosen = attempt.makeRoomWhereItCostsLeast(limits, &statement)
        } else {
            chosen = attempt.makeRoomOnBestNode(&statement)
        }
        guard let node = chosen else { return false }
        place(task, Placement(node: node, kind: .pipeline))
        statement.record(task, in: self)
        if statement.hasEvicted(since: savepoint) { nominate(task) }
        return true
    }

    /// Whether a pod may ask others to leave: not if its policy forbids it, and not while pods leave for it already.
    ///
    /// Source: Volcano's check of the preemptor, which follows kube-scheduler's.
    private func mayPreempt(_ task: Int, _ shape: ShapeID) -> Bool {
        if neverPreempts(task) { return false }
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
        let points = points
        return cycleJobs.filter { job in
            jobs[job].phase != .pending && !jobs[job].isHopeless && qualifies(job) && jobs[job].queue != nil
                && points.isStarving(job, in: self) && points.invalidity(of: job, in: self) == nil
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
        let waiting = jobs[job].tasks.filter(isWaiting)
        return waiting.count < 2 ? waiting : waiting.sorted { points.isTask($0, before: $1, in: self) }
    }
}
