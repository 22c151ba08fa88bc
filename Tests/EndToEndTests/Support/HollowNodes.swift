import Documents
import KubernetesClient

/// What kubelets and the controllers of a cluster would do: pods that are bound run if their node can carry them and are
/// rejected if it cannot, those that are deleted end, and those on nodes that are gone are collected.
struct HollowNodes: Sendable {
    let cluster: Cluster

    /// Acts until the task is cancelled.
    ///
    /// - Parameter restores: Whether pods that are wanted, and have failed or are gone, are made anew, as the controller of
    ///   their job would.
    func run(restores: Bool) async {
        while !Task.isCancelled {
            if let pods = try? await cluster.pods(), let nodes = try? await cluster.allocatable() {
                await admit(pods, nodes)
                if restores { await restore(pods) }
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func admit(_ pods: [ShownPod], _ nodes: [String: [String: Int64]]) async {
        var used: [String: [String: Int64]] = [:]
        for pod in pods where pod.phase == "Running" {
            used[pod.node, default: [:]].merge(pod.requests, uniquingKeysWith: +)
        }
        for pod in pods where !pod.node.isEmpty {
            if pod.isTerminating || nodes[pod.node] == nil {
                try? await cluster.removePod(pod.name)
            } else if pod.phase == "Pending" {
                let wouldUse = used[pod.node, default: [:]].merging(pod.requests, uniquingKeysWith: +)
                let short = pod.requests.keys.sorted().first {
                    wouldUse[$0, default: 0] > nodes[pod.node]?[$0] ?? 0
                }
                if let short {
                    cluster.ledger.countRejection()
                    try? await set(pod.name, ["phase": "Failed", "reason": .string("OutOf\(short)")])
                } else {
                    used[pod.node] = wouldUse
                    let ready: OutputValue = ["type": "Ready", "status": "True"]
                    try? await set(pod.name, ["phase": "Running", "conditions": .list([ready])])
                }
            }
        }
    }

    private func restore(_ pods: [ShownPod]) async {
        let known = Dictionary(uniqueKeysWithValues: pods.map { ($0.name, $0) })
        for (name, pod) in cluster.ledger.wanted {
            if let shown = known[name] {
                if shown.phase == "Failed" { try? await cluster.removePod(name) }
            } else {
                try? await cluster.create(.pods, namespace: "default", pod)
            }
        }
    }

    private func set(_ name: String, _ status: OutputValue) async throws {
        let patch: OutputValue = ["status": status]
        _ = try await cluster.client.patch(
            .pods, namespace: "default", name: name, subresource: "status", .strategicMerge,
            body: Array(patch.json(pretty: false).utf8))
    }
}
