import ClusterModel

/// 6.6, flat and hierarchical.
final class OracleCapacity: OraclePlugin {
    private var books: [String: OracleQueueBooks] = [:]
    /// False if a job waits in a queue that has children, or the tree is none: nothing goes on then.
    private var isSound = true

    private var isHierarchical: Bool { setting.isOn("enableHierarchy") }
    private var reclaimLevel: Int { Int(setting.number("ancestorReclaimLevel", 0)) }

    private func parent(_ name: String) -> String? {
        if !isHierarchical || name == "root" { return nil }
        let parent = session.queues[name]?.parent ?? ""
        return parent.isEmpty ? "root" : parent
    }

    private func children(_ name: String) -> [String] {
        session.queues.keys.filter { parent($0) == name }.sorted { $0.precedes($1) }
    }

    /// A queue's ancestors, nearest first; `nil` if the way up goes nowhere or round.
    private func ancestors(_ name: String) -> [String]? {
        var found: [String] = []
        var current = name
        while let next = parent(current) {
            if session.queues[next] == nil || found.contains(next) || next == name { return nil }
            found.append(next)
            current = next
        }
        return found
    }

    /// A queue and those above it.
    private func line(_ name: String) -> [String] { [name] + (ancestors(name) ?? []) }

    /// Those above a queue that reclaiming looks at, nearest first, without the root.
    private func reach(_ name: String) -> [String] {
        (ancestors(name) ?? []).prefix(reclaimLevel).filter { $0 != "root" }
    }

    /// The jobs of a queue and of those below it.
    private func jobs(_ name: String) -> [OracleJob] {
        session.jobs.filter { line($0.group.queue).contains(name) }
    }

    private func allocated(_ name: String) -> OracleAmounts { .sum(jobs(name).map(\.allocated)) }

    override func open() {
        let names = isHierarchical ? Array(session.queues.keys) : Array(Set(session.jobs.map(\.group.queue)))
        if isHierarchical {
            let isTree = names.allSatisfy { ancestors($0) != nil }
            isSound = isTree && session.jobs.allSatisfy { children($0.group.queue).isEmpty }
            if !isSound { return }
        }
        for name in names { books[name] = OracleQueueBooks(jobs(name)) }
        if isHierarchical {
            openTree("root", within: session.total, kept: OracleAmounts(), inheriting: [:])
            let below = children("root").map { books[$0]?.deserved ?? OracleAmounts() }
            books["root"]?.deserved = .sum(below)
            return
        }
        let kept = OracleAmounts.sum(session.queues.values.map { OracleAmounts($0.guarantee) })
        for name in names {
            guard let queue = session.queues[name] else { continue }
            open(queue, within: session.total, kept: kept)
        }
    }

    private func open(_ queue: Queue, within whole: OracleAmounts, kept: OracleAmounts) {
        let real = OracleQueueBooks.realCapability(of: queue, within: whole, kept: kept)
        books[queue.name]?.realCapability = real
        books[queue.name]?.deserved = OracleAmounts(queue.deserved).lowered(
            to: real, missing: .infinity
        )
        .raised(to: OracleAmounts(queue.guarantee))
    }

    private func openTree(
        _ name: String, within whole: OracleAmounts, kept: OracleAmounts, inheriting capability: ResourceList
    ) {
        guard var queue = session.queues[name] else { return }
        var own = queue.capability ?? [:]
        own.fill(from: capability)
        queue.capability = own
        if name == "root" { queue.guarantee = [:] }
        open(queue, within: whole, kept: kept)
        let below = children(name)
        let sum = OracleAmounts.sum(below.map { OracleAmounts(session.queues[$0]?.guarantee ?? [:]) })
        for child in below {
            openTree(
                child, within: books[name]?.realCapability ?? OracleAmounts(), kept: sum,
                inheriting: own)
        }
    }

    private func share(_ name: String) -> Double {
        let deserved = books[name]?.deserved ?? OracleAmounts()
        return deserved.isEmpty ? 1 : allocated(name).dominantShare(of: deserved)
    }

    override func queueOrder(_ left: Queue, _ right: Queue) -> Int? {
        if left.priority != right.priority { return oracleCompare(right.priority, left.priority) }
        var (mine, other) = (left.name, right.name)
        if isHierarchical {
            let areLeaves = [mine, other].map { children($0).isEmpty }
            if areLeaves[0] != areLeaves[1] { return areLeaves[0] ? -1 : 1 }
            let lines = [line(mine), line(other)]
            mine = lines[0].last { !lines[1].contains($0) } ?? mine
            other = lines[1].last { !lines[0].contains($0) } ?? other
        }
        if share(mine) != share(other) { return oracleCompare(share(mine), share(other)) }
        func rank(_ name: String) -> Int { (books[name]?.deserved ?? OracleAmounts()).isEmpty ? 1 : 0 }
        return oracleCompare(rank(mine), rank(other))
    }

