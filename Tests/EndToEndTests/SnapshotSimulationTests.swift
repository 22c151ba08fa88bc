import Documents
import Foundation
import KubernetesClient
import Testing

@Suite(
    "A simulation of a live cluster's snapshot",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct SnapshotSimulationTests {
    /// What became of a cluster's pods.
    private struct Decisions: Equatable {
        /// Of pods that were placed, by name.
        var nodes: [String: String] = [:]
        /// Of jobs that wait, by name, as an API server shows it.
        var reasons: [String: String] = [:]
    }

    @Test("says where the scheduler then binds each pod, and why the others wait") func decisions()
        async throws
    {
        try await onCluster(nodes: 6) { plane, cluster in
            try await fill(cluster)
            let simulated = try simulate(plane)
            #expect(
                simulated.nodes.keys.sorted() == [
                    "alone", "half-1", "pair-0", "pair-1", "urgent-0", "zebra-0", "zebra-1",
                ])
            #expect(simulated.reasons.keys.sorted() == ["aardvark", "beyond-queue", "large", "mule"])
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("as many pods are bound, and the others say why they wait") {
                let shown = try await shown(cluster)
                return shown.nodes.count == simulated.nodes.count
                    && Set(shown.reasons.keys) == Set(simulated.reasons.keys)
                    && !shown.reasons.values.contains("")
            }
            try await Task.sleep(for: .seconds(2))
            #expect(try await shown(cluster) == simulated)
            #expect(try await cluster.pods().contains { $0.name == "low-0" && $0.node == "node-0" })
            withExtendedLifetime(scheduler) {}
        }
    }

    /// Pods of another scheduler, a gang that runs, and gangs that compete for the rest. Names are in no order of age.
    private func fill(_ cluster: Cluster) async throws {
        try await cluster.addPriorityClass("low", 10)
        try await cluster.addPriorityClass("high", 1_000)
        try await cluster.addQueue("research", weight: 3)
        try await cluster.addQueue("small", capability: ["nvidia.com/gpu": "4"])
        try await cluster.addPodGroup(
            "low", ["minMember": 1, "queue": "default", "priorityClassName": "low"])
        try await cluster.addPod("low-0", gang: "low", gpus: 8, priorityClass: "low", node: "node-0")
        // Half of it is there already.
        try await cluster.addPodGroup("half", ["minMember": 1, "queue": "research"])
        try await cluster.addPod("half-0", gang: "half", gpus: 1, node: "node-2")
        try await cluster.addPod("half-1", gang: "half", gpus: 1)
        try await cluster.addPod("theirs", gpus: 5, scheduler: "other", node: "node-1")
        try await cluster.addGang("waits-for-other", 1, scheduler: "other")
        try await cluster.addGang("zebra", 2, queue: "research")
        // Times of creation are whole seconds.
        try await Task.sleep(for: .milliseconds(1_100))
        try await cluster.addGang("beyond-queue", 2, gpus: 4, queue: "small")
        try await cluster.addGang("mule", 2, gpus: 6, queue: "research")
        try await Task.sleep(for: .milliseconds(1_100))
        // More important than all, and more than there are nodes: evicting would make no room for it.
        try await cluster.addGang("large", 9, priorityClass: "high")
        try await cluster.addGang("urgent", 1, gpus: 8, queue: "research", priorityClass: "high")
        try await cluster.addGang("aardvark", 2, gpus: 8, queue: "research")
        try await cluster.addPod("alone", gpus: 3)
        try await cluster.addGang("pair", 2, gpus: 2, queue: "research")
    }

    /// What a simulation of the cluster as it is now says.
    private func simulate(_ plane: ControlPlane) throws -> Decisions {
        let snapshot = try SchedulerProcess.output(["snapshot", "--kubeconfig", plane.kubeconfig])
        try snapshot.write(toFile: plane.folder + "/snapshot.json", atomically: true, encoding: .utf8)
        let file = plane.folder + "/scenario.yaml"
        try """
        apiVersion: gangwright.io/v1alpha1
        kind: Scenario
        name: live
        duration: 5s
        schedulerNames: [gangwright]
        cluster: {files: [snapshot.json]}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let text = try SchedulerProcess.output(["simulate", file, "-o", "json"])
        let document = try #require(
            DocumentParser.parseJSON(Array(text.utf8), file: "simulation").documents.first)
        let run = try #require(document["runs"]?.elements.first { _ in true })
        var decisions = Decisions()
        for job in try #require(run["details"]?["jobs"]).elements {
            let nodes = job["nodes"]?.members.map { ($0.key, $0.value.string ?? "") } ?? []
            for (pod, node) in nodes { decisions.nodes[pod] = node }
            if nodes.isEmpty, let reason = job["lastReason"]?.string, reason != "OtherScheduler" {
                // What autoscalers are to act on has one word.
                let isAboutRoom = ["Unschedulable", "GangNotReady", "Reserved"].contains(reason)
                decisions.reasons[job["name"]?.string ?? ""] = isAboutRoom ? "Unschedulable" : reason
            }
        }
        for pod in try #require(run["details"]?["residents"]).elements {
            decisions.nodes[pod["name"]?.string ?? ""] = pod["node"]?.string
        }
        return decisions
    }

    /// What the API server shows of the pods that the scheduler is to place.
    private func shown(_ cluster: Cluster) async throws -> Decisions {
        var decisions = Decisions()
        for pod in try await cluster.pods()
        where !["low-0", "half-0", "theirs", "waits-for-other-0"].contains(pod.name) {
            if pod.node.isEmpty {
                decisions.reasons[pod.gang.isEmpty ? pod.name : pod.gang] = pod.reason
            } else {
                decisions.nodes[pod.name] = pod.node
            }
        }
        return decisions
    }
}
