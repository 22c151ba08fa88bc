import Documents
import KubernetesClient

/// A claim as the API server shows it.
struct ShownClaim: Sendable {
    let name: String
    let uid: String
    /// The node for which its volume is to be made.
    let node: String
    let volume: String
    let phase: String
    let isShareable: Bool

    init(_ value: Value) {
        let metadata = value["metadata"]
        name = metadata?["name"]?.string ?? ""
        uid = metadata?["uid"]?.string ?? ""
        node = metadata?["annotations"]?["volume.kubernetes.io/selected-node"]?.string ?? ""
        volume = value["spec"]?["volumeName"]?.string ?? ""
        phase = value["status"]?["phase"]?.string ?? ""
        isShareable =
            value["spec"]?["accessModes"]?.elements.contains { $0.string == "ReadWriteMany" } ?? false
    }
}

/// A volume as the API server shows it.
struct ShownVolume: Sendable {
    let name: String
    /// The UID of the claim that it is for.
    let claim: String
    let isBoundByController: Bool
    let phase: String

    init(_ value: Value) {
        name = value["metadata"]?["name"]?.string ?? ""
        claim = value["spec"]?["claimRef"]?["uid"]?.string ?? ""
        isBoundByController =
            value["metadata"]?["annotations"]?["pv.kubernetes.io/bound-by-controller"] != nil
        phase = value["status"]?["phase"]?.string ?? ""
    }
}

// Storage, as an admin sees it and brings it.
extension Cluster {
    static let claims = GroupVersionResource(resource: "persistentvolumeclaims")
    static let volumes = GroupVersionResource(resource: "persistentvolumes")
    static let storageClasses = GroupVersionResource(
        group: "storage.k8s.io", version: "v1", resource: "storageclasses")

    /// A class whose claims wait for their first pod; volumes of one without a provisioner are there already.
    func addStorageClass(_ name: String, provisioner: String = "kubernetes.io/no-provisioner") async throws {
        try await create(
            Self.storageClasses, namespace: nil,
            [
                "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                "metadata": ["name": .string(name)], "provisioner": .string(provisioner),
                "volumeBindingMode": "WaitForFirstConsumer",
            ])
    }

    func addClaim(_ name: String, of storageClass: String, mode: String = "ReadWriteOnce") async throws {
        try await create(
            Self.claims, namespace: "default",
            [
                "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": ["name": .string(name), "namespace": "default"],
                "spec": [
                    "storageClassName": .string(storageClass), "accessModes": .list([.string(mode)]),
                    "resources": ["requests": ["storage": "1Gi"]],
                ],
            ])
    }

    /// Adds a volume that one node reaches, or (nil) all do, for a claim or for any.
    func addVolume(
        _ name: String, of storageClass: String, on node: String?, for claim: ShownClaim? = nil
    ) async throws {
        var spec: [(String, OutputValue)] = [
            ("storageClassName", .string(storageClass)), ("capacity", ["storage": "1Gi"]),
            ("accessModes", .list([claim?.isShareable ?? false ? "ReadWriteMany" : "ReadWriteOnce"])),
            ("csi", ["driver": "csi.example.com", "volumeHandle": .string(name)]),
        ]
        if let claim {
            spec.append(
                (
                    "claimRef",
                    [
                        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": "default",
                        "name": .string(claim.name), "uid": .string(claim.uid),
                    ]
                ))
        }
        if let node {
            let term: OutputValue = [
                "matchExpressions": .list([
                    [
                        "key": "kubernetes.io/hostname", "operator": "In",
                        "values": .list([.string(node)]),
                    ]
                ])
            ]
            spec.append(("nodeAffinity", ["required": ["nodeSelectorTerms": .list([term])]]))
        }
        try await create(
            Self.volumes, namespace: nil,
            [
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(name)],
                "spec": .object(spec),
            ])
    }

    func shownClaims() async throws -> [ShownClaim] {
        try await client.list(ListScope(Self.claims, namespace: "default")) { ShownClaim($0) }.items
    }

    func shownVolumes() async throws -> [ShownVolume] {
        try await client.list(ListScope(Self.volumes)) { ShownVolume($0) }.items
    }

    func claim(_ name: String) async throws -> ShownClaim? {
        try await shownClaims().first { $0.name == name }
    }

    func volume(_ name: String) async throws -> ShownVolume? {
        try await shownVolumes().first { $0.name == name }
    }

    /// The node of each pod that has one, by the pod's name.
    func places() async throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try await pods().filter { !$0.node.isEmpty }.map { ($0.name, $0.node) })
    }
}
