import Foundation
import KubernetesClient
import Testing

@Suite(
    "what is known of a cluster survives bad connections",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct WatchFaultTests {
    private static let pods = ["GET /api/v1/pods?", "watch=true"]

    @Test("watches that are cut again and again lose nothing", arguments: [0, 1, 3])
    func cuts(afterLines lines: Int) async throws {
        try await onCluster(nodes: 8) { plane, cluster in
            let proxy = try FaultProxy(plane)
            let cut = proxy.add(["watch=true"], times: 60, .cutWatch(afterLines: lines))
            let scheduler = try SchedulerProcess(plane, through: proxy, ["--leader-elect", "false"])
            var gangs: [String: Int] = [:]
            for gang in 0..<4 {
                gangs["g\(gang)"] = 4
                try await cluster.addGang("g\(gang)", 4, gpus: 4)
            }
            // Waits after so many failures grow to half a minute each.
            try await cluster.expectWhole(gangs, atMost: 300)
            #expect(proxy.count(cut) > 0)
            #expect(scheduler.isRunning)
        }
    }

    @Test("a version that the server no longer has costs a new list, and nothing else", arguments: [0, 2])
    func expired(afterLines lines: Int) async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            let proxy = try FaultProxy(plane)
            let gone = proxy.add(
                ["watch=true"], times: 40, .cutWatch(afterLines: lines, last: Fault.expired))
            let scheduler = try SchedulerProcess(plane, through: proxy, ["--leader-elect", "false"])
            try await cluster.addGang("a", 2)
            try await cluster.expectWhole(["a": 2], atMost: 120)
            let lists = proxy.requests("GET /api/v1/pods?limit").count
            proxy.add(Self.pods, times: 1, .refuse(410, "Expired"))
            // The pods go while nobody looks, and their places are free.
            for pod in ["a-0", "a-1"] { try await cluster.deletePod(pod) }
            try await cluster.addGang("b", 4)
            try await cluster.expectWhole(["b": 4], atMost: 120)
            #expect(proxy.count(gone) > 0)
            #expect(lists > 0)
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a list whose pages expire on the way begins anew") func pages() async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            // More than one page.
            try await cluster.addNodes(520, gpus: 0, prefix: "other")
            let proxy = try FaultProxy(plane)
            let gone = proxy.add(["GET /api/v1/nodes?", "continue="], times: 4, .refuse(410, "Expired"))
            let scheduler = try SchedulerProcess(plane, through: proxy, ["--leader-elect", "false"])
            try await cluster.addGang("gang", 4)
            try await cluster.expectWhole(["gang": 4], atMost: 120)
            #expect(proxy.count(gone) == 4)
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("answers that make no sense are asked for again") func garbled() async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            let proxy = try FaultProxy(plane)
            let lists = proxy.add(["GET", "limit="], times: 20, .garble)
            let watches = proxy.add(
                ["watch=true"], times: 20, .cutWatch(afterLines: 0, last: "{\"type\":\"ADDED\",\"obj\n"))
            let scheduler = try SchedulerProcess(plane, through: proxy, ["--leader-elect", "false"])
            try await cluster.wait("all nonsense has been said", atMost: 120) {
                proxy.count(lists) == 20 && proxy.count(watches) == 20
            }
            try await cluster.addGang("gang", 4)
            try await cluster.expectWhole(["gang": 4], atMost: 120)
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("news that never came is found by comparing, and made good") func drift() async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            let proxy = try FaultProxy(plane)
            proxy.add(Self.pods, .omit("\"name\":\"ghost\""))
            let scheduler = try SchedulerProcess(
                plane, through: proxy, ["--leader-elect", "false", "--cache-compare-period", "2s"])
            try await cluster.wait("it knows the cluster") { scheduler.log.contains("the cluster is known") }
            try await cluster.addPod("ghost", gpus: 8, scheduler: "other", node: "node-0")
            // Only what lies before the last that was heard can be missed.
            try await cluster.addPod("seen", gpus: 0, scheduler: "other", node: "node-0")
            try await cluster.wait("the difference is found") {
                scheduler.log.contains("all pods are read anew differing=1 objects=default/ghost")
            }
            try await cluster.wait("and made good") {
                scheduler.log.contains("pods are known as the API server has them count=2")
            }
            try await cluster.addGang("gang", 3)
            try await cluster.expectWhole(["gang": 3])
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a server that takes its time is waited for") func slow() async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            let proxy = try FaultProxy(plane)
            proxy.add(["/"], .delay(milliseconds: 300))
            let scheduler = try SchedulerProcess(plane, through: proxy, ["--leader-elect", "false"])
            for gang in 0..<4 { try await cluster.addGang("g\(gang)", 4, gpus: 2) }
            try await cluster.expectWhole(["g0": 4, "g1": 4, "g2": 4, "g3": 4], atMost: 120)
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("of all requests some fail, and all gangs run", arguments: [1, 2, 3])
    func failing(seed: UInt64) async throws {
        try await onCluster(nodes: 4, restores: true) { plane, cluster in
            let proxy = try FaultProxy(plane, seed: seed)
            proxy.add(["/"], probability: 0.05, .cut)
            proxy.add(["/"], probability: 0.05, .refuse(500, "InternalError"))
            proxy.add(["POST", "/binding"], probability: 0.1, .loseAnswer)
            proxy.add(["POST", "/binding"], probability: 0.1, .refuse(409, "Conflict"))
            proxy.add(["watch=true"], probability: 0.3, .cutWatch(afterLines: 5))
            let scheduler = try SchedulerProcess(plane, through: proxy)
            var gangs: [String: Int] = [:]
            for gang in 0..<8 {
                gangs["g\(gang)"] = 4
                try await cluster.addGang("g\(gang)", 4, gpus: 1)
            }
            try await cluster.expectWhole(gangs, atMost: 180)
            #expect(scheduler.isRunning, "seed \(seed)")
        }
    }
}
