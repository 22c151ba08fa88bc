import Allocator
import ClusterModel

/// The callbacks of all plugins, combined by Volcano's rules.
///
/// Orders: the first that tells the two apart decides. Gates: all must agree, except votes, which go tier by tier: any
/// rejection is final, and a tier with a permit settles it for the later ones.
final class ExtensionPoints {
    /// What nodes must be like and how they are ranked.
    let nodes: NodeDescriptions
    private let jobOrder: Comparison
    private let queueOrder: Comparison
    let namespaceOrder: [(Session, String, String) -> Int]
    private let taskOrder: Comparison
    private let jobValid: [(Session, Int) -> JobRefusal?]
    private let jobReady: (Session, Int) -> Bool
    private let placesNeeded: [(Session, Int) -> Int]
    private let jobPipelined: [(tier: Int, gate: (Session, Int) -> Vote)]
    private let jobEnqueueable: [(tier: Int, gate: (Session, Int) -> Vote)]
    private let jobEnqueued: [(Session, Int) -> Void]
    private let overused: [(Session, Int) -> Bool]
    private let allocatable: (Session, Int, Int) -> Bool
    let targetJobs: [(Session, [Int]) -> Int?]
    let reservedNodes: [(Session) -> Int?]
    let closers: [(Session) -> Void]
    let nodeFilters: [(Session, Int) -> NodeCheck?]
    let nodeScores: [(Session, Int) -> NodeScore?]
    let observers: [(Session, Int, PlaceEvent) -> Void]
    let shareObservers: [(Session, Int, [Int64]) -> Void]
    let queuesAbove: [(Session, Int) -> [Int]]
    private let bindAnnotations: [(Session, Int) -> [String: String]]
    let jobStarving: [(tier: Int, gate: (Session, Int) -> Bool)]
    let preemptable: VictimRules<Int>
    let reclaimable: VictimRules<Int>
    let giving: [(Session, Int) -> Bool]
    let evictable: VictimRules<GangEviction>
    let preemptive: [(Session, Int, [Int]) -> Bool]
    let victims: [(tier: Int, name: (Session) -> [Int])]
    let victimFilters: [(Session, [Int]) -> [Int]]
    let nextChange: Timestamp?
    let victimQueueOrder: [(Session, Int, Int, Int) -> Int]
    let subGroupReady: [(Session, SubGroupID) -> Bool]
    let subGroupPipelined: [(tier: Int, gate: (Session, SubGroupID) -> Vote)]
    let subGroupOrder: [(Session, SubGroupID, SubGroupID) -> Int]
    let domainOrder: [DomainScores]
    let domainGradient: DomainGradient?
    let domainRanks: DomainRanks?

    /// The contributions of plugins, in the order in which they are asked.
    init(_ plugins: [OpenPlugin], nodes: NodeDescriptions) {
        self.nodes = nodes
        jobOrder = Self.first(plugins.compactMap { $0.points.jobOrder })
        queueOrder = Self.first(plugins.compactMap { $0.points.queueOrder })
        namespaceOrder = plugins.compactMap { $0.points.namespaceOrder }
        taskOrder = Self.first(plugins.compactMap { $0.points.taskOrder })
        jobValid = plugins.compactMap { $0.points.jobValid }
        jobReady = Self.all(plugins.compactMap { $0.points.jobReady })
        placesNeeded = plugins.compactMap { $0.points.placesNeeded }
        jobPipelined = plugins.compactMap { plugin in plugin.points.jobPipelined.map { (plugin.tier, $0) } }
        jobEnqueueable = plugins.compactMap { plugin in plugin.points.jobEnqueueable.map { (plugin.tier, $0) }
        }
        jobEnqueued = plugins.compactMap { $0.points.jobEnqueued }
        bindAnnotations = plugins.compactMap { $0.points.bindAnnotations }
        overused = plugins.compactMap { $0.points.overused }
        allocatable = Self.all(plugins.compactMap { $0.points.allocatable })
        targetJobs = plugins.compactMap { $0.points.targetJob }
        reservedNodes = plugins.compactMap { $0.points.reservedNode }
        closers = plugins.compactMap { $0.points.closing }
        nodeFilters = plugins.flatMap { $0.points.nodeFilters }
        nodeScores = plugins.flatMap { $0.points.nodeScores }
        observers = plugins.compactMap { $0.points.observer }
        shareObservers = plugins.compactMap { $0.points.shareObserver }
        queuesAbove = plugins.compactMap { $0.points.queuesAbove }
        jobStarving = plugins.compactMap { plugin in plugin.points.jobStarving.map { (plugin.tier, $0) } }
        preemptable = VictimRules(
            filters: plugins.compactMap { plugin in plugin.points.preemptable.map { (plugin.tier, $0) } })
        reclaimable = VictimRules(
            filters: plugins.compactMap { plugin in plugin.points.reclaimable.map { (plugin.tier, $0) } })
        giving = plugins.compactMap { $0.points.giving }
        evictable = VictimRules(
            filters: plugins.compactMap { plugin in plugin.points.evictable.map { (plugin.tier, $0) } })
        preemptive = plugins.compactMap { $0.points.preemptive }
        victims = plugins.compactMap { plugin in plugin.points.victims.map { (plugin.tier, $0) } }
        victimFilters = plugins.compactMap { $0.points.victimFilter }
        nextChange = plugins.compactMap { $0.points.nextChange }.min()
        victimQueueOrder = plugins.compactMap { $0.points.victimQueueOrder }
        subGroupReady = plugins.compactMap { $0.points.subGroupReady }
        subGroupPipelined = plugins.compactMap { plugin in
            plugin.points.subGroupPipelined.map { (plugin.tier, $0) }
        }
        subGroupOrder = plugins.compactMap { $0.points.subGroupOrder }
        domainOrder = plugins.compactMap { $0.points.domainOrder }
        domainGradient = plugins.lazy.compactMap { $0.points.domainGradient }.first
        // It speaks for the only plugin that ranks domains.
        domainRanks = domainOrder.count == 1 ? plugins.lazy.compactMap { $0.points.domainRanks }.first : nil
    }

