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
    /// Its pods ask for another scheduler.
    case otherScheduler
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

    /// The fewest pods that must run together; 0 means that there is no gang.
    let minMember: Int
    /// The sum of the roles' minima.
    let roleMinimum: Int

    init(
        group: PodGroup, queue: Int?, priority: Int32, roles: [RoleState], minResources: [Int64]?,
        columns: Int
    ) {
        self.group = group
        self.queue = queue
        self.priority = priority
        self.roles = roles
        self.minResources = minResources
        minMember = group.minMember
        roleMinimum = roles.reduce(0) { $0 + $1.minimum }
        allocated = [Int64](repeating: 0, count: columns)
        gatedRequests = [Int64](repeating: 0, count: columns)
        phase = group.phase
    }

    /// What admission holds back: the minimum resources less what is there already, and less what gated pods ask for.
    func outstanding(after allocated: [Int64]) -> [Int64] {
        guard let minResources else { return [Int64](repeating: 0, count: allocated.count) }
        return minResources.indices.map { max(0, minResources[$0] - allocated[$0] - gatedRequests[$0]) }
    }
}
