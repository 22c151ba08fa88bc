import Allocator
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

/// Callbacks that are asked very often. A function that is an element of a list or an optional is called through another
/// one that passes its arguments by address; a function inside a structure is not.
struct Order {
    let compare: Comparison
}

/// See `Order`.
struct JobGate {
    let isOpen: (Session, Int) -> Bool
}

/// See `Order`.
struct TaskGate {
    let isOpen: (Session, Int, Int) -> Bool
}

/// What one plugin contributes; its switches decide what is taken.
///
/// How each callback is combined with those of other plugins stands in `ExtensionPoints`, by Volcano's rules.
struct PluginPoints {
    private let configuration: PluginConfiguration
    private(set) var jobOrder: Order?
    private(set) var queueOrder: Order?
    private(set) var namespaceOrder: ((Session, String, String) -> Int)?
    private(set) var taskOrder: Order?
    private(set) var jobValid: ((Session, Int) -> JobRefusal?)?
    private(set) var jobReady: JobGate?
    private(set) var placesNeeded: ((Session, Int) -> Int)?
    private(set) var jobPipelined: ((Session, Int) -> Vote)?
    private(set) var jobEnqueueable: ((Session, Int) -> Vote)?
    private(set) var jobEnqueued: ((Session, Int) -> Void)?
    private(set) var overused: ((Session, Int) -> Bool)?
    private(set) var allocatable: TaskGate?
    private(set) var nodeFilters: [(Session, Int) -> NodeCheck?] = []
    private(set) var nodeScores: [(Session, Int) -> NodeScore?] = []
    private(set) var observer: ((Session, Int, PlaceEvent) -> Void)?
    private(set) var shareObserver: ((Session, _ queue: Int, [Int64]) -> Void)?
    private(set) var queuesAbove: ((Session, Int) -> [Int])?
    private(set) var bindAnnotations: ((Session, Int) -> [String: String])?
    private(set) var jobStarving: ((Session, Int) -> Bool)?
    private(set) var preemptable: VictimRules<Int>.Filter?
    private(set) var reclaimable: VictimRules<Int>.Filter?
    private(set) var giving: ((Session, Int) -> Bool)?
    private(set) var evictable: VictimRules<GangEviction>.Filter?
    private(set) var preemptive: ((Session, Int, [Int]) -> Bool)?
    private(set) var victims: ((Session) -> [Int])?
    private(set) var victimFilter: ((Session, [Int]) -> [Int])?
    private(set) var nextChange: Timestamp?
    private(set) var victimQueueOrder: ((Session, Int, Int, Int) -> Int)?

    private(set) var subGroupReady: ((Session, SubGroupID) -> Bool)?
    private(set) var subGroupPipelined: ((Session, SubGroupID) -> Vote)?
    private(set) var subGroupOrder: ((Session, SubGroupID, SubGroupID) -> Int)?
    private(set) var domainOrder: DomainScores?
    private(set) var domainGradient: DomainGradient?
    private(set) var domainRanks: DomainRanks?
    private(set) var targetJob: ((Session, [Int]) -> Int?)?
    private(set) var reservedNode: ((Session) -> Int?)?
    private(set) var closing: ((Session) -> Void)?

    init(configuration: PluginConfiguration) { self.configuration = configuration }

    /// Whether the file asks the plugin for a hierarchy of queues.
    var isHierarchical: Bool { configuration.isEnabled(.hierarchy) }

    /// Whether the file lets the plugin order namespaces. Only Volcano 1.5 has the switch.
    var ordersNamespaces: Bool { configuration.isEnabled(.namespaceOrder) }

    // MARK: Orders

