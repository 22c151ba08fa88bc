/// The kinds of objects that become part of a snapshot.
enum ObjectKind: String, CaseIterable {
    case node = "Node"
    case pod = "Pod"
    case podGroup = "PodGroup"
    case queue = "Queue"
    case priorityClass = "PriorityClass"
    case instanceType = "InstanceType"
    case amlJob = "AmlJob"

    /// The API group, empty for the core group; every version of it is read alike.
    var group: String {
        switch self {
        case .node, .pod: ""
        case .podGroup, .queue: "scheduling.volcano.sh"
        case .priorityClass: "scheduling.k8s.io"
        case .instanceType, .amlJob: Self.azureMLGroup
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
