import ClusterModel
import Documents
import Foundation
import KubernetesClient
import Testing

@Suite(
    "gangwright run and the objects of others",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct ObjectTests {
    // MARK: Instance types

    @Test("a job of Azure ML runs whole, on nodes of its instance type") func instanceTypes() async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            try await plane.apply(manifest: InstanceTypes.jobDefinition)
            try await plane.apply(
                manifest: """
                    apiVersion: amlarc.azureml.com/v1alpha1
                    kind: InstanceType
                    metadata: {name: myinstancetypename}
                    spec:
                      nodeSelector: {mylabel: mylabelvalue}
                      resources:
                        limits: {cpu: "1", nvidia.com/gpu: 1, memory: "2Gi"}
                        requests: {cpu: "700m", memory: "1500Mi"}
                    """)
            try await cluster.addNodes(2, gpus: 1, prefix: "typed", labels: ["mylabel": "mylabelvalue"])
            try await cluster.wait("jobs are served") {
                _ = try await cluster.client.list(ListScope(InstanceTypes.jobs)) { $0 }
                return true
            }
            let scheduler = try SchedulerProcess(plane, ["--leader-elect", "false"])
            let owner = try await addJob(cluster, "bert", nodes: 3)
            for index in 0..<3 { try await addTyped(cluster, "bert-\(index)", owner) }
            try await cluster.wait("all three wait") {
                try await cluster.pods().count { !$0.reason.isEmpty } == 3
            }
            #expect(try await cluster.pods().allSatisfy { $0.node.isEmpty })
            try await cluster.addNodes(1, gpus: 1, prefix: "late", labels: ["mylabel": "mylabelvalue"])
            try await cluster.wait("all three run") {
                try await cluster.pods().count { $0.phase == "Running" } == 3
            }
            #expect(try await Set(cluster.pods().map(\.node)) == ["typed-0", "typed-1", "late-0"])
            try await cluster.expectIntact()
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a job without an instance type has the default one's amounts, and runs anywhere")
    func defaultInstanceType() async throws {
        try await onCluster(nodes: 1) { plane, cluster in
            let scheduler = try SchedulerProcess(plane, ["--leader-elect", "false"])
            // As the documentation has it, with a null.
            let amounts: OutputValue = ["cpu": "0.6", "memory": "1536Mi"]
            for index in 0..<107 {
                try await cluster.addPod(
                    "small-\(index)",
                    resources: [
                        "requests": amounts,
                        "limits": ["cpu": "0.6", "memory": "1536Mi", "nvidia.com/gpu": .null],
                    ], metadata: [], spec: [])
            }
            // 64 cores hold 106 of them.
            try await cluster.wait("as many run as fit") {
                try await cluster.pods().count { $0.phase == "Running" } == 106
            }
            try await cluster.expectIntact()
            withExtendedLifetime(scheduler) {}
        }
    }

    /// - Returns: What pods of the job have for an owner.
    private func addJob(_ cluster: Cluster, _ name: String, nodes: Int) async throws -> OutputValue {
        let job: OutputValue = [
            "apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "AmlJob",
            "metadata": ["name": .string(name), "namespace": "default"],
            "spec": ["job": ["options": ["envs": ["AZUREML_NODE_COUNT": .string("\(nodes)")]]]],
        ]
        let made = try await cluster.client.create(
            InstanceTypes.jobs, namespace: "default", body: Array(job.json(pretty: false).utf8)
        ).document()
        return [
            "apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "AmlJob", "name": .string(name),
            "uid": .string(try #require(made["metadata"]?["uid"]?.string)),
        ]
    }

    private func addTyped(_ cluster: Cluster, _ name: String, _ owner: OutputValue) async throws {
        try await cluster.addPod(
            name,
            resources: [
                "limits": ["cpu": "1", "nvidia.com/gpu": 1, "memory": "2Gi"],
                "requests": ["cpu": "700m", "memory": "1500Mi"],
            ],
            metadata: [("ownerReferences", .list([owner]))],
            spec: [("nodeSelector", ["mylabel": "mylabelvalue"])])
    }

    // MARK: Queues

    @Test("queues share a full cluster by their weights") func shares() async throws {
        try await onCluster(nodes: 8) { plane, cluster in
            try await cluster.addQueue("small", weight: 1)
            try await cluster.addQueue("large", weight: 3)
            for index in 0..<16 {
                try await cluster.addGang("small\(index)", 1, gpus: 4, queue: "small")
                try await cluster.addGang("large\(index)", 1, gpus: 4, queue: "large")
            }
            let scheduler = try SchedulerProcess(plane, ["--leader-elect", "false"])
            try await cluster.wait("the cluster is full") {
                try await cluster.pods().count { $0.phase == "Running" } == 16
            }
            let running = try await cluster.pods().filter { $0.phase == "Running" }
            #expect(running.count { $0.gang.hasPrefix("small") } == 4)
            #expect(running.count { $0.gang.hasPrefix("large") } == 12)
            try await cluster.expectIntact()
            withExtendedLifetime(scheduler) {}
        }
    }

    // MARK: Fields of others

    @Test("what others have written to a PodGroup or a queue stays, known or not") func unknownFields()
        async throws
    {
        try await onCluster { plane, cluster in
            for (resource, namespace, name) in [
                (Cluster.groups, "default" as String?, "gang"), (Cluster.queues, nil, "team"),
            ] {
                try await add(cluster, resource, namespace, name)
            }
            for index in 0..<2 { try await cluster.addPod("gang-\(index)", gang: "gang", gpus: 8) }
            let scheduler = try SchedulerProcess(plane, ["--leader-elect", "false"])
            try await cluster.expectWhole(["gang": 2])
            try await cluster.wait("its object says so") {
                let status = try await cluster.podGroup("gang")["status"]
                return status?["phase"]?.string == "Running" && status?["running"]?.integer == 2
            }
            let queue = try await cluster.client.get(Cluster.queues, namespace: nil, name: "team").document()
            for object in [try await cluster.podGroup("gang"), queue] {
                #expect(object["metadata"]?["annotations"]?["example.com/note"]?.string == "keep me")
                #expect(object["metadata"]?["labels"]?["example.com/label"]?.string == "kept")
                #expect(
                    object["metadata"]?["finalizers"]?.elements.map(\.string) == ["example.com/finalizer"])
                #expect(object["spec"]?["future"]?["list"]?.elements.map(\.integer) == [1, 2])
                #expect(object["status"]?["future"]?["word"]?.string == "stays")
            }
            let conditions = try await cluster.podGroup("gang")["status"]?["conditions"]
            let types = conditions.map { $0.elements.map { $0["type"]?.string } }
            #expect(types == ["Audited", "Scheduled"])
            let audited = conditions?.elements.first { $0["type"]?.string == "Audited" }
            #expect(audited?["transitionID"]?.string == "theirs")
            #expect(audited?["score"]?.integer == 7)
            try await release(cluster)
            withExtendedLifetime(scheduler) {}
        }
    }

    private func add(
        _ cluster: Cluster, _ resource: GroupVersionResource, _ namespace: String?, _ name: String
    ) async throws {
        let isGroup = namespace != nil
        var metadata: [(String, OutputValue)] = [
            ("name", .string(name)), ("annotations", ["example.com/note": "keep me"]),
            ("labels", ["example.com/label": "kept"]), ("finalizers", .list(["example.com/finalizer"])),
        ]
        if let namespace { metadata.append(("namespace", .string(namespace))) }
        let future: OutputValue = ["list": .list([1, 2]), "word": "stays"]
        let own: [(String, OutputValue)] =
            isGroup ? [("minMember", 2), ("queue", "team")] : [("weight", 1)]
        var status: [(String, OutputValue)] = [("future", future)]
        if isGroup {
            let condition: OutputValue = [
                "type": "Audited", "status": "True", "reason": "Checked", "message": "by somebody else",
                "transitionID": "theirs", "lastTransitionTime": "2026-01-01T00:00:00Z", "score": 7,
            ]
            status.append(("conditions", .list([condition])))
        }
        try await cluster.create(
            resource, namespace: namespace,
            [
                "apiVersion": "scheduling.volcano.sh/v1beta1", "kind": isGroup ? "PodGroup" : "Queue",
                "metadata": .object(metadata), "spec": .object(own + [("future", future)]),
                "status": .object(status),
            ])
        // A kind with a subresource takes its status by that alone.
        if !isGroup {
            let patch: OutputValue = ["status": .object(status)]
            _ = try await cluster.client.patch(
                resource, namespace: nil, name: name, subresource: "status", .merge,
                body: Array(patch.json(pretty: false).utf8))
        }
    }

    /// Takes finalizers off, which would keep the objects for other tests.
    private func release(_ cluster: Cluster) async throws {
        let patch = Array(#"{"metadata":{"finalizers":null}}"#.utf8)
        _ = try await cluster.client.patch(
            Cluster.groups, namespace: "default", name: "gang", .merge, body: patch)
        _ = try await cluster.client.patch(Cluster.queues, namespace: nil, name: "team", .merge, body: patch)
    }
}
