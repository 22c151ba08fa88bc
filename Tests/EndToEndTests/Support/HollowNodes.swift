import Documents
import KubernetesClient

/// What kubelets would do: pods that are bound run, those that are deleted end.
struct HollowNodes: Sendable {
    let cluster: Cluster

    /// Acts until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            if let pods = try? await cluster.pods() {
                for pod in pods where !pod.node.isEmpty {
                    if pod.isTerminating {
                        try? await cluster.deletePod(pod.name)
                    } else if pod.phase == "Pending" {
                        try? await start(pod.name)
                    }
                }
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func start(_ name: String) async throws {
        let patch: OutputValue = [
            "status": ["phase": "Running", "conditions": .list([["type": "Ready", "status": "True"]])]
        ]
        _ = try await cluster.client.patch(
            .pods, namespace: "default", name: name, subresource: "status", .strategicMerge,
            body: Array(patch.json(pretty: false).utf8))
    }
}
