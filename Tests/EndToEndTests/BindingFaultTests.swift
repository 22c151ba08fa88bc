import Foundation
import KubernetesClient
import Testing

@Suite(
    "bindings that fail leave no gang in part",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct BindingFaultTests {
    /// A scheduler behind a proxy, with faults that are set before anything is bound.
    private func onFaults(
        nodes: Int = 4, _ arguments: [String] = [], set: (FaultProxy) -> Void,
        _ body: (FaultProxy, Cluster, SchedulerProcess) async throws -> Void
    ) async throws {
        try await onCluster(nodes: nodes, restores: true) { plane, cluster in
            let proxy = try FaultProxy(plane)
            set(proxy)
            let scheduler = try SchedulerProcess(
                plane, through: proxy, ["--leader-elect", "false"] + arguments)
            try await body(proxy, cluster, scheduler)
            #expect(scheduler.isRunning)
        }
    }

    @Test(
        "what is refused once for no reason is bound all the same",
        arguments: [
            Fault.refuse(409, "Conflict"), .refuse(500, "InternalError"), .refuse(503, "ServiceUnavailable"),
            .refuse(504, "Timeout"), .refuse(429, "TooManyRequests", retryAfter: 1), .refuse(404, "NotFound"),
            .cut, .loseAnswer, .garble,
        ])
    func once(fault: Fault) async throws {
        try await onFaults { proxy in
            proxy.add(["POST", "/pods/gang-1/binding"], times: 1, fault)
        } _: { proxy, cluster, _ in
            try await cluster.addGang("gang", 4)
            try await cluster.expectWhole(["gang": 4])
            #expect(!proxy.requests("POST", "/pods/gang-1/binding").isEmpty)
        }
    }

    @Test("answers of all bindings are lost, and each pod is found where it was put") func lostAnswers()
        async throws
    {
        try await onFaults { proxy in
            proxy.add(["POST", "/binding"], .loseAnswer)
        } _: { _, cluster, scheduler in
            for gang in 0..<4 { try await cluster.addGang("g\(gang)", 4, gpus: 2) }
            try await cluster.expectWhole(["g0": 4, "g1": 4, "g2": 4, "g3": 4])
            // The decision was taken once for each.
            #expect(scheduler.log.components(separatedBy: "debug bind ").count == 17)
            #expect(!scheduler.log.contains("a binding was refused"))
        }
    }

    @Test("a pod that somebody else binds first stays there, and its gang is whole") func elsewhere()
        async throws
    {
        let hold = Hold()
        try await onFaults(nodes: 6) { proxy in
            proxy.add(["POST", "/pods/gang-1/binding"], times: 1, .hold(hold))
        } _: { _, cluster, scheduler in
            try await cluster.addGang("gang", 4)
            try await cluster.wait("the binding is under way") {
                let others = try await cluster.onNodes()["gang"]
                return hold.waiting == 1 && others == 3
            }
            let free = try #require(
                try await Set(cluster.allocatable().keys).subtracting(cluster.podsByNode().keys).max())
            try await cluster.client.bind(pod: "gang-1", namespace: "default", uid: nil, node: free)
            hold.release()
            try await cluster.expectWhole(["gang": 4])
            #expect(try await cluster.pods().first { $0.name == "gang-1" }?.node == free)
            // Its place is for others.
            try await cluster.addGang("next", 2)
            try await cluster.expectWhole(["gang": 4, "next": 2])
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test(
        "a gang of which one pod is always refused gives its places back to others, and gets them in the end")
    func stuckUnderRetry() async throws {
        let refusal = FaultSetter()
        try await onFaults(["--gang-repair-timeout", "2s"]) { proxy in
            refusal.handle = proxy.add(["POST", "/pods/gang-1/binding"], .refuse(409, "Conflict"))
        } _: { proxy, cluster, scheduler in
            try await cluster.addGang("gang", 4)
            try await cluster.wait("it gives its places back") {
                scheduler.log.contains("a gang gives its places back")
            }
            #expect(scheduler.log.contains("it has held too few places for"))
            proxy.remove(try #require(refusal.handle))
            try await cluster.expectWhole(["gang": 4])
        }
    }

    @Test("under the policy that says so, one refusal makes all of a gang give its places back")
    func stuckUnderRelease() async throws {
        let refusal = FaultSetter()
        try await onFaults(["--gang-bind-failure-policy", "release"]) { proxy in
            refusal.handle = proxy.add(["POST", "/pods/gang-1/binding"], .refuse(409, "Conflict"))
        } _: { proxy, cluster, scheduler in
            try await cluster.addGang("gang", 4)
            try await cluster.wait("it gives its places back") {
                scheduler.log.contains("one of its bindings was refused")
            }
            // While the one waits to be tried again, longer each time, the others do not run without it.
            var longest = Duration.zero
            var since = ContinuousClock.now
            let end = since + .seconds(14)
            while ContinuousClock.now < end {
                if try await cluster.gangsInPart().isEmpty { since = .now }
                longest = max(longest, .now - since)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(longest < .seconds(4))
            proxy.remove(try #require(refusal.handle))
            try await cluster.expectWhole(["gang": 4])
        }
    }

    @Test("evictions that fail on the way are tried again") func evictions() async throws {
        let refusal = FaultSetter()
        try await onFaults(["--gang-bind-failure-policy", "release"]) { proxy in
            refusal.handle = proxy.add(["POST", "/pods/gang-1/binding"], .refuse(409, "Conflict"))
            proxy.add(["POST", "/pods/gang-0/eviction"], times: 2, .refuse(500, "InternalError"))
            proxy.add(["POST", "/pods/gang-2/eviction"], times: 2, .cut)
            proxy.add(["POST", "/pods/gang-3/eviction"], times: 2, .loseAnswer)
        } _: { proxy, cluster, scheduler in
            try await cluster.addGang("gang", 4)
            try await cluster.wait("it has given its places back") {
                let onNodes = try await cluster.onNodes()
                return scheduler.log.contains("one of its bindings was refused") && onNodes["gang"] == nil
            }
            #expect(!scheduler.log.contains("an eviction was refused"))
            proxy.remove(try #require(refusal.handle))
            try await cluster.expectWhole(["gang": 4])
        }
    }

    @Test("a place that may be taken is given to nobody else before it is known") func unknown()
        async throws
    {
        let (watch, question) = (Hold(), Hold())
        try await onFaults(nodes: 1) { proxy in
            // The answer is lost, the watch does not tell, and whoever asks has to wait.
            proxy.add(["POST", "/pods/gang-0/binding"], times: 1, .loseAnswer)
            proxy.add(["GET /api/v1/pods?", "watch=true"], skip: 1, .hold(watch))
            proxy.add(
                ["GET /api/v1/namespaces/default/pods/gang-0"], times: 6, .refuse(503, "ServiceUnavailable"))
            proxy.add(["GET /api/v1/namespaces/default/pods/gang-0"], .hold(question))
            proxy.add(["GET /api/v1/pods?", "watch=true"], times: 1, .cutWatch(afterLines: 1))
        } _: { _, cluster, scheduler in
            try await cluster.addGang("gang", 1)
            try await cluster.wait("it is asked about in vain") { question.waiting > 0 }
            #expect(!scheduler.log.contains("a binding was refused"))
            // A connection may send once more what it had lost; the decision was taken once.
            #expect(scheduler.log.components(separatedBy: "debug bind ").count == 2)
            question.release()
            watch.release()
            try await cluster.expectWhole(["gang": 1])
        }
    }

    @Test("a scheduler that is told to stop waits for the bindings that are under way") func stop()
        async throws
    {
        try await onCluster { plane, cluster in
            let proxy = try FaultProxy(plane)
            let hold = Hold()
            proxy.add(["POST", "/binding"], skip: 2, .hold(hold))
            let scheduler = try SchedulerProcess(plane, through: proxy)
            try await cluster.addGang("gang", 4)
            try await cluster.wait("two bindings wait") { hold.waiting == 2 }
            scheduler.signal(SIGTERM)
            try await Task.sleep(for: .seconds(1))
            #expect(scheduler.isRunning)
            #expect(!scheduler.log.contains("the lease is given back"))
            hold.release()
            #expect(try await scheduler.wait() == 0)
            #expect(scheduler.log.contains("the lease is given back"))
            try await cluster.expectWhole(["gang": 4])
        }
    }

    @Test("a storm of refusals that ask for patience passes") func storm() async throws {
        let storm = FaultSetter()
        try await onFaults { proxy in
            storm.handle = proxy.add(["/"], .refuse(429, "TooManyRequests", retryAfter: 1))
        } _: { proxy, cluster, _ in
            try await cluster.addGang("gang", 4)
            try await Task.sleep(for: .seconds(3))
            proxy.remove(try #require(storm.handle))
            try await cluster.expectWhole(["gang": 4])
            // And once more while all is known.
            let again = proxy.add(["/"], .refuse(429, "TooManyRequests", retryAfter: 1))
            try await cluster.deletePod("gang-0")
            try await cluster.addPod("gang-0", gang: "gang", gpus: 8)
            try await Task.sleep(for: .seconds(3))
            proxy.remove(again)
            try await cluster.expectWhole(["gang": 4])
        }
    }
}

/// Carries a rule from where it is set to where it is taken away.
private final class FaultSetter {
    var handle: FaultProxy.Handle?
}
