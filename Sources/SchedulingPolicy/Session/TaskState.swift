import Allocator
import ClusterModel

/// Where a pod stands within a scheduling cycle. Source: Volcano's task states.
enum TaskStatus: Sendable {
    /// It waits for a node.
    case pending
    /// It has a place in the open statement.
    case allocated
    /// It has a place that is being freed.
    case pipelined
    /// Its statement was committed, and nobody has confirmed the binding yet: it is assumed to be there.
    case binding
    /// It is bound, and has not started.
    case bound
    /// It runs.
    case running
    /// It is being deleted.
    case releasing
    /// It ended well.
    case succeeded
    /// It ended badly.
    case failed
    /// Its node has not been heard of.
    case unknown

    /// True for pods that hold resources of their own: they count as ready members of the gang.
    var isAllocated: Bool {
        switch self {
        case .allocated, .binding, .bound, .running: true
        default: false
        }
    }

    /// The status of a pod as it is found.
    init(_ pod: borrowing Pod) {
        switch pod.phase {
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case _ where pod.isPending: self = pod.isTerminating ? .releasing : .pending
        case .unknown: self = .unknown
        case _ where pod.isTerminating: self = .releasing
        case .running: self = .running
        case .pending: self = .bound
        }
    }
}

/// Why a pending pod is in no gang that could be placed.
enum StrayReason: Sendable {
    /// It asks for a scheduler that is not ours.
    case otherScheduler
    /// It is being deleted.
    case terminating
}

/// One pod: what scheduling has to know of it, in few bytes, since a cluster has very many.
struct TaskState: Sendable {
    /// No pod, no gang, no node.
    static let none: Int32 = -1

    // In an order that leaves no gaps: 112 bytes.

    /// Namespace and name.
    var key: ObjectKey
    /// When it was created; `nil` counts as oldest.
    var created: Timestamp?
    /// Where it stands.
    var status: TaskStatus
    /// Why it is in no gang that could be placed.
    var stray: StrayReason?
    /// Constraints that it states and nobody evaluates.
    var unsupported: UnsupportedConstraints = []
    /// True while a scheduling gate is set.
    var isGated = false
    /// True when room has been made for it on a node.
    var isNominated = false
    /// True for a pod that asks for nothing but its slot.
    var isBestEffort = false
    /// True when the pod's amounts are in the sums that must not overflow.
    var isSummed = false
    /// Tells a pod from another of the same name that came after it.
    var uid: UInt64 = 0
    /// The number at the end of its name, for the order within the gang; `nil` where there is none.
    var nameIndex: Int32?
    /// True for a pod that this session has bound, until the API server shows it on a node.
    var isAssumed = false
    /// What matters to evictions, and what there is no other room for.
    var traits: TaskTraits = []
    /// Its gang's index in the session.
    var jobIndex = Self.none
    /// Its role's index in the gang.
    var roleIndex: Int32 = 0
    /// Its index among the gang's pods; the order in which they are tried once they are in order.
    var position: Int32 = 0
    /// The entry of the node that it is on, or has been given in this cycle.
    var nodeEntry = Self.none
    /// The pods before and after it on its node.
    var previousOnNode = Self.none
    var nextOnNode = Self.none
    /// Higher goes first within the gang.
    var priority: Int32 = 1
    /// What it takes.
    var request: RequestID
    /// Its scheduling shape; `nil` for a pod that does not wait for a node.
    var shape: ShapeID?
    /// What kept it from a place when it was last tried.
    var failure: TaskFailure?

    init(key: ObjectKey, request: RequestID, status: TaskStatus) {
        self.key = key
        self.request = request
        self.status = status
    }

    /// True for a pod that is its own gang.
    var isSingle: Bool { traits.contains(.isSingle) }
    /// Its gang's index; `nil` for a pod that is in none.
    var job: Int? { jobIndex == Self.none ? nil : Int(jobIndex) }
    /// Its role's index in the gang.
    var role: Int { Int(roleIndex) }
    /// The entry of its node; `nil` if it has none.
    var node: Int? { nodeEntry == Self.none ? nil : Int(nodeEntry) }
    /// How its place on a node is booked; `nil` for a pod that takes none.
    var occupancy: Occupancy? {
        switch status {
        case .succeeded, .failed: nil
        case .releasing: traits.contains(.hasLeftSlot) ? .evicted : .releasing
        default: .bound
        }
    }
}

/// What kept a pod from being placed, found at the moment of trying.
enum TaskFailure: Equatable, Sendable {
    /// No node took it; the number of the refusals in the session.
    case noNode(refusals: Int32)
    /// There is room for it, and not for as many as its gang needs.
    case noRoomForGang
    /// Its queue may not use that much.
    case queueShare
    /// A pod of the same role had failed before.
    case roleFailed
    /// It had found a place, and its gang did not come together: the entry of the node.
    case rolledBack(node: Int32)
}

/// Constraints of a pod that nobody evaluates, in a byte.
struct UnsupportedConstraints: OptionSet, Sendable {
    /// A part of a GPU, where no plugin shares GPUs out: the pod would use one of which no books are kept.
    static let gpuParts = Self(rawValue: 1 << 7)

    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ constraints: some Sequence<UnsupportedConstraint>) {
        self = []
        for (bit, constraint) in UnsupportedConstraint.allCases.enumerated()
        where constraints.contains(constraint) {
            insert(Self(rawValue: 1 << UInt8(bit)))
        }
    }

    /// The constraints in words, in their own order.
    var names: [String] {
        let own = UnsupportedConstraint.allCases.enumerated().compactMap { bit, constraint in
            rawValue >> UInt8(bit) & 1 == 1 ? constraint.rawValue : nil
        }
        return own + (contains(.gpuParts) ? ["parts of GPUs (the plugin deviceshare shares them out)"] : [])
    }
}
