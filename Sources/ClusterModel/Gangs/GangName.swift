/// The name of a gang in its namespace, by the API that it comes from.
///
/// Several APIs call their gangs PodGroups, and a namespace may have one of each with the same name. What keeps them apart
/// is a slash, which no name in Kubernetes has:
///
/// | text | gang |
/// | --- | --- |
/// | `train` | Volcano's PodGroup, an AmlJob or a job file |
/// | `scheduling.x-k8s.io/train` | scheduler-plugins' PodGroup, or `scheduling.sigs.k8s.io/train` as it was before 2023 |
/// | `scheduling.k8s.io/train` | the PodGroup of Kubernetes 1.36 and newer |
/// | `workload/train/workers/0` | replica `0` of the part `workers` of a Workload of Kubernetes 1.35 |
public enum GangName: Hashable, Sendable {
    /// A PodGroup of Volcano, or what stands in for one.
    case volcano(String)
    /// A PodGroup of scheduler-plugins.
    case schedulerPlugins(String)
    /// A PodGroup of scheduler-plugins before its version 0.25.
    case formerSchedulerPlugins(String)
    /// A PodGroup of Kubernetes.
    case kubernetes(String)
    /// A part of a Workload; the replica is empty where pods name none.
    case workload(String, podGroup: String, replica: String)

    /// The group of scheduler-plugins.
    public static let schedulerPluginsGroup = "scheduling.x-k8s.io"
    /// The group of scheduler-plugins before its version 0.25.
    public static let formerSchedulerPluginsGroup = "scheduling.sigs.k8s.io"
    /// The group of Kubernetes.
    public static let kubernetesGroup = "scheduling.k8s.io"
    private static let workloadKind = "workload"

    /// Reads a name; `nil` for text that is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case (_, 1): self = .volcano(text)
        case (Self.schedulerPluginsGroup, 2): self = .schedulerPlugins(parts[1])
        case (Self.formerSchedulerPluginsGroup, 2): self = .formerSchedulerPlugins(parts[1])
        case (Self.kubernetesGroup, 2): self = .kubernetes(parts[1])
        case (Self.workloadKind, 3...4):
            self = .workload(parts[1], podGroup: parts[2], replica: parts.count == 4 ? parts[3] : "")
        default: return nil
        }
    }

    /// The name as text, as users read it.
    public var text: String {
        switch self {
        case .volcano(let name): name
        case .schedulerPlugins(let name): "\(Self.schedulerPluginsGroup)/\(name)"
        case .formerSchedulerPlugins(let name): "\(Self.formerSchedulerPluginsGroup)/\(name)"
        case .kubernetes(let name): "\(Self.kubernetesGroup)/\(name)"
        case .workload(let name, let podGroup, let replica):
            "\(Self.workloadKind)/\(name)/\(podGroup)" + (replica.isEmpty ? "" : "/\(replica)")
        }
    }

    /// Whether a name is one of another API than Volcano's.
    public static func isQualified(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "/")) }
}
