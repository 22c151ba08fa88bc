import ClusterModel
import KubernetesAPI
import KubernetesClient
import Recording

/// Something that the task which decides is told.
enum Message: Sendable {
    /// These are all objects of a kind now.
    case replaced(ObjectKind, [Observed])
    /// Objects of a kind have come, changed or gone.
    case changed(ObjectKind, [WatchEvent<Observed>])
    /// The server does not have a kind, at least for now.
    case absent(ObjectKind)
    /// What became of a binding.
    case binding(PodBinding, BindingOutcome)
    /// A pod whose binding was refused may be tried again.
    case bindingExpired(ObjectKey)
    /// All bindings of a gang have been answered.
    case gangEnded(GangBinding)
    /// An eviction was refused: the pod stays.
    case evictionRefused(ObjectKey)
    /// Another configuration holds from now on.
    case configuration(WrittenConfiguration)
    /// This process has become the one that decides, or is no longer.
    case leadership(Bool)
    /// The file of the recording has reached its limit.
    case recordingFull
    /// The process cannot go on.
    case fatal(String)
    /// An admin has stopped decisions, or lets them go on.
    case pause(Bool)
}

extension Message {
    /// Whether it says what the cluster looks like.
    var isOfCluster: Bool {
        switch self {
        case .replaced, .changed, .absent: true
        default: false
        }
    }
}

/// An object that the server has shown.
struct Observed: Sendable {
    let key: ObjectKey
    let object: ClusterObject
    /// As the server wrote it, but for who wrote what; empty unless somebody records.
    var text: [UInt8] = []
}
