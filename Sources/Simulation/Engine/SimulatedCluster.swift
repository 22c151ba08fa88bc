import ClusterModel
import SchedulingLoop
import SchedulingPolicy

/// A cluster in virtual time: nodes, controllers and kubelets, and the scheduler's loop that is told of them.
final class SimulatedCluster {
    /// A pod of a job, or one that was there at the start.
    struct PodSlot {
        enum State { case free, waiting, binding, starting, running, leaving, gone }

        var key: ObjectKey
        /// The job's position in the plan; negative for a pod that was there at the start.
        var job: Int32
        /// Which of the pods of its shape it is.
        var set: Int32
        var state = State.waiting
        var node: Int32 = -1
        /// Tells events of this life from those of an earlier one.
        var generation: UInt32 = 0
        /// How often it has been made again.
        var remakes: UInt32 = 0
        /// Since when it has had its place, and since when it has run.
        var placed: Int64 = 0
        var started: Int64 = 0
        var created: Int64 = 0

        var isActive: Bool { state == .binding || state == .starting || state == .running }
    }

    /// A job that has been submitted and has not ended.
    struct LiveJob {
        /// Its pods are these slots.
        var slots: Range<Int>
        /// Tells the last end that was foreseen from earlier ones.
        var generation: UInt32 = 0
        /// Pods that run.
        var running = 0
        /// Pods that run or are on their way to it.
        var active = 0
        /// Whether at least the minimum runs.
        var isRunning = false
        /// Work that is done, and all that there is to do, in milliseconds of one pod.
        var done: Int64 = 0
        let work: Int64
        /// Up to when `done` counts.
        var counted: Int64 = 0
        var lastLoss: Int64 = -1
        var reason: PendingReason?
        var reasonSince: Int64 = 0
        /// Whether no cycle has spoken of it yet.
        var isNew = true
        /// The fewest pods with which it makes progress.
        let minimum: Int
        /// Thousandths of GPUs that all its pods ask for.
        let milliGPU: Int64
        let queue: Int
        /// Whether its end has to be foreseen anew.
        var isTouched = false
    }

    /// What a pod of a shape takes.
    struct Take {
        var milliGPU: Int64
        var milliCPU: Int64
    }

    /// An event of one life of a pod.
    struct PodEvent {
        var slot: Int32
        var generation: UInt32
    }

    let plan: SimulationPlan
    let loop: SchedulingLoop
    var outcome = SimulationOutcome()
    var nodes: NodeLedger
    var keeper: SeriesKeeper
    var now: Int64 = 0

    // Where the run is in what was known before.
    var nextPlanned = 0
    var nextJob = 0
    var nextPicture = 0
    let pictureTimes: [Int64]

    // What is on its way.
    var bindings = DelayQueue<PodEvent>()
    var starts = DelayQueue<PodEvent>()
    var departures = DelayQueue<PodEvent>()
    var recreations = DelayQueue<PodEvent>()
    var ends = TimeHeap()
    var residentEnds = TimeHeap()
    /// Jobs whose end has to be foreseen anew before time goes on.
    var touched: [Int] = []

    // Who is there.
    var slots: [PodSlot] = []
    var freeSlots: [Int: [Int]] = [:]
    var slotIndex = SlotIndex()
    var jobs: LiveJobs
    var jobByKey: [ObjectKey: Int] = [:]
    /// Jobs that no cycle has spoken of yet.
    var fresh: [Int] = []
    /// Pods that were there at the start.
    var residents: [Int: Pod] = [:]
    /// What was written on pods with their bindings, by slot, for those that have a place.
    var written: [Int: [String: String]] = [:]
    /// Which GPUs of which node pods have, where that is known.
    var joining: JoinedGPUs
    /// How many gangs began in one domain of the network.
    var near: NearGangs
    let residentQueues: [ObjectKey: String]
    /// By shape, what each of its pods takes.
    let takes: [[Take]]
    let queueIndex: [String: Int]
    var fragments: FragmentCounter
    /// The price of an hour of all nodes that are there.
    var pricePerHour: Double = 0
    /// Cycles in a row that decided nothing.
    var idleCycles = 0
    /// For tests: whether cycles are run that can decide nothing, and who looks at the cluster after each.
    var runsAllCycles = false
    var onCycle: ((SimulatedCluster) -> Void)?
    /// Told how far the run is whenever a span of the series is over.
    var onProgress: ((SimulationEngine.Progress) -> Void)?
    /// Whether the loop is told of starts and ends in brief, and not by whole objects, where both come to the same.
    var tellsBriefly: Bool

