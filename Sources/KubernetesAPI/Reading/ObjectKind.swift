/// The kinds of objects that scheduling looks at.
public enum ObjectKind: String, CaseIterable, Sendable {
    case node = "Node"
    case pod = "Pod"
    case podGroup = "PodGroup"
    case queue = "Queue"
    case priorityClass = "PriorityClass"
    case instanceType = "InstanceType"
    case amlJob = "AmlJob"
    case podDisruptionBudget = "PodDisruptionBudget"
    case resourceQuota = "ResourceQuota"
    case hyperNode = "HyperNode"
    case namespace = "Namespace"
    case persistentVolume = "PersistentVolume"
    case persistentVolumeClaim = "PersistentVolumeClaim"
    case storageClass = "StorageClass"
    case csiNode = "CSINode"
    case csiDriver = "CSIDriver"
    case csiStorageCapacity = "CSIStorageCapacity"
    case volumeAttachment = "VolumeAttachment"

    /// The API group, empty for the core group; every version of it is read alike.
    public var group: String {
        switch self {
        case .node, .pod, .resourceQuota, .namespace, .persistentVolume, .persistentVolumeClaim: ""
        case .podGroup, .queue: "scheduling.volcano.sh"
        case .priorityClass: "scheduling.k8s.io"
        case .instanceType, .amlJob: Self.azureMLGroup
        case .podDisruptionBudget: "policy"
        case .hyperNode: "topology.volcano.sh"
        case .storageClass, .csiNode, .csiDriver, .csiStorageCapacity, .volumeAttachment: "storage.k8s.io"
        }
    }

    /// The name that paths of the API use.
    public var plural: String {
        switch self {
        case .priorityClass: "priorityclasses"
        case .storageClass: "storageclasses"
        case .csiStorageCapacity: "csistoragecapacities"
        default: rawValue.lowercased() + "s"
        }
    }

    /// The versions that are read, the one to be preferred first.
    public var versions: [String] {
        switch self {
        case .podGroup, .queue: ["v1beta1"]
        case .instanceType, .amlJob, .hyperNode: ["v1alpha1"]
        case .podDisruptionBudget, .csiStorageCapacity: ["v1", "v1beta1"]
        default: ["v1"]
        }
    }

    /// True for kinds whose objects live in a namespace.
    public var isNamespaced: Bool {
        switch self {
        case .pod, .podGroup, .amlJob, .podDisruptionBudget, .resourceQuota, .persistentVolumeClaim,
            .csiStorageCapacity:
            true
        case .node, .queue, .priorityClass, .instanceType, .hyperNode, .namespace, .persistentVolume,
            .storageClass, .csiNode, .csiDriver, .volumeAttachment:
            false
        }
    }

    /// True for kinds whose objects say by their age when the cluster was looked at.
    var tellsTime: Bool {
        switch self {
        case .node, .pod, .podGroup, .queue, .amlJob: true
        default: false
        }
    }

    /// The group of Azure ML's custom resources.
    static let azureMLGroup = "amlarc.azureml.com"

    /// The kind of an object; `nil` for kinds that are passed over.
    init?(apiVersion: String, kind: String) {
        guard let known = ObjectKind(rawValue: kind), known.group == Self.group(of: apiVersion) else {
            return nil
        }
        self = known
    }

    /// The part of an `apiVersion` before the slash, empty for the core group.
    static func group(of apiVersion: String) -> String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    /// How an object that is passed over is counted: by kind, with the group if the kind alone would mislead.
    static func skippedName(apiVersion: String, kind: String) -> String {
        let group = group(of: apiVersion)
        return ObjectKind(rawValue: kind) == nil || group.isEmpty ? kind : "\(kind).\(group)"
    }
}
