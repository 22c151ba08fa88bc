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
    /// Its statement was committed in this cycle.
    case binding
    /// It was bound before, and has not started.
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

    /// The status of a pod as the cycle finds it.
    init(_ pod: Pod) {
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

/// Why a pending pod is not tried in a cycle, whatever the cluster looks like.
enum PodBlock: Equatable, Sendable {
    case schedulingGates([String])
    case unsupported([UnsupportedConstraint])
}

/// One pod of a gang within a cycle.
struct TaskState: Sendable {
    /// The pod's index in the snapshot.
    let pod: Int
    /// The gang's index in the session.
    let job: Int
    /// The role's index in the gang.
    let role: Int
    /// The pod's scheduling shape; `nil` for a pod that does not wait for a node.
    let shape: ShapeID?
    /// What it takes.
    let request: PodRequest
    /// Higher goes first within the gang.
    let priority: Int32
    /// The node on which room has been made for it.
    let nominatedNode: Int?
    /// Why it is not tried at all.
    let block: PodBlock?
    /// Where it stands.
    var status: TaskStatus
    /// The place that it has been given in this cycle.
    var placement: Placement?
    /// What kept it from a place in this cycle.
    var failure: TaskFailure?

    /// True for a pod that asks for nothing but its slot.
    var isBestEffort: Bool { request.isBestEffort }
}

/// What kept a pod from being placed, found at the moment of trying.
enum TaskFailure: Sendable {
    /// No node took it: for each reason, on how many nodes.
    case noNode([NodeRefusal: Int])
    /// Its queue may not use that much.
    case queueShare
    /// A pod of the same role had failed before.
    case roleFailed
    /// It had found a place, and its gang did not come together.
    case rolledBack(node: Int)
}
