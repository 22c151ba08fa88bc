import ClusterModel
import Documents
import KubernetesClient
import Synchronization

/// What tests do to a cluster and see of it, by an admin's hand.
struct Cluster: Sendable {
    let client: APIClient
    let ledger = ClusterLedger()
    static let groups = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "podgroups")
    static let queues = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "queues")
    static let classes = GroupVersionResource(
        group: "scheduling.k8s.io", version: "v1", resource: "priorityclasses")
    static let budgets = GroupVersionResource(
        group: "policy", version: "v1beta1", resource: "poddisruptionbudgets")
    static let leases = GroupVersionResource(
        group: "coordination.k8s.io", version: "v1", resource: "leases")

    /// How many objects are made at a time.
    private static let concurrency = 32

    // MARK: Nodes

    /// Nodes of 64 cores and so many GPUs.
    func addNodes(
        _ count: Int, gpus: Int = 8, prefix: String = "node", labels: [String: String] = [:]
    ) async throws {
        let amounts: OutputValue = [
            "cpu": "64", "memory": "512Gi", "pods": "110", "nvidia.com/gpu": .string("\(gpus)"),
        ]
        @Sendable func all(_ node: String) -> OutputValue {
            let own = labels.merging(["kubernetes.io/hostname": node]) { own, _ in own }
            return .object(own.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        }
        try await inParallel(count) { index in
            try await create(
                .nodes, namespace: nil,
                [
                    "apiVersion": "v1", "kind": "Node",
                    "metadata": ["name": .string("\(prefix)-\(index)"), "labels": all("\(prefix)-\(index)")],
                    "status": [
                        "capacity": amounts, "allocatable": amounts,
                        "conditions": .list([["type": "Ready", "status": "True"]]),
                    ],
                ])
        }
    }

    func deleteNode(_ name: String) async throws {
        _ = try await client.delete(.nodes, namespace: nil, name: name)
    }

    // MARK: Gangs and pods

    /// A PodGroup, and after it as many pods as its minimum.
    func addGang(
        _ name: String, _ size: Int, gpus: Int = 8, queue: String = "default", priorityClass: String = "",
        scheduler: String = "gangwright", claims: (Int) -> [String] = { _ in [] }
    ) async throws {
        var spec: [(String, OutputValue)] = [("minMember", .integer(Int64(size))), ("queue", .string(queue))]
        if !priorityClass.isEmpty { spec.append(("priorityClassName", .string(priorityClass))) }
        try await addPodGroup(name, .object(spec))
        for index in 0..<size {
            try await addPod(
                "\(name)-\(index)", gang: name, gpus: gpus, priorityClass: priorityClass,
                scheduler: scheduler, claims: claims(index))
        }
    }

    func addPodGroup(_ name: String, _ spec: OutputValue, status: OutputValue? = nil) async throws {
        var members: [(String, OutputValue)] = [
            ("apiVersion", "scheduling.volcano.sh/v1beta1"), ("kind", "PodGroup"),
            ("metadata", ["name": .string(name), "namespace": "default"]), ("spec", spec),
        ]
        if let status { members.append(("status", status)) }
        try await create(Self.groups, namespace: "default", .object(members))
    }

    func addPod(
        _ name: String, gang: String? = nil, gpus: Int = 1, priorityClass: String = "",
        scheduler: String = "gangwright", node: String? = nil, labels: [(String, OutputValue)] = [],
        claims: [String] = []
    ) async throws {
        var spec: [(String, OutputValue)] = []
        if !priorityClass.isEmpty { spec.append(("priorityClassName", .string(priorityClass))) }
        if let node { spec.append(("nodeName", .string(node))) }
        if !claims.isEmpty {
            let volumes = claims.map { claim -> OutputValue in
                ["name": .string(claim), "persistentVolumeClaim": ["claimName": .string(claim)]]
            }
            spec.append(("volumes", .list(volumes)))
        }
        try await addPod(
            name, gang: gang, scheduler: scheduler,
            resources: [
                "requests": ["cpu": "1", "memory": "1Gi"], "limits": ["nvidia.com/gpu": .string("\(gpus)")],
            ], metadata: labels.isEmpty ? [] : [("labels", .object(labels))], spec: spec)
    }

    /// A pod of one container.
    ///
    /// - Parameters:
    ///   - metadata: What its metadata have besides.
    ///   - spec: What its spec has besides.
    func addPod(
        _ name: String, gang: String? = nil, scheduler: String = "gangwright", resources: OutputValue,
        metadata: [(String, OutputValue)], spec: [(String, OutputValue)]
    ) async throws {
        var metadata = [("name", .string(name)), ("namespace", "default")] + metadata
        if let gang {
            metadata.append(("annotations", ["scheduling.k8s.io/group-name": .string(gang)]))
        }
        let container: OutputValue = ["name": "train", "image": "train", "resources": resources]
        let own: [(String, OutputValue)] = [
            ("schedulerName", .string(scheduler)), ("containers", .list([container])),
        ]
        let pod: OutputValue = [
            "apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata), "spec": .object(own + spec),
        ]
        ledger.want(name, pod)
        try await create(.pods, namespace: "default", pod)
    }

    /// Lets a pod's kubelet refuse it.
    func fail(_ name: String, reason: String) async throws {
        let status: OutputValue = ["status": ["phase": "Failed", "reason": .string(reason)]]
        _ = try await client.patch(
            .pods, namespace: "default", name: name, subresource: "status", .merge,
            body: Array(status.json(pretty: false).utf8))
    }

    /// Deletes a pod, which from then on nobody wants.
    func deletePod(_ name: String) async throws {
        ledger.want(name, nil)
        try await removePod(name)
    }

    /// Takes a pod off the server at once, as its kubelet does when it has ended.
    func removePod(_ name: String) async throws {
        var options = DeleteOptions()
        options.gracePeriodSeconds = 0
        _ = try await client.delete(.pods, namespace: "default", name: name, options: options)
    }

    // MARK: Other objects

    func addQueue(
        _ name: String, weight: Int64 = 1, capability: OutputValue? = nil, parent: String = ""
    ) async throws {
        var spec: [(String, OutputValue)] = [("weight", .integer(weight))]
        if !parent.isEmpty { spec.append(("parent", .string(parent))) }
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

    /// A disruption budget over all pods.
    func addBudget(_ name: String, minAvailable: Int64) async throws {
        try await create(
            Self.budgets, namespace: "default",
            [
                "apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget",
                "metadata": ["name": .string(name), "namespace": "default"],
                "spec": ["minAvailable": .integer(minAvailable), "selector": .object([])],
            ])
    }

    /// Makes an object unless there is one of its name.
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

    /// Does something so many times, many at a time.
    func inParallel(_ count: Int, _ work: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                if index >= Self.concurrency { try await group.next() }
                group.addTask { try await work(index) }
            }
            try await group.waitForAll()
        }
    }

    /// Takes off the server what tests have put there.
    func clear() async throws {
        let events = GroupVersionResource(resource: "events")
        for resource in [.pods, Self.groups, Self.budgets, Self.claims, events, InstanceTypes.jobs] {
            try await clear(resource, namespace: "default")
        }
        for resource in [.nodes, Self.volumes, Self.storageClasses, Self.queues, InstanceTypes.types] {
            try await clear(resource)
        }
        try await clear(Self.leases, namespace: "gangwright-system")
        let classes = try await client.list(ListScope(Self.classes)) { $0["metadata"]?["name"]?.string }.items
        for name in classes where !name.hasPrefix("system-") {
            _ = try await client.delete(Self.classes, namespace: nil, name: name)
        }
    }

    private func clear(_ resource: GroupVersionResource, namespace: String? = nil) async throws {
        let group = resource.group.isEmpty ? "/api" : "/apis/\(resource.group)"
        let place = namespace.map { "/namespaces/\($0)" } ?? ""
        let path = "\(group)/\(resource.version)\(place)/\(resource.resource)"
        do {
            let options = Array(#"{"gracePeriodSeconds":0}"#.utf8)
            _ = try await client.send(APIRequest(.delete, path, body: options))
        } catch {
            // Kinds that a test has brought may not be there yet.
            guard error.status?.code == 404 else { throw error }
        }
    }
}

/// What is known of a cluster beside what its API server shows.
final class ClusterLedger: Sendable {
    private struct State {
        var wanted: [String: OutputValue] = [:]
        var rejections = 0
    }

    private let state = Mutex(State())

    /// The pods that users of the cluster want, by name: what a job's controller would know.
    var wanted: [String: OutputValue] { state.withLock { $0.wanted } }

    func want(_ name: String, _ pod: OutputValue?) { state.withLock { $0.wanted[name] = pod } }

    /// How many pods kubelets have rejected because their nodes were full.
    var rejections: Int { state.withLock { $0.rejections } }

    func countRejection() { state.withLock { $0.rejections += 1 } }
}
