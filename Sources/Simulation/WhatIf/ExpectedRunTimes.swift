public import ClusterModel

/// How much longer pods are expected to run, and on what that rests.
///
/// What a pod says counts first: its annotation `gangwright.io/run-time`, then its `activeDeadlineSeconds`, then the annotation
/// of its gang. Of a pod that says nothing it is the longest that a pod asking for the same has run, as the scheduler has it
/// for its reservations; then what whoever asks assumes. A service that says nothing runs for ever: pods of DaemonSets,
/// ReplicaSets and StatefulSets, and those that the kubelet runs by itself.
public struct ExpectedRunTimes: Equatable, Sendable {
    /// On what the run times of some pods rest: how many pods each.
    public struct Basis: Equatable, Sendable {
        /// They say it themselves, or their gang does.
        public var stated = 0
        /// Pods that asked for the same have been seen to end.
        public var observed = 0
        /// Nobody says anything, and a time is assumed.
        public var assumed = 0
        /// Nobody says anything: they run for ever.
        public var unknown = 0
        /// They are services and say nothing: they run for ever.
        public var services = 0
        /// Of the first three: they have run for longer already, and are taken to end at once.
        public var overdue = 0

        /// Of no pods.
        public init() {}

        /// How many pods it is about.
        public var pods: Int { stated + observed + assumed + unknown + services }

        /// Counts a pod by what is known of it.
        fileprivate mutating func count(
            _ isStated: Bool, _ isObserved: Bool, _ isAssumed: Bool, _ isService: Bool
        ) {
            if isStated {
                stated += 1
            } else if isObserved {
                observed += 1
            } else if isService {
                services += 1
            } else if isAssumed {
                assumed += 1
            } else {
                unknown += 1
            }
        }
    }

    /// Milliseconds that a pod runs from now on, or from when it starts if it waits; a pod that runs for ever is not in it.
    public let remaining: [ObjectKey: Int64]
    /// On what it rests for the pods that run.
    public let running: Basis
    /// On what it rests for the pods that wait.
    public let waiting: Basis

    /// The annotation of pods and pod groups: a duration such as `1h30m`.
    private static let annotation = "gangwright.io/run-time"

    /// Looks at all pods of a cluster that have not ended.
    ///
    /// - Parameters:
    ///   - now: from when on what remains is counted.
    ///   - assumed: milliseconds that a pod is assumed to run in all if nobody says anything; `nil` for ever.
    public init(_ snapshot: ClusterSnapshot, now: Timestamp, assuming assumed: Int64?) {
        var gangs: [ObjectKey: Int64] = [:]
        for group in snapshot.podGroups {
            gangs[group.key] = Self.milliseconds(group.annotations[Self.annotation])
        }
        let observed = Self.observed(snapshot.pods)
        var (remaining, running, waiting): ([ObjectKey: Int64], Basis, Basis) = ([:], Basis(), Basis())
        for pod in snapshot.pods where !pod.isTerminal {
            let stated =
                Self.milliseconds(pod.annotations[Self.annotation])
                ?? pod.activeDeadlineSeconds.map { Self.milliseconds(seconds: $0) }
                ?? pod.podGroup.flatMap { gangs[ObjectKey(namespace: pod.key.namespace, name: $0)] }
            let seen = stated == nil && !pod.isService ? observed[Self.request(pod)] : nil
            var basis = pod.nodeName == nil ? waiting : running
            basis.count(stated != nil, seen != nil, assumed != nil, pod.isService)
            if let total = stated ?? seen ?? (pod.isService ? nil : assumed) {
                var elapsed: Int64 = 0
                if pod.nodeName != nil, let start = pod.started ?? pod.created {
                    elapsed = Self.milliseconds(
                        seconds: max(0, now.secondsSinceEpoch - start.secondsSinceEpoch))
                }
                if elapsed > total { basis.overdue += 1 }
                remaining[pod.key] = max(0, total - elapsed)
            }
            if pod.nodeName == nil { waiting = basis } else { running = basis }
        }
        (self.remaining, self.running, self.waiting) = (remaining, running, waiting)
    }

    /// The longest that pods have run, by what they asked for.
    private static func observed(_ pods: [Pod]) -> [String: Int64] {
        var longest: [String: Int64] = [:]
        for pod in pods where pod.phase == .succeeded {
            guard let started = pod.started, let finished = pod.finished, finished > started else { continue }
            let time = milliseconds(seconds: finished.secondsSinceEpoch - started.secondsSinceEpoch)
            longest[request(pod), default: 0] = max(longest[request(pod)] ?? 0, time)
        }
        return longest
    }

    /// What a pod asks for, as text that is the same for all that ask for the same.
    private static func request(_ pod: Pod) -> String {
        pod.requests.sorted.map { "\($0.name)=\($0.amount)" }.joined(separator: ",")
    }

    private static func milliseconds(_ text: String?) -> Int64? {
        guard let text, let duration = Duration(go: text), duration > .zero else { return nil }
        let (seconds, attoseconds) = duration.components
        return milliseconds(seconds: seconds) + attoseconds / 1_000_000_000_000_000
    }

    /// Of more than a thousand years nobody needs to know the end.
    private static func milliseconds(seconds: Int64) -> Int64 { min(max(seconds, 0), 31_536_000_000) * 1_000 }
}

extension Pod {
    /// Whether it is there to run for ever, by whoever owns it.
    fileprivate var isService: Bool {
        staysOnItsNode
            || owners.contains {
                $0.isController && ["ReplicaSet", "ReplicationController", "StatefulSet"].contains($0.kind)
            }
    }
}
