import ClusterModel
import Documents
import Foundation
import KubernetesClient
import Testing

@Suite(
    "gangwright node-agent on a real API server",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct NodeAgentProcessTests {
    private static let numatopologies = GroupVersionResource(
        group: "nodeinfo.volcano.sh", version: "v1alpha1", resource: "numatopologies")

    private func numatopology(_ cluster: Cluster) async throws -> Value? {
        do throws(ClientError) {
            return try await cluster.client.get(Self.numatopologies, namespace: nil, name: "node-0")
                .document()
        } catch {
            if error.status?.code == 404 { return nil }
            throw error
        }
    }

    /// The admin's kubeconfig, acting as the agent that `deploy/` knows.
    private func agentKubeconfig(_ plane: ControlPlane) throws -> String {
        let admin = try String(contentsOfFile: plane.folder + "/admin.kubeconfig", encoding: .utf8)
        let agent = "system:serviceaccount:gangwright-system:gangwright-node-agent"
        let path = plane.folder + "/node-agent.kubeconfig"
        let document = try #require(DocumentParser.parse(Array(admin.utf8), file: path).documents.first)
        try Self.impersonating(agent, document.output).json().write(
            toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private static func impersonating(_ user: String, _ value: OutputValue) -> OutputValue {
        switch value {
        case .object(let members):
            .object(
                members.map { key, member in
                    if key == "user", case .object(let own) = member {
                        return (key, .object(own + [("as", .string(user))]))
                    }
                    return (key, impersonating(user, member))
                })
        case .list(let elements): .list(elements.map { impersonating(user, $0) })
        default: value
        }
    }

    @Test("publishes with no more rights than deploy/ gives it, follows the kubelet, and ends on SIGTERM")
    func life() async throws {
        try await onCluster(nodes: 1) { plane, cluster in
            try await plane.apply("deploy/overlays/node-agent")
            let state = plane.folder + "/cpu_manager_state"
            try #"{"policyName":"static","defaultCpuSet":"0-31","checksum":1}"#
                .write(toFile: state, atomically: true, encoding: .utf8)
            let configuration = plane.folder + "/kubelet.yaml"
            try "cpuManagerPolicy: static\ntopologyManagerPolicy: restricted\nkubeReserved: {cpu: 500m}\n"
                .write(toFile: configuration, atomically: true, encoding: .utf8)
            let machine = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "TopologyTests/Topologies/dgx-h100.xml").path
            let kubeconfig = try agentKubeconfig(plane)
            #expect(
                try SchedulerProcess.result(["snapshot", "--kubeconfig", kubeconfig]).code == 3,
                "it may read more than it needs")
            let options = [
                "--kubeconfig", kubeconfig, "--listen-address", "127.0.0.1:0", "--node-name",
                "node-0", "--xml", machine, "--kubelet-config", configuration, "--cpu-manager-state", state,
                "--check-period", "1s",
            ]
            let agent = try SchedulerProcess(plane, command: "node-agent", name: "node-agent", options)
            try await cluster.wait("the topology is published") { try await numatopology(cluster) != nil }
            let made = try #require(try await numatopology(cluster))
            #expect(made["spec"]?["numares"]?["cpu"]?["allocatable"]?.string == "0-31")
            #expect(made["spec"]?["policies"]?["TopologyManagerPolicy"]?.string == "restricted")
            #expect(made["metadata"]?["annotations"]?["gangwright.io/node-topology"]?.string != nil)
            let node = try await cluster.client.get(.nodes, namespace: nil, name: "node-0").document()
            #expect(node["metadata"]?["labels"]?["nvidia.com/gpu.product"]?.string == "NVIDIA-H100-80GB-HBM3")
            #expect(node["metadata"]?["labels"]?["nvidia.com/gpu.count"]?.string == "8")

            try #"{"policyName":"static","defaultCpuSet":"0,2-31","entries":{"u":{"c":"1"}},"checksum":2}"#
                .write(toFile: state, atomically: true, encoding: .utf8)
            try await cluster.wait("the kubelet's assignment is published") {
                try await numatopology(cluster)?["spec"]?["numares"]?["cpu"]?["allocatable"]?.string
                    == "0,2-31"
            }
            let pods = try await numatopology(cluster)?["spec"]?["podAllocations"]?.output.json(pretty: false)
            #expect(pods?.contains(#""uid":"u""#) == true)
            agent.signal(SIGTERM)
            #expect(try await agent.wait() == 0, "\(agent.log)")

            // A second one finds all as it should be, and writes nothing.
            let version = try await numatopology(cluster)?["metadata"]?["resourceVersion"]?.string
            let once = try SchedulerProcess.result(["node-agent", "--once"] + options)
            #expect(once.code == 0)
            #expect(try await numatopology(cluster)?["metadata"]?["resourceVersion"]?.string == version)
            _ = try await cluster.client.delete(Self.numatopologies, namespace: nil, name: "node-0")
        }
    }
}
