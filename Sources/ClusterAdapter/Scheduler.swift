import ClusterModel
public import KubernetesAPI
public import KubernetesClient
import SchedulingLoop
public import SchedulingPolicy
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
        .hyperNode, .namespace, .persistentVolume, .persistentVolumeClaim, .storageClass, .csiNode,
        .csiDriver,
        .csiStorageCapacity, .volumeAttachment, .amlJob,
    ]

    let client: APIClient
    let options: SchedulerOptions
    let log: Log
    let metrics: Metrics
    let inbox = Inbox()
    let loop: SchedulingLoop
    let binder: Binder
    let evictor: Evictor
    let statuses: StatusWriter
    var live = LiveCluster()
    var pods = KnownPods()
    var podGroups: [ObjectKey: PodGroup] = [:]
    var nodes: Set<String> = []
    /// The names of all objects that the loop knows, for kinds of which nothing else is kept.
    private var known: [ObjectKind: Set<ObjectKey>] = [:]
    /// Where the server has each kind.
    private(set) var served: [ObjectKind: GroupVersionResource] = [:]
    /// Kinds that have not been listed yet.
    private var unlisted = Set(Scheduler.kinds)
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
    /// How gangs stood at the end of the last cycle that spoke of them.
    var standings: [ObjectKey: CycleResult.Group] = [:]
    /// Names this process in what it writes.
    let identity: String
    /// Why pods wait, as they have been told.
    var failures: [ObjectKey: PendingExplanation] = [:]
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

    /// A scheduler that has not begun.
    public init(
        client: APIClient, configuration: SchedulerConfiguration, options: SchedulerOptions, log: Log,
        metrics: Metrics
    ) {
        self.client = client
        self.options = options
        self.log = log
        self.metrics = metrics
        compatibility = configuration.compatibility
        identity = String(UInt64.random(in: .min ... .max), radix: 16)
        var session = SessionOptions()
        session.schedulerNames = options.schedulerNames
        loop = SchedulingLoop(configuration: configuration, options: session, timing: options.timing)
        binder = Binder(
            client: client, inbox: inbox, log: log, metrics: metrics, concurrency: options.bindConcurrency)
        evictor = Evictor(
            client: client, inbox: inbox, log: log, metrics: metrics, perSecond: options.evictionsPerSecond,
            coolDown: options.evictionCoolDown)
        statuses = StatusWriter(client: client, log: log, metrics: metrics) { [binder] in binder.isBusy }
        metrics.set("configuration_last_reload_successful", to: 1)
    }

    /// Schedules until the task is cancelled, or it cannot go on.
    ///
    /// - Returns: Why it cannot go on; nil if the task was cancelled.
    public func run() async -> String? {
        let feed = ClusterFeed(
            client: client, kinds: Self.kinds, inbox: inbox, log: log, metrics: metrics)
        await withTaskGroup { group in
            group.addTask { await feed.run() }
            group.addTask { await self.statuses.run() }
            group.addTask { await self.decide() }
            await group.next()
            group.cancelAll()
        }
        return failure
    }

    /// Says that this process is the one that decides, or is no longer.
    public nonisolated func lead(_ isLeader: Bool) { inbox.put(.leadership(isLeader)) }

    /// Puts another configuration in force.
    public nonisolated func configure(_ configuration: SchedulerConfiguration) {
        inbox.put(.configuration(configuration))
    }

    /// Says that a configuration was bad: the one that is in force stays.
    public nonisolated func keepConfiguration(because reason: String) {
        log.error("the configuration is bad: the last good one stays in force", ["error": reason])
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

    private var mayDecide: Bool { isLeader && !isPaused && unlisted.isEmpty }

    private func decide() async {
        while !Task.isCancelled, failure == nil {
            for message in inbox.take() { receive(message) }
            pulse.withLock { $0 = .now }
            let now = WallClock.now
            if mayDecide, let due = loop.nextCycle, due <= now.loopTime {
                runCycle(at: now)
                continue
            }
            if isLeader {
                updateStatuses()
                if mayDecide { releaseStuckGangs() }
            }
            measureCache()
            await inbox.wait(atMost: wait(from: now))
        }
    }

    /// How long nothing has to be done unless something happens.
    private func wait(from now: WallClock) -> Duration? {
        guard mayDecide, let due = loop.nextCycle else { return .seconds(1) }
        return .milliseconds(min(1_000, max(1, due.milliseconds - now.milliseconds)))
    }

    // MARK: What is said

    private func receive(_ message: Message) {
        switch message {
        case .replaced(let kind, let objects):
            let keys = Set(objects.map(\.key))
            for key in known[kind, default: []].subtracting(keys).sorted() { remove(kind, key) }
            for object in objects { set(kind, object) }
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
            for key in known[kind, default: []].sorted() { remove(kind, key) }
            listed(kind)
        case .binding(let binding, let outcome): settle(binding, outcome)
        case .bindingExpired(let pod): tell(.bindRefused(pod))
        case .gangEnded(let gang): end(gang)
        case .evictionRefused(let pod): tell(.evictionRefused(pod))
        case .configuration(let configuration):
            compatibility = configuration.compatibility
            tell(.configuration(configuration))
            log.info("another configuration is in force")
            metrics.add("configuration_reloads_total", ["accepted"])
            metrics.set("configuration_last_reload_successful", to: 1)
        case .leadership(let isLeader):
            self.isLeader = isLeader
            metrics.set("leader", to: isLeader ? 1 : 0)
            log.info(isLeader ? "leading" : "not leading")
        case .fatal(let reason): failure = failure ?? reason
        case .pause(let isPaused):
            if isPaused != self.isPaused { log.warning(isPaused ? "paused" : "no longer paused") }
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
        known[kind, default: []].insert(observed.key)
        for change in live.changed(observed.object) { take(change) }
    }

    private func remove(_ kind: ObjectKind, _ key: ObjectKey) {
        known[kind]?.remove(key)
        for change in live.removed(kind, key) { take(change) }
    }

    private func take(_ change: ClusterChange) {
        switch change {
        case .pod(let pod):
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
            if let before, isSamePhase, group.differsInStatusOnly(from: before) { return }
            toldOfGangs[group.key] = nil
            statuses.noteForeignWrite(podGroup: group.key)
        case .podGroupRemoved(let key):
            podGroups[key] = nil
            standings[key] = nil
            toldOfGangs[key] = nil
            statuses.forget(podGroup: key)
            partialSince[key] = nil
        case .node(let node): nodes.insert(node.name)
        case .nodeRemoved(let name): nodes.remove(name)
        default: break
        }
        tell(.change(change))
    }

    /// Tells the loop; amounts that no longer add up are the only thing that it refuses.
    func tell(_ input: LoopInput) {
        do { try loop.receive(input, at: WallClock.now.loopTime) } catch {
            log.error("an object is passed over: its amounts do not add up", ["error": "\(error)"])
        }
    }
}

extension PodGroup {
    /// Whether nothing but the status is another.
    fileprivate func differsInStatusOnly(from other: PodGroup) -> Bool {
        var same = self
        (same.phase, same.conditions) = (other.phase, other.conditions)
        return same == other
    }
}