    /// Orders gangs.
    mutating func orderJobs(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.jobOrder) { jobOrder = Order(compare: compare) }
    }

    /// Orders queues.
    mutating func orderQueues(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.queueOrder) { queueOrder = Order(compare: compare) }
    }

    /// Orders namespaces, by their names; Volcano 1.5 only.
    mutating func orderNamespaces(_ compare: @escaping (Session, String, String) -> Int) {
        if ordersNamespaces { namespaceOrder = compare }
    }

    /// Orders the pods of a gang.
    mutating func orderTasks(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.taskOrder) { taskOrder = Order(compare: compare) }
    }

    // MARK: Gates

    /// Says why a gang need not be tried; it has no switch.
    mutating func validateJobs(_ check: @escaping (Session, Int) -> JobRefusal?) { jobValid = check }

    /// Says whether a gang may be bound, and how many pods more must find a place before the gate can open.
    mutating func gateReady(
        _ gate: @escaping (Session, Int) -> Bool, placesNeeded: @escaping (Session, Int) -> Int
    ) {
        if configuration.isEnabled(.jobReady) {
            jobReady = JobGate(isOpen: gate)
            self.placesNeeded = placesNeeded
        }
    }

    /// Says whether a gang may keep the places that it is promised.
    mutating func gatePipelined(_ gate: @escaping (Session, Int) -> Vote) {
        if configuration.isEnabled(.jobPipelined) { jobPipelined = gate }
    }

    /// Says whether a gang is admitted, and books it once it is. One switch holds for both.
    mutating func gateEnqueue(
        _ gate: @escaping (Session, Int) -> Vote, admitted: @escaping (Session, Int) -> Void = { _, _ in }
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
        if configuration.isEnabled(.allocatable) { allocatable = TaskGate(isOpen: gate) }
    }

    // MARK: Nodes

    /// Says of a pod which nodes may not take it, by rules that `describeNodes` cannot state; `nil` for a pod to which
    /// they say nothing.
    ///
    /// A pod that any plugin has a check for is placed by looking at every node. A plugin may have several filters.
    mutating func filterNodes(_ filter: @escaping (Session, Int) -> NodeCheck?) {
        if configuration.isEnabled(.predicate) { nodeFilters.append(filter) }
    }

    /// The same by a rule of its own type.
    mutating func filterNodes<Rule: NodeRule>(by rule: Rule.Type) {
        filterNodes { session, task in
            Rule(task, in: session).map {
                NodeCheck(
                    refusal: $0.refusal, lastingRefusal: $0.lastingRefusal, pins: $0.pins,
                    isLasting: $0.isLasting, isRoom: $0.isRoom)
            }
        }
    }

    /// Adds points to the nodes of a pod, by rules that `describeNodes` cannot state; `nil` for a pod to which they add
    /// nothing. A pod that any plugin has points for is placed by looking at every node.
    mutating func scoreNodes(_ score: @escaping (Session, Int) -> NodeScore?) {
        if configuration.isEnabled(.nodeOrder) { nodeScores.append(score) }
    }

    /// Is told when a pod gets a place in the open cycle, or loses it; it has no switch. A plugin may give several.
    mutating func observePlaces(_ observer: @escaping (Session, Int, PlaceEvent) -> Void) {
        guard let earlier = self.observer else {
            self.observer = observer
            return
        }
        self.observer = { session, task, event in
            earlier(session, task, event)
            observer(session, task, event)
        }
    }

    /// Is told by how much more a queue counts as holding (by column; less, where negative) because places are kept for its
    /// gangs, or because pods leave in thought. Of what `above` names it is told as well, each by itself. It has no switch.
    ///
    /// - Parameter above: the queues that hold what a queue holds, apart from itself.
    mutating func observeShares(
        above: @escaping (Session, Int) -> [Int],
        _ observer: @escaping (Session, _ queue: Int, [Int64]) -> Void
    ) {
        queuesAbove = above
        shareObserver = observer
    }

    /// Says what is to be written on a pod that is bound, for the node's device plugins; it has no switch.
    mutating func annotateBinds(_ annotations: @escaping (Session, Int) -> [String: String]) {
        bindAnnotations = annotations
    }

    // MARK: Parts of gangs, and domains

    /// Says whether a part of a gang has as many pods as must run together.
    mutating func gateSubGroupReady(_ gate: @escaping (Session, SubGroupID) -> Bool) {
        if configuration.isEnabled(.subJobReady) { subGroupReady = gate }
    }

    /// Says whether a part of a gang may keep the places that it is promised.
    mutating func gateSubGroupPipelined(_ gate: @escaping (Session, SubGroupID) -> Vote) {
        if configuration.isEnabled(.subJobPipelined) { subGroupPipelined = gate }
    }

    /// Orders the parts of a gang.
    mutating func orderSubGroups(_ compare: @escaping (Session, SubGroupID, SubGroupID) -> Int) {
        if configuration.isEnabled(.subJobOrder) { subGroupOrder = compare }
    }

    /// Adds points to the domains that a gang or part could be placed in.
    mutating func scoreDomains(_ score: @escaping DomainScores) {
        if configuration.isEnabled(.hyperNodeOrder) { domainOrder = score }
    }

    /// Says in which domains to try a gang or part, tier by tier; the first plugin that says so is heard.
    mutating func chooseDomains(_ choose: @escaping DomainGradient) {
        if configuration.isEnabled(.hyperNodeGradient) { domainGradient = choose }
    }

    /// Says both at once, where that is quicker; `nil` where it is not.
    mutating func rankDomains(_ rank: @escaping DomainRanks) {
        if configuration.isEnabled(.hyperNodeGradient), configuration.isEnabled(.hyperNodeOrder) {
            domainRanks = rank
        }
    }
    /// Chooses, of gangs from the oldest on, the one that nodes are locked for; Volcano 1.5 only.
    mutating func chooseTargetJob(_ choose: @escaping (Session, [Int]) -> Int?) {
        if configuration.isEnabled(.targetJob) { targetJob = choose }
    }

    /// Chooses the next node (by the allocator's index) to be locked; Volcano 1.5 only.
    mutating func chooseReservedNode(_ choose: @escaping (Session) -> Int?) {
        if configuration.isEnabled(.reservedNodes) { reservedNode = choose }
    }

    /// Is told when the actions of the cycle have run; it has no switch.
    mutating func observeEnd(_ observer: @escaping (Session) -> Void) { closing = observer }

    // MARK: Victims

    /// Says whether a gang needs pods that others may have to leave for.
    mutating func gateStarving(_ gate: @escaping (Session, Int) -> Bool) {
        if configuration.isEnabled(.jobStarving) { jobStarving = gate }
    }

    /// Says which pods of the same queue may leave for a pod.
    mutating func choosePreemptable(_ filter: @escaping VictimRules<Int>.Filter) {
        if configuration.isEnabled(.preemptable) { preemptable = filter }
    }

    /// Says which pods of other queues may leave for a pod; and of which queues any may, where that is known without
    /// looking at pods.
    mutating func chooseReclaimable(
        _ filter: @escaping VictimRules<Int>.Filter, ofQueues isGiving: ((Session, Int) -> Bool)? = nil
    ) {
        if configuration.isEnabled(.reclaimable) {
            reclaimable = filter
            giving = isGiving
        }
    }

    /// Says which pods may leave for a gang as a whole; it has no switch.
    mutating func chooseEvictable(_ filter: @escaping VictimRules<GangEviction>.Filter) {
        evictable = filter
    }

    /// Says whether a queue (first) may take from others what pods need.
    mutating func gatePreemptive(_ gate: @escaping (Session, Int, [Int]) -> Bool) {
        if configuration.isEnabled(.preemptive) { preemptive = gate }
    }

    /// Names pods that should leave for no pod in particular.
    mutating func nameVictims(_ victims: @escaping (Session) -> [Int]) {
        if configuration.isEnabled(.victim) { self.victims = victims }
    }

    /// Says which of the pods that others name may leave, under `gangwright`; one switch holds for both.
    mutating func filterNamedVictims(_ filter: @escaping (Session, [Int]) -> [Int]) {
        if configuration.isEnabled(.victim) { victimFilter = filter }
    }

    /// Orders the queues of victims, given the queue (first) that they leave for: negative if pods of the first of the
    /// two that follow leave first. It has no switch.
    mutating func orderVictimQueues(_ compare: @escaping (Session, Int, Int, Int) -> Int) {
        victimQueueOrder = compare
    }

    // MARK: Time

    /// Says that an answer may be another from a time on, though nothing happens; it has no switch.
    ///
    /// Gangs that found no room are tried again then, and a cycle is due.
    mutating func mayChange(at time: Timestamp) { nextChange = min(nextChange ?? time, time) }
}

