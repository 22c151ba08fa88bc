import ClusterModel
import SyntheticClusters

/// Makes a plan's jobs of a trace's.
struct TraceConverter {
    let section: TraceSection
    let types: [String: InstanceType]
    let schedulerName: String
    /// The moment of the trace that counts as its beginning.
    let origin: Int64
    var random: SeededGenerator

    private var queues: Set<String> = []
    private var classes: Set<String> = []
    private var unknown: Set<String> = []

    init(
        section: TraceSection, types: [String: InstanceType], schedulerName: String, origin: Int64,
        random: SeededGenerator
    ) {
        self.section = section
        self.types = types
        self.schedulerName = schedulerName
        self.origin = origin
        self.random = random
    }

    /// The queues that the trace's jobs go to, by name.
    var queueNames: [Weighted<String>] { Self.sorted(queues) }
    /// The priority classes that the trace names, by name.
    var classNames: [Weighted<String>] { Self.sorted(classes) }
    /// Instance types that the trace names and nobody knows, by name.
    var unknownTypes: [Weighted<String>] { Self.sorted(unknown) }

    private static func sorted(_ names: Set<String>) -> [Weighted<String>] {
        names.sorted { $0.precedes($1) }.prefix(10).map { Weighted($0, weight: 1) }
    }

    mutating func convert(
        _ traced: TraceJob, _ ordinal: Int, recipes: inout GangRecipes, shapes: inout ShapeTable
    ) throws(ResourceOverflow) -> SimulatedJob {
        var random = random.fork()
        let (pods, gpus) = traced.size(gpusPerPod: section.gpusPerPod)
        let traits = section.traits
        var recipe = GangRecipe(
            namespace: traits.namespace, requests: .init([:]), pods: pods,
            minMember: traced.minMember.map { min($0, pods) } ?? section.minMember.of(pods),
            schedulerName: schedulerName)
        recipe.isGang = traits.isGang
        recipe.within = traits.within?.value
        recipe.nodeSelector = traits.nodeSelector
        recipe.tolerations = traits.tolerations
        recipe.gpuModels = traced.gpuModels
        recipe.milliGPU = traced.milliGPU
        if let type = type(of: traced, gpus: gpus) {
            recipe.use(type)
        } else {
            var amounts = ResourceList.ofPod(perPod: section.perPod, perGPU: section.perGPU, gpus: gpus)
            if let cpu = traced.milliCPU { amounts[.cpu] = cpu }
            if let memory = traced.memoryBytes { amounts[.memory] = memory }
            recipe.requests = .init(amounts)
        }
        let name = traced.name.isEmpty ? numbered(section.name, ordinal) : traced.name
        var job = SimulatedJob(
            key: ObjectKey(namespace: traits.namespace, name: name),
            shape: try recipes.position(of: recipe, in: &shapes),
            submitted: section.at + scaled(traced.submitted - origin, section.arrivalScale),
            runTime: max(scaled(traced.runTime, section.runTimeScale), 1))
        job.take(traits, using: &random)
        takeNames(of: traced, into: &job)
        if let checkpoint = traced.checkpoint, !section.namesCheckpoint {
            job.checkpointInterval = checkpoint
        }
        if let stated = traced.statedRunTime { job.statedRunTime = scaled(stated, section.runTimeScale) }
        return job
    }

    /// What the trace names holds unless the scenario names something for all jobs.
    private mutating func takeNames(of traced: TraceJob, into job: inout SimulatedJob) {
        if !section.namesQueue {
            let name = section.group == .queue && !traced.group.isEmpty ? traced.group : traced.queue
            if !name.isEmpty { job.queue = section.queues[name] ?? section.queues["*"] ?? name }
            queues.insert(job.queue)
        }
        if section.traits.users.isEmpty {
            job.user = traced.user.isEmpty && section.group == .user ? traced.group : traced.user
        }
        if !section.namesPriorityClass, !traced.priorityClass.isEmpty {
            job.priorityClassName = traced.priorityClass
            classes.insert(traced.priorityClass)
        }
    }

    private mutating func type(of traced: TraceJob, gpus: Int64) -> InstanceType? {
        let name = traced.instanceType.isEmpty ? "\(gpus)" : traced.instanceType
        if let mapped = section.instanceTypes[name] { return types[mapped.value] }
        if traced.instanceType.isEmpty { return nil }
        if let type = types[traced.instanceType] { return type }
        unknown.insert(traced.instanceType)
        return nil
    }

    private func scaled(_ time: Int64, _ factor: Double) -> Int64 {
        factor == 1 ? time : Int64((Double(time) * factor).rounded())
    }
}
