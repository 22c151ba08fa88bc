import ClusterModel
import Documents
import SchedulingLoop
import SchedulingPolicy
import SyntheticClusters

/// Reads a scenario's text into what it says, strictly: a key that nobody knows is a mistake.
struct ScenarioReader {
    static let apiVersion = "gangwright.io/v1alpha1"
    static let kind = "Scenario"

    static let keys = [
        "apiVersion", "kind", "name", "description", "seed", "start", "duration", "cluster", "workload",
        "configuration", "schedulerNames", "timing", "events", "failures", "pictures", "variants",
    ]

    let root: FieldReader
    var document = ScenarioDocument()

    static func read(_ value: Value, sink: ProblemSink) -> ScenarioDocument {
        var reader = ScenarioReader(root: FieldReader(value, sink: sink))
        reader.read()
        return reader.document
    }

    private mutating func read() {
        guard root.value.kind == .mapping else { return }
        root.refuseUnknownKeys(Self.keys)
        checkType()
        document.name = root.requiredString("name") ?? ""
        document.description = root.string("description") ?? ""
        document.seed = UInt64(root.integer("seed", in: 0 ... .max) ?? 1)
        if let time = root.time("start") {
            if case .calendar(let start) = time {
                document.start = start
            } else {
                root.report("start", "found a duration, expected a time such as 2026-01-01T08:00:00Z")
            }
        }
        document.duration = root.positiveDuration("duration")
        if let cluster = root.object("cluster") { document.cluster = ClusterSectionReader.read(cluster) }
        if let workload = root.object("workload") {
            document.workload = WorkloadSectionReader.read(workload)
        }
        readConfiguration()
        document.schedulerNames = root.strings("schedulerNames")
        if let timing = root.object("timing") { readTiming(timing) }
        document.events = root.objects("events").compactMap(EventSectionReader.read)
        document.failures = root.oneOrMoreObjects("failures").compactMap(EventSectionReader.failure)
        readPictures()
    }

    private func checkType() {
        for (key, expected) in [("apiVersion", Self.apiVersion), ("kind", Self.kind)] {
            guard let found = root.requiredString(key), found != expected else { continue }
            root.report(key, "found \(found.debugDescription), expected \(expected)")
        }
    }

    private mutating func readConfiguration() {
        guard let value = root.value("configuration") else { return }
        if value.kind == .mapping, value["file"] != nil {
            guard let reader = root.object("configuration") else { return }
            reader.refuseUnknownKeys(["file"])
            guard let file = reader.requiredString("file") else { return }
            document.configuration = .file(Located(value: file, place: reader.place("file")))
            return
        }
        var found: (configuration: SchedulerConfiguration?, problems: [Problem])
        if let text = value.string {
            found = SchedulerConfiguration.read(Array(text.utf8), file: value.file)
            // A block begins on the line after its key.
            for index in found.problems.indices where found.problems[index].line > 0 {
                found.problems[index].line += text.contains("\n") ? value.line : value.line - 1
                found.problems[index].column = 0
            }
        } else {
            found = SchedulerConfiguration.read(value)
        }
        for var problem in found.problems {
            problem.field = problem.field.isEmpty ? "configuration" : "configuration.\(problem.field)"
            root.sink.report(problem)
        }
        if let configuration = found.configuration { document.configuration = .read(configuration) }
    }

    private mutating func readTiming(_ timing: FieldReader) {
        timing.refuseUnknownKeys([
            "bindLatency", "podStartup", "eviction", "recreation", "schedulePeriod", "debounce",
        ])
        var delays = SimulatedDelays()
        delays.binding = timing.duration("bindLatency") ?? delays.binding
        delays.podStartup = timing.duration("podStartup") ?? delays.podStartup
        delays.eviction = timing.duration("eviction") ?? delays.eviction
        delays.recreation = timing.duration("recreation") ?? delays.recreation
        delays.timing.schedulePeriod =
            timing.positiveDuration("schedulePeriod") ?? delays.timing.schedulePeriod
        delays.timing.debounce = timing.duration("debounce") ?? delays.timing.debounce
        document.delays = delays
    }

    private mutating func readPictures() {
        guard let list = root.value("pictures") else { return }
        guard list.kind == .sequence else {
            root.report("pictures", "found \(list.kindName), expected a list of times or percentages")
            return
        }
        for (index, element) in list.elements.enumerated() {
            let field = "pictures[\(index)]"
            let place = ScenarioPlace(file: element.file, line: element.line, field: field)
            if let text = element.string, text.hasSuffix("%"), let percent = Double(text.dropLast()),
                (0...100).contains(percent)
            {
                document.pictures.append(Located(value: .part(percent / 100), place: place))
            } else if let time = element.scenarioTime {
                document.pictures.append(Located(value: .time(time), place: place))
            } else {
                root.sink.report(
                    place.problem("found \(element.shown), expected \(ScenarioTime.expectation), or 50%"))
            }
        }
    }
}
