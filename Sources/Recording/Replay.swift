public import ClusterModel
public import Documents
internal import KubernetesAPI
public import SchedulingLoop
internal import SchedulingPolicy

/// Feeds a recording to a loop and compares what that decides with what was decided.
///
/// With the recorded configuration the two are the same, bit for bit, and the first difference ends the replay. With
/// another one differences are what was asked for: they are counted. A decision that nobody followed then is taken back after
/// a while, as a shadow's is, and where the cluster shows a pod elsewhere, the cluster is right.
public struct Replay {
    /// How a recording is replayed.
    public struct Options: Sendable {
        /// The cycle after which to stop; nil for the end of the file.
        public var untilCycle: Int?
        /// The configuration from the beginning on, in place of all that are recorded.
        public var configuration: WrittenConfiguration?
        /// Whether the cluster is kept as the last cycle saw it; as it was at the end, if the replay goes that far.
        public var keepsObjects = false

        /// The whole of it, with the configuration that was recorded.
        public init() {}
    }

    /// Where a replay first decided otherwise.
    public struct Difference: Sendable, Equatable {
        /// The cycle.
        public var cycle: Int
        /// When it ran.
        public var time: LoopTime
        /// Its line in the file.
        public var line: Int
        /// The pod; nil for what is not about one.
        public var pod: ObjectKey?
        /// What was decided.
        public var recorded: String
        /// What is decided now.
        public var replayed: String
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// The recording's first line.
        public var header: RecordingHeader
        /// Cycles that ran.
        public var cycles = 0
        /// Pods that were bound in them, as recorded.
        public var binds = 0
        /// Pods that were evicted in them, as recorded.
        public var evictions = 0
        /// What the same cycles bind and evict now.
        public var replayed = (binds: 0, evictions: 0)
        /// The time of the first entry and of the last.
        public var period: ClosedRange<LoopTime>?
        /// The first difference; nil for none.
        public var difference: Difference?
        /// Cycles that decided otherwise: all of them with another configuration, at most one with the recorded one.
        public var differentCycles = 0
        /// What is odd about the file.
        public var warning: Problem?
        /// The cluster, if it was to be kept.
        public var cluster: ReplayedCluster?
    }

    private let options: Options
    private let driver: LoopDriver
    private var summary = CycleSummary()
    private var outcome: Outcome
    private var objects: ReplayedObjects?
    /// Takes back what nobody follows, where decisions may be others than those that were carried out.
    private var shadow: ShadowLedger?

    /// Replays a recording from its beginning.
    ///
    /// - Throws: what is wrong with the recording, with its line.
    public static func run(
        _ reader: RecordingReader, file: String, options: Options
    ) throws(Problem) -> Outcome {
        let recorded = try WrittenConfiguration(recorded: reader.header.configuration, file: file, line: 1)
        var replay = Replay(reader.header, options.configuration ?? recorded, options)
        while let entry = try reader.next() {
            try replay.take(entry, file: file)
            if replay.isOver { return replay.outcome }
        }
        replay.outcome.warning = reader.warning
        if let wanted = options.untilCycle, replay.outcome.cycles < wanted {
            throw Problem(
                file: file, line: 0,
                message: "found \(replay.outcome.cycles) cycles, expected at least \(wanted)")
        }
        if options.untilCycle == nil, let end = replay.outcome.period?.upperBound {
            replay.keepCluster(at: end)
        }
        return replay.outcome
    }

    private init(_ header: RecordingHeader, _ configuration: WrittenConfiguration, _ options: Options) {
        self.options = options
        var session = SessionOptions()
        session.schedulerNames = Set(header.schedulerNames)
        driver = LoopDriver(configuration: configuration.value, options: session, timing: header.timing)
        outcome = Outcome(header: header)
        if options.keepsObjects { objects = ReplayedObjects() }
        if options.configuration != nil {
            shadow = ShadowLedger(
                schedulerNames: Set(header.schedulerNames),
                patience: header.shadowPatience ?? ShadowLedger.defaultPatience)
        }
    }

    private var isOver: Bool {
        if options.configuration == nil, outcome.difference != nil { return true }
        return options.untilCycle.map { outcome.cycles >= $0 } ?? false
    }

    private mutating func take(_ entry: RecordedEntry, file: String) throws(Problem) {
        let time = entry.time
        outcome.period = (outcome.period?.lowerBound ?? time)...max(outcome.period?.upperBound ?? time, time)
        shadow?.expire(at: time)
        for event in shadow?.takeEvents() ?? [] {
            if let outcome = event.outcome { driver.tell(outcome, at: time) }
        }
        switch entry.content {
        case .object(let kind, let value):
            let (object, key) = try entry.read(kind, value, file: file)
            var position = 0
            driver.take(kind, object, at: time) { change in isNews(change, &position, entry) }
            objects?.set(kind, key, value)
        case .removal(let kind, let key):
            var position = 0
            driver.remove(kind, key, at: time) { change in isNews(change, &position, entry) }
            objects?.remove(kind, key)
        case .outcome(let outcome):
            driver.tell(outcome, at: time)
            objects?.note(outcome)
        case .configuration(let text):
            if options.configuration != nil { return }
            driver.configure(
                try WrittenConfiguration(recorded: text, file: file, line: entry.line), at: time)
            objects?.configuration = text
        case .cycle(let recorded): compare(recorded, entry)
        }
    }

    /// Whether the loop was told of the next change that follows from an entry.
    private mutating func isNews(
        _ change: ClusterChange, _ position: inout Int, _ entry: RecordedEntry
    ) -> Bool {
        defer { position += 1 }
        shadow?.note(change, at: entry.seen ?? entry.time)
        return !entry.untold.contains(position)
    }

    private mutating func keepCluster(at time: LoopTime) {
        outcome.cluster = objects?.cluster(
            at: time, outcome.header, configuration: options.configuration?.text)
    }

    private mutating func compare(_ recorded: CycleRecord, _ entry: RecordedEntry) {
        if outcome.cycles + 1 == options.untilCycle { keepCluster(at: entry.time) }
        let replayed = summary.record(of: driver.runCycle(at: entry.time))
        outcome.cycles += 1
        outcome.binds += recorded.binds.count
        outcome.evictions += recorded.evictions.count
        outcome.replayed.binds += replayed.binds.count
        outcome.replayed.evictions += replayed.evictions.count
        shadow?.note(replayed, at: entry.time)
        objects?.note(recorded, at: entry.time)
        guard let (pod, before, now) = CycleDifference.find(recorded, replayed) else { return }
        outcome.differentCycles += 1
        outcome.difference =
            outcome.difference
            ?? Difference(
                cycle: recorded.number, time: entry.time, line: entry.line, pod: pod, recorded: before,
                replayed: now)
    }
}
