import ClusterModel
import Documents
import SchedulingPolicy
import SyntheticClusters

/// A scenario, or one of its variants, as it was written: read and checked, before any other file is opened.
struct ScenarioDocument: Sendable {
    var name = ""
    var description = ""
    var seed: UInt64 = 1
    /// Milliseconds since 1970-01-01T00:00:00Z; nil leaves it to the snapshot.
    var start: Int64?
    var duration: Int64?
    var cluster = ClusterSection()
    var workload = WorkloadSection()
    var configuration: ConfigurationSection = .standard
    var schedulerNames: [String] = []
    var delays = SimulatedDelays()
    var events: [EventSection] = []
    var failures: [FailureSection] = []
    var pictures: [Located<PictureTime>] = []

    /// When a picture is taken.
    enum PictureTime: Sendable, Equatable {
        case time(ScenarioTime)
        /// After this part of the duration, 0 to 1.
        case part(Double)
    }

    /// Where the scheduler's configuration comes from.
    enum ConfigurationSection: Sendable {
        /// Gangwright's own default.
        case standard
        case file(Located<String>)
        case read(SchedulerConfiguration)
    }

    /// Where nodes, queues and classes come from.
    struct ClusterSection: Sendable {
        var files: [Located<String>] = []
        var objects: [Located<Value>] = []
        var pools: [PoolSection] = []
        var queues: [QueueSection] = []
        var priorityClasses: [PriorityClass] = []
        var instanceTypes: [InstanceType] = []
        var traces: [ClusterTrace] = []
        var defaultInstanceType = BuiltInInstanceType.azureml2022
        var place = ScenarioPlace(file: "", line: 0, field: "cluster")
    }

    /// Nodes that a trace describes.
    struct ClusterTrace: Sendable {
        enum Format: String, CaseIterable, Sendable { case openb, recording }
        var format: Format
        var file: Located<String>
        var pricePerHour: Double
    }

    /// Equal nodes.
    struct PoolSection: Sendable {
        var name: String
        var count: Int
        var allocatable: ResourceList
        var labels: [String: String]
        var taints: [Taint]
        var pricePerHour: Double
        var topology: [TopologyLevel]
        /// What its nodes are made of; `nil` where the scenario does not say.
        var machine: MachineSection?
        var place: ScenarioPlace
    }

    /// What the nodes of a pool are made of.
    struct MachineSection: Sendable {
        var shape: MachineShape
        /// The kubelets' policy for NUMA nodes; `nil` where they hand out no processors.
        var policy: TopologyPolicy?
    }

    /// A label that tells domains of nodes apart.
    struct TopologyLevel: Sendable, Equatable {
        enum Domains: Sendable, Equatable {
            /// So many nodes in each, the last perhaps fewer.
            case nodesEach(Int)
            /// These, each with its part of the pool.
            case named([String])
        }
        /// The name in the scenario, which domains are called by.
        var name: String
        var label: String
        var domains: Domains
    }

    /// What a scenario says of a queue; what it does not say stays as it is.
    struct QueueSection: Sendable {
        var name: String
        var weight: Int64?
        var parent: String?
        var priority: Int32?
        var capability: ResourceList?
        var deserved: ResourceList?
        var guarantee: ResourceList?
        var isReclaimable: Bool?
        var state: Queue.State?
    }

    /// Something that happens, perhaps again and again.
    struct EventSection: Sendable {
        enum Action: Sendable {
            case fail(NodeChoice)
            case drain(NodeChoice)
            case cordon(NodeChoice)
            case takeBack(NodeChoice)
            case remove(NodeChoice)
            case add(pool: String, count: Int)
            case queue(QueueSection)
            case removeQueue(String)
            case cancel(ObjectKey)
        }
        var at: ScenarioTime
        var action: Action
        /// How long it lasts, in milliseconds; nil for good.
        var length: Int64?
        /// How far apart it happens again, in milliseconds; nil for once.
        var every: Int64?
        var until: ScenarioTime?
        var place: ScenarioPlace
    }

    /// Which nodes are meant: those that all of the conditions hold for.
    struct NodeChoice: Sendable {
        /// Names, with `*` and `?` for any letters and any letter; empty for all.
        var names: [String] = []
        var pool: String?
        var labels: [String: String] = [:]
        /// How many of them, drawn by the seed; nil for all.
        var count: Int?
        var place: ScenarioPlace
    }

    /// Nodes that break down by chance.
    struct FailureSection: Sendable {
        var nodes: NodeChoice
        var meanTimeBetween: Double
        var repair: Distribution
        var from: ScenarioTime
        var until: ScenarioTime?
        var place: ScenarioPlace
    }

    /// Where jobs come from.
    struct WorkloadSection: Sendable {
        var files: [Located<String>] = []
        var objects: [Located<Value>] = []
        var traces: [TraceSection] = []
        var generators: [GeneratorSection] = []
        /// How long objects run that do not say; nil until the end.
        var runTime: Distribution?
    }

    /// Jobs that are drawn.
    struct GeneratorSection: Sendable {
        var name: String
        var arrivals: ArrivalSection
        var from: ScenarioTime
        var until: ScenarioTime?
        var count: Int?
        var jobs: [Weighted<JobTemplateSection>]
        var place: ScenarioPlace
    }

    enum ArrivalSection: Sendable {
        case plain(Arrivals)
        case times([ScenarioTime])
        /// As dense as those of a trace, step by step; `every` says how far apart on average, nil as in the trace.
        case likeTrace(TraceSource, step: Int64, every: Double?)
    }

    /// What a job of a generator looks like.
    struct JobTemplateSection: Sendable {
        enum Asks: Sendable {
            case instanceType(Located<String>)
            /// Resources of each pod, besides GPUs, and the same of each of its GPUs.
            case resources(perPod: ResourceList, perGPU: ResourceList, gpus: [Weighted<Int>])
        }
        var asks: Asks
        var pods: [Weighted<Int>]
        var minMember: MinMember
        var runTime: Distribution
        var traits: JobTraits
    }

    /// How many pods of a job must run together.
    enum MinMember: Sendable, Equatable {
        case all
        case count(Int)
        /// A part of all pods, rounded up, 0 to 1.
        case part(Double)

        func of(_ pods: Int) -> Int {
            switch self {
            case .all: pods
            case .count(let count): min(count, pods)
            case .part(let part): min(max(Int((part * Double(pods)).rounded(.up)), 1), pods)
            }
        }
    }

    /// What jobs of generators and of traces have in common.
    struct JobTraits: Sendable {
        var namespace = "default"
        var queues = Located(
            value: [Weighted("default", weight: 1)], place: .init(file: "", line: 0, field: ""))
        var users: [Weighted<String>] = []
        var priorityClasses = Located(
            value: [Weighted("", weight: 1)], place: .init(file: "", line: 0, field: ""))
        var checkpoint: Int64?
        var isElastic = false
        var isGang = true
        var stated = StatedRunTime.none
        var nodeSelector: [String: String] = [:]
        var tolerations: [Toleration] = []
        /// The label of nodes of which one domain is to take all pods; nil for any nodes.
        var within: Located<String>?
    }

    /// What owners say of how long their jobs run.
    enum StatedRunTime: Sendable {
        case none
        case exact
        /// The true run time times a draw.
        case factor(Distribution)
    }
}