/// Why a node (by the allocator's index) cannot take a pod, by a rule that only the policy knows; `nil` if it can.
struct NodeCheck {
    let refusal: (Int) -> NodeRefusal?
    /// The same whoever leaves, of a check that is about room.
    var lastingRefusal: (Int) -> NodeRefusal? = { _ in nil }
    /// What it is decided by, where that is nothing but what the pod would get on the node.
    var pins: PinQuestion?
    /// Whether it holds for all pods of a shape, and a node that it closes stays closed until something is given back.
    var isLasting = false
    /// Whether others leaving may help, so that `Session.fits(_:on:without:freeing:)` has to be asked about them.
    var isRoom = false
}

/// What one pod demands of nodes, read once and asked for each.
protocol NodeRule {
    /// - Returns: `nil` for a pod that demands nothing of the kind.
    init?(_ task: Int, in session: Session)

    /// Why a node (by the allocator's index) is closed to the pod; `nil` if it is open.
    func refusal(_ node: Int) -> NodeRefusal?

    /// Why it is closed to the pod whoever leaves; asked only where `isRoom` holds.
    func lastingRefusal(_ node: Int) -> NodeRefusal?

    /// What it asks nodes, where nothing decides but the answer.
    var pins: PinQuestion? { get }

    /// Whether the same is closed to all pods of the shape, and stays so until something is given back.
    var isLasting: Bool { get }

