import Allocator
import ClusterModel

/// Queues as a tree, with what each may hold: all queues below `root`, or all side by side.
///
/// Amounts are by column, in Volcano's units.
struct QueueTree {
    /// One queue.
    struct Branch {
        /// The queue above it; `nil` for the root, and for every queue where there is no hierarchy.
        var parent: Int?
        /// The queues below it.
        var children: [Int] = []
        /// The root first, then down to the queue above it.
        var ancestors: [Int] = []
        /// What it is entitled to; 0 where nothing is said.
        var deserved: [Double]
        /// Where something is said: a queue may be entitled to nothing in so many words. Of CPU and memory, Volcano takes
        /// nothing for not said.
        var isDeservedSaid: [Bool] = []
        /// What is kept for it.
        var guarantee: [Double]
        /// The most that it may hold: what its parent may, less what is guaranteed to others, and its own capability.
        var ceiling: [Double]
        /// What its pods and those of all queues below it hold.
        var allocated: [Int64]
        /// What is promised to gangs in it and below it.
        var inqueue: [Int64]
        /// What gangs in it and below it hold beyond their minimum.
        var elastic: [Int64]

        var isLeaf: Bool { children.isEmpty }
    }

    /// By the session's queue index; only queues that exist have meaningful branches.
    var branches: [Branch]
    /// Why the tree cannot be used; `nil` if it can.
    private(set) var defect: String?

    init(_ session: Session, isHierarchical: Bool) {
        let resources = session.resources
        let none = session.total.map { _ in 0.0 }
        branches = session.queues.map { share in
            Branch(
                deserved: Self.amounts(share.queue.deserved, resources),
                guarantee: Self.amounts(share.queue.guarantee, resources), ceiling: none,
                allocated: share.allocated, inqueue: share.inqueue, elastic: share.elastic)
        }
        let total = session.total.indices.map { session.total[$0] * resources.subunits($0) }
        if isHierarchical {
            link(session)
            if defect == nil { settle(session, total) }
        } else {
            let guaranteed = Self.sum(session.queueOrder.map { branches[$0].guarantee }, none)
            for queue in session.queueOrder { setCeiling(queue, session, within: total, guaranteed) }
        }
        for queue in session.queueOrder { clampDeserved(queue, session, total) }
    }

    private static func amounts(_ list: ResourceList, _ resources: ResourceTable) -> [Double] {
        let row = resources.row(list)
        return row.indices.map { resources.volcano(row[$0], $0) }
    }

    private static func sum(_ rows: [[Double]], _ none: [Double]) -> [Double] {
        rows.reduce(into: none) { sum, row in for column in row.indices { sum[column] += row[column] } }
    }

    // MARK: The tree

    /// Finds parents and children; notes a defect where a parent is missing or queues go round in a circle.
    private mutating func link(_ session: Session) {
        guard let root = session.queueIDs["root"], session.queues[root].exists else {
            defect = "there is no queue root"
            return
        }
        for queue in session.queueOrder where queue != root {
            let share = session.queues[queue].queue
            let name = share.parent.isEmpty ? "root" : share.parent
            guard let parent = session.queueIDs[name], session.queues[parent].exists else {
                defect = "the parent \(name) of queue \(share.name) does not exist"
                return
            }
            branches[queue].parent = parent
            branches[parent].children.append(queue)
        }
        for queue in session.queueOrder {
            var path: [Int] = []
            var next = branches[queue].parent
            while let parent = next {
                if path.contains(parent) || parent == queue {
                    defect = "queue \(session.queues[queue].queue.name) is its own ancestor"
                    return
                }
                path.append(parent)
                next = branches[parent].parent
            }
            branches[queue].ancestors = path.reversed()
        }
    }

