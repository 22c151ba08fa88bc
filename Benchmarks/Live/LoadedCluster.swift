import Documents
import KubernetesClient

/// A cluster of made-up nodes, and what is put into it.
struct LoadedCluster: Sendable {
    let client: APIClient
    let connections: Int
    /// GPUs a node; a pod asks for one unless said otherwise.
    static let gpus = 16
    static let groups = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "podgroups")
    private static let namespaces = GroupVersionResource(resource: "namespaces")

    /// A pod to be made.
    struct PodWish: Sendable {
        var name: String
        var gang: String?
        var scheduler: String
        var gpus = 1
        var node: String?
        var labels: [(String, OutputValue)] = []
    }

    init(kubeconfig: String, connections: Int) throws {
        var configuration = try Kubeconfig(files: [kubeconfig]).configuration()
        configuration.transport.maximumConnections = connections + 2
        client = try APIClient(configuration)
        self.connections = connections
    }

    func addNodes(_ count: Int, gpus: Int = LoadedCluster.gpus) async throws {
        let amounts: OutputValue = [
            "cpu": "128", "memory": "1Ti", "pods": "250", "nvidia.com/gpu": .string("\(gpus)"),
        ]
        try await each(Array(0..<count)) { index in
            try await create(
                .nodes, nil,
                [
                    "apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(Self.node(index))],
                    "status": [
                        "capacity": amounts, "allocatable": amounts,
                        "conditions": .list([["type": "Ready", "status": "True"]]),
                    ],
                ])
        }
    }

    static func node(_ index: Int) -> String { "node-\(index)" }

    func addNamespace(_ name: String) async throws {
        try await create(
            Self.namespaces, nil,
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
    }

    func addGang(_ name: String, _ minimum: Int, in namespace: String) async throws {
        try await create(
            Self.groups, namespace,
            [
                "apiVersion": "scheduling.volcano.sh/v1beta1", "kind": "PodGroup",
                "metadata": ["name": .string(name), "namespace": .string(namespace)],
                "spec": ["minMember": .integer(Int64(minimum)), "queue": "default"],
            ])
    }

    func addPod(_ wish: PodWish, in namespace: String) async throws {
        var metadata: [(String, OutputValue)] = [
            ("name", .string(wish.name)), ("namespace", .string(namespace)),
            ("labels", .object(wish.labels)),
        ]
        if let gang = wish.gang {
            metadata.append(("annotations", ["scheduling.k8s.io/group-name": .string(gang)]))
        }
        let container: OutputValue = [
            "name": "train", "image": "train",
            "resources": [
                "requests": ["cpu": "4", "memory": "32Gi"],
                "limits": ["nvidia.com/gpu": .string("\(wish.gpus)")],
            ],
        ]
        var spec: [(String, OutputValue)] = [
            ("schedulerName", .string(wish.scheduler)), ("containers", .list([container])),
        ]
        if let node = wish.node { spec.append(("nodeName", .string(node))) }
        try await create(
            .pods, namespace,
            ["apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata), "spec": .object(spec)])
    }

    func deletePod(_ name: String, in namespace: String) async throws {
        var options = DeleteOptions()
        options.gracePeriodSeconds = 0
        do throws(ClientError) {
            _ = try await client.delete(.pods, namespace: namespace, name: name, options: options)
        } catch {
            if error.status?.code != 404 { throw error }
        }
    }

    /// Does something to each element, so many at once as there are connections.
    func each<Element: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, element) in elements.enumerated() {
                if index >= connections { _ = try await group.next() }
                group.addTask { try await body(element) }
            }
            try await group.waitForAll()
        }
    }

    func create(_ resource: GroupVersionResource, _ namespace: String?, _ object: OutputValue) async throws {
        do throws(ClientError) {
            _ = try await client.create(
                resource, namespace: namespace, body: Array(object.json(pretty: false).utf8))
        } catch {
            guard error.status?.reason == .alreadyExists else { throw error }
        }
    }
}
