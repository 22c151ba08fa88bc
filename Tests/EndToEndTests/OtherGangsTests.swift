import Documents
import Foundation
import KubernetesClient
import Testing

@Suite(
    "Gangs of scheduler-plugins on a real API server",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"), .serialized)
struct OtherGangsTests {
    /// What `kubectl apply` of scheduler-plugins' definition brings, as far as gangs need it.
    private static let definition: OutputValue = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "podgroups.scheduling.x-k8s.io"],
        "spec": [
            "group": "scheduling.x-k8s.io", "scope": "Namespaced",
            "names": ["kind": "PodGroup", "plural": "podgroups", "singular": "podgroup"],
            "versions": .list([
                [
                    "name": "v1alpha1", "served": true, "storage": true,
                    "subresources": ["status": [:]],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object",
                                    "properties": [
                                        "minMember": ["type": "integer", "format": "int32"],
                                        "scheduleTimeoutSeconds": ["type": "integer", "format": "int32"],
                                    ],
                                ],
                                "status": [
                                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                                ],
                            ],
                        ]
                    ],
                ]
            ]),
        ],
    ]

    private static let groups = GroupVersionResource(
        group: "scheduling.x-k8s.io", version: "v1alpha1", resource: "podgroups")

    private func bytes(_ object: OutputValue) -> [UInt8] { Array(object.json(pretty: false).utf8) }

    private func addGroup(_ name: String, _ size: Int64, _ client: APIClient) async throws {
        _ = try await client.create(
            Self.groups, namespace: "default",
            body: bytes([
                "apiVersion": "scheduling.x-k8s.io/v1alpha1", "kind": "PodGroup",
                "metadata": ["name": .string(name)],
                "spec": ["minMember": .integer(size), "scheduleTimeoutSeconds": 30],
            ]))
    }

    /// Adds pods of a group, `name-0` and so on unless they are called otherwise.
    private func addPods(
        of group: String, _ count: Int, called name: String? = nil, _ cluster: Cluster
    ) async throws {
        for index in 0..<count {
            try await cluster.addPod(
                "\(name ?? group)-\(index)", gpus: 8,
                labels: [("scheduling.x-k8s.io/pod-group", .string(group))])
        }
    }

    @Test(
        "pods with the label are bound whole, one that is too large not at all, beside Volcano's of the name")
    func label() async throws {
        try await onCluster { plane, cluster in
            let client = plane.admin
            _ = try await client.create(
                GroupVersionResource(
                    group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions"),
                namespace: nil, body: bytes(Self.definition))
            try await cluster.wait("the definition is served") {
                try await client.list(ListScope(Self.groups)) { _ in true }.items.isEmpty
            }
            // Two nodes of four are left beside Volcano's gang of the same name.
            try await cluster.addGang("train", 2)
            try await addGroup("train", 2, client)
            try await addPods(of: "train", 2, called: "twin", cluster)
            try await addGroup("large", 5, client)
            try await addPods(of: "large", 5, cluster)
            // Its group does not exist yet.
            try await addPods(of: "early", 1, cluster)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("both gangs run") {
                let pods = try await cluster.pods().filter { $0.phase == "Running" }.map(\.name)
                return Set(pods).isSuperset(of: ["train-0", "train-1", "twin-0", "twin-1"])
            }
            try await cluster.wait("the large one's pods say why they wait") {
                try await cluster.pods().filter {
                    $0.name.hasPrefix("large") && $0.reason == "Unschedulable" && $0.node.isEmpty
                }.count == 5
            }
            try await cluster.wait("a pod without its group says so") {
                try await cluster.pods().first { $0.name == "early-0" }?.reason == "PodGroupNotFound"
            }
            // Nobody but their controller writes to these groups.
            let group = try await client.get(Self.groups, namespace: "default", name: "train").document()
            #expect(group["status"] == nil)
            #expect(!scheduler.log.contains("level=error"))
            try await cluster.addNodes(6, prefix: "more")
            try await addGroup("early", 1, client)
            try await cluster.wait("the large one and the early one run as well") {
                let pods = try await cluster.pods().filter { $0.phase == "Running" }
                return pods.count { $0.name.hasPrefix("large") || $0.name == "early-0" } == 6
            }
            withExtendedLifetime(scheduler) {}
        }
    }
}