    /// From the root down, what each queue may hold; and from the leaves up, what it holds.
    private mutating func settle(_ session: Session, _ total: [Double]) {
        guard let root = session.queueIDs["root"] else { return }
        for queue in session.queueOrder {
            for ancestor in branches[queue].ancestors {
                for column in session.total.indices {
                    branches[ancestor].allocated[column] += session.queues[queue].allocated[column]
                    branches[ancestor].inqueue[column] += session.queues[queue].inqueue[column]
                    branches[ancestor].elastic[column] += session.queues[queue].elastic[column]
                }
            }
        }
        let none = total.map { _ in 0.0 }
        let children = branches[root].children
        branches[root].deserved = Self.sum(children.map { branches[$0].deserved }, none)
        branches[root].guarantee = Self.sum(children.map { branches[$0].guarantee }, none)
        var capabilities: [Int: ResourceList] = [:]
        capabilities[root] = session.queues[root].queue.capability ?? [:]
        branches[root].ceiling = Self.lowered(total, to: capabilities[root] ?? [:], session.resources)
        var level = [root]
        while !level.isEmpty {
            var below: [Int] = []
            for parent in level {
                let children = branches[parent].children
                let guaranteed = Self.sum(children.map { branches[$0].guarantee }, none)
                for child in children {
                    // What a queue does not limit itself its parent limits.
                    var capability = session.queues[child].queue.capability ?? [:]
                    capability.fill(from: capabilities[parent] ?? [:])
                    capabilities[child] = capability
                    let ceiling = Self.rest(
                        of: branches[parent].ceiling, guaranteed, branches[child].guarantee)
                    branches[child].ceiling = Self.lowered(ceiling, to: capability, session.resources)
                }
                below += children
            }
            level = below
        }
    }

    // MARK: Amounts

    private mutating func setCeiling(
        _ queue: Int, _ session: Session, within total: [Double], _ guaranteed: [Double]
    ) {
        let rest = Self.rest(of: total, guaranteed, branches[queue].guarantee)
        let capability = session.queues[queue].queue.capability ?? [:]
        branches[queue].ceiling = Self.lowered(rest, to: capability, session.resources)
    }

    /// What is left of an amount when all guarantees are taken off it, and one's own is given back.
    private static func rest(of whole: [Double], _ guaranteed: [Double], _ own: [Double]) -> [Double] {
        whole.indices.map { max(0, whole[$0] - guaranteed[$0]) + own[$0] }
    }

    /// Volcano takes a capability of no CPU or no memory for one that was not given.
    private static func lowered(
        _ amounts: [Double], to capability: ResourceList, _ resources: ResourceTable
    ) -> [Double] {
        amounts.indices.map { column in
            guard let limit = capability[resources.names[column]] else { return amounts[column] }
            let isBasic = column == ResourceTable.cpu || column == ResourceTable.memory
            if limit <= 0, isBasic { return amounts[column] }
            return min(amounts[column], resources.volcano(limit, column))
        }
    }

    /// What a queue deserves is at most what it may hold; of a resource that no node has it keeps what it says.
    private mutating func clampDeserved(_ queue: Int, _ session: Session, _ total: [Double]) {
        let share = session.queues[queue].queue
        for column in branches[queue].deserved.indices {
            let guarantee = branches[queue].guarantee[column]
            let isKnown =
                column == ResourceTable.cpu || column == ResourceTable.memory || total[column] > 0
                || guarantee > 0
            let asked = branches[queue].deserved[column]
            let held = isKnown ? min(asked, branches[queue].ceiling[column]) : asked
            branches[queue].deserved[column] = max(held, guarantee)
        }
        branches[queue].isDeservedSaid = branches[queue].deserved.enumerated().map { column, amount in
            if amount >= Self.tolerance { return true }
            if column == ResourceTable.cpu || column == ResourceTable.memory { return false }
            let name = session.resources.names[column]
            return share.deserved[name] != nil || share.guarantee[name] != nil
        }
    }

    /// The largest part of what it deserves that a queue holds; all of it where it deserves nothing.
    func share(of queue: Int, _ resources: ResourceTable) -> Double {
        let branch = branches[queue]
        var largest: Double?
        for column in branch.deserved.indices where branch.deserved[column] >= QueueTree.tolerance {
            let part = resources.volcano(branch.allocated[column], column) / branch.deserved[column]
            largest = max(largest ?? 0, part)
        }
        return largest ?? 1
    }

    /// Whether a queue deserves anything.
    func deservesAnything(_ queue: Int) -> Bool {
        branches[queue].deserved.contains { $0 >= QueueTree.tolerance }
    }

    /// How many ancestors two queues share, from the root down.
    func commonAncestors(_ left: Int, _ right: Int) -> Int {
        zip(branches[left].ancestors, branches[right].ancestors).prefix { $0 == $1 }.count
    }

    /// The queue itself, and those above it from the nearest to the root.
    func lineage(of queue: Int) -> [Int] { [queue] + branches[queue].ancestors.reversed() }

    /// What Volcano treats as nothing, in its own units.
    static let tolerance = 0.1
}
