import ClusterModel
import Documents
import KubernetesAPI
import SyntheticClusters

/// Reads the section `workload` of a scenario: objects and generators; traces are read beside it.
enum WorkloadSectionReader {
    static func read(_ workload: FieldReader) -> ScenarioDocument.WorkloadSection {
        workload.refuseUnknownKeys(["files", "objects", "traces", "generators", "runTime"])
        var section = ScenarioDocument.WorkloadSection()
        section.files = ClusterSectionReader.files(workload)
        section.objects = ClusterSectionReader.objects(workload)
        section.traces = workload.objects("traces").compactMap(TraceSectionReader.read)
        section.generators = workload.objects("generators").compactMap(generator)
        section.runTime = workload.distribution("runTime", .duration)
        return section
    }

    // MARK: Generators

    /// What only a generator says; the rest of its keys hold for each of its jobs that does not say otherwise.
    private static let generatorKeys = ["name", "arrivals", "from", "until", "count", "jobs"]
    private static let jobKeys =
        [
            "weight", "instanceType", "requests", "gpus", "perGPU", "pods", "minMember", "runTime",
        ] + traitKeys
    static let traitKeys = [
        "namespace", "queue", "user", "priorityClass", "checkpoint", "elastic", "gang", "statedRunTime",
        "nodeSelector", "tolerations", "within",
    ]

    private static func generator(_ generator: FieldReader) -> ScenarioDocument.GeneratorSection? {
        generator.refuseUnknownKeys(generatorKeys + jobKeys)
        let name = generator.requiredString("name")
        let arrivals = ArrivalSectionReader.read(generator)
        let jobs = jobs(of: generator)
        guard let name, let arrivals, !jobs.isEmpty else { return nil }
        if !jobs.contains(where: { $0.weight > 0 }) {
            generator.report("jobs", "found no weight above 0, expected one at least")
            return nil
        }
        return ScenarioDocument.GeneratorSection(
            name: name, arrivals: arrivals, from: generator.time("from") ?? .afterStart(0),
            until: generator.time("until"),
            count: generator.integer("count", in: 0...Int64(JobGenerator.most)).map { Int($0) }, jobs: jobs,
            place: generator.place)
    }

    private static func jobs(of generator: FieldReader) -> [Weighted<ScenarioDocument.JobTemplateSection>] {
        var shared = generator.value
        for key in generatorKeys { shared = shared.removing(key) }
        guard generator.value("jobs") != nil else {
            let alone = FieldReader(shared, path: generator.path, sink: generator.sink)
            return job(alone).map { [$0] } ?? []
        }
        return generator.objects("jobs").compactMap { entry in
            entry.refuseUnknownKeys(jobKeys)
            // What the entry says replaces what the generator says, whole: two forms of a distribution do not mix.
            var whole = shared
            for (key, value) in entry.value.members {
                whole = whole.replacing([.key(key)], with: value) ?? whole
            }
            return job(FieldReader(whole, path: entry.path, sink: entry.sink))
        }
    }

    private static func job(_ job: FieldReader) -> Weighted<ScenarioDocument.JobTemplateSection>? {
        let before = job.sink.problems.count
        let asks = asks(job)
        if job.value("runTime") == nil {
            job.report("runTime", "found nothing, expected a duration or a distribution of durations")
        }
        let runTime = job.distribution("runTime", .duration)
        let section = asks.flatMap { asks in
            runTime.map { runTime in
                ScenarioDocument.JobTemplateSection(
                    asks: asks, pods: job.counts("pods", in: 1...100_000) ?? [Weighted(1, weight: 1)],
                    minMember: minMember(job), runTime: runTime, traits: traits(job))
            }
        }
        let weight = Int(job.integer("weight", in: 0...1_000_000_000) ?? 1)
        guard let section, job.sink.problems.count == before else { return nil }
        return Weighted(section, weight: weight)
    }

