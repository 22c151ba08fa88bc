import Foundation
import KubernetesClient
import SyntheticClusters
import Testing

@Suite(
    "several schedulers on the same nodes",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct NeighbourTests {
    @Test(
        "what they give away twice is taken back by kubelets, and all settle with whole gangs",
        arguments: [1, 2])
    func contention(seed: UInt64) async throws {
        try await onCluster(nodes: 8, restores: true) { plane, cluster in
            try await plane.apply(manifest: Self.otherLease)
            var gangs: [String: Int] = [:]
            // Each of the two has room for its own, and both together have not.
            for index in 0..<6 {
                gangs["a\(index)"] = 2
                gangs["b\(index)"] = 2
                try await cluster.addGang("a\(index)", 2, gpus: 4)
                try await cluster.addGang("b\(index)", 2, gpus: 4, scheduler: "other")
            }
            for index in 0..<8 {
                try await cluster.addPod("plain-\(index)", gpus: 1, scheduler: "naive")
            }
            let own = try SchedulerProcess(plane, ["--gang-repair-timeout", "2s"])
            let other = try SchedulerProcess(
                plane, name: "other",
                [
                    "--scheduler-name", "other", "--leader-elect-resource-name", "gangwright-other",
                    "--gang-repair-timeout", "2s",
                ])
            try await bindAnywhere(cluster, seed: seed)
            try await cluster.wait("both lead") {
                own.log.contains("info leading") && other.log.contains("info leading")
            }
            try await cluster.wait("all plain pods run, and as many gangs as fit beside", atMost: 90) {
                let running = try await cluster.pods().filter { $0.phase == "Running" && $0.holdsPlace }
                let whole = Dictionary(grouping: running, by: \.gang).filter {
                    gangs[$0.key] == $0.value.count
                }
                // 64 GPUs: 8 for plain pods, which may spoil a place for four on each node that has one.
                return running.count { $0.gang.isEmpty } == 8 && whole.count >= 4
            }
            try await cluster.expectIntact(mayBeRejected: true)
            // The plain ones end; what is free goes to gangs, and nobody is rejected for long.
            for index in 0..<8 { try await cluster.deletePod("plain-\(index)") }
            try await cluster.wait("all nodes are full", atMost: 90) {
                let running = try await cluster.pods().filter { $0.phase == "Running" && $0.holdsPlace }
                return running.count == 16
            }
            try await cluster.expectIntact(mayBeRejected: true)
            #expect(own.isRunning && other.isRunning)
        }
    }

    /// Binds the naive one's pods to any node, without a look at what is there, until all of them run.
    private func bindAnywhere(_ cluster: Cluster, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let nodes = try await cluster.allocatable().keys.sorted()
        try await cluster.wait("the naive one's pods run") {
            let plain = try await cluster.pods().filter { $0.gang.isEmpty }
            for pod in plain where pod.node.isEmpty {
                let node = nodes[random.integer(in: 0...(nodes.count - 1))]
                try await cluster.client.bind(pod: pod.name, namespace: "default", uid: pod.uid, node: node)
            }
            return plain.count == 8 && plain.allSatisfy { $0.phase == "Running" }
        }
    }

    @Test("a pod that its kubelet rejects has no place, and its gang is made whole elsewhere")
    func rejection() async throws {
        try await onCluster(nodes: 3, restores: true) { plane, cluster in
            let proxy = try FaultProxy(plane)
            let hold = Hold()
            proxy.add(["POST", "/binding"], times: 2, .hold(hold))
            let scheduler = try SchedulerProcess(plane, through: proxy, ["--leader-elect", "false"])
            try await cluster.addGang("gang", 2)
            try await cluster.wait("both bindings wait") { hold.waiting == 2 }
            // Somebody else takes one of the two nodes first.
            let line = try #require(scheduler.log.split(separator: "\n").first { $0.contains("debug bind ") })
            let node = try #require(line.firstMatch(of: /node="?(node-[0-9]+)/)?.output.1)
            try await cluster.addPod("theirs", gpus: 8, scheduler: "other", node: String(node))
            try await cluster.wait("theirs runs") {
                try await cluster.pods().contains { $0.name == "theirs" && $0.phase == "Running" }
            }
            hold.release()
            try await cluster.expectWhole(["gang": 2], mayBeRejected: true)
            #expect(cluster.ledger.rejections == 1)
        }
    }

    private static let otherLease = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: gangwright-other, namespace: gangwright-system}
        rules:
        - {apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [gangwright-other], verbs: [get, update]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: gangwright-other, namespace: gangwright-system}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gangwright-other}
        subjects:
        - {kind: ServiceAccount, name: gangwright, namespace: gangwright-system}
        """
}