    /// Comparisons as one: the first that tells the two apart decides.
    private static func first(_ orders: [Order]) -> Comparison {
        var chain: Comparison = { _, _, _ in 0 }
        for order in orders.reversed() {
            let (compare, rest) = (order.compare, chain)
            chain = { session, left, right in
                let result = compare(session, left, right)
                return result == 0 ? rest(session, left, right) : result
            }
        }
        return chain
    }

    /// Gates as one: all must be open.
    private static func all(_ gates: [JobGate]) -> (Session, Int) -> Bool {
        var chain: (Session, Int) -> Bool = { _, _ in true }
        for gate in gates.reversed() {
            let (isOpen, rest) = (gate.isOpen, chain)
            chain = { session, job in isOpen(session, job) && rest(session, job) }
        }
        return chain
    }

    private static func all(_ gates: [TaskGate]) -> (Session, Int, Int) -> Bool {
        var chain: (Session, Int, Int) -> Bool = { _, _, _ in true }
        for gate in gates.reversed() {
            let (isOpen, rest) = (gate.isOpen, chain)
            chain = { session, queue, task in isOpen(session, queue, task) && rest(session, queue, task) }
        }
        return chain
    }

    /// Whether one gang goes before another; at a tie the older does.
    func isJob(_ left: Int, before right: Int, in session: Session) -> Bool {
        let order = jobOrder(session, left, right)
        if order != 0 { return order < 0 }
        // Ranks are those of the gangs that wait.
        if session.jobs[left].isActive, session.jobs[right].isActive {
            return session.jobs[left].rank < session.jobs[right].rank
        }
        return session.isOlder(left, right)
    }

    /// Whether one queue goes before another; at a tie the older does.
    func isQueue(_ left: Int, before right: Int, in session: Session) -> Bool {
        let order = queueOrder(session, left, right)
        if order != 0 { return order < 0 }
        let (leftTime, rightTime) = (session.queues[left].queue.created, session.queues[right].queue.created)
        if leftTime != rightTime { return Timestamp.isOlder(leftTime, rightTime) }
        return session.queues[left].queue.name.precedes(session.queues[right].queue.name)
    }

    /// Whether one namespace goes before another; at a tie the one with the smaller name does.
    func isNamespace(_ left: String, before right: String, in session: Session) -> Bool {
        for compare in namespaceOrder {
            let order = compare(session, left, right)
            if order != 0 { return order < 0 }
        }
        return left.precedes(right)
    }

    /// Whether one pod goes before another of its gang; at a tie the default order holds.
    func isTask(_ left: Int, before right: Int, in session: Session) -> Bool {
        let order = taskOrder(session, left, right)
        if order != 0 { return order < 0 }
        if session.compatibility == .gangwright, !session.volumes.isEmpty {
            let isLeftTied = session.isTiedByVolumes(left)
            if isLeftTied != session.isTiedByVolumes(right) { return isLeftTied }
        }
        return session.tasks[left].position < session.tasks[right].position
    }

    /// Which of two pods of any gangs goes first, as far as plugins tell them apart.
    func taskComparison(_ left: Int, _ right: Int, in session: Session) -> Int {
        taskOrder(session, left, right)
    }

    /// Why a gang need not be tried; `nil` if it may.
    func invalidity(of job: Int, in session: Session) -> JobRefusal? {
        for check in jobValid {
            if let refusal = check(session, job) { return refusal }
        }
        return nil
    }

    /// Whether a gang may be bound.
    func isReady(_ job: Int, in session: Session) -> Bool { jobReady(session, job) }

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

    /// Why one is turned down: any rejection that is met is final, and a tier with a permit settles it for the later ones.
    static func rejection<Subject>(
        of job: Subject, by gates: [(tier: Int, gate: (Session, Subject) -> Vote)], in session: Session
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

    /// What is to be written on a pod with its binding; of plugins that name the same key, the first is heard.
    func bindAnnotations(of task: Int, in session: Session) -> [String: String] {
        bindAnnotations.reduce(into: [:]) { texts, annotations in
            texts.merge(annotations(session, task)) { first, _ in first }
        }
    }

    /// Whether a queue has had its share.
    func isOverused(_ queue: Int, in session: Session) -> Bool { overused.contains { $0(session, queue) } }

    /// Whether a queue may take a pod more.
    func isAllocatable(_ queue: Int, _ task: Int, in session: Session) -> Bool {
        allocatable(session, queue, task)
    }
}
