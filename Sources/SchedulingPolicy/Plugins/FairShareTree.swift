import Allocator
import ClusterModel

/// Queues as a tree whose leaves are gangs, with what each part holds when the better served ones are cut back.
///
/// Sources: Bhattacharya et al., "Hierarchical Scheduling for Diverse Datacenter Workloads", SoCC 2013; Volcano's `drf` with
/// a hierarchy. A queue says where it is by `volcano.sh/hierarchy` (`root/science/dev`) and `volcano.sh/hierarchy-weights`.
struct FairShareTree {
    /// A queue, or what is above some, or a gang.
    private struct Branch {
        var weight = 1.0
        var children: [Int] = []
        /// The gang; -1 for what has gangs below it.
        var job = -1
        /// What the gang asks for.
        var request: [Double] = []
        var allocated: [Double]
        var share = 0.0
        var isSaturated = false
    }

    private let total: DominantShare
    private var branches: [Branch] = []
    /// The branches from the root down to each queue.
    private var paths: [[Int]]
    private var leaves: [Int: Int] = [:]
    /// What all gangs hold together.
    private var allAllocated: [Double]

    init(_ session: Session, _ total: DominantShare) {
        self.total = total
        let none = session.total.map { _ in 0.0 }
        allAllocated = none
        branches = [Branch(allocated: none)]
        paths = session.queues.map { _ in [0] }
        var names: [String: Int] = [:]
        for queue in session.queueOrder {
            let annotations = session.queues[queue].queue.annotations
            let path = Self.parts(annotations["volcano.sh/hierarchy"] ?? "")
            let weights = Self.parts(annotations["volcano.sh/hierarchy-weights"] ?? "")
            var known = ""
            for (depth, part) in path.enumerated().dropFirst() {
                known += "/" + part
                let parent = paths[queue][depth - 1]
                let branch = names[known] ?? branches.count
                if branch == branches.count {
                    let weight = depth < weights.count ? Double(weights[depth]) ?? 1 : 1
                    // The first queue by name that names it says what it weighs.
                    branches.append(Branch(weight: max(1, weight), allocated: none))
                    branches[parent].children.append(branch)
                    names[known] = branch
                }
                paths[queue].append(branch)
            }
        }
        addGangs(session)
        settle()
    }

    private static func parts(_ text: String) -> [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    /// Adds the gangs in the order of their names, so that sums do not depend on the order in which they have come.
    private mutating func addGangs(_ session: Session) {
        let jobs = session.jobs.indices.filter {
            session.jobs[$0].origin != nil && session.jobs[$0].queue != nil
        }
        for job in jobs.sorted(by: session.isBefore) {
            guard let queue = session.jobs[job].queue, let parent = paths[queue].last else { continue }
            let leaf = branches.count
            var branch = Branch(allocated: session.jobAllocated[job].map(Double.init))
            branch.job = job
            branch.request = session.jobRequest[job].map(Double.init)
            branches.append(branch)
            branches[parent].children.append(leaf)
            leaves[job] = leaf
            for column in allAllocated.indices { allAllocated[column] += branch.allocated[column] }
        }
    }

    /// Takes over what gangs hold now.
    mutating func refresh(_ session: Session) {
        for column in allAllocated.indices { allAllocated[column] = 0 }
        for branch in branches.indices where branches[branch].job >= 0 {
            for column in allAllocated.indices {
                let held = Double(session.jobAllocated[branches[branch].job, column])
                branches[branch].allocated[column] = held
                allAllocated[column] += held
            }
        }
        settle()
    }

    /// Lets a gang hold a pod more (`1`) or less (`-1`).
    mutating func change(_ job: Int, by task: Int, sign: Double, _ session: Session) {
        guard let leaf = leaves[job] else { return }
        for index in session.amounts.range(of: session.tasks[task].request) {
            let entry = session.amounts.entries[index]
            branches[leaf].allocated[entry.column] += sign * Double(entry.amount)
            allAllocated[entry.column] += sign * Double(entry.amount)
        }
    }

    // MARK: Shares

    /// Computes shares from the leaves up.
    mutating func settle() { settle(0) }

    private mutating func settle(_ branch: Int) {
        if branches[branch].job >= 0 {
            branches[branch].share = total.share(branches[branch].allocated)
            branches[branch].isSaturated = isSaturated(branches[branch])
            return
        }
        let children = branches[branch].children
        var smallest = 1.0
        for child in children {
            settle(child)
            let share = branches[child].share
            if share != 0, !branches[child].isSaturated { smallest = min(smallest, share) }
        }
        var allocated = allAllocated.map { _ in 0.0 }
        for child in children where branches[child].share != 0 {
            let scale = branches[child].isSaturated ? 1 : smallest / branches[child].share
            for column in allocated.indices {
                allocated[column] += branches[child].allocated[column] * scale
            }
        }
        branches[branch].allocated = allocated
        branches[branch].share = total.share(allocated)
        branches[branch].isSaturated = children.allSatisfy { branches[$0].isSaturated }
    }

    /// Whether a gang has all that it asks for of some resource, or asks for one of which nothing is left.
    private func isSaturated(_ leaf: Branch) -> Bool {
        total.columns.contains { column in
            let (held, asked) = (leaf.allocated[column], leaf.request[column])
            if asked == 0 { return false }
            return held != 0 && held >= asked || allAllocated[column] >= total.total[column]
        }
    }

    // MARK: Order

    /// Negative if the first queue goes first: what is not saturated before what is, then the smaller share for its weight,
    /// from the root down.
    func order(_ left: Int, _ right: Int) -> Int {
        for (first, second) in zip(paths[left], paths[right]) {
            let (one, other) = (branches[first], branches[second])
            if one.isSaturated != other.isSaturated { return one.isSaturated ? 1 : -1 }
            let shares = (one.share / one.weight, other.share / other.weight)
            if shares.0 != shares.1 { return shares.0 < shares.1 ? -1 : 1 }
        }
        return 0
    }
}

/// The tree of the cycle that is open, brought up to date when it is asked for.
final class FairShares {
    private var tree: FairShareTree
    /// True when a gang holds something else than the tree says.
    var isStale = false

    init(_ session: Session, _ total: DominantShare) { tree = FairShareTree(session, total) }

    private func refresh(_ session: Session) {
        if !isStale { return }
        tree.refresh(session)
        isStale = false
    }

    /// See `FairShareTree.order`.
    func order(_ left: Int, _ right: Int, _ session: Session) -> Int {
        refresh(session)
        return tree.order(left, right)
    }

    /// The pods without which the pod's queue would still go before theirs, each looked at on its own.
    func reclaimable(for task: Int, _ candidates: [Int], _ session: Session) -> [Int] {
        refresh(session)
        guard let job = session.tasks[task].job, let queue = session.jobs[job].queue else { return [] }
        var trial = tree
        trial.change(job, by: task, sign: 1, session)
        return candidates.filter { victim in
            guard let other = session.tasks[victim].job, let theirs = session.jobs[other].queue else {
                return false
            }
            trial.change(other, by: victim, sign: -1, session)
            trial.settle()
            let order = trial.order(queue, theirs)
            trial.change(other, by: victim, sign: 1, session)
            return order < 0
        }
    }
}

extension Session {
    /// The order of gangs by name.
    func isBefore(_ left: Int, _ right: Int) -> Bool {
        if jobs[left].key != jobs[right].key { return jobs[left].key < jobs[right].key }
        return !jobs[left].isSingle && jobs[right].isSingle
    }
}