    init(_ plan: SimulationPlan) throws(ResourceOverflow) {
        self.plan = plan
        loop = try SchedulingLoop(
            snapshot: plan.cluster, configuration: plan.configuration, options: plan.options.forSimulation,
            timing: plan.delays.timing)
        nodes = NodeLedger(plan)
        let queues = Self.queueNames(plan)
        queueIndex = Dictionary(uniqueKeysWithValues: queues.enumerated().map { ($1, $0) })
        keeper = SeriesKeeper(queues: queues, models: nodes.models, duration: plan.duration)
        jobs = LiveJobs(count: plan.jobs.count)
        // A source of real load wants to see the objects.
        tellsBriefly = plan.options.nodeUsage == nil
        pictureTimes = plan.pictures.filter { $0 >= 0 }.sorted()
        takes = plan.shapes.map { shape in shape.pods.map { Self.take($0.pod) } }
        fragments = FragmentCounter(plan)
        joining = JoinedGPUs(plan.cluster)
        near = NearGangs(plan.configuration)
        residentQueues = Dictionary(
            plan.cluster.podGroups.map { ($0.key, $0.queue) }, uniquingKeysWith: { first, _ in first })
        outcome.jobs = Array(repeating: JobOutcome(), count: plan.jobs.count)
        addResidents()
        countCapacity()
    }

    static func take(_ pod: Pod) -> Take {
        Take(milliGPU: pod.milliGPU, milliCPU: pod.requests[.cpu] ?? 0)
    }

    private static func queueNames(_ plan: SimulationPlan) -> [String] {
        var names = Set(plan.cluster.queues.map(\.name))
        names.formUnion(plan.cluster.podGroups.map(\.queue))
        names.formUnion(plan.jobs.map(\.queue))
        for event in plan.events { if case .queue(let queue) = event.event { names.insert(queue.name) } }
        return names.sorted { $0.precedes($1) }
    }

    /// The slot of a pod; `nil` for one that is not there.
    func findSlot(_ key: ObjectKey) -> Int? { slotIndex.find(key.hashValue) { slots[$0].key == key } }

    // MARK: Time

    /// Milliseconds since the start as the loop counts time.
    func loopTime(_ time: Int64) -> LoopTime { plan.start.advanced(by: time) }

    /// The second in which something happened, for time stamps of objects.
    func timestamp(_ time: Int64) -> Timestamp { loopTime(time).timestamp }

    /// Lets time pass.
    func pass(to time: Int64) {
        if time <= now { return }
        outcome.cost += pricePerHour * (Double(time - now) / 3_600_000)
        keeper.advance(to: time) {
            onProgress?(
                SimulationEngine.Progress(
                    time: time, duration: plan.duration, submitted: nextJob, jobs: plan.jobs.count))
            return fragments.count(nodes)
        }
        now = time
    }

    /// Tells the loop of something.
    func tell(_ input: LoopInput) throws(ResourceOverflow) { try loop.receive(input, at: loopTime(now)) }

    /// Tells the loop of a pod.
    func tell(_ pod: Pod) throws(ResourceOverflow) { try loop.receive(pod, at: loopTime(now)) }

    /// The last of what is to be said, and what came of it all.
    func finish(at time: Int64) -> SimulationOutcome {
        pass(to: time)
        for job in jobs.positions { settle(job) }
        outcome.duration = time
        if joining.mostPoints > 0 {
            outcome.gpuJoining = Double(joining.points) / Double(joining.mostPoints)
        }
        if near.starts > 0 { outcome.gangsTogether = Double(near.together) / Double(near.starts) }
        outcome.series = keeper.finish(fragments: fragments.count(nodes))
        return outcome
    }
}

extension SessionOptions {
    /// As given, but for what a simulation has no use for: every waiting pod in every cycle's result.
    fileprivate var forSimulation: SessionOptions {
        var options = self
        options.detail = .reasons
        return options
    }
}
