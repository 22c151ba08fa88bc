import ClusterModel
import Documents
import KubernetesAPI
import SyntheticClusters

/// Reads an entry of `workload.traces`.
enum TraceSectionReader {
    static let sourceKeys = [
        "format", "file", "from", "until", "week", "limit", "shares", "columns", "pace",
    ]
    private static let keys =
        sourceKeys + [
            "at", "name", "arrivalScale", "runTimeScale", "gpusPerPod", "instanceTypes", "perPod", "perGPU",
            "queues", "group", "minMember",
        ] + WorkloadSectionReader.traitKeys

    static func read(_ trace: FieldReader) -> TraceSection? {
        trace.refuseUnknownKeys(keys)
        let source = source(trace)
        var types: [String: Located<String>] = [:]
        if let map = trace.object("instanceTypes") {
            for (key, _) in map.value.members {
                guard let name = map.string(key) else { continue }
                types[key] = Located(value: name, place: map.place(key))
            }
        }
        let section = TraceSection(
            source: source ?? placeholder, at: trace.duration("at") ?? 0,
            name: trace.value("name") == nil
                ? source?.format.rawValue ?? "" : trace.requiredString("name") ?? "",
            arrivalScale: trace.positive("arrivalScale") ?? 1,
            runTimeScale: trace.positive("runTimeScale") ?? 1,
            gpusPerPod: trace.integer("gpusPerPod", in: 1...10_000) ?? 8, instanceTypes: types,
            perPod: trace.resourceList("perPod") ?? [:], perGPU: trace.resourceList("perGPU") ?? [:],
            queues: trace.stringMap("queues"), group: trace.word("group") ?? .user,
            minMember: WorkloadSectionReader.minMember(trace), traits: WorkloadSectionReader.traits(trace),
            namesQueue: trace.value("queue") != nil, namesPriorityClass: trace.value("priorityClass") != nil,
            namesCheckpoint: trace.value("checkpoint") != nil)
        return source == nil ? nil : section
    }

    /// Which file, and which part of it.
    static func source(_ trace: FieldReader) -> TraceSource? {
        let file = trace.requiredString("file")
        if trace.value("format") == nil {
            let known = TraceSource.Format.allCases.map(\.rawValue).joined(separator: ", ")
            trace.report("format", "found nothing, expected one of \(known)")
        }
        let format = trace.word("format", TraceSource.Format.self)
        var from = trace.time("from")
        var until = trace.time("until")
        if let week = trace.string("week") {
            if from != nil || until != nil {
                trace.report("week", "found week beside from or until, expected one of the two")
            }
            if let range = SimulatedTime.week(week) {
                (from, until) = (.calendar(range.lowerBound), .calendar(range.upperBound))
            } else {
                trace.report(
                    "week", "found \(week.debugDescription), expected a week of ISO 8601 such as 2017-W42")
            }
        }
        if let columns = trace.object("columns") { columns.refuseUnknownKeys(JobTable.columns) }
        guard let file, let format else { return nil }
        return TraceSource(
            format: format, file: Located(value: file, place: trace.place("file")), from: from, until: until,
            limit: trace.integer("limit", in: 0...Int64(JobGenerator.most)).map { Int($0) },
            shares: trace.word("shares") ?? .wholeGPU, pace: pace(trace, format),
            columns: trace.stringMap("columns"))
    }

    private static func pace(_ trace: FieldReader, _ format: TraceSource.Format) -> TraceSource.Pace? {
        guard let pace = trace.object("pace") else { return nil }
        pace.refuseUnknownKeys(["every", "runTime", "order"])
        if format != .openb {
            trace.report("pace", "found pace, expected it only where the format is openb")
        }
        let (every, runTime) = (pace.positiveDuration("every"), pace.positiveDuration("runTime"))
        for key in ["every", "runTime"] where pace.value(key) == nil {
            pace.report(key, "found nothing, expected a duration")
        }
        guard let every, let runTime else { return nil }
        return TraceSource.Pace(every: every, runTime: runTime, order: pace.word("order") ?? .list)
    }

    private static let placeholder = TraceSource(
        format: .csv, file: Located(value: "", place: ScenarioPlace(file: "", line: 0, field: "")), from: nil,
        until: nil, limit: nil, shares: .wholeGPU, pace: nil, columns: [:])
}
