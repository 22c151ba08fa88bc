public import Allocator
public import ClusterModel
public import SchedulingPolicy

/// The state machine that every shell shares: the live scheduler, the simulator, `schedule` and `replay`.
///
/// ```swift
/// let loop = try SchedulingLoop(snapshot: snapshot, configuration: .default)
/// try loop.receive(.change(.pod(pod)), at: now)
/// if let due = loop.nextCycle, due <= now {
///     let result = loop.runCycle(at: now)      // carry out what it says …
///     try loop.receive(.bound(key), at: later) // … and say what came of it
/// }
/// ```
///
/// It does no I/O and reads no clock: the same inputs at the same times give the same decisions, bit for bit. Pods that a
/// cycle binds are assumed to be where they were put, so that the next cycle need not wait for the API server. A gang
/// that found no room is not tried again before something has happened that could help it.
public final class SchedulingLoop {
    private let session: Session
    /// How soon a cycle follows on what has happened.
    public var timing: LoopTiming
    /// When the first change came that no cycle has seen.
    private var firstChange: LoopTime?
    /// When the last cycle ran.
    private var lastCycle: LoopTime?
    /// True when the last cycle left something waiting.
    private var hasWaiting = false
    private var nodeHolds = NodeHolds()
    /// What held a place without being bound after the last cycle.
    private var pipelined: [CycleResult.Pipelined] = []
    /// Whether the last cycle changed nothing.
    private var isSettled = false

    /// A loop over an empty cluster.
    public init(
        configuration: SchedulerConfiguration, options: SessionOptions = SessionOptions(),
        timing: LoopTiming = LoopTiming()
    ) {
        session = Session(configuration: configuration, options: options)
        self.timing = timing
    }

    /// A loop over the cluster of a snapshot. A cycle is due at once.
    ///
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    public init(
        snapshot: ClusterSnapshot, configuration: SchedulerConfiguration,
        options: SessionOptions = SessionOptions(), timing: LoopTiming = LoopTiming()
    ) throws(ResourceOverflow) {
        session = try Session(snapshot: snapshot, configuration: configuration, options: options)
        self.timing = timing
        firstChange = LoopTime(milliseconds: .min / 2)
    }

    /// Takes note of an input.
    ///
    /// - Throws: `ResourceOverflow` when amounts no longer add up within 63 bits; nothing has changed then, and the
    ///   object is unknown or as it was.
    public func receive(_ input: LoopInput, at time: LoopTime) throws(ResourceOverflow) {
        switch input {
        case .change(.pod(let pod)): return try receive(pod, at: time)
        case .change(let change): try apply(change)
        case .bound(let key): confirmBind(key)
        case .started(let key, let time):
            session.noteStart(of: key, at: time)
        case .ended(let key, let started, let finished):
            session.end(key, started: started, finished: finished)
        case .bindRefused(let key):
            session.refuseBind(key)
        case .evictionRefused(let key): session.refuseEviction(key)
        case .claimAvoids(let claim, let nodes): session.avoid(nodes, for: claim)
        case .configuration(let configuration): session.configure(configuration)
        }
        noteNews(Self.asksForCycle(input), at: time)
    }

    /// Takes note of a pod as it is now: the same as a change `pod`, without the copies that wrapping up so large an object takes.
    ///
    /// - Throws: As `receive` of an input.
    public func receive(_ pod: Pod, at time: LoopTime) throws(ResourceOverflow) {
        let isRefused = pod.isRefusedByKubelet && session.isOnNode(pod.key)
        // As long as the refused pod is counted there: where what is known is too much, that is the reason.
        let isUnexplained = isRefused && !session.isOnOverfullNode(pod)
        try session.update(pod)
        if isUnexplained, let node = pod.nodeName.flatMap({ session.node(named: $0) }),
            let held = nodeHolds.refuse(node, at: time)
        {
            try session.update(held)
        }
        // One that goes on running where it was bound changes no decision.
        noteNews(pod.isPending || pod.isTerminal || pod.isTerminating, at: time)
    }

