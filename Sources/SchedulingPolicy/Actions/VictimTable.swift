import Allocator
import ClusterModel

/// What evictions cost: the highest priority of a gang that loses pods, then the number of pods.
struct EvictionCost {
    let priority: Int32
    var victims: Int

    func isBetter(than other: EvictionCost) -> Bool {
        if priority != other.priority { return priority < other.priority }
        return victims < other.victims
    }
}

/// What pods hold on each node that may be asked to leave, so that most nodes are ruled out without asking plugins about
/// every pod.
///
/// It holds for all gangs of one queue and one priority. A node is summed up when it is first asked about, and again once
/// pods there have been told to leave or let off. Plugins may let fewer pods go than stand here, never more; so a cost that
/// is found here is a lower bound.
final class VictimTable {
    /// What one gang holds on a node.
    private struct Holding {
        let job: Int
        let queue: Int
        let priority: Int32
    }

    let queue: Int
    let priority: Int32
    private let isReclaim: Bool
    private unowned let session: Session
    private let columns: Int
    /// What gangs hold on nodes, and what that is by column; what a node no longer refers to stays behind.
    private var holdings: [Holding] = []
    private var held: [Int64] = []
    /// The holdings of each node (by the allocator's index); `nil` for one that is to be summed up.
    private var rows: [Range<Int>?] = []
    /// By node and column, what may go altogether, and the most that one pod holds.
    private var sums: [Int64] = []
    private var largest: [Int64] = []
    /// By queue, whether it gives anything back as things stand.
    private var givers: [Bool] = []
    private var demanded: [ShapeID: [Int]] = [:]

    init(_ session: Session, queue: Int, priority: Int32, isReclaim: Bool) {
        self.session = session
        self.queue = queue
        self.priority = priority
        self.isReclaim = isReclaim
        columns = session.resources.count
        noteGivers()
    }

    /// Whether a pod may be asked to leave, plugins aside.
    func includes(_ task: Int) -> Bool {
        guard session.isEvictable(task), let job = session.tasks[task].job, session.jobs[job].origin != nil,
            session.jobs[job].mayBeBroken
        else { return false }
        if isReclaim { return session.isReclaimable(task, by: queue) }
        return session.jobs[job].queue == queue && session.jobs[job].priority < priority
    }

    /// The nodes that meet a shape's demands, by name.
    func nodes(for shape: ShapeID) -> [Int] {
        if let known = demanded[shape] { return known }
        let nodes = session.allocator.nodes(meetingDemandsOf: shape)
        demanded[shape] = nodes
        return nodes
    }

    /// Takes note that pods on a node have been told to leave or let off.
    func noteChange(on node: Int) {
        if node < rows.count { rows[node] = nil }
    }

    /// Takes note of which queues give anything back.
    func noteGivers() {
        givers = session.queues.indices.map { !isReclaim || session.points.mayGive($0, in: session) }
    }

    // MARK: Costs

    /// The least that room for a pod on a node can cost; `nil` where none can be made.
    ///
    /// - Complexity: O(gangs on the node × resources asked for), for each priority that has to be taken from.
    func leastCost(of task: Int, on node: Int) -> EvictionCost? {
        let row = row(of: node)
        if row.isEmpty { return nil }
        let asked = session.amounts.range(of: session.tasks[task].request)
        var victims = 0
        for index in asked {
            let entry = session.amounts.entries[index]
            let missing = entry.amount - session.allocator.futureIdle(node, entry.column)
            if missing <= 0 { continue }
            if missing > sums[node * columns + entry.column] { return nil }
            let most = largest[node * columns + entry.column]
            victims = max(victims, Int((missing + most - 1) / most))
        }
        if victims == 0 {
            // Where what is free lies wrongly somebody has to leave.
            let isEnough = session.isTakenByKubelet(task, on: node, without: [])
            let lowest = isEnough ? nil : lowestPriority(in: row, above: nil)
            return EvictionCost(priority: lowest ?? .min, victims: isEnough ? 0 : 1)
        }
        var level: Int32?
        while let next = lowestPriority(in: row, above: level) {
            level = next
            let isEnough = asked.allSatisfy { index in
                let entry = session.amounts.entries[index]
                return entry.amount <= session.allocator.futureIdle(node, entry.column)
                    + sum(of: row, upTo: next, entry.column)
            }
            if isEnough { return EvictionCost(priority: next, victims: victims) }
        }
        return nil
    }

    /// The fewest pods that leave if any leaves a node: a gang that cannot spare any leaves whole.
    func fewestVictims(on node: Int, upTo priority: Int32) -> Int {
        var fewest = Int.max
        for holding in holdings[row(of: node)] where holding.priority <= priority {
            if session.spareMembers(holding.job) > 0 { return 1 }
            fewest = min(fewest, session.jobs[holding.job].counts.allocated)
        }
        return fewest
    }

    /// Names the gangs with pods on a node that may be asked to leave.
    func forEachGang(on node: Int, _ body: (Int) -> Void) {
        for holding in holdings[row(of: node)] { body(holding.job) }
    }

    private func lowestPriority(in row: Range<Int>, above level: Int32?) -> Int32? {
        var lowest: Int32?
        for index in row {
            let priority = holdings[index].priority
            if let level, priority <= level { continue }
            if let lowest, priority >= lowest { continue }
            lowest = priority
        }
        return lowest
    }

    private func sum(of row: Range<Int>, upTo priority: Int32, _ column: Int) -> Int64 {
        var sum: Int64 = 0
        for index in row where holdings[index].priority <= priority && givers[holdings[index].queue] {
            sum += held[index * columns + column]
        }
        return sum
    }

    // MARK: Sums

    private func row(of node: Int) -> Range<Int> {
        while rows.count <= node {
            rows.append(nil)
            sums.append(contentsOf: repeatElement(0, count: columns))
            largest.append(contentsOf: repeatElement(0, count: columns))
        }
        if let row = rows[node] { return row }
        let row = sumUp(node)
        rows[node] = row
        return row
    }

    private func sumUp(_ node: Int) -> Range<Int> {
        let own = node * columns
        for column in 0..<columns {
            sums[own + column] = 0
            largest[own + column] = 0
        }
        let start = holdings.count
        session.forEachTask(on: session.nodes.entry(atIndex: node)) { task in
            guard includes(task), let job = session.tasks[task].job, let queue = session.jobs[job].queue
            else {
                return
            }
            var holding = holdings[start...].firstIndex { $0.job == job }
            if holding == nil {
                holding = holdings.count
                holdings.append(Holding(job: job, queue: queue, priority: session.jobs[job].priority))
                held.append(contentsOf: repeatElement(0, count: columns))
            }
            for index in session.amounts.range(of: session.tasks[task].request) {
                let entry = session.amounts.entries[index]
                sums[own + entry.column] += entry.amount
                largest[own + entry.column] = max(largest[own + entry.column], entry.amount)
                held[(holding ?? start) * columns + entry.column] += entry.amount
            }
            // Whole cards may come of parts; that is the most of them.
            guard let column = session.resources.column(.nvidiaGPU) else { return }
            let cards = Int64(session.cardsHeldInPart(by: task))
            sums[own + column] += cards
            largest[own + column] = max(largest[own + column], cards)
            held[(holding ?? start) * columns + column] += cards
        }
        return start..<holdings.count
    }
}
