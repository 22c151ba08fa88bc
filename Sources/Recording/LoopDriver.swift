public import ClusterModel
public import KubernetesAPI
public import SchedulingLoop
public import SchedulingPolicy

/// The scheduling loop with what feeds it objects: the one door through which a live scheduler and a replay go.
///
/// Whatever it is told is recorded, if somebody records, in the order and with the time in which the loop is told. Since
/// nobody else speaks to the loop, a recording that is fed to another driver gives the same decisions.
///
/// For one thread at a time.
public final class LoopDriver {
    private var live = LiveCluster()
    private let loop: SchedulingLoop
    private let recorder: Recorder?
    /// Hears of objects that the loop has refused since their amounts do not add up: they are passed over.
    public var onOverflow: (ResourceOverflow) -> Void = { _ in }

    /// A driver of a loop over an empty cluster.
    public init(
        configuration: SchedulerConfiguration, options: SessionOptions, timing: LoopTiming,
        recorder: Recorder? = nil
    ) {
        loop = SchedulingLoop(configuration: configuration, options: options, timing: timing)
        self.recorder = recorder
    }

    // MARK: Inputs

    /// Takes an object that is new or has changed.
    ///
    /// - Parameters:
    ///   - text: The object as the API server wrote it; for the recording.
    ///   - seen: When it was shown, if the loop is told later.
    ///   - isNews: Whether the loop is told of a change that follows; asked once for each, before the loop is told.
    public func take(
        _ kind: ObjectKind, _ object: ClusterObject, text: [UInt8] = [], seen: LoopTime? = nil,
        at time: LoopTime, isNews: (ClusterChange) -> Bool = { _ in true }
    ) {
        let untold = tell(live.changed(object), at: time, isNews)
        recorder?.put(.object(kind, text, seen: seen, untold: untold), at: time)
    }

    /// Takes note that an object is gone.
    public func remove(
        _ kind: ObjectKind, _ key: ObjectKey, at time: LoopTime,
        isNews: (ClusterChange) -> Bool = { _ in true }
    ) {
        let untold = tell(live.removed(kind, key), at: time, isNews)
        recorder?.put(.removal(kind, key, untold: untold), at: time)
    }

    /// Takes note of what became of a decision.
    public func tell(_ outcome: DecisionOutcome, at time: LoopTime) {
        tell(outcome.input, at: time)
        recorder?.put(.outcome(outcome), at: time)
    }

    /// Puts another configuration in force.
    public func configure(_ configuration: WrittenConfiguration, at time: LoopTime) {
        tell(.configuration(configuration.value), at: time)
        recorder?.put(.configuration(configuration.text), at: time)
    }

    /// Tells the loop of changes, but for those that are no news to it; says which these were, by position.
    private func tell(
        _ changes: [ClusterChange], at time: LoopTime, _ isNews: (ClusterChange) -> Bool
    ) -> [Int] {
        var untold: [Int] = []
        for (position, change) in changes.enumerated() {
            if isNews(change) { tell(.change(change), at: time) } else { untold.append(position) }
        }
        return untold
    }

    private func tell(_ input: LoopInput, at time: LoopTime) {
        do { try loop.receive(input, at: time) } catch { onOverflow(error) }
    }

    // MARK: Cycles

    /// When the next cycle is due; nil while there is nothing to do.
    public var nextCycle: LoopTime? { loop.nextCycle }

    /// Runs a cycle, due or not.
    public func runCycle(at time: LoopTime) -> CycleResult {
        let result = loop.runCycle(at: time)
        recorder?.put(.cycle(result), at: time)
        return result
    }

    // MARK: Questions

    /// Pods whose bindings nobody has confirmed or refused yet.
    public var assumed: Set<ObjectKey> { loop.assumed }

    /// Nodes that take no new pods for a while, because their kubelets refused some for which they had room, and until when.
    public var heldNodes: [String: LoopTime] { loop.heldNodes }

    /// Whether a volume can be used on a node; nil for one that is not known.
    public func isVolume(_ volume: String, reachableFrom node: String) -> Bool? {
        loop.isVolume(volume, reachableFrom: node)
    }
}

/// What became of a decision, as the loop has to know.
public enum DecisionOutcome: Sendable, Equatable {
    /// The API server has accepted a binding.
    case bound(ObjectKey)
    /// The API server, or the kubelet, has refused a binding; or nobody followed a shadow's decision.
    case bindRefused(ObjectKey)
    /// The API server has refused an eviction; or nobody followed a shadow's decision.
    case evictionRefused(ObjectKey)
    /// A claim is to get its volume on none of these nodes for now, where it was tried in vain; empty ends that.
    case claimAvoids(ObjectKey, nodes: [String])

    var input: LoopInput {
        switch self {
        case .bound(let pod): .bound(pod)
        case .bindRefused(let pod): .bindRefused(pod)
        case .evictionRefused(let pod): .evictionRefused(pod)
        case .claimAvoids(let claim, let nodes): .claimAvoids(claim, nodes: nodes)
        }
    }
}
