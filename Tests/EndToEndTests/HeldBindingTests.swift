import Foundation
import KubernetesClient
import Testing

@Suite(
    "a cluster that changes while bindings are under way is scheduled as it then is",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct HeldBindingTests {
    /// A gang of four whose bindings wait in a proxy.
    private func onHeldGang(
        nodes: Int = 6, restores: Bool = false, _ arguments: [String] = [],
        _ body: (Cluster, Hold, SchedulerProcess) async throws -> Void
    ) async throws {
        try await onCluster(nodes: nodes, restores: restores) { plane, cluster in
            let proxy = try FaultProxy(plane)
            let hold = Hold()
            proxy.add(["POST", "/binding"], times: 4, .hold(hold))
            let scheduler = try SchedulerProcess(
                plane, through: proxy, ["--leader-elect", "false"] + arguments)
            try await cluster.addGang("gang", 4)
            try await cluster.wait("all bindings wait") { hold.waiting == 4 }
            try await body(cluster, hold, scheduler)
            #expect(scheduler.isRunning)
        }
    }

    @Test("its node goes") func node() async throws {
        try await onHeldGang(restores: true) { cluster, hold, scheduler in
            let line = try #require(scheduler.log.split(separator: "\n").first { $0.contains("debug bind ") })
            let node = try #require(line.firstMatch(of: /node="?(node-[0-9]+)/)?.output.1)
            try await cluster.deleteNode(String(node))
            try await Task.sleep(for: .milliseconds(300))
            hold.release()
            try await cluster.expectWhole(["gang": 4])
            #expect(try await cluster.podsByNode()[String(node)] == nil)
        }
    }

    @Test("a pod of the gang goes, and another one of its name comes") func pod() async throws {
        try await onHeldGang { cluster, hold, _ in
            try await cluster.deletePod("gang-1")
            try await cluster.addPod("gang-1", gang: "gang", gpus: 8)
            try await Task.sleep(for: .milliseconds(300))
            hold.release()
            try await cluster.expectWhole(["gang": 4])
        }
    }

    @Test("a pod of the gang goes for good, and the others give their places back") func podForGood()
        async throws
    {
        try await onHeldGang(["--gang-repair-timeout", "2s"]) { cluster, hold, _ in
            try await cluster.deletePod("gang-1")
            hold.release()
            try await cluster.wait("the gang is bound in part") {
                try await cluster.onNodes()["gang"] == 3
            }
            try await cluster.wait("it gives its places back") {
                try await cluster.onNodes()["gang"] == nil
            }
            try await cluster.addGang("next", 4)
            try await cluster.wait("others have them") { try await cluster.onNodes() == ["next": 4] }
            #expect(try await cluster.overCommitted().isEmpty)
        }
    }

    @Test("its PodGroup goes, and what is bound counts until it is gone") func podGroup() async throws {
        try await onHeldGang(nodes: 5) { cluster, hold, _ in
            _ = try await cluster.client.delete(Cluster.groups, namespace: "default", name: "gang")
            try await Task.sleep(for: .milliseconds(300))
            hold.release()
            try await cluster.wait("it runs") { try await cluster.onNodes()["gang"] == 4 }
            try await cluster.addGang("next", 2)
            try await Task.sleep(for: .seconds(1))
            #expect(try await cluster.onNodes()["next"] == nil)
            for index in 0..<4 { try await cluster.deletePod("gang-\(index)") }
            try await cluster.expectWhole(["next": 2])
        }
    }

    // MARK: The lease

    /// Eight more bindings than are under way at a time.
    private static let gangs = ["a", "b", "c", "d", "e"]
    private static let whole = Dictionary(uniqueKeysWithValues: gangs.map { ($0, 8) })

    @Test("the leader loses its lease to silence, and binds nothing after that") func lease() async throws {
        try await onCluster { plane, cluster in
            try await cluster.addNodes(2, prefix: "more")
            let proxy = try FaultProxy(plane)
            let (bindings, renewals) = (Hold(), Hold())
            proxy.add(["POST", "/binding"], .hold(bindings))
            for gang in Self.gangs { try await cluster.addGang(gang, 8, gpus: 1) }
            let first = try SchedulerProcess(plane, through: proxy, name: "first")
            try await cluster.wait("as many bindings wait as may be under way") { bindings.waiting == 32 }
            proxy.add(["/leases/gangwright"], .hold(renewals))
            let second = try SchedulerProcess(plane, name: "second")
            let begin = ContinuousClock.now
            #expect(try await first.wait() == 3)
            #expect(first.log.contains("the lease could not be renewed in time"))
            // Others wait for fifteen seconds before they take the lease over.
            #expect(ContinuousClock.now - begin < .seconds(14))
            #expect(proxy.requests("POST", "/binding").count == 32)
            proxy.clear()
            try await cluster.expectWhole(Self.whole)
            #expect(second.log.contains("info leading"))
        }
    }

    @Test("the leader stands still until another one leads, and binds nothing after that") func pause()
        async throws
    {
        try await onCluster { plane, cluster in
            try await cluster.addNodes(2, prefix: "more")
            let proxy = try FaultProxy(plane)
            let bindings = Hold()
            proxy.add(["POST", "/binding"], .hold(bindings))
            for gang in Self.gangs { try await cluster.addGang(gang, 8, gpus: 1) }
            let first = try SchedulerProcess(plane, through: proxy, name: "first")
            try await cluster.wait("as many bindings wait as may be under way") { bindings.waiting == 32 }
            first.signal(SIGSTOP)
            proxy.clear()
            let second = try SchedulerProcess(plane, name: "second")
            try await cluster.expectWhole(Self.whole)
            first.signal(SIGCONT)
            #expect(try await first.wait() == 3)
            // Connections may send once more what they had lost, but what had waited for its turn is not sent.
            #expect(Set(proxy.requests("POST", "/binding")).count == 32)
            try await cluster.expectWhole(Self.whole)
            #expect(second.isRunning)
        }
    }
}
