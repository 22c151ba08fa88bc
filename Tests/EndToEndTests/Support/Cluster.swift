import Documents
import Foundation
import KubernetesClient
import Testing

/// A pod as the API server shows it.
struct ShownPod: Sendable, Equatable {
    let name: String
    let uid: String
    let gang: String
    let node: String
    let phase: String
    let isTerminating: Bool
    /// Why it is on no node.
    let reason: String
    let message: String

    init(_ value: Value) {
        let metadata = value["metadata"]
        name = metadata?["name"]?.string ?? ""
        uid = metadata?["uid"]?.string ?? ""
        gang = metadata?["annotations"]?["scheduling.k8s.io/group-name"]?.string ?? ""
        node = value["spec"]?["nodeName"]?.string ?? ""
        phase = value["status"]?["phase"]?.string ?? ""
        isTerminating = metadata?["deletionTimestamp"] != nil
        let condition = value["status"]?["conditions"]?.elements.first {
            $0["type"]?.string == "PodScheduled"
        }
        reason = condition?["reason"]?.string ?? ""
        message = condition?["message"]?.string ?? ""
    }
}

/// What tests do to a cluster and see of it, by an admin's hand.
struct Cluster: Sendable {
    let client: APIClient
    private static let groups = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "podgroups")
    private static let queues = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "queues")
    private static let classes = GroupVersionResource(
        group: "scheduling.k8s.io", version: "v1", resource: "priorityclasses")

    // MARK: Doing

    func addNodes(_ count: Int, gpus: Int = 8, prefix: String = "node") async throws {
        for index in 0..<count {
            let amounts: OutputValue = [
                "cpu": "64", "memory": "512Gi", "pods": "110", "nvidia.com/gpu": .string("\(gpus)"),
            ]
            try await create(
                GroupVersionResource(resource: "nodes"), namespace: nil,
                [
                    "apiVersion": "v1", "kind": "Node",
                    "metadata": [
                        "name": .string("\(prefix)-\(index)"),
                        "labels": ["kubernetes.io/hostname": .string("\(prefix)-\(index)")],
                    ],
                    "status": [
                        "capacity": amounts, "allocatable": amounts,
                        "conditions": .list([["type": "Ready", "status": "True"]]),
                    ],
                ])
        }
    }

    func addGang(
        _ name: String, _ size: Int, gpus: Int = 8, queue: String = "default", priorityClass: String = "",
        scheduler: String = "gangwright", claims: (Int) -> [String] = { _ in [] }
    ) async throws {
        var spec: [(String, OutputValue)] = [("minMember", .integer(Int64(size))), ("queue", .string(queue))]
        if !priorityClass.isEmpty { spec.append(("priorityClassName", .string(priorityClass))) }
        try await create(
            Self.groups, namespace: "default",
            [
                "apiVersion": "scheduling.volcano.sh/v1beta1", "kind": "PodGroup",
                "metadata": ["name": .string(name), "namespace": "default"], "spec": .object(spec),
            ])
        for index in 0..<size {
            try await addPod(
                "\(name)-\(index)", gang: name, gpus: gpus, priorityClass: priorityClass,
                scheduler: scheduler, claims: claims(index))
        }
    }

    func addPod(
        _ name: String, gang: String? = nil, gpus: Int = 1, priorityClass: String = "",
        scheduler: String = "gangwright", node: String? = nil, claims: [String] = []
    ) async throws {
        var metadata: [(String, OutputValue)] = [("name", .string(name)), ("namespace", "default")]
        if let gang {
            metadata.append(("annotations", ["scheduling.k8s.io/group-name": .string(gang)]))
        }
        var spec: [(String, OutputValue)] = [
            ("schedulerName", .string(scheduler)),
            (
                "containers",
                .list([
                    [
                        "name": "train", "image": "train",
                        "resources": [
                            "requests": ["cpu": "1", "memory": "1Gi"],
                            "limits": ["nvidia.com/gpu": .string("\(gpus)")],
                        ],
                    ]
                ])
            ),
        ]
        if !priorityClass.isEmpty { spec.append(("priorityClassName", .string(priorityClass))) }
        if let node { spec.append(("nodeName", .string(node))) }
        if !claims.isEmpty {
            let volumes = claims.map { claim -> OutputValue in
                ["name": .string(claim), "persistentVolumeClaim": ["claimName": .string(claim)]]
            }
            spec.append(("volumes", .list(volumes)))
        }
        try await create(
            .pods, namespace: "default",
            ["apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata), "spec": .object(spec)])
    }

    func addQueue(_ name: String, capability: OutputValue? = nil) async throws {
        var spec: [(String, OutputValue)] = [("weight", 1)]
        if let capability { spec.append(("capability", capability)) }
        try await create(
            Self.queues, namespace: nil,
            [
                "apiVersion": "scheduling.volcano.sh/v1beta1", "kind": "Queue",
                "metadata": ["name": .string(name)], "spec": .object(spec),
            ])
    }

    func addPriorityClass(_ name: String, _ value: Int64) async throws {
        try await create(
            Self.classes, namespace: nil,
            [
                "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                "metadata": ["name": .string(name)], "value": .integer(value),
            ])
    }

    func addNamespace(_ name: String) async throws {
        try await create(
            GroupVersionResource(resource: "namespaces"), namespace: nil,
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
    }

    func deletePod(_ name: String) async throws {
        var options = DeleteOptions()
        options.gracePeriodSeconds = 0
        _ = try await client.delete(.pods, namespace: "default", name: name, options: options)
    }

    func deleteNode(_ name: String) async throws {
        _ = try await client.delete(GroupVersionResource(resource: "nodes"), namespace: nil, name: name)
    }

    func create(
        _ resource: GroupVersionResource, namespace: String?, _ object: OutputValue
    ) async throws {
        do {
            _ = try await client.create(
                resource, namespace: namespace, body: Array(object.json(pretty: false).utf8))
        } catch {
            guard error.status?.reason == .alreadyExists else { throw error }
        }
    }

    // MARK: Seeing

    func pods() async throws -> [ShownPod] {
        try await client.list(ListScope(.pods, namespace: "default")) { ShownPod($0) }.items
    }

    /// The number of pods on nodes, by gang.
    func onNodes() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for pod in try await pods() where !pod.node.isEmpty && !pod.isTerminating {
            counts[pod.gang, default: 0] += 1
        }
        return counts
    }

    /// The GPUs that pods hold on each node: eight a pod of these tests unless said otherwise.
    func podsByNode() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for pod in try await pods() where !pod.node.isEmpty { counts[pod.node, default: 0] += 1 }
        return counts
    }

    func podGroup(_ name: String) async throws -> Value {
        try await client.get(Self.groups, namespace: "default", name: name).document()
    }

    func events(of name: String) async throws -> [String] {
        let scope = ListScope(GroupVersionResource(resource: "events"), namespace: "default")
        return try await client.list(scope) { event in
            event["involvedObject"]?["name"]?.string == name ? event["reason"]?.string : nil
        }.items
    }

    /// Waits until something holds, and fails the test if it does not in time.
    func wait(
        _ what: String, atMost seconds: Double = 20, sourceLocation: SourceLocation = #_sourceLocation,
        until holds: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            // A server that is down is asked again.
            if (try? await holds()) ?? false { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("after \(seconds) s: \(what)", sourceLocation: sourceLocation)
    }
}