    private static func asks(_ job: FieldReader) -> ScenarioDocument.JobTemplateSection.Asks? {
        let resourceKeys = ["requests", "gpus", "perGPU"].filter { job.value($0) != nil }
        if let type = job.string("instanceType") {
            if let other = resourceKeys.first {
                job.report(other, "found \(other) beside instanceType, expected one of the two")
            }
            return .instanceType(Located(value: type, place: job.place("instanceType")))
        }
        guard !resourceKeys.isEmpty else {
            if job.value("instanceType") == nil {
                job.report("instanceType", "found nothing, expected instanceType, requests or gpus")
            }
            return nil
        }
        return .resources(
            perPod: job.resourceList("requests") ?? [:], perGPU: job.resourceList("perGPU") ?? [:],
            gpus: job.counts("gpus", in: 0...10_000) ?? [Weighted(0, weight: 1)])
    }

    static func minMember(_ job: FieldReader) -> ScenarioDocument.MinMember {
        guard let value = job.value("minMember") else { return .all }
        if let text = value.string, text == "all" { return .all }
        if let text = value.string, text.hasSuffix("%"), let percent = Double(text.dropLast()),
            percent > 0, percent <= 100
        {
            return .part(percent / 100)
        }
        if let count = value.integer, count >= 1, count <= 100_000 { return .count(Int(count)) }
        job.report("minMember", "found \(value.shown), expected all, a number of pods, or a part such as 50%")
        return .all
    }

    // MARK: What generators and traces share

    static func traits(_ job: FieldReader) -> ScenarioDocument.JobTraits {
        var traits = ScenarioDocument.JobTraits()
        traits.namespace = job.value("namespace") == nil ? "default" : job.requiredString("namespace") ?? ""
        traits.queues.place = job.place("queue")
        if let queues = job.names("queue") { traits.queues.value = queues }
        traits.users = job.names("user") ?? []
        traits.priorityClasses.place = job.place("priorityClass")
        if let classes = job.names("priorityClass") { traits.priorityClasses.value = classes }
        traits.checkpoint = checkpoint(job)
        traits.isElastic = job.bool("elastic") ?? false
        traits.isGang = job.bool("gang") ?? true
        traits.stated = stated(job)
        traits.nodeSelector = job.stringMap("nodeSelector")
        traits.tolerations = job.objects("tolerations").compactMap(toleration)
        if let label = job.string("within") {
            traits.within = Located(
                value: label == "zone" ? NodePool.zoneLabel : label, place: job.place("within"))
        }
        return traits
    }

    private static func checkpoint(_ job: FieldReader) -> Int64? {
        switch job.value("checkpoint")?.string {
        case "never": return nil
        case "always": return 0
        default:
            if let interval = job.value("checkpoint")?.duration { return interval }
            if let found = job.value("checkpoint") {
                job.report(
                    "checkpoint", "found \(found.shown), expected never, always or a duration such as 30m")
            }
            return nil
        }
    }

    private static func stated(_ job: FieldReader) -> ScenarioDocument.StatedRunTime {
        guard let value = job.value("statedRunTime") else { return .none }
        switch value.string {
        case "none": return .none
        case "exact": return .exact
        default:
            if let form = value.kind == .mapping ? job.object("statedRunTime") : nil {
                form.refuseUnknownKeys(["factor"])
                if let factor = form.distribution("factor", .number) { return .factor(factor) }
                if form.value("factor") != nil { return .none }
            }
            job.report(
                "statedRunTime", "found \(value.shown), expected none, exact or {factor: DISTRIBUTION}")
            return .none
        }
    }

    private static func toleration(_ toleration: FieldReader) -> Toleration? {
        toleration.refuseUnknownKeys(["key", "operator", "value", "effect"])
        let key = toleration.string("key") ?? ""
        let comparison =
            toleration.word("operator", Toleration.Operator.self) ?? (key.isEmpty ? .exists : .equal)
        if key.isEmpty, comparison != .exists {
            toleration.report(
                "key", "found nothing, expected a taint's key, or operator: Exists for all taints")
            return nil
        }
        return Toleration(
            key: key, operator: comparison, value: toleration.string("value") ?? "",
            effect: toleration.word("effect", Taint.Effect.self))
    }
}
