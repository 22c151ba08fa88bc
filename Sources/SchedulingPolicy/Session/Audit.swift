import Allocator
import ClusterModel

/// The books done over again from the pods, to be held against those that were kept.
///
/// Everything that is derived has one source: the pods with their places, and what gangs and queues say. The audit adds it
/// all up anew, by plain loops, and says where the books differ. It changes nothing.
struct Audit {
    private let session: Session
    private var found: [String] = []

    init(_ session: Session) { self.session = session }

    /// What differs, in words; empty if nothing does.
    ///
    /// - Complexity: O((pods + nodes + gangs) × resources).
    mutating func differences() -> [String] {
        auditGangs()
        auditQueues()
        auditNodes()
        auditTotals()
        found += session.nodesWithOtherPinRooms.map { "node \($0) has other GPUs or processors left" }
        return found
    }

    private mutating func expect(_ kept: Int64, _ counted: Int64, _ what: @autoclosure () -> String) {
        if kept != counted { found.append("\(what()): the books say \(kept), the pods \(counted)") }
    }

    private func add(_ task: Int, to sum: inout [Int64]) {
        for index in session.amounts.range(of: session.tasks[task].request) {
            let entry = session.amounts.entries[index]
            sum[entry.column] += entry.amount
        }
    }

    private var nothing: [Int64] { [Int64](repeating: 0, count: session.resources.count) }

    // MARK: Gangs and queues

    private mutating func auditGangs() {
        let (session, names) = (session, session.resources.names)
        for job in session.jobs.indices where !session.jobs[job].isUnused {
            let state = session.jobs[job]
            var counts = PodCounts()
            var roles = state.roles.map { _ in PodCounts() }
            var allocated = nothing
            var requested = nothing
            for task in state.tasks {
                let pod = session.tasks[task]
                counts.count(pod.status, isBestEffort: pod.isBestEffort, by: 1)
                roles[pod.role].count(pod.status, isBestEffort: pod.isBestEffort, by: 1)
                let holds = pod.status.isAllocated || pod.status == .pipelined
                if holds { add(task, to: &allocated) }
                if pod.status.isAllocated || pod.status == .pending || pod.status == .pipelined {
                    add(task, to: &requested)
                }
            }
            if counts != state.counts {
                found.append("gang \(state.key): counts pods as \(state.counts), which are \(counts)")
            }
            for (index, role) in state.roles.enumerated() where role.counts != roles[index] {
                let what = "gang \(state.key), role \(role.name)"
                found.append("\(what): counts pods as \(role.counts), which are \(roles[index])")
            }
            for column in allocated.indices {
                expect(
                    session.jobAllocated[job, column], allocated[column],
                    "gang \(state.key) holds \(names[column])")
                expect(
                    session.jobRequest[job, column], requested[column],
                    "gang \(state.key) asks for \(names[column])")
            }
        }
    }

    private mutating func auditQueues() {
        let (session, names) = (session, session.resources.names)
        var allocated = session.queues.map { _ in nothing }
        var requested = allocated
        var inqueue = allocated
        var elastic = allocated
        var jobs = session.queues.map { _ in 0 }
        for job in session.jobs.indices {
            guard !session.jobs[job].isUnused, let queue = session.jobs[job].queue else { continue }
            jobs[queue] += 1
            for column in nothing.indices {
                allocated[queue][column] += session.jobAllocated[job, column]
                requested[queue][column] += session.jobRequest[job, column]
                guard session.jobs[job].isSettled else { continue }
                let claims = session.claims(of: job, column)
                inqueue[queue][column] += claims.inqueue
                elastic[queue][column] += claims.elastic
            }
        }
        for queue in session.queues.indices where session.queues[queue].exists {
            let share = session.queues[queue]
            expect(Int64(share.jobCount), Int64(jobs[queue]), "queue \(share.queue.name) has gangs")
            for column in nothing.indices {
                let what = "queue \(share.queue.name)"
                expect(share.allocated[column], allocated[queue][column], "\(what) holds \(names[column])")
                expect(share.request[column], requested[queue][column], "\(what) asks for \(names[column])")
                expect(
                    share.settledInqueue[column], inqueue[queue][column],
                    "\(what) has promised \(names[column])")
                expect(
                    share.settledElastic[column], elastic[queue][column],
                    "\(what) can spare \(names[column])")
            }
        }
    }

    // MARK: Nodes

