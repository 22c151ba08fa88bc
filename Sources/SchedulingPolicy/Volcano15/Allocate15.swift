import Allocator
import ClusterModel

extension Session {
    /// Places gangs as Volcano 1.5 does.
    ///
    /// The best namespace gets a turn; in it the best gang of the best queue, which is looked for anew each time. The turn
    /// ends when a pod finds no node, and after each pod with which the gang is ready. Gangs that were not admitted are
    /// left alone, whatever the actions are.
    func allocate15() {
        prepareWorksheets()
        var waiting: [String: [Int: PriorityHeap<Int>]] = [:]
        for job in cycleJobs {
            guard let queue = jobs[job].queue, !jobs[job].isHopeless, !jobs[job].worksheet.isEmpty else {
                continue
            }
            push15(job, queue, to: &waiting)
        }
        var namespaces = PriorityHeap<String>()
        func isBefore(_ left: String, _ right: String) -> Bool {
            points.isNamespace(left, before: right, in: self)
        }
        for namespace in waiting.keys.sorted(by: { $0.precedes($1) }) {
            namespaces.push(namespace, isBefore: isBefore)
        }
        while let namespace = namespaces.pop(isBefore: isBefore) {
            guard let queue = bestQueue15(of: &waiting[namespace, default: [:]]),
                let job = waiting[namespace]?[queue]?.pop(isBefore: { points.isJob($0, before: $1, in: self) }
                )
            else { continue }
            namespaces.push(namespace, isBefore: isBefore)
            if refuseForRoom(job) { continue }
            if allocate15(job, queue) == .again { push15(job, queue, to: &waiting) }
        }
        noteOverusedQueues()
    }

    private func push15(_ job: Int, _ queue: Int, to waiting: inout [String: [Int: PriorityHeap<Int>]]) {
        waiting[jobs[job].key.namespace, default: [:]][queue, default: PriorityHeap()].push(job) {
            points.isJob($0, before: $1, in: self)
        }
    }

    /// The best queue in which gangs of a namespace wait; those that have had their share are dropped.
    private func bestQueue15(of waiting: inout [Int: PriorityHeap<Int>]) -> Int? {
        var best: Int?
        for queue in queueOrder {
            guard let heap = waiting[queue] else { continue }
            if points.isOverused(queue, in: self) {
                waiting[queue] = nil
            } else if !heap.isEmpty, best.map({ points.isQueue(queue, before: $0, in: self) }) ?? true {
                best = queue
            }
        }
        return best
    }

    /// Gives a gang its turn.
    private func allocate15(_ job: Int, _ queue: Int) -> Turn {
        jobs[job].wasTried = true
        var statement = Statement()
        var turn = Turn.done
        while let position = jobs[job].worksheet.first {
            jobs[job].worksheet.removeFirst()
            let task = worksheet[position]
            if !points.isAllocatable(queue, task, in: self) {
                tasks[task].failure = queueShareFailure(of: task, job)
                continue
            }
            guard case .place(let placement) = findPlace15(for: task, noting: job) else {
                // Where every node has been ranked below all bounds, the next pod may fare better.
                if points.nodes.mayScoreBelowZero { continue }
                break
            }
            place(task, placement)
            statement.record(task, in: self)
            if !jobs[job].worksheet.isEmpty, points.isReady(job, in: self) {
                turn = .again
                break
            }
        }
        if points.isReady(job, in: self) {
            statement.commit(in: self)
        } else if points.isPipelined(job, in: self) {
            statement.hold(in: self)
        } else {
            statement.rollback(in: self)
            if !points.nodes.mayScoreBelowZero { rememberFailure(of: job) }
        }
        return turn
    }

    private func findPlace15(for task: Int, noting job: Int) -> FoundPlace {
        let found = findPlace15(for: task)
        if case .none(let refusals) = found {
            tasks[task].failure = .noNode(refusals: refusals)
            jobs[job].roles[tasks[task].role].hasFailed = true
        }
        return found
    }
}
