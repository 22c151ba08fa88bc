internal import ClusterModel
public import Documents

/// Turns any mix of texts into one snapshot: what `kubectl get -o yaml|json` prints, objects written by hand, and
/// Azure ML job files.
///
/// ```swift
/// var reader = ClusterReader(options: ReadingOptions())
/// reader.read(bytes, file: "cluster.yaml")
/// let result = reader.finish()
/// ```
///
/// The kinds of `ObjectKind` are read, by themselves, in a `List`, in a `PodList` and its like, or in a plain sequence;
/// a text may hold many documents. Other kinds are counted. A mapping without `kind` is an Azure ML job file if it looks like one. Fields that are not known are ignored.
///
/// A broken object is reported and left out, and reading goes on, so that one run shows all that is wrong. What
/// depends on other objects (instance types of jobs, priorities, the gangs of AmlJobs and Workloads) is settled in `finish`:
/// the order of texts and objects does not matter.
public struct ClusterReader {
    let options: ReadingOptions

    var nodes = ObjectTable<Node>(kind: "Node")
    var pods = ObjectTable<Pod>(kind: "Pod")
    var podGroups = ObjectTable<PodGroup>(kind: "PodGroup")
    var qualifiedPodGroups: [ObjectKind: ObjectTable<PodGroup>] = [:]
    var workloads = ObjectTable<Workload>(kind: "Workload")
    var queues = ObjectTable<Queue>(kind: "Queue")
    var priorityClasses = ObjectTable<PriorityClass>(kind: "PriorityClass")
    var instanceTypes = ObjectTable<InstanceType>(kind: "InstanceType")
    var amlJobs = ObjectTable<PodGroup>(kind: "AmlJob")
    var podDisruptionBudgets = ObjectTable<PodDisruptionBudget>(kind: "PodDisruptionBudget")
    var resourceQuotas = ObjectTable<ResourceQuota>(kind: "ResourceQuota")
    var hyperNodes = ObjectTable<HyperNode>(kind: "HyperNode")
    var numatopologies = ObjectTable<Numatopology>(kind: "Numatopology")
    var namespaces = ObjectTable<Namespace>(kind: "Namespace")
    var persistentVolumes = ObjectTable<PersistentVolume>(kind: "PersistentVolume")
    var persistentVolumeClaims = ObjectTable<PersistentVolumeClaim>(kind: "PersistentVolumeClaim")
    var storageClasses = ObjectTable<StorageClass>(kind: "StorageClass")
    var csiNodes = ObjectTable<CSINode>(kind: "CSINode")
    var csiDrivers = ObjectTable<CSIDriver>(kind: "CSIDriver")
    var csiStorageCapacities = ObjectTable<CSIStorageCapacity>(kind: "CSIStorageCapacity")
    var volumeAttachments = ObjectTable<VolumeAttachment>(kind: "VolumeAttachment")
    var jobs = ObjectTable<CommandJob>(kind: "job")
    /// Where each job names its instance type.
    var instanceTypePlaces: [ObjectKey: Place] = [:]

    var problems: [Problem] = []
    var skippedKinds: [String: Int] = [:]
    var newestTimestamp: Timestamp?
    /// Whether what is read takes the place of what has been read before the overlay began.
    private(set) var isOverlay = false
    /// The texts that hold nothing at all.
    private var emptyTexts: [String] = []
    private var textCount = 0
    private var files: [String: Int] = [:]

    /// A reader that has read nothing.
    public init(options: ReadingOptions) { self.options = options }

    /// Reads one text.
    ///
    /// - Parameters:
    ///   - bytes: YAML or JSON in UTF-8; anything else is reported.
    ///   - file: How problems name the text.
    public mutating func read(_ bytes: [UInt8], file: String) {
        files[file] = files[file] ?? files.count
        let parsed = DocumentParser.parse(bytes, file: file)
        problems += parsed.problems
        textCount += 1
        if parsed.documents.isEmpty, !parsed.problems.contains(where: { $0.severity == .error }) {
            emptyTexts.append(file)
        }
        let sink = ProblemSink()
        var unnamedJobs = 0
        for document in parsed.documents {
            readDocument(document, path: "", inherited: nil, unnamedJobs: &unnamedJobs, sink: sink)
        }
        problems += sink.problems
    }

    /// Lets objects that are read from now on take the place of those of the same kind and name that were read before.
    ///
    /// Two of one name within the overlay are what two of one name are everywhere.
    public mutating func beginOverlay() { isOverlay = true }

    /// Reads an object, or a list of objects, that stands within another document.
    ///
    /// - Parameter path: Where it stands in that document, for problems.
    public mutating func read(_ value: Value, path: String) {
        files[value.file] = files[value.file] ?? files.count
        let sink = ProblemSink()
        var unnamedJobs = 0
        readDocument(value, path: path, inherited: nil, unnamedJobs: &unnamedJobs, sink: sink)
        problems += sink.problems
    }

    /// Reads an object whose kind is known without its own saying so.
    public mutating func read(_ value: Value, kind: ObjectKind) {
        files[value.file] = files[value.file] ?? files.count
        let sink = ProblemSink()
        readObject(FieldReader(value, sink: sink), kind: kind)
        problems += sink.problems
    }

    /// Settles what depends on other objects and hands out everything.
    public mutating func finish() -> ReadResult {
        var assembly = SnapshotAssembly(reader: self)
        let snapshot = assembly.assemble()
        return ReadResult(
            snapshot: snapshot, skippedKinds: skippedKinds,
            problems: inOrder(problems + emptiness + assembly.problems))
    }

    /// What to say about texts that hold nothing.
    ///
    /// One among others may be a template that came out empty. If all are, what was to fill them has failed.
    private var emptiness: [Problem] {
        let severity: Problem.Severity = emptyTexts.count == textCount ? .error : .warning
        return emptyTexts.map { file in
            Problem(
                file: file, line: 1, message: "found nothing, expected \(Self.expectedDocument)",
                severity: severity)
        }
    }

    /// Problems as they stand in the input; those of one line as they were found.
    private func inOrder(_ problems: [Problem]) -> [Problem] {
        let keyed = problems.enumerated().map { ordinal, problem in
            (key: (files[problem.file] ?? files.count, problem.line, ordinal), problem: problem)
        }
        return keyed.sorted { $0.key < $1.key }.map(\.problem)
    }

    /// Keeps the newest point in time of all.
    mutating func note(_ time: Timestamp?) {
        guard let time else { return }
        newestTimestamp = max(newestTimestamp ?? time, time)
    }
}
