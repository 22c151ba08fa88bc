import ClusterModel
import Documents
import Foundation
import KubernetesAPI
import KubernetesClient
import SyntheticClusters
import Testing

@Suite(
    "What nodes are made of, on a real API server",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct LiveTopologyTests {
    private static let numatopologies = GroupVersionResource(
        group: "nodeinfo.volcano.sh", version: "v1alpha1", resource: "numatopologies")
    private static let configuration = """
        compatibility: gangwright
        actions: "allocate"
        tiers:
        - plugins:
          - name: gang
        - plugins:
          - name: predicates
          - name: gpu-topology
          - name: numa-aware
        """

    /// Two NUMA nodes of 32 processors each, and eight GPUs in pairs or in boards of four.
    private static func shape(linkedGPUs: Int) -> MachineShape {
        MachineShape(
            coresPerNUMANode: 16, gpus: 8, gpusPerSwitch: 2, link: .nvLink, linkedGPUs: linkedGPUs,
            linkCount: 4)
    }

    /// Publishes a node's inside, or changes what was published.
    private func publish(
        _ node: String, linkedGPUs: Int, policy: String = "none", _ cluster: Cluster
    ) async throws {
        let topology = Self.shape(linkedGPUs: linkedGPUs).topology
        let cpus = topology.cpus.map { cpu -> (String, OutputValue) in
            (
                "\(cpu.id)",
                [
                    "numa": .integer(Int64(cpu.numaNode)), "socket": .integer(Int64(cpu.package)),
                    "core": .integer(Int64(cpu.core)),
                ]
            )
        }
        let object: OutputValue = [
            "apiVersion": "nodeinfo.volcano.sh/v1alpha1", "kind": "Numatopology",
            "metadata": [
                "name": .string(node),
                "annotations": .object([(NodeTopology.annotation, .string(topology.annotationText))]),
            ],
            "spec": [
                "policies": [
                    "CPUManagerPolicy": policy == "none" ? "none" : "static",
                    "TopologyManagerPolicy": .string(policy),
                ],
                "numares": ["cpu": ["allocatable": "0-63", "capacity": 64]],
                "cpuDetail": .object(cpus),
            ],
        ]
        let body = Array(object.json(pretty: false).utf8)
        do {
            _ = try await cluster.client.create(Self.numatopologies, namespace: nil, body: body)
        } catch {
            guard error.status?.reason == .alreadyExists else { throw error }
            _ = try await cluster.client.patch(
                Self.numatopologies, namespace: nil, name: node, subresource: nil, .merge, body: body)
        }
        // Nobody says when a watch has brought it.
        try await Task.sleep(for: .seconds(1))
    }

    /// An annotation of a pod.
    private func annotation(_ key: String, of pod: String, _ cluster: Cluster) async throws -> String? {
        try await cluster.client.get(.pods, namespace: "default", name: pod).document()["metadata"]?[
            "annotations"]?[key]?.string
    }

    /// Where a pod is placed and with which GPUs.
    private func place(_ pod: String, _ cluster: Cluster) async throws -> String {
        try await cluster.wait("pod \(pod) has a node") {
            try await cluster.pods().contains { $0.name == pod && !$0.node.isEmpty }
        }
        let node = try await cluster.pods().first { $0.name == pod }?.node ?? ""
        return try await "\(node) \(annotation("gangwright.io/gpu-indices", of: pod, cluster) ?? "-")"
    }

    private func addOwnCPUs(_ name: String, _ count: Int, _ cluster: Cluster) async throws {
        let amounts: OutputValue = ["cpu": .string("\(count)"), "memory": "1Gi"]
        try await cluster.addPod(
            name, resources: ["requests": amounts, "limits": amounts],
            metadata: [("annotations", ["volcano.sh/numa-topology-policy": "single-numa-node"])], spec: [])
    }

    @Test("what is published while the scheduler runs decides, and so does what is published anew")
    func published() async throws {
        try await onCluster(nodes: 0) { plane, cluster in
            try await cluster.addNodes(2, gpus: 8, prefix: "inside")
            let file = plane.folder + "/scheduler.conf"
            try Self.configuration.write(toFile: file, atomically: true, encoding: .utf8)
            let scheduler = try SchedulerProcess(plane, ["--config", file])
            try await cluster.addPod("unknown", gpus: 4)
            #expect(try await place("unknown", cluster) == "inside-0 -")

            try await publish("inside-0", linkedGPUs: 2, cluster)
            try await publish("inside-1", linkedGPUs: 4, cluster)
            try await cluster.addPod("made", gpus: 4)
            #expect(try await place("made", cluster) == "inside-1 0,1,2,3")

            // Now the boards are in the other node, where a pod without a word has the first four.
            try await publish("inside-1", linkedGPUs: 2, cluster)
            try await publish("inside-0", linkedGPUs: 4, cluster)
            try await cluster.addPod("changed", gpus: 4)
            #expect(try await place("changed", cluster) == "inside-0 4,5,6,7")

            try await addOwnCPUs("own", 20, cluster)
            try await cluster.wait("a pod that names a policy waits") {
                try await cluster.pods().contains {
                    $0.name == "own" && $0.message.contains("cpu manager policy isn't static")
                }
            }
            try await publish("inside-1", linkedGPUs: 2, policy: "single-numa-node", cluster)
            #expect(try await place("own", cluster) == "inside-1 -")
            let cpus = try await annotation("gangwright.io/cpus", of: "own", cluster)
            #expect(cpus.flatMap { CPUSet($0) }?.count == 20)
            let decision = try await annotation("volcano.sh/topology-decision", of: "own", cluster)
            #expect(decision == #"{"numa":{"0":{"cpu":"20"}}}"#)

            try await scheduler.kill9()
            try await cluster.addPod("later", gpus: 2)
            let offline = try decided("later", plane, file)
            let next = try SchedulerProcess(plane, ["--config", file])
            #expect(try await place("later", cluster) == offline)
            withExtendedLifetime(next) {}
            for node in ["inside-0", "inside-1"] {
                _ = try await cluster.client.delete(Self.numatopologies, namespace: nil, name: node)
            }
        }
    }

    /// What `schedule` decides of a pod on a snapshot of the cluster as it is now.
    private func decided(_ pod: String, _ plane: ControlPlane, _ configuration: String) throws -> String {
        let snapshot = try SchedulerProcess.output(["snapshot", "--kubeconfig", plane.kubeconfig])
        let file = plane.folder + "/inside.json"
        try snapshot.write(toFile: file, atomically: true, encoding: .utf8)
        let text = try SchedulerProcess.output(
            ["schedule", "--cluster", file, "--config", configuration, "-o", "json"])
        let document = try #require(
            DocumentParser.parseJSON(Array(text.utf8), file: "schedule").documents.first)
        let bind = try #require(document["binds"]?.elements.first { $0["pod"]?.string == pod })
        let gpus = try #require(bind["annotations"]?["gangwright.io/gpu-indices"]?.string)
        return "\(bind["node"]?.string ?? "") \(gpus)"
    }
}
