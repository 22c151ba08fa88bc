public import ClusterModel
public import Documents
public import KubernetesAPI
public import SchedulingLoop
internal import SchedulingPolicy

/// One line of a recording after the first: something that the loop was told, or a cycle.
public struct RecordedEntry: Sendable {
    /// What a line says.
    public enum Content: Sendable {
        /// An object as the API server wrote it.
        case object(ObjectKind, Value)
        /// An object that is gone.
        case removal(ObjectKind, ObjectKey)
        /// What became of a decision.
        case outcome(DecisionOutcome)
        /// Another configuration, as it was written.
        case configuration(String)
        /// A cycle and its decisions.
        case cycle(CycleRecord)
    }

    /// When the loop was told.
    public var time: LoopTime
    /// When it was seen, where the loop was told later.
    public var seen: LoopTime?
    /// Changes that follow from an object and that the loop was not told, by position.
    public var untold: Set<Int> = []
    /// What it says.
    public var content: Content
    /// The line in the file.
    public var line: Int
}

/// What a recorder is given: nothing is put into words before it is written.
enum RecorderItem: Sendable {
    case object(ObjectKind, [UInt8], seen: LoopTime?, untold: [Int])
    case removal(ObjectKind, ObjectKey, untold: [Int])
    case outcome(DecisionOutcome)
    case configuration(String)
    case cycle(CycleResult)

    /// About how many bytes of memory it takes.
    var size: Int {
        switch self {
        case .object(_, let text, _, _): 128 + text.count
        case .removal, .outcome: 128
        case .configuration(let text): 128 + text.utf8.count
        case .cycle(let result):
            1_024 + 128 * (result.binds.count + result.pending.count + result.pipelined.count)
                + 512 * (result.podGroups.count + result.queues.count)
        }
    }
}

extension RecordedEntry {
    /// Reads the object that this line holds.
    ///
    /// - Throws: why it is refused now, though it was not when it was recorded.
    func read(
        _ kind: ObjectKind, _ value: Value, file: String
    ) throws(Problem) -> (object: ClusterObject, key: ObjectKey) {
        let sink = ProblemSink()
        if let read = ClusterObject.read(value, kind: kind, sink: sink) { return read }
        let reason = sink.problems.first.map { "\($0.field): \($0.message)" } ?? ""
        throw Problem(file: file, line: line, message: "the object is refused now: \(reason)")
    }
}

extension ObjectKind {
    /// How a recording names the kind, with its group: `Pod`, `PodGroup.scheduling.volcano.sh`.
    var recordedName: String { group.isEmpty ? name : "\(name).\(group)" }

    private static let byRecordedName = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.recordedName, $0) })

    init?(recordedName: String) {
        guard let kind = Self.byRecordedName[recordedName] else { return nil }
        self = kind
    }
}

extension ObjectKey {
    /// Reads `namespace/name`, or the name of an object without a namespace; nil for nothing.
    init?(recorded text: String) {
        if text.isEmpty { return nil }
        guard let slash = text.firstIndex(of: "/") else {
            self.init(namespace: "", name: text)
            return
        }
        self.init(namespace: String(text[..<slash]), name: String(text[text.index(after: slash)...]))
    }
}
