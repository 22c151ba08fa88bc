import Allocator
import ClusterModel

/// Pods counted by what matters to a gang.
struct PodCounts: Equatable, Sendable {
    /// Pods that hold resources of their own.
    var allocated = 0
    /// Pods that ended well.
    var succeeded = 0
    /// Pods that are promised a place.
    var pipelined = 0
    /// Pods that wait.
    var pending = 0
    /// Of those that wait, the ones that ask for nothing.
    var pendingBestEffort = 0

    /// Members that count towards the minimum.
    var ready: Int { allocated + succeeded }
    /// Members that could count towards the minimum.
    var valid: Int { allocated + succeeded + pipelined + pending }

    /// Counts a pod in (`1`) or out (`-1`).
    mutating func count(_ status: TaskStatus, isBestEffort: Bool, by change: Int) {
        switch status {
        case .allocated, .binding, .bound, .running: allocated += change
        case .succeeded: succeeded += change
        case .pipelined: pipelined += change
        case .pending:
            pending += change
            if isBestEffort { pendingBestEffort += change }
        case .releasing, .failed, .unknown: break
        }
    }
}

/// A role of a gang.
struct RoleState: Sendable {
    /// The role's name, empty for pods without one.
    let name: String
    /// The fewest pods of it; 0 where the gang sets none.
    let minimum: Int
    /// Its pods.
    var counts = PodCounts()
    /// True once a pod of the role has found no node in this cycle.
    var hasFailed = false
}

/// Why a gang was passed over, found by an action.
enum JobRefusal: Equatable, Sendable {
    /// Its queue does not exist.
    case queueNotFound
    /// It can never be placed as it is written.
    case invalid(InvalidGang)
    /// Too few pods exist for the minimum.
    case notEnoughTasks(valid: Int)
    /// Too few pods of a role exist for its minimum.
    case notEnoughPodsOfTask(role: String, valid: Int, minimum: Int)
    /// Admission did not let it in.
    case notEnqueued(message: String)
    /// Its queue uses all that it deserves.
    case queueOverused
}

/// A gang within a cycle: Volcano's job.
struct JobState: Sendable {
    /// The pod group; of a pod without one, a group of one.
    let group: PodGroup
    /// The queue's index in the session; `nil` when there is no such queue.
    let queue: Int?
    /// The value of its priority class.
    let priority: Int32
    /// The pods, in the order in which they are tried.
    var tasks: [Int] = []
    /// The roles, in byte-wise order.
    var roles: [RoleState]
    /// All its pods.
    var counts = PodCounts()
    /// What its ready and promised pods take, by column.
    var allocated: [Int64]
    /// What admission reserves for it, by column; `nil` if admission asks nothing.
    let minResources: [Int64]?
    /// What its gated pods ask for, by column: not to be reserved yet.
    var gatedRequests: [Int64]
    /// The phase as of now.
    var phase: PodGroup.Phase
    /// Why it was passed over.
    var refusal: JobRefusal?
    /// True once `allocate` has given it a turn.
    var wasTried = false
    /// True once its queue could not take one of its pods.
    var hasQueueShareFailure = false
    /// Pods still to be tried by `allocate`, a suffix of what it began with.
    var worksheet: ArraySlice<Int> = []

    /// The sum of the roles' minima.
    var roleMinimum: Int { roles.reduce(0) { $0 + $1.minimum } }

    /// What admission holds back: the minimum resources less what is there already, and less what gated pods ask for.
    func outstanding(after allocated: [Int64]) -> [Int64] {
        guard let minResources else { return [Int64](repeating: 0, count: allocated.count) }
        return minResources.indices.map { max(0, minResources[$0] - allocated[$0] - gatedRequests[$0]) }
    }
}

/// The rules of a gang. Source: Volcano's gang plugin and the job's own checks.
extension JobState {
    /// Whether the minima of roles bind: Volcano forgets them where they add up to more than the gang's own minimum.
    func enforcesRoles(_ compatibility: Compatibility) -> Bool {
        compatibility == .gangwright || group.minMember >= roleMinimum
    }

    /// Why the gang cannot come together with the pods that exist; `nil` if it can.
    func invalidity(_ compatibility: Compatibility) -> JobRefusal? {
        if enforcesRoles(compatibility) {
            for role in roles where role.counts.valid < role.minimum {
                return .notEnoughPodsOfTask(role: role.name, valid: role.counts.valid, minimum: role.minimum)
            }
        }
        return counts.valid < group.minMember ? .notEnoughTasks(valid: counts.valid) : nil
    }

    /// Whether enough members hold resources.
    ///
    /// Volcano counts pods that ask for nothing as if they had a place already; ours must really have one.
    func isReady(_ compatibility: Compatibility) -> Bool {
        let counted: (PodCounts) -> Int =
            compatibility == .gangwright ? { $0.ready } : { $0.ready + $0.pendingBestEffort }
        return reachesMinimum(compatibility, counting: counted)
    }

    /// Whether enough members hold resources or are promised some.
    func isPipelined(_ compatibility: Compatibility) -> Bool {
        let counted: (PodCounts) -> Int =
            compatibility == .gangwright
            ? { $0.ready + $0.pipelined } : { $0.ready + $0.pipelined + $0.pendingBestEffort }
        return reachesMinimum(compatibility, counting: counted)
    }

    private func reachesMinimum(_ compatibility: Compatibility, counting counted: (PodCounts) -> Int) -> Bool
    {
        if enforcesRoles(compatibility), roles.contains(where: { counted($0.counts) < $0.minimum }) {
            return false
        }
        return counted(counts) >= group.minMember
    }

    /// Whether it makes sense to try further pods after one found no node.
    ///
    /// Source: Volcano's `NeedContinueAllocating`: not if every pod is needed; else if the roles that have not
    /// failed can still reach the minimum.
    func canContinueAfterFailure() -> Bool {
        if group.minMember == tasks.count { return false }
        if group.minMember < roleMinimum {
            let left = roles.reduce(0) { $1.hasFailed ? $0 : $0 + $1.counts.pending }
            return counts.ready + left >= group.minMember
        }
        return roles.allSatisfy { !$0.hasFailed || $0.counts.ready >= $0.minimum }
    }
}
