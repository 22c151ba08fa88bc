import ClusterModel

/// What few gangs say in annotations, kept beside the gangs for the plugins that ask.
struct GangNotes: Equatable, Sendable {
    /// How long the gang is to wait at most, by `volcano.sh/sla-waiting-time`.
    var waitingTime: Duration?
    /// The same by `sla-waiting-time`, the only spelling that Volcano 1.5 knows.
    var olderWaitingTime: Duration?
    /// True for a gang that says of itself that it may be taken off its nodes.
    var isPreemptable = false
    /// How many of its pods may be missing at a time.
    var budget = GangBudget()
    /// What its `minResources` say in the words of quotas.
    var minQuotaResources: ResourceList = [:]

    /// What a PodGroup says.
    init(_ group: borrowing PodGroup) {
        minQuotaResources = group.minQuotaResources
        if group.annotations.isEmpty, group.labels.isEmpty { return }
        waitingTime = Self.waitingTime(group.annotations["volcano.sh/sla-waiting-time"])
        olderWaitingTime = Self.waitingTime(group.annotations["sla-waiting-time"])
        let key = "volcano.sh/preemptable"
        isPreemptable = Session.isTrue(group.annotations[key] ?? group.labels[key] ?? "")
        budget = GangBudget(group.annotations)
    }

    /// What a pod without a PodGroup says: Volcano's controller would copy it to the group that it makes.
    init(_ pod: borrowing Pod) {
        if pod.annotations.isEmpty { return }
        isPreemptable = Session.isTrue(pod.annotations["volcano.sh/preemptable"] ?? "")
        budget = GangBudget(pod.annotations)
    }

    private init() {}

    /// True where nothing is said at all.
    var isEmpty: Bool { self == GangNotes() }

    /// How long the gang is to wait at most, by the annotations that a version of Volcano reads.
    func waitingTime(under compatibility: Compatibility) -> Duration? {
        compatibility == .volcano15 ? olderWaitingTime : waitingTime ?? olderWaitingTime
    }

    /// Volcano takes a time that it cannot read, or that is not positive, for none.
    private static func waitingTime(_ text: String?) -> Duration? {
        text.flatMap { Duration(go: $0) }.flatMap { $0 > .zero ? $0 : nil }
    }
}

extension Session {
    /// Keeps what a gang says, if it says anything.
    func setNotes(_ notes: GangNotes, of job: Int) {
        if notes.isEmpty {
            if !gangNotes.isEmpty { gangNotes[job] = nil }
        } else {
            gangNotes[job] = notes
        }
    }
}
