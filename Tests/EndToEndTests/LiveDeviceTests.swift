import Documents
import Foundation
import Testing

@Suite(
    "Shared GPUs on a real API server",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct LiveDeviceTests {
    private func configuration(_ plane: ControlPlane) throws -> [String] {
        let file = plane.folder + "/scheduler.conf"
        try """
        compatibility: gangwright
        actions: "allocate"
        tiers:
        - plugins:
          - name: gang
        - plugins:
          - name: predicates
          - name: deviceshare
        """.write(toFile: file, atomically: true, encoding: .utf8)
        return ["--config", file]
    }

    private func addPart(_ name: String, _ fraction: String, _ cluster: Cluster) async throws {
        try await cluster.addPod(
            name, resources: ["requests": ["cpu": "1", "memory": "1Gi"]],
            metadata: [("annotations", ["gpu-fraction": .string(fraction)])], spec: [])
    }

    /// The cards that the API server shows of bound pods, by name.
    private func shown(_ cluster: Cluster) async throws -> [String: String] {
        var shown: [String: String] = [:]
        for pod in try await cluster.pods() where !pod.gpuShares.isEmpty { shown[pod.name] = pod.gpuShares }
        return shown
    }

    @Test("a binding carries the cards to its pod, and another scheduler reads them there") func restarted()
        async throws
    {
        try await onCluster(nodes: 0) { plane, cluster in
            try await cluster.addNodes(1, gpus: 2, prefix: "shared")
            let arguments = try configuration(plane)
            let first = try SchedulerProcess(plane, arguments)
            for (name, fraction) in [("a", "0.6"), ("b", "0.7"), ("c", "0.3")] {
                try await addPart(name, fraction, cluster)
                try await cluster.wait("pod \(name) has a card") {
                    try await shown(cluster)[name] != nil
                }
            }
            #expect(try await shown(cluster) == ["a": "0:600", "b": "1:700", "c": "1:300"])
            try await first.kill9()
            let second = try SchedulerProcess(plane, arguments)
            try await addPart("d", "0.5", cluster)
            try await addPart("e", "0.4", cluster)
            try await cluster.addPod("whole", gpus: 1)
            try await cluster.wait("the rest of the first card is taken") {
                try await shown(cluster)["e"] == "0:400"
            }
            try await cluster.wait("the others wait") {
                try await cluster.pods().filter { $0.reason == "Unschedulable" }.map(\.name).sorted()
                    == ["d", "whole"]
            }
            for name in ["b", "c"] { try await cluster.deletePod(name) }
            // One of the two gets the card: a part makes the whole one wait, and the other way round.
            try await cluster.wait("the second card is taken again") {
                let pods = try await cluster.pods()
                return pods.filter { ["d", "whole"].contains($0.name) && $0.holdsPlace }.count == 1
            }
            try await Task.sleep(for: .seconds(1))
            #expect(try await cluster.pods().filter(\.holdsPlace).count == 3)
            withExtendedLifetime(second) {}
        }
    }
}