    private mutating func auditNodes() {
        let (session, names) = (session, session.resources.names)
        for entry in session.nodes.entries.indices {
            guard let node = session.nodes.entries[entry].index else { continue }
            var bound = nothing
            var later = nothing
            session.forEachTask(on: entry) { task in
                add(task, to: &bound)
                if session.tasks[task].occupancy != .releasing { add(task, to: &later) }
            }
            for task in unlinked[entry] ?? [] {
                if session.tasks[task].status == .allocated { add(task, to: &bound) }
                add(task, to: &later)
            }
            if let column = session.resources.column(.nvidiaGPU) {
                let held = session.devices.held[node] ?? HeldCards()
                bound[column] += Int64(held.bound + held.leaving)
                later[column] += Int64(held.bound + held.promised)
            }
            auditCards(of: node, entry)
            let offered = session.resources.row(session.allocator.node(node).allocatable)
            let hasSlots = session.allocator.node(node).allocatable[.pods] != nil
            for column in offered.indices where column != ResourceTable.pods || hasSlots {
                let what = "node \(session.nodes.entries[entry].name)"
                let whole = column == ResourceTable.pods ? min(offered[column], 1 << 40) : offered[column]
                expect(
                    session.allocator.idle(node, column), whole - bound[column],
                    "\(what) has \(names[column]) idle")
                expect(
                    session.allocator.futureIdle(node, column), whole - later[column],
                    "\(what) will have \(names[column]) idle")
            }
        }
    }

    /// The cards of a node, booked over again.
    private mutating func auditCards(of node: Int, _ entry: Int) {
        guard let kept = session.devices.nodes[node] else {
            expect(session.devices.held[node] == nil ? 0 : 1, 0, "whole cards taken out")
            return
        }
        var counted = kept
        for card in counted.cards.indices {
            counted.cards[card].usedMemory = 0
            counted.cards[card].usedCores = 0
            counted.cards[card].holders = []
            counted.cards[card].leavingShares = 0
            counted.cards[card].promisedShares = 0
        }
        counted.leavingUnknown = 0
        var tasks = unlinked[entry] ?? []
        session.forEachTask(on: entry) { tasks.append($0) }
        var unknown = 0
        for task in tasks {
            let isLeaving = session.tasks[task].occupancy.map { $0 != .bound } ?? false
            if let shares = session.devices.shares(of: task).map({ Array($0.joined()) }) {
                counted.count(shares, of: task, by: 1)
                if isLeaving { counted.countLeaving(shares, by: 1) }
                if session.devices.entries[task]?.isPromised ?? false { counted.countPromised(shares, by: 1) }
            } else if kept.kind == .parts, session.devices.demand(of: task)?.part != nil {
                unknown += 1
                if isLeaving { counted.countLeaving(nil, by: 1) }
            }
        }
        let name = session.nodes.entries[entry].name
        for (index, (left, right)) in zip(kept.cards, counted.cards).enumerated() {
            let what = "card \(index) of node \(name)"
            expect(left.usedMemory, right.usedMemory, "\(what) is used")
            expect(left.usedCores, right.usedCores, "\(what) has cores used")
            expect(
                Int64(left.leavingShares), Int64(right.leavingShares), "\(what) has shares of leaving pods")
            expect(Int64(left.promisedShares), Int64(right.promisedShares), "\(what) is promised")
            if left.holders.sorted() != right.holders.sorted() { found.append("\(what): other holders") }
        }
        expect(Int64(kept.unknownHolders.count), Int64(unknown), "pods on cards unknown of node \(name)")
        let isPart = kept.kind == .parts
        expect(
            Int64(kept.leavingUnknown), Int64(counted.leavingUnknown),
            "leaving pods on cards unknown of node \(name)")
        let held = session.devices.held[node] ?? HeldCards()
        let all = held.bound + held.leaving + held.promised
        expect(Int64(all), Int64(isPart ? kept.brokenCards : 0), "whole cards taken out of node \(name)")
        let what = "whole cards of leaving pods of node \(name)"
        expect(Int64(held.leaving), Int64(isPart ? kept.mendingCards : 0), what)
    }

    /// Pods with a place that is not final: nodes list them only from their binding on.
    private lazy var unlinked: [Int: [Int]] = {
        var places: [Int: [Int]] = [:]
        for task in session.tasks.indices {
            let status = session.tasks[task].status
            guard status == .allocated || status == .pipelined, let entry = session.tasks[task].node else {
                continue
            }
            places[entry, default: []].append(task)
        }
        return places
    }()

    private mutating func auditTotals() {
        let (session, names) = (session, session.resources.names)
        var offered = nothing
        var taken = nothing
        var bound = 0
        for entry in session.nodes.entries.indices {
            let isCounted = session.nodes.entries[entry].isCounted
            if isCounted, let node = session.nodes.entries[entry].index {
                let row = session.resources.row(session.allocator.node(node).allocatable)
                for column in row.indices { offered[column] += row[column] }
            }
            session.forEachTask(on: entry) { task in
                bound += 1
                if isCounted { add(task, to: &taken) }
            }
        }
        for column in offered.indices {
            expect(session.offered[column], offered[column], "the cluster offers \(names[column])")
            expect(session.taken[column], taken[column], "of the cluster is used \(names[column])")
        }
        expect(Int64(session.boundCount), Int64(bound), "bound pods")
        if let tally = session.fragments.tally, tally != session.countedPods() {
            found.append("the tally of pods by what they ask for differs from the pods")
        }
    }
}

extension Session {
    /// Does the books over from the pods, and says where those that were kept differ; empty if they agree.
    ///
    /// - Complexity: O((pods + nodes + gangs) × resources).
    public func audit() -> [String] {
        var audit = Audit(self)
        return audit.differences()
    }
}
