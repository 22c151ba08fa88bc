internal import ClusterModel

/// The kinds of objects that scheduling looks at.
public enum ObjectKind: CaseIterable, Sendable {
    case node
    case pod
    /// Volcano's PodGroup.
    case podGroup
    /// The PodGroup of scheduler-plugins.
    case schedulerPluginsPodGroup
    /// The PodGroup of scheduler-plugins before its version 0.25, which goes with Kubernetes up to 1.24.
    case formerSchedulerPluginsPodGroup
    /// The PodGroup of Kubernetes 1.36 and newer.
    case kubernetesPodGroup
    /// The Workload of Kubernetes 1.35, which holds what PodGroups hold since.
    case workload
    case queue
    case priorityClass
    case instanceType
    case amlJob
    case podDisruptionBudget
    case resourceQuota
    case hyperNode
    case numatopology
    case namespace
    case persistentVolume
    case persistentVolumeClaim
    case storageClass
    case csiNode
    case csiDriver
    case csiStorageCapacity
    case volumeAttachment

    /// The kind as objects name it; several groups may have one of that name.
    public var name: String {
        switch self {
        case .node: "Node"
        case .pod: "Pod"
        case .podGroup, .schedulerPluginsPodGroup, .formerSchedulerPluginsPodGroup, .kubernetesPodGroup:
            "PodGroup"
        case .workload: "Workload"
        case .queue: "Queue"
        case .priorityClass: "PriorityClass"
        case .instanceType: "InstanceType"
        case .amlJob: "AmlJob"
        case .podDisruptionBudget: "PodDisruptionBudget"
        case .resourceQuota: "ResourceQuota"
        case .hyperNode: "HyperNode"
        case .numatopology: "Numatopology"
        case .namespace: "Namespace"
        case .persistentVolume: "PersistentVolume"
        case .persistentVolumeClaim: "PersistentVolumeClaim"
        case .storageClass: "StorageClass"
        case .csiNode: "CSINode"
        case .csiDriver: "CSIDriver"
        case .csiStorageCapacity: "CSIStorageCapacity"
        case .volumeAttachment: "VolumeAttachment"
        }
    }

    /// The name, with the group where the name alone would mean another kind: `PodGroup.scheduling.x-k8s.io`.
    public var qualifiedName: String {
        switch self {
        case .schedulerPluginsPodGroup, .formerSchedulerPluginsPodGroup, .kubernetesPodGroup:
            "\(name).\(group)"
        default: name
        }
    }

    /// The API group, empty for the core group; every version of it is read alike.
    public var group: String {
        switch self {
        case .node, .pod, .resourceQuota, .namespace, .persistentVolume, .persistentVolumeClaim: ""
        case .podGroup, .queue: "scheduling.volcano.sh"
        case .schedulerPluginsPodGroup: GangName.schedulerPluginsGroup
        case .formerSchedulerPluginsPodGroup: GangName.formerSchedulerPluginsGroup
        case .kubernetesPodGroup, .workload, .priorityClass: GangName.kubernetesGroup
        case .instanceType, .amlJob: Self.azureMLGroup
        case .podDisruptionBudget: "policy"
        case .hyperNode: "topology.volcano.sh"
        case .numatopology: "nodeinfo.volcano.sh"
        case .storageClass, .csiNode, .csiDriver, .csiStorageCapacity, .volumeAttachment: "storage.k8s.io"
        }
    }

    /// The name that paths of the API use.
    public var plural: String {
        switch self {
        case .priorityClass: "priorityclasses"
        case .numatopology: "numatopologies"
        case .storageClass: "storageclasses"
        case .csiStorageCapacity: "csistoragecapacities"
        default: name.lowercased() + "s"
        }
    }

    /// The versions that are read, the one to be preferred first.
    public var versions: [String] {
        switch self {
        case .podGroup, .queue: ["v1beta1"]
        case .instanceType, .amlJob, .hyperNode, .numatopology, .schedulerPluginsPodGroup,
            .formerSchedulerPluginsPodGroup:
            ["v1alpha1"]
        case .kubernetesPodGroup: ["v1beta1", "v1alpha3", "v1alpha2"]
        // Later versions only hold templates of PodGroups.
        case .workload: ["v1alpha1"]
        case .podDisruptionBudget, .csiStorageCapacity: ["v1", "v1beta1"]
        default: ["v1"]
        }
    }

    /// True for kinds whose objects live in a namespace.
    public var isNamespaced: Bool {
        switch self {
        case .pod, .podGroup, .schedulerPluginsPodGroup, .formerSchedulerPluginsPodGroup, .kubernetesPodGroup,
            .workload, .amlJob, .podDisruptionBudget, .resourceQuota, .persistentVolumeClaim,
            .csiStorageCapacity:
            true
        case .node, .queue, .priorityClass, .instanceType, .hyperNode, .numatopology, .namespace,
            .persistentVolume,
            .storageClass, .csiNode, .csiDriver, .volumeAttachment:
            false
        }
    }

    /// True for kinds whose objects say by their age when the cluster was looked at.
    var tellsTime: Bool {
        switch self {
        case .node, .pod, .podGroup, .schedulerPluginsPodGroup, .formerSchedulerPluginsPodGroup,
            .kubernetesPodGroup, .workload, .queue, .amlJob:
            true
        default: false
        }
    }

    /// The group of Azure ML's custom resources.
    static let azureMLGroup = "amlarc.azureml.com"

    /// The kind of an object; `nil` for kinds that are passed over.
    init?(apiVersion: String, kind: String) {
        guard let namesakes = Self.namesakes[kind] else { return nil }
        let group = Self.group(of: apiVersion)
        guard let known = namesakes.first(where: { $0.group == group }) else { return nil }
        self = known
    }

    /// Whether a kind of some group has this name.
    static func knows(_ name: String) -> Bool { namesakes[name] != nil }

    private static let namesakes = Dictionary(grouping: allCases, by: \.name)

    /// The part of an `apiVersion` before the slash, empty for the core group.
    static func group(of apiVersion: String) -> String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    /// How an object that is passed over is counted: by kind, with the group if the kind alone would mislead.
    static func skippedName(apiVersion: String, kind: String) -> String {
        let group = group(of: apiVersion)
        return !knows(kind) || group.isEmpty ? kind : "\(kind).\(group)"
    }
}
