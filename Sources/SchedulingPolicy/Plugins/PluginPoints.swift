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
struct PluginPoints {
    private let configuration: PluginConfiguration
    private(set) var jobOrder: Order?
    private(set) var queueOrder: Order?
    private(set) var taskOrder: Order?
    private(set) var jobValid: ((Session, Int) -> JobRefusal?)?
    private(set) var jobReady: JobGate?
    private(set) var placesNeeded: ((Session, Int) -> Int)?
    private(set) var jobPipelined: ((Session, Int) -> Vote)?
    private(set) var jobEnqueueable: ((Session, Int) -> Vote)?
    private(set) var jobEnqueued: ((Session, Int) -> Void)?
    private(set) var overused: ((Session, Int) -> Bool)?
    private(set) var allocatable: TaskGate?

    init(configuration: PluginConfiguration) { self.configuration = configuration }

    /// Orders gangs.
    mutating func orderJobs(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.jobOrder) { jobOrder = Order(compare: compare) }
    }

    /// Orders queues.
    mutating func orderQueues(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.queueOrder) { queueOrder = Order(compare: compare) }
    }

    /// Orders the pods of a gang.
    mutating func orderTasks(_ compare: @escaping Comparison) {
        if configuration.isEnabled(.taskOrder) { taskOrder = Order(compare: compare) }
    }

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
        if configuration.isEnabled(.allocatable) { allocatable = TaskGate(isOpen: gate) }
    }
}
