internal import ClusterModel
internal import Documents
public import SchedulingLoop

/// The first line of a recording: what the loop was made with.
public struct RecordingHeader: Sendable, Equatable {
    /// The version of the format that is written, and read.
    public static let version: Int64 = 1
    /// The member that tells a recording from any other text.
    static let mark = "gangwrightRecording"

    /// The version of the program that wrote it.
    public var program: String
    /// When it began.
    public var began: LoopTime
    /// Whose pods were placed.
    public var schedulerNames: [String]
    /// How soon cycles followed on what happened.
    public var timing: LoopTiming
    /// The configuration at the beginning, as it was written.
    public var configuration: String
    /// How long a shadow waited for others to follow, in milliseconds; nil for a scheduler that carried out its decisions.
    public var shadowPatience: Int64?

    /// A header.
    public init(
        program: String, began: LoopTime, schedulerNames: Set<String>, timing: LoopTiming,
        configuration: String, shadowPatience: Int64? = nil
    ) {
        self.program = program
        self.began = began
        self.schedulerNames = schedulerNames.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.timing = timing
        self.configuration = configuration
        self.shadowPatience = shadowPatience
    }

    var document: OutputValue {
        var members: [(String, OutputValue)] = [
            (Self.mark, .integer(Self.version)), ("program", .string(program)),
            ("began", .integer(began.milliseconds)),
            ("schedulerNames", .list(schedulerNames.map { .string($0) })),
            ("debounce", .integer(timing.debounce)), ("schedulePeriod", .integer(timing.schedulePeriod)),
        ]
        if let shadowPatience { members.append(("shadowPatience", .integer(shadowPatience))) }
        members.append(("configuration", .string(configuration)))
        return .object(members)
    }

    /// Reads the first line.
    init(_ value: Value) throws(Problem) {
        let sink = ProblemSink()
        let reader = FieldReader(value, sink: sink)
        guard reader.value(Self.mark) != nil else { throw Self.foreign(value.file) }
        let version = reader.integer(Self.mark, in: 1 ... .max)
        if let version, version > Self.version {
            throw Problem(
                file: value.file, line: value.line, field: Self.mark,
                message: "found version \(version), expected \(Self.version): a newer gangwright wrote this")
        }
        program = reader.string("program") ?? ""
        began = LoopTime(milliseconds: reader.integer("began") ?? 0)
        schedulerNames = reader.strings("schedulerNames")
        timing = LoopTiming(
            debounce: reader.integer("debounce", in: 0 ... .max) ?? 0,
            schedulePeriod: reader.integer("schedulePeriod", in: 1 ... .max) ?? 1)
        shadowPatience = reader.integer("shadowPatience", in: 0 ... .max)
        configuration = reader.requiredString("configuration") ?? ""
        if let problem = sink.problems.first { throw problem }
    }

    static func foreign(_ file: String) -> Problem {
        Problem(
            file: file, line: 1,
            message: "found no recording, expected what gangwright run --record has written")
    }
}
