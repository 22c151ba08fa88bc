import ClusterModel
import Documents
import KubernetesAPI
import SchedulingLoop
import SchedulingPolicy
import SyntheticClusters

/// Makes a plan of what a scenario says: opens its files, draws its jobs, resolves its events.
struct PlanBuilder {
    let document: ScenarioDocument
    let sources: ScenarioSources
    var plan = SimulationPlan()
    var problems: [Problem] = []
    var shapes = ShapeTable()
    var recipes = GangRecipes()
    /// The nodes of each pool, in the order in which they are made, and how many there have been.
    var pools: [String: [Node]] = [:]
    /// Streams of randomness, each for one kind of draws.
    var streams: Streams

    /// Streams that do not move one another.
    struct Streams {
        var generators: SeededGenerator
        var traces: SeededGenerator
        var objects: SeededGenerator
        var events: SeededGenerator
        var failures: SeededGenerator

        init(seed: UInt64) {
            var root = SeededGenerator(seed: seed)
            generators = root.fork()
            traces = root.fork()
            objects = root.fork()
            events = root.fork()
            failures = root.fork()
        }
    }

    init(_ document: ScenarioDocument, _ sources: ScenarioSources, variant: String, seed: UInt64) {
        self.document = document
        self.sources = sources
        streams = Streams(seed: seed)
        plan.name = document.name
        plan.variant = variant
        plan.seed = seed
        plan.duration = document.duration
        plan.delays = document.delays
        if !document.schedulerNames.isEmpty {
            plan.options.schedulerNames = Set(document.schedulerNames)
        }
    }

    /// The scheduler that drawn jobs ask for.
    var schedulerName: String { document.schedulerNames.first ?? "gangwright" }

    /// Milliseconds since 1970 at the start.
    var start: Int64 { plan.start.milliseconds }

    /// The second so many milliseconds after the start, for time stamps of objects.
    func timestamp(_ time: Int64) -> Timestamp { plan.start.advanced(by: time).timestamp }

    mutating func build() -> SimulationPlan {
        readConfiguration()
        readCluster()
        addPools()
        remarkOnSlices()
        addQueues()
        addSnapshotJobs()
        addTraces()
        addGenerators()
        finishJobs()
        addEvents()
        addFailures()
        sortEvents()
        addPictures()
        plan.shapes = shapes.shapes
        return plan
    }

    mutating func report(_ place: ScenarioPlace, _ message: String) {
        problems.append(place.problem(message))
    }

    /// Milliseconds since the start.
    func time(_ time: ScenarioTime) -> Int64 { time.milliseconds(since: start) }

    private mutating func readConfiguration() {
        switch document.configuration {
        case .standard: plan.configuration = .default
        case .read(let configuration): plan.configuration = configuration
        case .file(let file):
            do throws(ScenarioProblem) {
                let (path, bytes) = try sources.read(file)
                let (configuration, found) = SchedulerConfiguration.read(bytes, file: path)
                problems += found
                if let configuration { plan.configuration = configuration }
            } catch {
                problems.append(error.problem)
            }
        }
    }

    /// Tells of slices of GPUs whose part of a GPU is a guess.
    private mutating func remarkOnSlices() {
        var names: Set<ResourceName> = []
        for node in plan.cluster.nodes { names.formUnion(node.allocatable.names) }
        for name in names.sorted() {
            guard let profile = MIGProfile(name), !profile.isKnown else { continue }
            let place = ScenarioPlace(file: sources.scenario, line: 0, field: "cluster")
            problems.append(
                place.problem(
                    "\(name) is a MIG profile of no GPU that is known: it counts as \(profile.slices)/7 of a GPU",
                    severity: .warning))
        }
    }

    // MARK: Jobs

    /// Puts all jobs in the order of their submission, and checks what they name.
    private mutating func finishJobs() {
        let order = plan.jobs.indices.sorted { (plan.jobs[$0].submitted, $0) < (plan.jobs[$1].submitted, $1) }
        plan.jobs = order.map { plan.jobs[$0] }
        var seen: Set<ObjectKey> = []
        seen.reserveCapacity(plan.jobs.count)
        var repeated = 0
        for job in plan.jobs where !seen.insert(job.key).inserted {
            repeated += 1
            if repeated <= 3 {
                report(
                    ScenarioPlace(file: sources.scenario, line: 0, field: "workload"),
                    "found two jobs called \(job.key), expected a name of its own for each: give generators and "
                        + "traces names that differ")
            }
        }
        if document.duration == nil, let endless = plan.jobs.first(where: { $0.runTime == Self.endless }) {
            report(
                ScenarioPlace(file: sources.scenario, line: 0, field: "workload.runTime"),
                "found nothing, expected a run time for jobs such as \(endless.key) that say none "
                    + "(\(SnapshotJobs.runTimeAnnotation)), or a duration of the scenario")
        }
    }

    /// How long a job runs that nobody knows an end of: a hundred years.
    static let endless: Int64 = 36_500 * 86_400_000

    /// The names of queues that exist, or will.
    var queueNames: Set<String> {
        var names = Set(plan.cluster.queues.map(\.name))
        names.formUnion(["default", "root"])
        for event in document.events {
            if case .queue(let queue) = event.action { names.insert(queue.name) }
        }
        return names
    }

    /// Reports names that nothing bears.
    mutating func check(
        _ names: [Weighted<String>], among known: Set<String>, _ what: String, _ place: ScenarioPlace
    ) {
        for name in names.map(\.value) where !name.isEmpty && !known.contains(name) {
            report(
                place,
                "found \(name.debugDescription), expected \(what) of the cluster; "
                    + Spelling.hint(for: name, among: known))
        }
    }

    /// Checks the queues, classes and labels of nodes that drawn jobs name.
    mutating func check(_ traits: ScenarioDocument.JobTraits) {
        check(traits.queues.value, among: queueNames, "a queue", traits.queues.place)
        var classes = Set(plan.cluster.priorityClasses.map(\.name))
        classes.formUnion(["system-node-critical", "system-cluster-critical"])
        check(traits.priorityClasses.value, among: classes, "a priority class", traits.priorityClasses.place)
        if let within = traits.within {
            check([Weighted(within.value, weight: 1)], among: nodeLabels, "a label of nodes", within.place)
        }
    }

    /// The keys of the labels that nodes have, or will.
    private var nodeLabels: Set<String> {
        var labels: Set<String> = []
        for node in plan.cluster.nodes { labels.formUnion(node.labels.keys) }
        for pool in document.cluster.pools {
            labels.formUnion(pool.labels.keys)
            labels.formUnion(pool.topology.map(\.label))
        }
        return labels
    }

    // MARK: Pictures

    private mutating func addPictures() {
        for picture in document.pictures {
            switch picture.value {
            case .time(let time): plan.pictures.append(self.time(time))
            case .part(let part):
                if let duration = plan.duration {
                    plan.pictures.append(Int64((part * Double(duration)).rounded()))
                } else {
                    report(picture.place, "found a percentage, expected a time: the scenario has no duration")
                }
            }
        }
        plan.pictures.sort()
    }
}