    /// Whether it is about room that others may leave: `Session.fits(_:on:without:freeing:)` knows of it as well.
    var isRoom: Bool { get }
}

extension NodeRule {
    func lastingRefusal(_ node: Int) -> NodeRefusal? { nil }
    var pins: PinQuestion? { nil }
    var isLasting: Bool { false }
    var isRoom: Bool { false }
}

/// Points for nodes (by the allocator's index) that could take a pod, in the order of the nodes, in `scoreUnit`.
struct NodeScore {
    let points: ([Int]) -> [Int64]
    /// What they are decided by, where that is nothing but what the pod would get on the nodes.
    var pins: PinQuestion?
    /// Asked afterwards: why there are none, so that the pod gets no node; `nil` if there are some.
    var failure: () -> String? = { nil }
}

/// What happens to a pod within a cycle. A plugin that keeps books of its own follows them.
enum PlaceEvent {
    /// It has got a place; it stands in `tasks[task].node`.
    case placed
    /// It is about to lose the place that it had got.
    case unplaced
    /// It is going to be evicted: it holds its node until it has gone.
    case evicted
    /// Its eviction was taken back.
    case restored
}

/// The points of domains for a gang or part, in their order.
typealias DomainScores = (Session, SubGroupID, DomainTree, [Int]) -> [Double]

/// The domains to try, tier by tier, those to be tried together in one list.
typealias DomainGradient = (Session, DomainSearch, DomainTree) -> [[Int]]

/// The same with their points, best first; `nil` where others are to be asked.
typealias DomainRanks = (Session, DomainSearch, DomainTree) -> [[RankedDomain]]?

/// On whose behalf pods are to leave for a whole gang.
struct GangEviction {
    /// The gang that needs their places.
    let job: Int
    /// True when they are taken from other queues.
    let isReclaim: Bool
}
