import ClusterModel
import Documents
import SyntheticClusters

// What happens to the cluster besides jobs.
extension PlanBuilder {
    /// The most events of a scenario; more would be a slip of the finger.
    private static let mostEvents = 1_000_000

    /// One time at which an event of the scenario happens.
    private struct Occurrence {
        var time: Int64
        var section: Int
        var random: SeededGenerator
    }

    mutating func addEvents() {
        var present = PresentNodes(plan.cluster.nodes)
        var queues: [String: Queue] = [:]
        for queue in plan.cluster.queues { queues[queue.name] = queue }
        for occurrence in occurrences() {
            let section = document.events[occurrence.section]
            var random = occurrence.random
            let time = occurrence.time
            present.advance(to: time)
            switch section.action {
            case .fail(let choice):
                happen(section, time, choice, &present, &random, { .nodesFail($0) }, { .nodesReturn($0) })
            case .drain(let choice):
                happen(section, time, choice, &present, &random, { .nodesDrain($0) }, { .nodesReturn($0) })
            case .cordon(let choice):
                happen(section, time, choice, &present, &random, { .nodesCordon($0) }, { .nodesReturn($0) })
            case .takeBack(let choice):
                happen(section, time, choice, &present, &random, { .nodesReturn($0) }, nil)
            case .remove(let choice):
                let nodes = nodes(choice, present, &random)
                guard !nodes.isEmpty else { continue }
                plan.events.append(PlannedEvent(at: time, .nodesRemoved(nodes.map(\.name))))
                present.remove(nodes, at: time)
                if let length = section.length {
                    plan.events.append(PlannedEvent(at: time + length, .nodesAdded(nodes)))
                    present.add(nodes, at: time + length)
                }
            case .add(let pool, let count):
                add(count, to: pool, section, at: time, &present)
            case .queue(let change):
                var queue = queues[change.name] ?? Queue(name: change.name)
                change.apply(to: &queue)
                queues[change.name] = queue
                plan.events.append(PlannedEvent(at: time, .queue(queue)))
            case .removeQueue(let name):
                check([Weighted(name, weight: 1)], among: Set(queues.keys), "a queue", section.place)
                queues[name] = nil
                plan.events.append(PlannedEvent(at: time, .queueRemoved(name)))
            case .cancel(let job):
                guard plan.jobs.contains(where: { $0.key == job }) else {
                    report(section.place, "found the job \(job), expected one of the workload as NAMESPACE/NAME")
                    continue
                }
                plan.events.append(PlannedEvent(at: time, .jobCancelled(job)))
            }
        }
    }

    /// Every time at which something happens, in order; those of one time in the order of the scenario.
    private mutating func occurrences() -> [Occurrence] {
        var all: [Occurrence] = []
        for (index, section) in document.events.enumerated() {
            var random = streams.events.fork()
            var time = max(time(section.at), 0)
            all.append(Occurrence(time: time, section: index, random: random.fork()))
            guard let every = section.every else { continue }
            let bounds = [section.until.map(self.time), plan.duration].compactMap { $0 }
            guard let end = bounds.min() else {
                report(section.place, "found no end of what happens again and again, expected until, or a duration "
                    + "of the scenario")
                continue
            }
            time += every
            while time < end {
                guard all.count < Self.mostEvents else {
                    report(section.place, "found more than \(Self.mostEvents) events, expected fewer")
                    break
                }
                all.append(Occurrence(time: time, section: index, random: random.fork()))
                time += every
            }
        }
        return all.sorted { ($0.time, $0.section) < ($1.time, $1.section) }
    }

    private mutating func happen(
        _ section: ScenarioDocument.EventSection, _ time: Int64, _ choice: ScenarioDocument.NodeChoice,
        _ present: inout PresentNodes, _ random: inout SeededGenerator, _ event: ([String]) -> ClusterEvent,
        _ back: (([String]) -> ClusterEvent)?
    ) {
        let names = nodes(choice, present, &random).map(\.name)
        guard !names.isEmpty else { return }
        plan.events.append(PlannedEvent(at: time, event(names)))
        if let back, let length = section.length {
            plan.events.append(PlannedEvent(at: time + length, back(names)))
        }
    }