    private func apply(_ change: ClusterChange) throws(ResourceOverflow) {
        switch change {
        case .node(let node): try session.update(nodeHolds.seen(node))
        case .nodeRemoved(let name):
            nodeHolds.forget(name)
            try session.apply(change)
        default: try session.apply(change)
        }
    }

    /// Takes note that something has happened. - Parameter asksForCycle: Whether it can change a decision.
    private func noteNews(_ asksForCycle: Bool, at time: LoopTime) {
        isSettled = false
        if firstChange == nil, asksForCycle { firstChange = time }
    }

    /// Takes note that the API server has accepted a binding; the same as the input `bound`.
    func confirmBind(_ key: ObjectKey) {
        session.confirmBind(key)
    }

    /// Takes a pod out of the cluster; the same as the change `podRemoved`.
    func removePod(_ key: ObjectKey) {
        session.removePod(key)
    }

    /// Whether an input can change a decision.
    private static func asksForCycle(_ input: LoopInput) -> Bool {
        switch input {
        case .bound, .started: false
        case .change, .ended, .bindRefused, .evictionRefused, .claimAvoids, .configuration: true
        }
    }

    /// When the next cycle is due; `nil` while nothing waits, nothing has changed and no rule depends on the time.
    public var nextCycle: LoopTime? {
        if let firstChange { return firstChange.advanced(by: timing.debounce) }
        guard let lastCycle else { return nil }
        let timed = session.nextChange.map { LoopTime($0) }
        if !hasWaiting { return timed }
        let period = lastCycle.advanced(by: timing.schedulePeriod)
        return timed.map { min($0, period) } ?? period
    }

    /// When the next cycle is due that can decide anything. A cycle that follows on one that changed nothing, when nothing has happened in
    /// between and no time has come on which a rule depends, would decide the same again: nothing. In virtual time it is left out.
    public var nextUsefulCycle: LoopTime? {
        guard firstChange == nil, isSettled else { return nextCycle }
        let times = [session.nextChange.map { LoopTime($0) }, nodeHolds.nextEnd]
        return times.compactMap { $0 }.min()
    }

    /// Runs a cycle, due or not. What it binds is assumed to be bound until an input says otherwise.
    public func runCycle(at time: LoopTime) -> CycleResult {
        for node in nodeHolds.end(by: time) {
            // The amounts added up before.
            try? session.apply(.node(node))
        }
        let result = session.runCycle(now: time.timestamp)
        hasWaiting = result.hasWaiting
        isSettled =
            result.binds.isEmpty && result.evictions.isEmpty && !result.hasNewPhases
            && result.pipelined == pipelined
        pipelined = result.pipelined
        firstChange = nil
        lastCycle = time
        return result
    }

    // MARK: Questions

    /// Bindings that nobody has confirmed or refused yet. - Complexity: O(pods).
    public var assumed: Set<ObjectKey> { session.unconfirmedBinds }

    /// Nodes that take no new pods for a while, because their kubelets refused some for which they had room, and until when.
    public var heldNodes: [String: LoopTime] { nodeHolds.ends }

    /// Does the books over from the pods, and says where those that were kept differ; empty if they agree.
    public func audit() -> [String] { session.audit() }

    /// What the nodes offer and what is left as of now.
    public var cluster: ClusterState { session.cluster }

    /// The pods of a gang that wait for a node, by shape, with what the nodes say to each.
    public func explainGang(_ key: ObjectKey) -> [ShapeExplanation] { session.explainGang(key) }

    /// What the nodes say to one pod that waits; `nil` if it does not, or is in no gang.
    public func explainPod(_ key: ObjectKey) -> ShapeExplanation? { session.explainPod(key) }

    /// Says what holds the jobs that wait, as of the last cycle.
    public var holds: HoldReader { HoldReader(session) }

    /// Whether a node meets a volume's node affinity; `nil` while either is not known.
    public func isVolume(_ name: String, reachableFrom node: String) -> Bool? {
        session.isVolume(name, reachableFrom: node)
    }

    /// How many more pods like this one fit now. - Complexity: O(nodes).
    public func headroom(for pod: Pod) -> Headroom { session.headroom(for: pod) }
}
