import ClusterModel

/// A vote of a plugin on a gate.
enum Vote {
    /// Yes, and later tiers need not be asked.
    case permit
    /// No opinion.
    case abstain
    /// No, whatever the others say. The sentence says why.
    case reject(String)
}

/// Compares two gangs, queues or pods: negative if the first goes first.
typealias Comparison = (Session, Int, Int) -> Int

/// What one plugin contributes; its switches decide what is taken.
struct PluginPoints {
    private let configuration: PluginConfiguration
    fileprivate var jobOrder: Comparison?
    fileprivate var queueOrder: Comparison?
    fileprivate var taskOrder: Comparison?
    fileprivate var jobValid: ((Session, Int) -> JobRefusal?)?
    fileprivate var jobReady: ((Session, Int) -> Bool)?
    fileprivate var placesNeeded: ((Session, Int) -> Int)?
    fileprivate var jobPipelined: ((Session, Int) -> Vote)?
    fileprivate var jobEnqueueable: ((Session, Int) -> Vote)?
    fileprivate var jobEnqueued: ((Session, Int) -> Void)?
    fileprivate var overused: ((Session, Int) -> Bool)?
    fileprivate var allocatable: ((Session, Int, Int) -> Bool)?

    init(configuration: PluginConfiguration) { self.configuration = configuration }

    /// Orders gangs.
    mutating func orderJobs(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.jobOrder) { jobOrder = compare }
    }

    /// Orders queues.
    mutating func orderQueues(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.queueOrder) { queueOrder = compare }
    }

    /// Orders the pods of a gang.
    mutating func orderTasks(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.taskOrder) { taskOrder = compare }
    }

    /// Says why a gang need not be tried; it has no switch.
    mutating func validateJobs(_ check: @escaping (Session, Int) -> JobRefusal?) { jobValid = check }

    /// Says whether a gang may be bound, and how many pods more must find a place before the gate can open.
    mutating func gateReady(
        _ gate: @escaping (Session, Int) -> Bool, placesNeeded: @escaping (Session, Int) -> Int
    ) {
        if configuration.isEnabled(.jobReady) {
            jobReady = gate
            self.placesNeeded = placesNeeded
        }
    }

    /// Says whether a gang may keep the places that it is promised.
    mutating func gatePipelined(_ gate: @escaping (Session, Int) -> Vote) {
        if configuration.isEnabled(.jobPipelined) { jobPipelined = gate }
    }

    /// Says whether a gang is admitted, and books it once it is. One switch holds for both.
    mutating func gateEnqueue(
        _ gate: @escaping (Session, Int) -> Vote, admitted: @escaping (Session, Int) -> Void
    ) {
        if configuration.isEnabled(.jobEnqueued) {
            jobEnqueueable = gate
            jobEnqueued = admitted
        }
    }

    /// Says whether a queue has had its share.
    mutating func gateOverused(_ gate: @escaping (Session, Int) -> Bool) {
        if configuration.isEnabled(.overused) { overused = gate }
    }

    /// Says whether a queue (first) may take a pod (second) more.
    mutating func gateAllocatable(_ gate: @escaping (Session, Int, Int) -> Bool) {
        if configuration.isEnabled(.allocatable) { allocatable = gate }
    }
}

/// The callbacks of all plugins, combined by Volcano's rules.
///
/// Orders: the first that tells the two apart decides. Gates: all must agree, except votes, which go tier by tier: any
/// rejection is final, and a tier with a permit settles it for the later ones.
final class ExtensionPoints {
    /// What nodes must be like and how they are ranked.
    let nodes: NodeDescriptions
    private let jobOrder: [Comparison]
    private let queueOrder: [Comparison]
    private let taskOrder: [Comparison]
    private let jobValid: [(Session, Int) -> JobRefusal?]
    private let jobReady: [(Session, Int) -> Bool]
    private let placesNeeded: [(Session, Int) -> Int]
    private let jobPipelined: [(tier: Int, gate: (Session, Int) -> Vote)]
    private let jobEnqueueable: [(tier: Int, gate: (Session, Int) -> Vote)]
    private let jobEnqueued: [(Session, Int) -> Void]
    private let overused: [(Session, Int) -> Bool]
    private let allocatable: [(Session, Int, Int) -> Bool]

