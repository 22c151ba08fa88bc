import ClusterModel
import SchedulingPolicy

/// What one job's outcome says in numbers: its size, its wait, its slowdown.
///
/// All times are in milliseconds.
struct JobFigures: Sendable {
    /// Runs shorter than this count as this long in a slowdown, so that a job of a second that waited a minute does not outweigh
    /// all others.
    ///
    /// Source: Feitelson and Rudolph, "Metrics and benchmarking for parallel job scheduling", 1998, DOI 10.1007/BFb0053978.
    static let slowdownFloor: Int64 = 10_000

    /// GPUs that all of its pods ask for.
    let gpus: Int64
    /// From submission to the first start; for a job that has not started, to its cancellation or the end of the run.
    let wait: Int64
    /// Time in the system over run time; `nil` for cancelled jobs.
    let slowdown: Double?
    /// By how much it started later (or, negative, earlier) than was said; `nil` where nothing was said or it has not started.
    let startError: Int64?

    /// Reads the figures of a job that has been submitted.
    init(_ job: SimulatedJob, gpus: Int64, _ outcome: JobOutcome, end: Int64) {
        self.gpus = gpus
        let last = outcome.ended ?? max(end, job.submitted)
        let wait = max(0, (outcome.started ?? last) - job.submitted)
        self.wait = wait
        startError = outcome.started.flatMap { start in outcome.expectedStart.map { start - $0 } }
        switch outcome.state {
        case .cancelled, .notSubmitted: slowdown = nil
        case .succeeded: slowdown = Self.slowdown(response: last - job.submitted, job)
        // What is not done yet will have taken at least its wait and its run time.
        case .waiting, .running:
            slowdown = Self.slowdown(response: max(last - job.submitted, wait + job.runTime), job)
        }
    }

    private static func slowdown(response: Int64, _ job: SimulatedJob) -> Double {
        max(1, Double(response) / Double(max(job.runTime, slowdownFloor)))
    }

    /// Whether the job began about when it was said to: within a tenth of the wait that was told, or ten seconds; `nil` where nothing was said.
    func beganAsExpected(_ job: SimulatedJob, _ outcome: JobOutcome) -> Bool? {
        guard let startError, let expected = outcome.expectedStart else { return nil }
        let told = max(0, expected - job.submitted)
        return startError.magnitude <= UInt64(max(told / 10, 10_000))
    }
}

/// The size of a gang, in the classes in which reports speak of it.
enum GangSize: Int, CaseIterable, Sendable {
    case none, one, node, few, many

    init(gpus: Int64) {
        switch gpus {
        case ...0: self = .none
        case 1: self = .one
        case 2...8: self = .node
        case 9...64: self = .few
        default: self = .many
        }
    }

    var title: String {
        switch self {
        case .none: "no GPU"
        case .one: "1 GPU"
        case .node: "2–8 GPUs"
        case .few: "9–64 GPUs"
        case .many: "> 64 GPUs"
        }
    }
}

extension JobShape {
    /// The GPU model that the pods' node selector asks for; empty if any will do.
    var gpuModel: String {
        for set in pods where set.pod.requests[.nvidiaGPU] ?? 0 > 0 {
            if let model = set.pod.nodeSelector[Self.gpuModelLabel] { return model }
        }
        return ""
    }

    private static let gpuModelLabel = "nvidia.com/gpu.product"
}
