import Allocator
import ClusterModel

/// How long pods are expected to run.
///
/// What a pod says of itself counts first: the annotation `gangwright.io/run-time`, or else `activeDeadlineSeconds`. Of a
/// pod that says nothing it is the longest that a pod asking for the same has been seen to run.
struct RunTimes: Sendable {
    /// The annotation of pods and pod groups: a duration such as `1h30m`.
    static let annotation = "gangwright.io/run-time"

    /// What is known of one pod.
    private struct Run: Sendable {
        let started: Timestamp?
        /// In seconds; `nil` where it says nothing.
        let stated: Int64?
    }

    /// Of the few pods that say something, or have a start that differs from their creation.
    private var runs: [Int: Run] = [:]
    /// Whether somebody asks for the starts of pods that say nothing.
    var keepsStarts = false
    /// What gangs say of their pods, in seconds.
    private var statedByJob: [Int: Int64] = [:]
    /// The longest run that was seen, in seconds, by what the pods took.
    private var observed: [RequestID: Int64] = [:]

    /// Takes note of a pod: what it says, and how long it ran if it has ended.
    mutating func note(_ pod: Pod, as task: Int, request: RequestID) {
        let stated = Self.seconds(pod.annotations[Self.annotation]) ?? pod.activeDeadlineSeconds
        if stated != nil || keepsStarts && pod.started != nil, !pod.isTerminal {
            runs[task] = Run(started: pod.started, stated: stated)
        }
        if pod.phase == .succeeded, let started = pod.started, let finished = pod.finished {
            noteEnd(of: request, started: started, finished: finished)
        }
    }

    /// Takes note of when a pod was started that is known already.
    mutating func noteStart(of task: Int, at time: Timestamp) {
        if let run = runs[task] {
            runs[task] = Run(started: time, stated: run.stated)
        } else if keepsStarts {
            runs[task] = Run(started: time, stated: nil)
        }
    }

    /// Takes note of how long a pod ran that asked for this.
    mutating func noteEnd(of request: RequestID, started: Timestamp, finished: Timestamp) {
        if finished <= started { return }
        let seconds = finished.secondsSinceEpoch - started.secondsSinceEpoch
        observed[request] = max(observed[request] ?? 0, seconds)
    }

    /// Forgets a pod; what was seen of it stays.
    mutating func forget(_ task: Int) { if !runs.isEmpty { runs[task] = nil } }

    /// Takes note of what a gang says of its pods.
    mutating func note(_ annotations: [String: String], ofJob job: Int) {
        let stated = annotations.isEmpty ? nil : Self.seconds(annotations[Self.annotation])
        if stated != nil || !statedByJob.isEmpty { statedByJob[job] = stated }
    }

    /// How long a pod runs, in seconds; `nil` where nobody knows.
    func seconds(of task: Int, job: Int?, request: RequestID) -> Int64? {
        runs[task]?.stated ?? job.flatMap { statedByJob[$0] } ?? observed[request]
    }

    /// When a pod was started; when it was created, if nothing else is known.
    func start(of task: Int, created: Timestamp?) -> Timestamp? { runs[task]?.started ?? created }

    private static func seconds(_ text: String?) -> Int64? {
        guard let text, let duration = Duration(go: text), duration > .zero else { return nil }
        let (seconds, rest) = duration.components
        return rest > 0 ? seconds + 1 : seconds
    }
}
