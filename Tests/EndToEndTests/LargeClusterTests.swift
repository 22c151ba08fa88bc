import Foundation
import KubernetesClient
import Testing

@Suite(
    "gangwright run at size",
    .enabled(
        if: isEndToEnd && ProcessInfo.processInfo.environment["GANGWRIGHT_E2E_LARGE"] == "1",
        "takes minutes: run make e2e-large"))
struct LargeClusterTests {
    @Test("of ten thousand pods on a thousand nodes all gangs run that fit, whole") func tenThousandPods()
        async throws
    {
        // Without kubelets: they would look at all pods ten times a second.
        try await onCluster(nodes: 1_000, spoils: true, kubelets: false) { plane, cluster in
            try await cluster.inParallel(1_000) { try await cluster.addGang("g\($0)", 10, gpus: 1) }
            let scheduler = try SchedulerProcess(plane, ["--log-level", "info"])
            // 8,000 GPUs.
            try await cluster.wait("as many pods are bound as fit", atMost: 300, every: .seconds(2)) {
                try await cluster.pods().count { !$0.node.isEmpty } == 8_000
            }
            try await cluster.wait("those that wait say why", atMost: 120, every: .seconds(2)) {
                try await cluster.pods().count { $0.reason == "Unschedulable" } == 2_000
            }
            let pods = try await cluster.pods()
            #expect(pods.count == 10_000)
            #expect(pods.count { !$0.node.isEmpty } == 8_000)
            #expect(try await cluster.overCommitted().isEmpty)
            #expect(try await cluster.gangsInPart().isEmpty)
            #expect(scheduler.isRunning)
        }
    }
}
