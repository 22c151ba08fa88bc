public import ClusterModel
public import Documents
internal import KubernetesAPI
public import SchedulingLoop

/// How a shadow and the scheduler beside it compare over a whole recording.
public struct ShadowReport: Sendable {
    /// A pod that the other scheduler has told to leave, and the shadow would not have.
    public struct TheirEviction: Sendable, Equatable {
        /// The pod.
        public var pod: ObjectKey
        /// The node that it was on.
        public var node: String
        /// What its condition says.
        public var message: String
    }

    /// The recording's first line.
    public var header: RecordingHeader
    /// The time of the first entry and of the last.
    public var period: ClosedRange<LoopTime>?
    /// The verdicts about gangs, in the order in which they were known.
    public private(set) var gangs: [GangVerdict] = []
    /// How often each verdict about a pod was given.
    public private(set) var pods: [ShadowAgreement: Int] = [:]
    /// Evictions that the shadow would have made.
    public private(set) var evictions: [EvictionVerdict] = []
    /// Evictions that only the other scheduler has made.
    public private(set) var theirEvictions: [TheirEviction] = []
    /// Gangs about which there is nothing to say yet.
    public private(set) var undecided = 0
    /// What is odd about the file.
    public private(set) var warning: Problem?

    private var ledger: ShadowLedger
    private var live = LiveCluster()
    /// Gangs of which nobody has followed yet what the shadow decided, by their place among the verdicts.
    private var unfollowed: [GangName: Int] = [:]
    private var evicted: Set<String> = []

    /// Reads a recording to its end.
    ///
    /// - Throws: what is wrong with it; that it is no shadow's, too.
    public static func read(_ reader: RecordingReader, file: String) throws(Problem) -> ShadowReport {
        guard let patience = reader.header.shadowPatience else {
            throw Problem(
                file: file, line: 1,
                message: "found the recording of a scheduler that carries out its decisions, "
                    + "expected one of gangwright run --shadow")
        }
        var report = ShadowReport(reader.header, patience)
        while let entry = try reader.next() { try report.take(entry, file: file) }
        report.warning = reader.warning
        report.undecided = report.ledger.undecidedGangs
        return report
    }

    private init(_ header: RecordingHeader, _ patience: Int64) {
        self.header = header
        ledger = ShadowLedger(schedulerNames: Set(header.schedulerNames), patience: patience)
    }

    private mutating func take(_ entry: RecordedEntry, file: String) throws(Problem) {
        let time = entry.time
        period = (period?.lowerBound ?? time)...max(period?.upperBound ?? time, time)
        ledger.expire(at: time)
        switch entry.content {
        case .object(let kind, let value):
            let (object, key) = try entry.read(kind, value, file: file)
            if case .pod(let pod) = object { noteEviction(of: pod, key, value) }
            for change in live.changed(object) { ledger.note(change, at: entry.seen ?? time) }
        case .removal(let kind, let key):
            for change in live.removed(kind, key) { ledger.note(change, at: time) }
        case .cycle(let cycle): ledger.note(cycle, at: time)
        case .outcome, .configuration: break
        }
        for event in ledger.takeEvents() { note(event) }
    }

    private mutating func note(_ event: ShadowEvent) {
        switch event {
        case .pod(let verdict): pods[verdict.agreement, default: 0] += 1
        case .eviction(let verdict): evictions.append(verdict)
        case .takeBack: break
        case .gang(let verdict):
            // Somebody has followed after all.
            if let place = unfollowed.removeValue(forKey: verdict.gang) {
                gangs[place] = verdict
                return
            }
            if verdict.agreement == .onlyOurs { unfollowed[verdict.gang] = gangs.count }
            gangs.append(verdict)
        }
    }

    /// Notes that the other scheduler has told a pod to leave, which its conditions say.
    private mutating func noteEviction(of pod: Pod, _ key: ObjectKey, _ value: Value) {
        guard pod.isTerminating, header.schedulerNames.contains(pod.schedulerName),
            let node = pod.nodeName, !ledger.isVictim(key),
            let condition = value["status"]?["conditions"]?.elements.first(where: Self.saysEvicted),
            evicted.insert(pod.uid.isEmpty ? "\(key)" : pod.uid).inserted
        else { return }
        theirEvictions.append(
            TheirEviction(pod: key, node: node, message: condition["message"]?.string ?? ""))
    }

    /// Whether a condition is what Volcano or kube-scheduler writes when it makes a pod leave for another.
    private static func saysEvicted(_ condition: Value) -> Bool {
        switch condition["reason"]?.string {
        case "Evict", "PreemptionByScheduler", "PreemptionByKubeScheduler": true
        default: false
        }
    }
}
