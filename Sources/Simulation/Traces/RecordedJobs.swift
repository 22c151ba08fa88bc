import ClusterModel
import Documents
import KubernetesAPI
import Recording
import SchedulingLoop

/// Makes jobs of what `gangwright run --record` has seen.
///
/// A job is submitted when its first object was created, and runs from the moment at which the last of its pods started to
/// the one at which the last of them ended, left, or the recording ended. Jobs that never ran are left out, unless they say
/// how long they run (`gangwright.io/run-time`).
struct RecordedJobs {
    /// A job, by milliseconds since the beginning of what is wanted of the recording.
    struct Job {
        var gang: SnapshotJobs.Gang
        var submitted: Int64
        var runTime: Int64
    }

    /// By time of submission, then by name.
    private(set) var jobs: [Job] = []
    private(set) var instanceTypes: [InstanceType] = []
    private(set) var problems: [Problem] = []

    /// The last state of each object that is part of a job, and when pods were gone.
    private struct Objects {
        var values: [ObjectKind: [ObjectKey: Value]] = [:]
        var gone: [ObjectKey: LoopTime] = [:]
        var end = LoopTime(milliseconds: 0)
    }

    /// Reads a recording.
    ///
    /// - Parameters:
    ///   - start: What counts as the beginning; nil for that of the recording.
    ///   - end: When the last wanted job is submitted; nil for all.
    static func read(
        _ path: String, start: ScenarioTime?, end: ScenarioTime?
    ) throws(ScenarioProblem) -> RecordedJobs {
        do throws(Problem) {
            let reader = try RecordingReader(path)
            var objects = Objects()
            objects.end = reader.header.began
            while let entry = try reader.next() {
                objects.end = max(objects.end, entry.time)
                switch entry.content {
                case .object(let kind, let value):
                    guard isPart(kind), let key = key(of: value) else { continue }
                    objects.values[kind, default: [:]][key] = value
                case .removal(.pod, let key): objects.gone[key] = entry.time
                case .removal, .outcome, .configuration, .cycle: continue
                }
            }
            let began = reader.header.began.milliseconds
            var recorded = RecordedJobs()
            if let warning = reader.warning { recorded.problems.append(warning) }
            recorded.take(
                objects, path, from: start?.milliseconds(since: began).advanced(by: Int(began)),
                until: end?.milliseconds(since: began).advanced(by: Int(began)), began: began)
            return recorded
        } catch {
            throw ScenarioProblem(error)
        }
    }

    /// Gives a reader all objects but jobs as the first cycle of a recording saw them.
    static func readCluster(_ path: String, into cluster: inout ClusterReader) throws(ScenarioProblem) {
        do throws(Problem) {
            let reader = try RecordingReader(path)
            var values: [ObjectKind: [ObjectKey: Value]] = [:]
            entries: while let entry = try reader.next() {
                switch entry.content {
                case .object(let kind, let value):
                    if !isPart(kind) || isSetting(kind), let key = key(of: value) {
                        values[kind, default: [:]][key] = value
                    }
                case .removal(let kind, let key): values[kind]?[key] = nil
                case .cycle: break entries
                case .outcome, .configuration: continue
                }
            }
            for kind in ObjectKind.allCases {
                for (_, value) in (values[kind] ?? [:]).sorted(by: { $0.key < $1.key }) {
                    cluster.read(value, kind: kind)
                }
            }
        } catch {
            throw ScenarioProblem(error)
        }
    }

    private static func isPart(_ kind: ObjectKind) -> Bool {
        switch kind {
        case .pod, .podGroup, .schedulerPluginsPodGroup, .formerSchedulerPluginsPodGroup, .kubernetesPodGroup,
            .workload, .amlJob, .priorityClass, .instanceType:
            true
        default: false
        }
    }

    private static func isSetting(_ kind: ObjectKind) -> Bool { kind == .priorityClass || kind == .instanceType }

    private static func key(of value: Value) -> ObjectKey? {
        guard let metadata = value["metadata"], let name = metadata["name"]?.string else { return nil }
        return ObjectKey(namespace: metadata["namespace"]?.string ?? "", name: name)
    }

    private mutating func take(
        _ objects: Objects, _ path: String, from: Int64?, until: Int64?, began: Int64
    ) {
        var reader = ClusterReader(options: ReadingOptions())
        for kind in ObjectKind.allCases {
            for (_, value) in (objects.values[kind] ?? [:]).sorted(by: { $0.key < $1.key }) {
                reader.read(value, kind: kind)
            }
        }
        let result = reader.finish()
        problems += result.problems
        instanceTypes = result.snapshot.instanceTypes
        var neverRan = 0
        for gang in SnapshotJobs.gangs(of: result.snapshot) {
            let created = (gang.created?.secondsSinceEpoch).map { $0 * 1_000 } ?? began
            if created < from ?? .min || created >= until ?? .max { continue }
            guard let runTime = runTime(of: gang, objects) else {
                neverRan += 1
                continue
            }
            jobs.append(Job(gang: gang, submitted: max(created - (from ?? began), 0), runTime: runTime))
        }
        if neverRan > 0 {
            problems.append(
                Problem(
                    file: path, line: 0,
                    message: "\(neverRan) jobs are left out: they never ran, and do not say how long they run",
                    severity: .warning))
        }
        let keyed = jobs.sorted { ($0.submitted, $0.gang.key) < ($1.submitted, $1.gang.key) }
        jobs = keyed
    }

    private func runTime(of gang: SnapshotJobs.Gang, _ objects: Objects) -> Int64? {
        let starts = gang.pods.compactMap { $0.started?.secondsSinceEpoch }
        if let start = starts.max() {
            let ends = gang.pods.map { pod in
                pod.finished.map { $0.secondsSinceEpoch * 1_000 }
                    ?? objects.gone[pod.key]?.milliseconds ?? objects.end.milliseconds
            }
            return max((ends.max() ?? 0) - start * 1_000, 1)
        }
        return gang.annotation(SnapshotJobs.runTimeAnnotation).flatMap(SimulatedTime.duration)
    }
}
