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
    /// The server has a kind, there.
    case served(ObjectKind, GroupVersionResource)
    /// The server does not have a kind, at least for now.
    case absent(ObjectKind)
    /// This is what the server has of a kind at the moment up to which everything has been told: is it what is known?
    case compare(ObjectKind, [ObjectVersion], AsyncStream<Bool>.Continuation)
    /// What became of a binding.
    case binding(PodBinding, BindingOutcome)
    /// A pod whose binding was refused may be tried again.
    case bindingExpired(ObjectKey)
    /// All bindings of a gang have been answered.
    case gangEnded(GangBinding)
    /// An eviction was refused: the pod stays.
    case evictionRefused(ObjectKey)
    /// What became of the first step for a claim that waits for its volume.
    case claimWritten(ObjectKey, ClaimOutcome)
    /// That step has been taken back, as far as it can be.
    case claimUndone(ObjectKey)
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
    /// Its state, as the server calls it.
    let resourceVersion: String
    /// What it says; nil for one that cannot be read.
    let object: ClusterObject?
    /// As the server wrote it, but for who wrote what; empty unless somebody records.
    var text: [UInt8] = []

    /// The same as a number, which servers promise to let grow; 0 for one that is none.
    var version: UInt64 { UInt64(resourceVersion) ?? 0 }
}
