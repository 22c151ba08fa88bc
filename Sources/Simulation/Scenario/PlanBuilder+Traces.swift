import ClusterModel
import Documents
import SyntheticClusters

// Jobs of traces.
extension PlanBuilder {
    /// A part of a trace: which moment counts as its beginning, and where it ends.
    struct TraceWindow {
        var origin: Int64
        var end: Int64?
    }

    mutating func addTraces() {
        var types: [String: InstanceType] = [:]
        for type in plan.cluster.instanceTypes { types[type.name] = type }
        for section in document.workload.traces {
            var random = streams.traces.fork()
            check(section, types)
            if section.source.format == .recording {
                addRecording(section)
                continue
            }
            let order = section.source.pace?.order == .shuffled ? random.fork() : nil
            guard let (jobs, window) = selected(section.source, shuffledBy: order) else { continue }
            var converter = TraceConverter(
                section: section, types: types, schedulerName: schedulerName, origin: window.origin,
                random: random)
            for (ordinal, job) in jobs.enumerated() {
                do throws(ResourceOverflow) {
                    plan.jobs.append(
                        try converter.convert(job, ordinal, recipes: &recipes, shapes: &shapes))
                } catch {
                    report(section.source.file.place, "found a job whose amounts are too large: \(error)")
                    break
                }
            }
            let file = section.source.file.place
            check(converter.unknownTypes, among: Set(types.keys), "an instance type", file)
            check(converter.queueNames, among: queueNames, "a queue", file)
            check(
                converter.classNames, among: Set(plan.cluster.priorityClasses.map(\.name)),
                "a priority class", file)
        }
    }

    private mutating func check(_ section: TraceSection, _ types: [String: InstanceType]) {
        check(section.traits)
        for (_, name) in section.instanceTypes.sorted(by: { $0.key.precedes($1.key) }) {
            check([Weighted(name.value, weight: 1)], among: Set(types.keys), "an instance type", name.place)
        }
    }

    /// The part of a trace that is wanted; nil, with the reason reported, where there is none.
    ///
    /// - Parameter random: draws the order of jobs that come at a pace of their own; nil for that of the list.
    mutating func selected(
        _ source: TraceSource, shuffledBy random: SeededGenerator? = nil
    ) -> (jobs: ArraySlice<TraceJob>, window: TraceWindow)? {
        guard var trace = load(source) else { return nil }
        if var random, let pace = source.pace {
            random.shuffle(&trace.jobs)
            for ordinal in trace.jobs.indices { trace.jobs[ordinal].submitted = pace.every * Int64(ordinal) }
        }
        guard let first = trace.jobs.first else {
            report(source.file.place, "found a trace without jobs, expected one at least")
            return nil
        }
        let base = trace.hasDates ? first.submitted : 0
        func absolute(_ time: ScenarioTime?) -> Int64? {
            switch time {
            case nil: nil
            case .afterStart(let offset): base + offset
            case .calendar(let date): date
            }
        }
        for time in [source.from, source.until] {
            if case .calendar = time, !trace.hasDates {
                report(
                    source.file.place,
                    "found dates in from, until or week, expected durations: the trace has no dates")
                return nil
            }
        }
        let window = TraceWindow(origin: absolute(source.from) ?? base, end: absolute(source.until))
        let begin = trace.jobs.partitionPoint { $0.submitted >= window.origin }
        let end =
            window.end.map { end in trace.jobs.partitionPoint { $0.submitted >= end } } ?? trace.jobs.count
        guard begin < end else {
            report(source.file.place, "found no job between from and until, expected one at least")
            return nil
        }
        return (trace.jobs[begin..<end].prefix(source.limit ?? .max), window)
    }

    private mutating func load(_ source: TraceSource) -> JobTrace? {
        do throws(ScenarioProblem) {
            let path = try sources.path(source.file)
            let columns = source.columns.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let pace = source.pace.map { "\($0.every) \($0.runTime)" } ?? ""
            let key = ([source.format.rawValue, source.shares.rawValue, pace, path] + columns).joined(
                separator: "\n")
            if let known = sources.known(key) { return known }
            let bytes = try sources.read(source.file).bytes
            let read: (trace: JobTrace, problems: [Problem])
            switch source.format {
            case .philly: read = PhillyTrace.read(bytes, file: path)
            case .openb: read = OpenBTrace.jobs(bytes, file: path, shares: source.shares, pace: source.pace)
            case .csv: read = JobTable.read(bytes, file: path, names: source.columns)
            case .recording:
                report(source.file.place, "found a recording, expected a table of jobs: philly, openb or csv")
                return nil
            }
            problems += read.problems.sorted { $0.line < $1.line }.prefix(100)
            guard read.problems.isEmpty else { return nil }
            sources.keep(read.trace, key)
            return read.trace
        } catch {
            problems.append(error.problem)
            return nil
        }
    }

    private mutating func addRecording(_ section: TraceSection) {
        do throws(ScenarioProblem) {
            let path = try sources.path(section.source.file)
            let recorded = try RecordedJobs.read(path, start: section.source.from, end: section.source.until)
            problems += recorded.problems
            for gang in recorded.jobs.prefix(section.source.limit ?? .max) {
                let submitted = section.at + scaled(gang.submitted, section.arrivalScale)
                let shape = SnapshotJobs.shape(
                    of: gang.gang, submission: timestamp(submitted),
                    instanceTypes: recorded.instanceTypes)
                var job = SimulatedJob(
                    key: gang.gang.key, shape: shapes.add(shape), submitted: submitted,
                    runTime: max(scaled(gang.runTime, section.runTimeScale), 1))
                job.queue = gang.gang.group?.queue ?? "default"
                job.priorityClassName =
                    gang.gang.group?.priorityClassName ?? gang.gang.pods[0].priorityClassName
                job.user = gang.gang.annotation(SnapshotJobs.userAnnotation) ?? ""
                job.statedRunTime = gang.gang.annotation(SnapshotJobs.runTimeAnnotation).flatMap(
                    SimulatedTime.duration)
                plan.jobs.append(job)
            }
        } catch {
            problems.append(error.problem)
        }
    }

    private func scaled(_ time: Int64, _ factor: Double) -> Int64 {
        factor == 1 ? time : Int64((Double(time) * factor).rounded())
    }
}

extension RandomAccessCollection {
    /// The position of the first element that is beyond, in a collection where all those come last.
    func partitionPoint(_ isBeyond: (Element) -> Bool) -> Index {
        var low = startIndex
        var count = self.count
        while count > 0 {
            let middle = index(low, offsetBy: count / 2)
            if isBeyond(self[middle]) {
                count /= 2
            } else {
                low = index(after: middle)
                count -= count / 2 + 1
            }
        }
        return low
    }
}
