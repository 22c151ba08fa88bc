import ClusterModel
import SchedulingPolicy

/// A pod that is to be bound.
struct PodBinding: Sendable, Equatable {
    let pod: ObjectKey
    /// The pod that is meant, should another one of the name come.
    let uid: String
    let node: String
    /// The claims that have to get a volume before; empty for most pods.
    var claims: [ClaimBinding] = []
    /// What is written on the pod with the binding; empty for most pods.
    var annotations: [String: String] = [:]
}

/// Pods of one gang that one cycle gave places to.
struct GangBinding: Sendable, Equatable {
    /// The gang; nil for a pod that is its own.
    let gang: ObjectKey?
    var pods: [PodBinding]
}

/// What became of a binding.
enum BindingOutcome: Sendable, Equatable {
    /// The API server shows the pod on its node.
    case bound
    /// It does not, and will not by this attempt; the text says why.
    case refused(String)
}
