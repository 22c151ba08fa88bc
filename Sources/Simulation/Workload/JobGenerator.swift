import ClusterModel
import SyntheticClusters

/// Draws the jobs of one generator from a stream of its own.
struct JobGenerator {
    /// The most jobs that a generator makes, or a trace has; more would be a slip of the finger.
    static let most = 5_000_000

    /// A job's draw: everything but its shape's pods.
    struct Draw {
        var job: SimulatedJob
        var recipe: GangRecipe
    }

    let section: ScenarioDocument.GeneratorSection
    let instanceTypes: [String: InstanceType]
    let schedulerName: String
    var random: SeededGenerator

    /// The next job, submitted at a time.
    ///
    /// Every job takes the draws of a stream of its own: what one draws more does not move the next.
    mutating func draw(_ ordinal: Int, at time: Int64) -> Draw {
        var random = random.fork()
        let template = random.choice(section.jobs)
        let traits = template.traits
        let pods = random.choice(template.pods)
        var recipe = GangRecipe(
            namespace: traits.namespace, requests: .init([:]), pods: pods,
            minMember: template.minMember.of(pods),
            schedulerName: schedulerName)
        recipe.isGang = traits.isGang
        recipe.within = traits.within?.value
        recipe.nodeSelector = traits.nodeSelector
        recipe.tolerations = traits.tolerations
        switch template.asks {
        case .instanceType(let name):
            if let type = instanceTypes[name.value] { recipe.use(type) }
        case .resources(let perPod, let perGPU, let gpus):
            recipe.requests = .init(
                ResourceList.ofPod(perPod: perPod, perGPU: perGPU, gpus: Int64(random.choice(gpus))))
        }
        var job = SimulatedJob(
            key: ObjectKey(namespace: traits.namespace, name: numbered(section.name, ordinal)), shape: 0,
            submitted: time, runTime: max(Int64(template.runTime.draw(using: &random).rounded()), 1))
        job.take(traits, using: &random)
        return Draw(job: job, recipe: recipe)
    }
}

extension SimulatedJob {
    /// Takes what jobs of generators and traces have in common.
    mutating func take(_ traits: ScenarioDocument.JobTraits, using random: inout SeededGenerator) {
        queue = random.choice(traits.queues.value)
        priorityClassName = random.choice(traits.priorityClasses.value)
        if !traits.users.isEmpty { user = random.choice(traits.users) }
        checkpointInterval = traits.checkpoint
        isElastic = traits.isElastic
        switch traits.stated {
        case .none: break
        case .exact: statedRunTime = runTime
        case .factor(let factor):
            statedRunTime = max(Int64((Double(runTime) * factor.draw(using: &random)).rounded()), 1)
        }
    }
}

extension GangRecipe {
    /// Asks for what an instance type says.
    mutating func use(_ type: InstanceType) {
        var amounts = type.requests
        amounts[.pods] = nil
        requests = ResourceAmounts(amounts)
        instanceType = type.name
        nodeSelector.merge(type.nodeSelector) { own, _ in own }
        tolerations += InstanceType.workloadTolerations
    }
}

extension ResourceList {
    /// What a pod asks for with so many GPUs: amounts that it has once, and others that it has for each GPU.
    ///
    /// An amount that does not fit in 63 bits becomes the largest that does, which no node offers.
    static func ofPod(perPod: ResourceList, perGPU: ResourceList, gpus: Int64) -> ResourceList {
        var amounts = perPod
        for (name, amount) in perGPU.sorted {
            let (product, tooLarge) = amount.multipliedReportingOverflow(by: gpus)
            let (sum, overflow) = (amounts[name] ?? 0).addingReportingOverflow(product)
            amounts[name] = tooLarge || overflow ? .max : sum
        }
        if gpus > 0 { amounts[.nvidiaGPU] = gpus }
        amounts[.pods] = nil
        return amounts
    }
}
