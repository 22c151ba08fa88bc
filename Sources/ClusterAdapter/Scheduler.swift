import ClusterModel
public import KubernetesAPI
public import KubernetesClient
public import Recording
import SchedulingLoop
import SchedulingPolicy
import Synchronization

/// The live scheduler: what the API server shows goes into the scheduling loop, and what the loop decides goes out.
///
/// One task decides. Watches, bindings, evictions and statuses are tasks of their own that speak to it through an inbox,
/// so that no answer of the API server is ever waited for between two cycles.
public actor Scheduler {
    /// The kinds that are followed; those that a server lacks are done without.
    public static let kinds: [ObjectKind] = [
        .node, .pod, .podGroup, .schedulerPluginsPodGroup, .formerSchedulerPluginsPodGroup,
        .kubernetesPodGroup, .workload,
        .queue, .priorityClass, .instanceType, .podDisruptionBudget, .resourceQuota,
        .hyperNode, .numatopology, .namespace, .persistentVolume, .persistentVolumeClaim, .storageClass,
        .csiNode,
        .csiDriver,
        .csiStorageCapacity, .volumeAttachment, .amlJob,
    ]

    let client: APIClient
    let options: SchedulerOptions
    let log: Log
    let metrics: Metrics
    let inbox = Inbox()
    private let tenure = Tenure()
    /// The loop, and the one door to it.
    var driver: LoopDriver
    var recorder: Recorder?
    /// What is in force.
    var configuration: WrittenConfiguration
    /// Since when the recording is to begin anew, which has to wait for bindings to be answered.
    var renewalDue: ContinuousClock.Instant?
    /// Whether that has been asked for already.
    var isRenewing = false
    /// Tells whoever follows the cluster to begin anew.
    let renewals = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let binder: Binder
    let evictor: Evictor
    let statuses: StatusWriter
    let volumeWriter: VolumeWriter
    /// Gangs that wait for volumes.
    var volumes = VolumeBinder()
    /// How long they may wait.
    var volumeBindTimeout: Duration
    var pods = KnownPods()
    var podGroups: [ObjectKey: PodGroup] = [:]
    var nodes: Set<String> = []
    var queues: [String: Queue] = [:]
    /// All objects that the API server has shown, with their resource versions.
    private var known: [ObjectKind: [ObjectKey: String]] = [:]
    /// Where the server has each kind.
    private(set) var served: [ObjectKind: GroupVersionResource] = [:]
    /// Kinds that have not been listed yet.
    var unlisted = Set(Scheduler.kinds)
    /// Whether this process is the one that decides.
    private var isLeader = false
    /// Why the process cannot go on.
    private var failure: String?
    /// Whether an admin has stopped decisions for a while.
    private var isPaused = false
    /// When the task that decides was last seen to go round.
    private let pulse = Mutex(ContinuousClock.now)
    private let hasSynced = Mutex(false)
    /// Gangs with bindings under way.
    var binding: [ObjectKey: Int] = [:]
    /// Pods whose last bindings were refused, and how often in a row.
    var refusals: [ObjectKey: Int] = [:]
    /// Gangs that are not bound again before a time, because bindings of theirs were refused more than once and all had to
    /// give their places back.
    var coolDowns: [ObjectKey: ContinuousClock.Instant] = [:]
    /// How gangs stood at the end of the last cycle that spoke of them.
    var standings: [ObjectKey: CycleResult.Group] = [:]
    /// Names this process in what it writes.
    let identity: String
    /// Why pods wait, as they have been told.
    var failures: [ObjectKey: PendingExplanation] = [:]
    /// What the events of gangs have told last.
    var announcements: [ObjectKey: GangAnnouncement] = [:]
    /// When the queue that every cluster has may be made again.
    var nextDefaultQueue = ContinuousClock.now
    /// When what has to be looked after now and then is due.
    private var nextRound = ContinuousClock.now
    /// Kinds that the API server does not have.
    private(set) var absentKinds: Set<ObjectKind> = []
    /// How gangs stand, as they have been told.
    var toldOfGangs: [ObjectKey: PodGroupStatus.News] = [:]
    /// Statuses of gangs that were written.
    var transitions = 0
    /// Under which compatibility gangs are placed.
    private(set) var compatibility: Compatibility
    /// Fields without effect that have been told of.
    var remarked: Set<String> = []
    /// Gangs that hold places for fewer pods than their minimum, and since when.
    var partialSince: [ObjectKey: ContinuousClock.Instant] = [:]
    /// Nodes of which it has been said that they take no new pods, and until when.
    var heldNodes: [String: LoopTime] = [:]
    /// What a shadow knows of the scheduler beside it; nil for a scheduler that carries out its decisions.
    var shadow: Shadow?

    /// A scheduler that has not begun.
    ///
    /// - Throws: why nothing can be recorded.
    public init(
        client: APIClient, configuration: WrittenConfiguration, options: SchedulerOptions, log: Log,
        metrics: Metrics
    ) throws(FileFailure) {
        self.client = client
        self.options = options
        self.log = log
        self.metrics = metrics
        compatibility = configuration.value.compatibility
        identity = String(UInt64.random(in: .min ... .max), radix: 16)
        self.configuration = configuration
        recorder = try Recorder(options, configuration, inbox, log, metrics)
        driver = Self.driver(configuration, options, recorder, log)
        shadow = Shadow(options)
        binder = Binder(
            client: client, inbox: inbox, log: log, metrics: metrics, tenure: tenure,
            concurrency: options.bindConcurrency)
        evictor = Evictor(
            client: client, inbox: inbox, log: log, metrics: metrics, tenure: tenure,
            perSecond: options.evictionsPerSecond, coolDown: options.evictionCoolDown)
        volumeWriter = VolumeWriter(
            client: client, inbox: inbox, log: log, concurrency: options.bindConcurrency)
        volumeBindTimeout = configuration.value.volumeBindTimeout
        statuses = StatusWriter(client: client, log: log, metrics: metrics) { [binder] in binder.isBusy }
        metrics.set("configuration_last_reload_successful", to: 1)
    }

    /// Schedules until the task is cancelled, or it cannot go on.
    ///
    /// - Returns: Why it cannot go on; nil if the task was cancelled.
    public func run() async -> String? {
        await withTaskGroup { group in
            group.addTask { await self.follow() }
            group.addTask { await self.statuses.run() }
            group.addTask { await self.decide() }
            await group.next()
            group.cancelAll()
        }
        await binder.drain(atMost: .seconds(5))
        recorder?.finish()
        return failure
    }

    /// Says that this process is the one that decides.
    public nonisolated func lead() { inbox.put(.leadership(true)) }

    /// Says that this process no longer decides, and waits a little for bindings that are under way: a gang of which half
    /// is bound would have to wait for the next leader.
    public nonisolated func resign() async {
        inbox.put(.leadership(false))
        await binder.drain(atMost: .seconds(5))
    }

    /// Says until when this process may bind and evict, unless it hears of a later time.
    public nonisolated func mayDecide(until instant: ContinuousClock.Instant) { tenure.last(until: instant) }

    /// Puts another configuration in force.
    public nonisolated func configure(_ configuration: WrittenConfiguration) {
        inbox.put(.configuration(configuration))
    }

    /// Says that a configuration was bad: the one that is in force stays.
    public nonisolated func keepConfiguration(because reason: String) {
        log.error("the configuration is bad: the last good one stays in force", ["error": reason])
        if let lease = options.lease {
            statuses.record(
                EventNote(
                    kind: .lease, key: lease, uid: "", isWarning: true, reason: "ConfigurationRefused",
                    message: "The last good configuration stays in force: \(reason)", time: .now))
        }
        metrics.add("configuration_reloads_total", ["refused"])
        metrics.set("configuration_last_reload_successful", to: 0)
    }

    /// Stops decisions for a while, or goes on: what is under way comes to its end.
    public nonisolated func pause(_ isPaused: Bool) { inbox.put(.pause(isPaused)) }

    /// Whether the task that decides goes round: it does so every second, unless a cycle takes longer.
    public nonisolated var isAlive: Bool {
        ContinuousClock.now - pulse.withLock { $0 } < Self.longestCycle
    }

    /// Whether all kinds have been listed: before that, nothing is decided.
    public nonisolated var isSynced: Bool { hasSynced.withLock { $0 } }

    /// A cycle that takes longer than this will not end.
    private static let longestCycle = Duration.seconds(120)

    private var mayDecide: Bool { isLeader && !isPaused && unlisted.isEmpty && renewalDue == nil }

    private func decide() async {
        while !Task.isCancelled, failure == nil {
            for message in inbox.take() { receive(message) }
            pulse.withLock { $0 = .now }
            let now = WallClock.now
            passShadowTime(at: now)
            renewRecording()
            if mayDecide { advanceVolumes() }
            if mayDecide, let due = driver.nextCycle, due <= now.loopTime {
                runCycle(at: now)
                continue
            }
            if isLeader, shadow == nil { updateStatuses() }
            if nextRound <= .now {
                nextRound = .now + .seconds(1)
                goRound()
            }
            await inbox.wait(atMost: wait(from: now))
        }
    }

    /// What is looked after once a second: it costs as much as there are gangs.
    private func goRound() {
        measureCache()
        if mayDecide, shadow == nil {
            releaseStuckGangs()
            makeDefaultQueue()
        }
    }

    /// How long nothing has to be done unless something happens.
    private func wait(from now: WallClock) -> Duration? {
        guard mayDecide, let due = driver.nextCycle else { return .seconds(1) }
        return .milliseconds(min(1_000, max(1, due.milliseconds - now.milliseconds)))
    }

    // MARK: What is said

    private func receive(_ message: Message) {
        switch message {
        case .replaced(let kind, let objects):
            let keys = Set(objects.map(\.key))
            for key in known[kind, default: [:]].keys.filter({ !keys.contains($0) }).sorted() {
                remove(kind, key)
            }
            for object in objects { set(kind, object) }
            absentKinds.remove(kind)
            listed(kind)
        case .changed(let kind, let events):
            for event in events {
                switch event {
                case .added(let object), .modified(let object): set(kind, object)
                case .deleted(let object): remove(kind, object.key)
                }
            }
        case .served(let kind, let resource): served[kind] = resource
        case .absent(let kind):
            for key in known[kind, default: [:]].keys.sorted() { remove(kind, key) }
            absentKinds.insert(kind)
            listed(kind)
        case .compare(let kind, let versions, let answer):
            answer.yield(compare(kind, versions))
            answer.finish()
        case .binding(let binding, let outcome): settle(binding, outcome)
        case .bindingExpired(let pod): tell(.bindRefused(pod))
        case .gangEnded(let gang): end(gang)
        case .evictionRefused(let pod): tell(.evictionRefused(pod))
        case .claimWritten(let claim, let outcome): volumes.wrote(claim, outcome)
        case .claimUndone(let claim): volumes.undid(claim)
        case .configuration(let configuration):
            compatibility = configuration.value.compatibility
            volumeBindTimeout = configuration.value.volumeBindTimeout
            self.configuration = configuration
            driver.configure(configuration, at: WallClock.now.loopTime)
            log.info("another configuration is in force")
            metrics.add("configuration_reloads_total", ["accepted"])
            metrics.set("configuration_last_reload_successful", to: 1)
        case .leadership(let isLeader):
            self.isLeader = isLeader
            if !isLeader { abandonVolumes() }
            metrics.set("leader", to: isLeader ? 1 : 0)
            log.info(isLeader ? "leading" : "not leading")
        case .recordingFull: renewalDue = renewalDue ?? .now
        case .fatal(let reason): failure = failure ?? reason
        case .pause(let isPaused):
            if isPaused != self.isPaused { log.warning(isPaused ? "paused" : "no longer paused") }
            metrics.set("paused", to: isPaused ? 1 : 0)
            self.isPaused = isPaused
        }
    }

    private func listed(_ kind: ObjectKind) {
        guard unlisted.remove(kind) != nil, unlisted.isEmpty else { return }
        hasSynced.withLock { $0 = true }
        log.info(
            "the cluster is known",
            ["nodes": "\(nodes.count)", "pods": "\(pods.facts.count)", "podGroups": "\(podGroups.count)"])
    }

    private func set(_ kind: ObjectKind, _ observed: Observed) {
        known[kind, default: [:]][observed.key] = observed.resourceVersion
        if holdsBack(observed) { return }
        show(kind, observed, seen: nil)
    }

    /// Lets the loop know of an object.
    func show(_ kind: ObjectKind, _ observed: Observed, seen: LoopTime?) {
        guard let object = observed.object else { return }
        if !volumes.isEmpty { volumes.see(observed) }
        let now = WallClock.now.loopTime
        driver.take(kind, object, text: observed.text, seen: seen, at: now) { change in
            shadow?.ledger.note(change, at: seen ?? now)
            // To a loop that begins anew everything is news.
            return take(change) || !unlisted.isEmpty
        }
    }

    private func remove(_ kind: ObjectKind, _ key: ObjectKey) {
        known[kind]?[key] = nil
        if kind == .pod { shadow?.forget(key) }
        let now = WallClock.now.loopTime
        driver.remove(kind, key, at: now) { change in
            shadow?.ledger.note(change, at: now)
            return take(change)
        }
    }

    /// Whether the objects of a kind are known in the very versions that the API server has; what differs is counted.
    private func compare(_ kind: ObjectKind, _ versions: [ObjectVersion]) -> Bool {
        let known = known[kind] ?? [:]
        let actual: [ObjectKey: String] = Dictionary(versions.map { ($0.key, $0.resourceVersion) }) {
            _, last in last
        }
        let differing =
            actual.keys.filter { known[$0] != actual[$0] }
            + known.keys.filter { actual[$0] == nil }
        metrics.add("cache_comparisons_total", [kind.qualifiedName])
        if differing.isEmpty {
            log.debug("\(kind.plural) are known as the API server has them", ["count": "\(actual.count)"])
            return true
        }
        metrics.add("cache_drift_total", [kind.qualifiedName], by: Double(differing.count))
        log.error(
            "what is known of the cluster is not what the API server has: all \(kind.plural) are read anew",
            [
                "differing": "\(differing.count)",
                "objects": differing.sorted().prefix(5).map { "\($0)" }.joined(separator: ", "),
            ])
        return false
    }

    /// Notes a change. - Returns: Whether it is news to the loop.
    private func take(_ change: ClusterChange) -> Bool {
        switch change {
        case .pod(let pod):
            noteRefusal(by: pod)
            let isOurs = options.schedulerNames.contains(pod.schedulerName)
            pods.set(pod.key, PodFacts(pod, isOurs: isOurs))
            if pod.nodeName != nil { refusals[pod.key] = nil }
        case .podRemoved(let key):
            pods.set(key, nil)
            refusals[key] = nil
            failures[key] = nil
            statuses.forget(pod: key)
        case .podGroup(let group):
            remark(on: group)
            let before = podGroups.updateValue(group, forKey: group.key)
            // What was written here comes back, and is nothing new.
            // Of other gangs than Volcano's nobody writes down the phase.
            let isSamePhase = group.origin != .object || group.phase == standings[group.key]?.phase
            if let before, isSamePhase, group.differsInStatusOnly(from: before) { return false }
            toldOfGangs[group.key] = nil
            statuses.noteForeignWrite(podGroup: group.key)
        case .podGroupRemoved(let key):
            podGroups[key] = nil
            standings[key] = nil
            toldOfGangs[key] = nil
            announcements[key] = nil
            statuses.forget(podGroup: key)
            partialSince[key] = nil
            coolDowns[key] = nil
        case .queue(let queue):
            let before = queues.updateValue(queue, forKey: queue.name)
            statuses.forget(queue: queue.name)
            if let before, queue.differsInStatusOnly(from: before) { return false }
        case .queueRemoved(let name):
            queues[name] = nil
            statuses.forget(queue: name)
        case .node(let node): nodes.insert(node.name)
        case .nodeRemoved(let name): nodes.remove(name)
        default: break
        }
        if !volumes.isEmpty { noteForVolumes(change) }
        return true
    }

    /// Tells of a pod that its node's kubelet has just refused.
    private func noteRefusal(by pod: Pod) {
        guard pod.isRefusedByKubelet, let before = pods[pod.key], before.phase != .failed else { return }
        metrics.add("kubelet_refusals_total", [pod.statusReason])
        log.warning(
            "a kubelet refused a pod",
            ["pod": "\(pod.key)", "node": pod.nodeName ?? "", "reason": pod.statusReason])
    }

    /// Tells the loop what became of a decision.
    func tell(_ outcome: DecisionOutcome) { driver.tell(outcome, at: WallClock.now.loopTime) }
}

extension PodGroup {
    /// Whether nothing but the status is another.
    fileprivate func differsInStatusOnly(from other: PodGroup) -> Bool {
        var same = self
        (same.phase, same.conditions) = (other.phase, other.conditions)
        return same == other
    }
}

extension Queue {
    /// Whether nothing is another but what the status says of its pods, which we write.
    fileprivate func differsInStatusOnly(from other: Queue) -> Bool {
        var same = self
        same.statusAllocated = other.statusAllocated
        return same == other
    }
}