    /// The contributions of plugins, in the order in which they are asked.
    init(_ plugins: [(points: PluginPoints, tier: Int)], nodes: NodeDescriptions) {
        self.nodes = nodes
        jobOrder = plugins.compactMap(\.points.jobOrder)
        queueOrder = plugins.compactMap(\.points.queueOrder)
        taskOrder = plugins.compactMap(\.points.taskOrder)
        jobValid = plugins.compactMap(\.points.jobValid)
        jobReady = plugins.compactMap(\.points.jobReady)
        placesNeeded = plugins.compactMap(\.points.placesNeeded)
        jobPipelined = plugins.compactMap { plugin in plugin.points.jobPipelined.map { (plugin.tier, $0) } }
        jobEnqueueable = plugins.compactMap { plugin in plugin.points.jobEnqueueable.map { (plugin.tier, $0) }
        }
        jobEnqueued = plugins.compactMap(\.points.jobEnqueued)
        overused = plugins.compactMap(\.points.overused)
        allocatable = plugins.compactMap(\.points.allocatable)
    }

    /// Whether one gang goes before another; at a tie the older does.
    func isJob(_ left: Int, before right: Int, in session: Session) -> Bool {
        for compare in jobOrder {
            let order = compare(session, left, right)
            if order != 0 { return order < 0 }
        }
        return session.jobs[left].rank < session.jobs[right].rank
    }

    /// Whether one queue goes before another; at a tie the older does.
    func isQueue(_ left: Int, before right: Int, in session: Session) -> Bool {
        for compare in queueOrder {
            let order = compare(session, left, right)
            if order != 0 { return order < 0 }
        }
        let (leftTime, rightTime) = (session.queues[left].queue.created, session.queues[right].queue.created)
        if leftTime != rightTime { return Timestamp.isOlder(leftTime, rightTime) }
        return session.queues[left].queue.name.precedes(session.queues[right].queue.name)
    }

    /// Whether one pod goes before another of its gang; at a tie the default order holds.
    func isTask(_ left: Int, before right: Int, in session: Session) -> Bool {
        for compare in taskOrder {
            let order = compare(session, left, right)
            if order != 0 { return order < 0 }
        }
        return session.tasks[left].position < session.tasks[right].position
    }

    /// Why a gang need not be tried; `nil` if it may.
    func invalidity(of job: Int, in session: Session) -> JobRefusal? {
        for check in jobValid {
            if let refusal = check(session, job) { return refusal }
        }
        return nil
    }

    /// Whether a gang may be bound.
    func isReady(_ job: Int, in session: Session) -> Bool { jobReady.allSatisfy { $0(session, job) } }

    /// How many pods more must find a place before a gang can be bound; 0 where nothing says.
    func placesNeeded(_ job: Int, in session: Session) -> Int {
        var most = 0
        for count in placesNeeded { most = max(most, count(session, job)) }
        return most
    }

    /// Whether a gang may keep the places that it is promised.
    func isPipelined(_ job: Int, in session: Session) -> Bool {
        Self.rejection(of: job, by: jobPipelined, in: session) == nil
    }

    /// Why a gang is not admitted; `nil` if it is.
    func enqueueRejection(of job: Int, in session: Session) -> String? {
        Self.rejection(of: job, by: jobEnqueueable, in: session)
    }

    private static func rejection(
        of job: Int, by gates: [(tier: Int, gate: (Session, Int) -> Vote)], in session: Session
    ) -> String? {
        var permittedTier: Int?
        for (tier, gate) in gates {
            if let permittedTier, permittedTier < tier { return nil }
            switch gate(session, job) {
            case .permit: permittedTier = tier
            case .abstain: break
            case .reject(let reason): return reason
            }
        }
        return nil
    }

    /// Books an admitted gang.
    func admit(_ job: Int, in session: Session) {
        for booking in jobEnqueued { booking(session, job) }
    }

    /// Whether a queue has had its share.
    func isOverused(_ queue: Int, in session: Session) -> Bool { overused.contains { $0(session, queue) } }

    /// Whether a queue may take a pod more.
    func isAllocatable(_ queue: Int, _ task: Int, in session: Session) -> Bool {
        allocatable.allSatisfy { $0(session, queue, task) }
    }
}