    private mutating func add(
        _ count: Int, to name: String, _ section: ScenarioDocument.EventSection, at time: Int64,
        _ present: inout PresentNodes
    ) {
        guard let pool = document.cluster.pools.first(where: { $0.name == name }) else {
            check(
                [Weighted(name, weight: 1)], among: Set(document.cluster.pools.map(\.name)), "a pool",
                section.place)
            return
        }
        let nodes = makeNodes(pool, count: count)
        plan.events.append(PlannedEvent(at: time, .nodesAdded(nodes)))
        present.add(nodes, at: time)
        if let length = section.length {
            plan.events.append(PlannedEvent(at: time + length, .nodesRemoved(nodes.map(\.name))))
            present.remove(nodes, at: time + length)
        }
    }

    // MARK: Which nodes

    /// The nodes that a choice means, in the order of their names; none is a problem.
    private mutating func nodes(
        _ choice: ScenarioDocument.NodeChoice, _ present: PresentNodes, _ random: inout SeededGenerator
    ) -> [Node] {
        if let pool = choice.pool, !document.cluster.pools.contains(where: { $0.name == pool }) {
            check([Weighted(pool, weight: 1)], among: Set(document.cluster.pools.map(\.name)), "a pool", choice.place)
            return []
        }
        let members = choice.pool.map { Set((pools[$0] ?? []).map(\.name)) }
        var nodes = present.nodes.filter { node in
            (members?.contains(node.name) ?? true)
                && (choice.names.isEmpty || choice.names.contains { Glob.matches($0, node.name) })
                && choice.labels.allSatisfy { node.labels[$0.key] == $0.value }
        }
        if let count = choice.count, count < nodes.count {
            random.shuffle(&nodes)
            nodes = nodes.prefix(count).sorted { $0.name.precedes($1.name) }
        }
        if nodes.isEmpty { report(choice.place, "found no node of that kind at that time, expected one at least") }
        return nodes
    }

    // MARK: Failures

    mutating func addFailures() {
        let present = PresentNodes(plan.cluster.nodes)
        for section in document.failures {
            var random = streams.failures.fork()
            guard let end = [section.until.map(time), plan.duration].compactMap({ $0 }).min() else {
                report(section.place, "found no end of failures, expected until, or a duration of the scenario")
                continue
            }
            var draws = random.fork()
            for node in nodes(section.nodes, present, &draws) {
                // A node's failures are its own: more nodes do not move those of others.
                var stream = random.fork()
                var now = Double(max(time(section.from), 0))
                while true {
                    now += stream.exponential(mean: section.meanTimeBetween)
                    guard now < Double(end) else { break }
                    guard plan.events.count < 2 * Self.mostEvents else {
                        report(section.place, "found more than \(Self.mostEvents) failures, expected fewer")
                        return
                    }
                    let failed = Int64(now)
                    let repaired = failed + max(Int64(section.repair.draw(using: &stream).rounded()), 1)
                    plan.events.append(PlannedEvent(at: failed, .nodesFail([node.name])))
                    plan.events.append(PlannedEvent(at: repaired, .nodesReturn([node.name])))
                    now = Double(repaired)
                }
            }
        }
    }

    /// Puts events in the order of their times, those of one time as they were made.
    mutating func sortEvents() {
        let order = plan.events.indices.sorted { (plan.events[$0].time, $0) < (plan.events[$1].time, $1) }
        plan.events = order.map { plan.events[$0] }
    }
}

/// Which nodes there are at a time, while events are gone through in the order of their times.
private struct PresentNodes {
    /// By name.
    private(set) var nodes: [Node]
    /// What is still to come.
    private var later: [(time: Int64, nodes: [Node], come: Bool)] = []

    init(_ nodes: [Node]) {
        self.nodes = nodes.sorted { $0.name.precedes($1.name) }
    }

    mutating func add(_ nodes: [Node], at time: Int64) { later.append((time, nodes, true)) }
    mutating func remove(_ nodes: [Node], at time: Int64) { later.append((time, nodes, false)) }

    mutating func advance(to time: Int64) {
        let due = later.enumerated().filter { $0.element.time <= time }
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        if due.isEmpty { return }
        later.removeAll { $0.time <= time }
        for change in due {
            let names = Set(change.nodes.map(\.name))
            nodes.removeAll { names.contains($0.name) }
            if change.come { nodes += change.nodes }
        }
        nodes.sort { $0.name.precedes($1.name) }
    }
}

/// Names with `*` for any letters and `?` for any letter.
enum Glob {
    static func matches(_ pattern: String, _ name: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let name = Array(name.utf8)
        var (p, n) = (0, 0)
        /// Where the last star stood, and what of the name it has not taken yet.
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                p = last.pattern + 1
                n = last.name + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
