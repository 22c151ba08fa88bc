import Allocator
import ClusterModel

/// What an explanation asks the books of a session, which are afterwards as they were.
extension Session {
    /// Gives pods of a gang places in thought, wherever there is room and whatever their queue may use, and hands out those
    /// that found none.
    ///
    /// - Parameter leaving: pods whose places count as about to be free.
    func withRoomTaken<Result>(
        by job: Int, _ tasks: [Int], leaving: [Int] = [], _ body: (_ missing: [Int]) -> Result
    ) -> Result {
        for task in leaving { setLeaving(task, true) }
        forgetExhaustion()
        let failures = failures(of: job)
        var statement = Statement()
        var missing: [Int] = []
        for task in tasks {
            guard isWaiting(task), case .place(let placement) = findPlace(for: task) else {
                missing.append(task)
                continue
            }
            place(task, placement)
            statement.record(task, in: self)
        }
        let result = body(missing)
        statement.rollback(in: self)
        restore(failures, of: job)
        for task in leaving { setLeaving(task, false) }
        forgetExhaustion()
        return result
    }

    /// The nodes that nothing but room keeps from taking each of some pods, by name; all for no pods.
    func nodesInReach(of tasks: [Int]) -> [Int] {
        var seen: Set<ShapeID> = []
        var nodes: [Int]?
        for task in tasks {
            guard let shape = self.tasks[task].shape else { return [] }
            let rules = points.nodeRules(for: task, in: self)
            if !seen.insert(shape).inserted, rules == nil { continue }
            let reached = Set(
                allocator.nodes(meetingDemandsOf: shape).filter { node in
                    !allocator.isMarked(node, against: shape)
                        && rules?.refusal(node, looksAtRoom: false) == nil
                })
            nodes = (nodes ?? allocator.nodesByName).filter(reached.contains)
        }
        return nodes ?? allocator.nodesByName
    }

    /// What a job has to be allowed: what admission reserves for it where it was not admitted, else what its pods ask for.
    func asked(of job: Int, _ tasks: [Int]) -> [Int64] {
        if case .notEnqueued = jobs[job].refusal { return Array(jobMinimum[job]) }
        return sum(of: tasks)
    }

    /// The pods of a gang that hold a place which its end would free.
    func endingTasks(of job: Int) -> [Int] {
        jobs[job].tasks.filter { task in
            guard tasks[task].node.flatMap({ nodes.entries[$0].index }) != nil else { return false }
            return switch tasks[task].status {
            case .running, .bound, .binding: true
            default: false
            }
        }
    }

    /// What would have to come on top of what is free on a node for some amounts to fit, by column.
    func lack(of amounts: [Int64], on node: Int) -> [Int64] {
        amounts.indices.map { Self.shortfall(amounts[$0], free(on: node, $0)) }
    }

    /// The same once those that leave have left.
    func lackLater(of amounts: [Int64], on node: Int) -> [Int64] {
        amounts.indices.map { Self.shortfall(amounts[$0], allocator.futureIdle(node, $0)) }
    }

    /// What could be added to a node in place of what some pods lack there: whole GPUs where parts of them are lacking, or where
    /// thousandths are left but no card has enough of them.
    func addition(for lack: [Int64], of tasks: [Int]) -> [Int64] {
        guard let parts = resources.column(.sharedGPU), let whole = gpuColumn else { return lack }
        var lack = lack
        if lack[parts] > 0 { lack[whole] = max(lack[whole], (lack[parts] - 1) / 1000 + 1) }
        lack[parts] = 0
        if lack.allSatisfy({ $0 == 0 }), tasks.contains(where: { devices.demand(of: $0)?.part != nil }) {
            lack[whole] = 1
        }
        return lack
    }

    /// How much is missing of what is asked for; of what is not asked for nothing is.
    ///
    /// A node may be over-committed by so much that the difference does not fit in 63 bits.
    static func shortfall(_ asked: Int64, _ free: Int64) -> Int64 {
        if asked <= 0 { return 0 }
        let (difference, isTooLarge) = asked.subtractingReportingOverflow(free)
        return isTooLarge ? .max : max(0, difference)
    }
}
