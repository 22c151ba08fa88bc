import ClusterModel
import Documents
import SyntheticClusters

// Jobs of snapshots, traces and generators.
extension PlanBuilder {
    // MARK: Snapshot

    /// Makes jobs of the gangs that wait, and notes how long those that are bound run on.
    mutating func addSnapshotJobs() {
        var taken: Set<ObjectKey> = []
        var takenGroups: Set<ObjectKey> = []
        let place = ScenarioPlace(file: sources.scenario, line: 0, field: "workload")
        for gang in SnapshotJobs.gangs(of: plan.cluster) {
            if gang.hasBegun {
                noteRemaining(gang, place)
                continue
            }
            add(gang, place)
            taken.formUnion(gang.pods.map(\.key))
            if let group = gang.group { takenGroups.insert(group.key) }
        }
        plan.cluster.pods.removeAll { taken.contains($0.key) }
        plan.cluster.podGroups.removeAll { takenGroups.contains($0.key) }
    }

    private mutating func add(_ gang: SnapshotJobs.Gang, _ place: ScenarioPlace) {
        let submitted = submission(of: gang, place)
        // The scheduler goes by the age of what waits: only what says when it comes is as old as that.
        let isLate = gang.annotation(SnapshotJobs.submitAnnotation) != nil
        let shape = SnapshotJobs.shape(
            of: gang, submission: isLate ? timestamp(submitted) : nil,
            instanceTypes: plan.cluster.instanceTypes)
        let stated = duration(SnapshotJobs.runTimeAnnotation, of: gang, place)
        var runTime = duration(SnapshotJobs.trueRunTimeAnnotation, of: gang, place) ?? stated
        if let distribution = document.workload.runTime, runTime == nil {
            var random = streams.objects.fork()
            runTime = Int64(distribution.draw(using: &random).rounded())
        }
        var job = SimulatedJob(
            key: gang.key, shape: shapes.add(shape), submitted: submitted,
            runTime: max(runTime ?? Self.endless, 1))
        job.statedRunTime = stated
        job.queue = gang.group?.queue ?? "default"
        job.priorityClassName = gang.group?.priorityClassName ?? ""
        if job.priorityClassName.isEmpty { job.priorityClassName = gang.pods[0].priorityClassName }
        job.user = gang.annotation(SnapshotJobs.userAnnotation) ?? ""
        job.checkpointInterval = duration(SnapshotJobs.checkpointAnnotation, of: gang, place)
        plan.jobs.append(job)
    }

    private mutating func submission(of gang: SnapshotJobs.Gang, _ place: ScenarioPlace) -> Int64 {
        if let text = gang.annotation(SnapshotJobs.submitAnnotation) {
            if let after = SimulatedTime.duration(text) { return after }
            if let date = SimulatedTime.calendar(text) { return max(date - start, 0) }
            report(
                place,
                "\(gang.key): \(SnapshotJobs.submitAnnotation): found \(text.debugDescription), "
                    + "expected \(ScenarioTime.expectation)")
        }
        return max((gang.created?.secondsSinceEpoch).map { $0 * 1_000 - start } ?? 0, 0)
    }

    private mutating func duration(
        _ annotation: String, of gang: SnapshotJobs.Gang, _ place: ScenarioPlace
    ) -> Int64? {
        guard let text = gang.annotation(annotation) else { return nil }
        if let duration = SimulatedTime.duration(text) { return duration }
        report(
            place,
            "\(gang.key): \(annotation): found \(text.debugDescription), expected a duration such as 1h30m")
        return nil
    }

    private mutating func noteRemaining(_ gang: SnapshotJobs.Gang, _ place: ScenarioPlace) {
        let known =
            duration(SnapshotJobs.trueRunTimeAnnotation, of: gang, place)
            ?? duration(SnapshotJobs.runTimeAnnotation, of: gang, place)
        guard let known else { return }
        for pod in gang.pods where pod.nodeName != nil && !pod.isTerminal {
            let began = (pod.started ?? pod.scheduledTime ?? pod.created).map { $0.secondsSinceEpoch * 1_000 }
            plan.remainingRunTimes[pod.key] = max(known - max(start - (began ?? start), 0), 0)
        }
    }

    // MARK: Generators

    mutating func addGenerators() {
        var types: [String: InstanceType] = [:]
        for type in plan.cluster.instanceTypes { types[type.name] = type }
        for section in document.workload.generators {
            var random = streams.generators.fork()
            check(section, types)
            var arrivals = random.fork()
            guard let times = times(of: section, using: &arrivals) else { continue }
            var generator = JobGenerator(
                section: section, instanceTypes: types, schedulerName: schedulerName, random: random)
            for (ordinal, time) in times.enumerated() {
                var draw = generator.draw(ordinal, at: time)
                do throws(ResourceOverflow) {
                    draw.job.shape = try recipes.position(of: draw.recipe, in: &shapes)
                } catch {
                    report(section.place, "found a job whose amounts are too large, expected less: \(error)")
                    break
                }
                plan.jobs.append(draw.job)
            }
        }
    }

    private mutating func check(
        _ section: ScenarioDocument.GeneratorSection, _ types: [String: InstanceType]
    ) {
        for job in section.jobs.map(\.value) {
            check(job.traits)
            guard case .instanceType(let name) = job.asks else { continue }
            check([Weighted(name.value, weight: 1)], among: Set(types.keys), "an instance type", name.place)
        }
    }

    private mutating func times(
        of section: ScenarioDocument.GeneratorSection, using random: inout SeededGenerator
    ) -> [Int64]? {
        let from = max(time(section.from), 0)
        let until = section.until.map(time) ?? plan.duration
        let arrivals: Arrivals
        switch section.arrivals {
        case .plain(let plain): arrivals = plain
        case .times(let times): arrivals = .times(times.map { max(time($0), 0) })
        case .likeTrace(let source, let step, let every):
            guard let pattern = pattern(like: source, step: step, every: every) else { return nil }
            arrivals = .pattern(pattern)
        }
        if case .times = arrivals {
        } else if until == nil, section.count == nil {
            report(
                section.place,
                "found no end, expected count or until of the generator, or a duration of the scenario")
            return nil
        }
        let times = arrivals.times(
            from: from, until: until, count: section.count, most: JobGenerator.most, using: &random)
        if times == nil {
            report(
                section.place,
                "found more than \(JobGenerator.most) jobs, expected fewer: mind arrivals and until")
        }
        return times
    }

    /// How dense the jobs of a trace are, step by step.
    private mutating func pattern(like source: TraceSource, step: Int64, every: Double?) -> ArrivalPattern? {
        guard let (trace, window) = selected(source), let last = trace.last else { return nil }
        let end = window.end ?? last.submitted + 1
        let steps = Int((end - window.origin - 1) / step) + 1
        guard steps <= 1_000_000 else {
            report(source.file.place, "found more than a million steps, expected longer ones")
            return nil
        }
        var weights = [Double](repeating: 0, count: steps)
        for job in trace { weights[Int((job.submitted - window.origin) / step)] += 1 }
        let mean = Double(steps) * Double(step) / Double(trace.count)
        return ArrivalPattern(every: every ?? mean, step: step, weights: weights)
    }
}
