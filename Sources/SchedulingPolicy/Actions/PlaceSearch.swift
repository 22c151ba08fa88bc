import Allocator
import ClusterModel

/// Where pods of a gang are looked for places, and how many of them are enough.
protocol PlaceSearch {
    /// Whether what keeps a pod from a place is told to nobody: others have to leave first.
    var isTrial: Bool { get }

    /// Why a pod is not tried at all; `nil` if it is.
    mutating func exclusion(of task: Int) -> TaskFailure?

    /// Looks for a place for a pod. Pods that have to leave for it leave in the statement.
    mutating func findPlace(for task: Int, _ statement: inout Statement) -> FoundPlace

    /// Whether a gang, or a part of one, has as many places as are to be found.
    func isEnough(_ group: SubGroupID) -> Bool
}

extension Session {
    /// Tries pods of a gang, or of a part, until there are enough or nothing is left to try.
    ///
    /// Source: the loop over tasks in Volcano's `allocate`.
    ///
    /// - Parameter pods: those to try, in order; those that were not tried are left.
    func placePods(
        _ pods: inout ArraySlice<Int>, of group: SubGroupID, cachesRoleFailures: Bool,
        _ statement: inout Statement, _ search: inout some PlaceSearch
    ) {
        let job = group.job
        while let task = pods.popFirst() {
            if let failure = search.exclusion(of: task) {
                if !search.isTrial { tasks[task].failure = failure }
                continue
            }
            let role = tasks[task].role
            if cachesRoleFailures, jobs[job].roles[role].hasFailed, !jobs[job].roles[role].name.isEmpty {
                if !search.isTrial { tasks[task].failure = .roleFailed }
                continue
            }
            switch search.findPlace(for: task, &statement) {
            case .place(let placement):
                place(task, placement)
                statement.record(task, in: self)
                if search.isEnough(group) { return }
            case .none(let refusals):
                if !search.isTrial { tasks[task].failure = .noNode(refusals: refusals) }
                jobs[job].roles[role].hasFailed = true
                if !canContinueAfterFailure(group) { return }
            }
        }
    }

    /// Whether a part, or a gang as a whole, is ready.
    func isReady(_ group: SubGroupID) -> Bool {
        group.index == nil ? points.isReady(group.job, in: self) : points.isSubGroupReady(group, in: self)
    }

    /// Whether a part, or a gang as a whole, may keep the places that it is promised.
    func isPipelined(_ group: SubGroupID) -> Bool {
        group.index == nil
            ? points.isPipelined(group.job, in: self) : points.isSubGroupPipelined(group, in: self)
    }
}

/// Places anywhere, now or once leaving pods have gone.
struct ClusterSearch: PlaceSearch {
    let isTrial = false
    let session: Session
    let job: Int
    let queue: Int

    func exclusion(of task: Int) -> TaskFailure? {
        session.points.isAllocatable(queue, task, in: session)
            ? nil : session.queueShareFailure(of: task, job)
    }

    func findPlace(for task: Int, _ statement: inout Statement) -> FoundPlace {
        session.findPlace(for: task)
    }

    func isEnough(_ group: SubGroupID) -> Bool { session.endsTurn(job) }
}

/// Places in one domain, now or once leaving pods have gone.
struct DomainPlaces: PlaceSearch {
    let isTrial = false
    let session: Session
    let job: Int
    let queue: Int
    let tree: DomainTree
    let domain: Int
    /// Whether to find out why, where there is none.
    let explains: Bool

    func exclusion(of task: Int) -> TaskFailure? {
        if session.points.isAllocatable(queue, task, in: session) { return nil }
        session.jobs[job].hasQueueShareFailure = true
        return .queueShare
    }

    func findPlace(for task: Int, _ statement: inout Statement) -> FoundPlace {
        session.findPlace(for: task, in: domain, of: tree, explains: explains)
    }

    func isEnough(_ group: SubGroupID) -> Bool { session.isReady(group) }
}

/// Places in one domain that pods are to get when others have left.
struct PromisedPlaces: PlaceSearch {
    let isTrial = true
    let session: Session
    let tree: DomainTree
    let domain: Int

    func exclusion(of task: Int) -> TaskFailure? { nil }

    func findPlace(for task: Int, _ statement: inout Statement) -> FoundPlace {
        guard let shape = session.tasks[task].shape else { return .none(refusals: Session.unexplained) }
        let rules = session.points.nodeRules(for: task, in: session)
        session.allocator.prepare(shape)
        let placement = session.allocator.bestNode(
            for: shape, among: tree[domain].nodes,
            where: { node in
                guard let rules, rules.looksAtRoom else { return rules?.refusal(node) == nil }
                return session.isRoomy(node, for: task, rules)
            },
            adding: { rules?.points($0) })
        guard let placement else { return .none(refusals: Session.unexplained) }
        return .place(Placement(node: placement.node, kind: .pipeline))
    }

    func isEnough(_ group: SubGroupID) -> Bool { session.isPipelined(group) }
}