    override func victimQueueOrder(_ left: Queue, _ right: Queue, _ preemptor: Queue) -> Int? {
        if !isHierarchical { return nil }
        func common(_ queue: Queue) -> Int { line(queue.name).count { line(preemptor.name).contains($0) } }
        return oracleCompare(common(right), common(left))
    }

    override func preemptive(_ queue: Queue, _ task: OracleTask) -> Bool? {
        guard isSound, queue.state == .open, let its = books[queue.name] else { return false }
        let sum = allocated(queue.name) + task.request
        if !sum.isAtMost(its.realCapability, inDimensionsOf: task.request) { return false }
        let asking = [queue.name] + reach(queue.name)
        return asking.contains { name in
            let held = allocated(name) + task.request
            return held.isAtMost(books[name]?.deserved ?? OracleAmounts(), inSomeDimensionOf: task.request)
        }
    }

    override func allocatable(_ queue: Queue, _ task: OracleTask) -> Bool? {
        if !isSound || queue.state != .open || !children(queue.name).isEmpty { return false }
        return line(queue.name).allSatisfy { name in
            let real = books[name]?.realCapability ?? OracleAmounts()
            return (allocated(name) + task.request).isAtMost(real, inDimensionsOf: task.request)
        }
    }

    override func reclaimable(_ reclaimer: OracleTask, _ candidates: [OracleTask]) -> [OracleTask]? {
        guard isSound, let mine = session.job(of: reclaimer)?.group.queue else { return [] }
        var left: [String: OracleAmounts] = [:]
        var victims: [OracleTask] = []
        var heap = session.victimHeap(candidates, for: reclaimer)
        while let victim = heap.pop() {
            guard let name = session.job(of: victim)?.group.queue, let queue = session.queues[name] else {
                continue
            }
            let dimensions = Set(victim.request.names).subtracting(["pods"])
            if dimensions.isDisjoint(with: reclaimer.request.names) { continue }
            // Those above that are not the reclaimer's at the same distance must have too much as well.
            let (others, own) = (reach(mine), reach(name))
            let above = own.indices.filter { $0 >= others.count || others[$0] != own[$0] }.map { own[$0] }
            for each in [name] + above where left[each] == nil { left[each] = allocated(each) }
            let held = left[name] ?? OracleAmounts()
            if !OracleAmounts(queue.guarantee).isAtMost(held - victim.request) { continue }
            func deserves(_ queue: String, _ task: OracleTask) -> Bool {
                let names = books[queue]?.deserved.names ?? []
                return !Set(task.request.names).subtracting(["pods"]).isDisjoint(with: names)
            }
            // Of two queues below one that both reach, neither of which deserves any of it, none takes from the other.
            let isNear = own.contains { others.contains($0) }
            if !deserves(name, victim) && isNear && !deserves(mine, reclaimer) { continue }
            let isExceeding = ([name] + above).allSatisfy { each in
                !deserves(each, victim)
                    || (left[each] ?? OracleAmounts()).exceeds(
                        books[each]?.deserved ?? OracleAmounts(), inSomeDimensionOf: victim.request)
            }
            if !isExceeding { continue }
            for each in [name] + above { left[each] = (left[each] ?? OracleAmounts()) - victim.request }
            victims.append(victim)
        }
        return victims
    }

    override func jobEnqueueable(_ job: OracleJob) -> OracleVote? {
        let queue = session.queue(of: job)
        if !isSound || queue.state != .open || !children(queue.name).isEmpty { return .reject }
        guard let asked = job.minResources else { return .permit }
        let fits = line(queue.name).allSatisfy { name in
            guard let its = books[name] else { return false }
            let sum = asked + allocated(name) + its.inqueue - its.elastic
            return sum.isAtMost(its.realCapability, inDimensionsOf: asked)
        }
        return fits ? .permit : .reject
    }

    override func jobEnqueued(_ job: OracleJob) {
        for name in line(job.group.queue) {
            let before = books[name]?.inqueue ?? OracleAmounts()
            books[name]?.inqueue = before + (job.minResources ?? OracleAmounts())
        }
    }

    override func deserved(_ queue: String) -> OracleAmounts? { books[queue]?.deserved }
}
