import ClusterModel
import Documents
import SyntheticClusters

/// Jobs that a trace tells of, as a scenario asks for them.
struct TraceSection: Sendable {
    var source: TraceSource
    /// When the trace begins, in milliseconds after the start of the simulation.
    var at: Int64
    /// What jobs are called: `NAME-00017`.
    var name: String
    var arrivalScale: Double
    var runTimeScale: Double
    /// The most GPUs of a pod; larger jobs have several pods.
    var gpusPerPod: Int64
    /// What a pod asks for, by the trace's name for an instance type, or its number of GPUs.
    var instanceTypes: [String: Located<String>]
    /// What a pod asks for besides GPUs, where the trace does not say.
    var perPod: ResourceList
    var perGPU: ResourceList
    /// Queues by the trace's name for them.
    var queues: [String: String]
    /// What is made of the name of a group of users.
    var group: GroupUse
    var minMember: ScenarioDocument.MinMember
    var traits: ScenarioDocument.JobTraits
    /// Whether the scenario names a queue, which then holds for all.
    var namesQueue: Bool
    var namesPriorityClass: Bool
    var namesCheckpoint: Bool

    enum GroupUse: String, CaseIterable, Sendable { case user, queue, none }
}

/// A trace's file and the part of it that is wanted.
struct TraceSource: Sendable {
    enum Format: String, CaseIterable, Sendable { case philly, openb, csv, recording }

    /// What becomes of tasks that ask for a part of a GPU.
    enum Shares: String, CaseIterable, Sendable {
        /// They ask for a whole one.
        case wholeGPU = "whole"
        /// They ask for the part, as the annotations of the trace's own simulator say it.
        case part
        /// They are left out.
        case skip
    }

    /// Jobs one after the other, each as long as the others.
    struct Pace: Equatable, Sendable {
        enum Order: String, CaseIterable, Sendable {
            /// That of the file.
            case list
            /// Drawn by the scenario's seed.
            case shuffled
        }

        /// Milliseconds from one to the next.
        var every: Int64
        /// Milliseconds for which each runs.
        var runTime: Int64
        var order = Order.list
    }

    var format: Format
    var file: Located<String>
    /// Milliseconds after the trace's first job, or after 1970; nil from its beginning on.
    var from: ScenarioTime?
    var until: ScenarioTime?
    var limit: Int?
    var shares: Shares
    /// Times in place of the trace's own, or for one that has none.
    var pace: Pace?
    /// Names of columns, by our names for them.
    var columns: [String: String]
}
