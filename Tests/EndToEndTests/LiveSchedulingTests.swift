import Documents
import Foundation
import KubernetesClient
import Testing

@Suite(
    "gangwright run on a real API server",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"))
struct LiveSchedulingTests {
    @Test("gangs are bound whole, one that is too large not at all, and objects say so") func gangs()
        async throws
    {
        try await onCluster { plane, cluster in
            try await cluster.addGang("fits", 2)
            try await cluster.addGang("large", 5)
            try await cluster.addPod("single", gpus: 1)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the gang that fits runs") { try await cluster.onNodes()["fits"] == 2 }
            try await cluster.wait("its object says so") {
                let status = try await cluster.podGroup("fits")["status"]
                return status?["phase"]?.string == "Running" && status?["running"]?.integer == 2
            }
            try await cluster.wait("the large one's pods say why they wait") {
                try await cluster.pods().filter { $0.gang == "large" && $0.reason == "Unschedulable" }.count
                    == 5
            }
            let large = try await cluster.podGroup("large")["status"]
            #expect(large?["phase"]?.string == "Inqueue")
            let condition = try #require(large?["conditions"]?.elements.first { _ in true })
            #expect(condition["type"]?.string == "Unschedulable")
            #expect(condition["message"]?.string?.contains("5/5 tasks in gang unschedulable") ?? false)
            #expect(try await cluster.onNodes()["large"] == nil)
            try await cluster.wait("an event tells of the binding") {
                try await cluster.events(of: "fits-0").contains("Scheduled")
            }
            try await cluster.wait("an event tells why one waits") {
                try await cluster.events(of: "large-0") == ["FailedScheduling"]
            }
            // Room for it comes.
            try await cluster.addNodes(4, prefix: "more")
            try await cluster.wait("the large one runs as well") { try await cluster.onNodes()["large"] == 5 }
            scheduler.signal(SIGTERM)
            #expect(try await scheduler.wait() == 0)
            #expect(scheduler.log.contains("the lease is given back"))
        }
    }

    @Test("nodes are shared with another scheduler, and never over-committed") func shared() async throws {
        try await onCluster(nodes: 2) { plane, cluster in
            try await cluster.addPod("theirs", gpus: 8, scheduler: "other", node: "node-0")
            try await cluster.addGang("other-gang", 1, scheduler: "other")
            try await cluster.addGang("a", 1)
            try await cluster.addGang("b", 1)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("one gang runs") { try await cluster.onNodes().count == 2 }
            try await Task.sleep(for: .seconds(2))
            #expect(try await cluster.podsByNode() == ["node-0": 1, "node-1": 1])
            #expect(try await cluster.onNodes()["other-gang"] == nil)
            // What is another's is not written to.
            let theirs = try #require(try await cluster.pods().first { $0.gang == "other-gang" })
            #expect(theirs.reason.isEmpty)
            #expect(try await cluster.events(of: theirs.name).isEmpty)
            #expect(try await cluster.podGroup("other-gang")["status"] == nil)
            try await cluster.deletePod("theirs")
            try await cluster.wait("the other one takes the place") {
                try await cluster.onNodes() == ["a": 1, "b": 1]
            }
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a queue's limit holds a gang back, and autoscalers are not asked for nodes") func queue()
        async throws
    {
        try await onCluster { plane, cluster in
            try await cluster.addQueue("small", capability: ["nvidia.com/gpu": "8"])
            try await cluster.addGang("first", 1, queue: "small")
            try await cluster.wait("its object exists") { try await cluster.pods().count == 1 }
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the first one runs") { try await cluster.onNodes()["first"] == 1 }
            try await cluster.addGang("second", 1, queue: "small")
            try await cluster.wait("the second one says why it waits") {
                try await cluster.pods().contains { $0.gang == "second" && !$0.reason.isEmpty }
            }
            let second = try #require(try await cluster.pods().first { $0.gang == "second" })
            #expect(second.reason != "Unschedulable")
            #expect(second.node.isEmpty)
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a more important gang takes the places of a less important one") func preemption() async throws {
        try await onCluster(nodes: 2) { plane, cluster in
            try await cluster.addPriorityClass("low", 10)
            try await cluster.addPriorityClass("high", 1_000)
            try await cluster.addGang("low", 2, priorityClass: "low")
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the first gang runs") {
                try await cluster.pods().filter { $0.gang == "low" && $0.phase == "Running" }.count == 2
            }
            try await cluster.addGang("high", 2, priorityClass: "high")
            try await cluster.wait("the other one has taken its places") {
                try await cluster.onNodes() == ["high": 2]
            }
            #expect(try await cluster.events(of: "low-0").contains("Evict"))
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("queues say what their pods hold, and the default queue is made") func queues() async throws {
        try await onCluster { plane, cluster in
            try await cluster.addQueue("parent")
            try await cluster.addQueue("child", parent: "parent")
            try await cluster.addGang("a", 2, queue: "child")
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("the default queue is there") { try await cluster.queue("default") != nil }
            for queue in ["child", "parent"] {
                try await cluster.wait("\(queue) says what it holds") {
                    let held = try await cluster.queue(queue)?["status"]?["allocated"]
                    return held?["nvidia.com/gpu"]?.string == "16" && held?["cpu"]?.string == "2"
                }
            }
            try await cluster.deletePod("a-0")
            try await cluster.deletePod("a-1")
            try await cluster.wait("it holds nothing any more") {
                let held = try await cluster.queue("child")?["status"]?["allocated"]
                return held?["nvidia.com/gpu"] == nil
            }
            try await cluster.wait("events tell of the gang") {
                try await cluster.events(of: "a").contains("Scheduled")
            }
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a kubelet that refuses pods gets no more of them for a while") func kubelet() async throws {
        try await onCluster(nodes: 1, kubelets: false) { plane, cluster in
            let scheduler = try SchedulerProcess(plane)
            try await cluster.addPod("first", gpus: 1)
            try await cluster.wait("it is bound") { try await cluster.onNodes()[""] == 1 }
            try await cluster.fail("first", reason: "OutOfnvidia.com/gpu")
            try await cluster.wait("it is told") {
                scheduler.log.contains("a kubelet refused a pod")
                    && scheduler.log.contains("a node takes no new pods for a while")
            }
            try await cluster.addPod("second", gpus: 1)
            try await Task.sleep(for: .seconds(3))
            #expect(try await cluster.pods().contains { $0.name == "second" && $0.node.isEmpty })
            try await cluster.wait("the next one is tried after a while") {
                try await cluster.pods().contains { $0.name == "second" && !$0.node.isEmpty }
            }
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("what is known is compared with what the API server has, and is the same") func comparison()
        async throws
    {
        try await onCluster { plane, cluster in
            let scheduler = try SchedulerProcess(plane, ["--cache-compare-period", "2s"])
            for index in 0..<6 {
                try await cluster.addGang("g\(index)", 1)
                try await Task.sleep(for: .seconds(1))
                if index % 2 == 1 { try await cluster.deletePod("g\(index - 1)-0") }
            }
            try await cluster.wait("pods have been compared") {
                scheduler.log.contains("pods are known as the API server has them")
            }
            try await Task.sleep(for: .seconds(3))
            #expect(!scheduler.log.contains("read anew"))
        }
    }

    @Test("under Volcano's compatibility a victim is deleted, whatever budgets say") func volcanoEviction()
        async throws
    {
        try await onCluster(nodes: 1) { plane, cluster in
            try await cluster.addPriorityClass("low", 10)
            try await cluster.addPriorityClass("high", 1_000)
            try await cluster.addBudget("all", minAvailable: 1)
            let file = plane.folder + "/volcano.conf"
            try """
            actions: "enqueue, allocate, preempt"
            tiers:
            - plugins:
              - name: priority
              - name: gang
                enablePreemptable: false
              - name: conformance
            - plugins:
              - name: predicates
              - name: proportion
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let scheduler = try SchedulerProcess(plane, ["--config", file])
            try await cluster.addGang("low", 1, priorityClass: "low")
            try await cluster.wait("the first gang runs") {
                try await cluster.pods().contains { $0.gang == "low" && $0.phase == "Running" }
            }
            try await cluster.addGang("high", 1, priorityClass: "high")
            try await cluster.wait("the other one has taken its place") {
                try await cluster.onNodes() == ["high": 1]
            }
            withExtendedLifetime(scheduler) {}
        }
    }

    @Test("a bad configuration changes nothing, a good one does, and a pause stops decisions")
    func configuration() async throws {
        try await onCluster { plane, cluster in
            let file = plane.folder + "/scheduler.conf"
            let good = """
                compatibility: gangwright
                actions: "allocate"
                tiers:
                - plugins:
                  - name: gang
                - plugins:
                  - name: predicates
                """
            try good.write(toFile: file, atomically: true, encoding: .utf8)
            let scheduler = try SchedulerProcess(plane, ["--config", file])
            try await cluster.addGang("a", 1)
            try await cluster.wait("it schedules") { try await cluster.onNodes()["a"] == 1 }
            try good.replacingOccurrences(of: "gang\n", with: "gagn\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            try await cluster.wait("an event tells of the mistake") {
                try await cluster.events(of: "gangwright", in: "gangwright-system")
                    .contains("ConfigurationRefused")
            }
            try await cluster.wait("the mistake is told") {
                scheduler.log.contains("the last good one stays in force")
            }
            try await cluster.addGang("b", 1)
            try await cluster.wait("it schedules on") { try await cluster.onNodes()["b"] == 1 }
            try good.replacingOccurrences(of: "\"allocate\"", with: "\"allocate, backfill\"")
                .write(toFile: file, atomically: true, encoding: .utf8)
            try await cluster.wait("the good one is in force") {
                scheduler.log.contains("another configuration is in force")
            }
            let lease = GroupVersionResource(
                group: "coordination.k8s.io", version: "v1", resource: "leases")
            func pause(_ value: String) async throws {
                let patch = "{\"metadata\":{\"annotations\":{\"gangwright.io/paused\":\"\(value)\"}}}"
                _ = try await cluster.client.patch(
                    lease, namespace: "gangwright-system", name: "gangwright", .merge, body: Array(patch.utf8)
                )
            }
            try await pause("true")
            try await cluster.wait("it is paused") { scheduler.log.contains("warning paused") }
            try await cluster.addGang("c", 1)
            try await Task.sleep(for: .seconds(2))
            #expect(try await cluster.onNodes()["c"] == nil)
            try await pause("false")
            try await cluster.wait("it goes on") { try await cluster.onNodes()["c"] == 1 }
        }
    }

    @Test("a snapshot of the cluster gives offline the decisions that the scheduler then takes")
    func snapshot() async throws {
        try await onCluster(nodes: 6) { plane, cluster in
            for gang in 0..<5 {
                try await cluster.addGang("g\(gang)", 2 + gang % 2, gpus: 4 + 4 * (gang % 2))
            }
            let snapshot = try SchedulerProcess.output(["snapshot", "--kubeconfig", plane.kubeconfig])
            let file = plane.folder + "/snapshot.json"
            try snapshot.write(toFile: file, atomically: true, encoding: .utf8)
            let decided = try SchedulerProcess.output(["schedule", "--cluster", file, "-o", "json"])
            let document = try #require(
                DocumentParser.parseJSON(Array(decided.utf8), file: "decisions").documents.first)
            var nodes: [String: String] = [:]
            for bind in try #require(document["binds"]).elements {
                nodes[bind["pod"]?.string ?? ""] = bind["node"]?.string
            }
            #expect(!nodes.isEmpty)
            let scheduler = try SchedulerProcess(plane)
            try await cluster.wait("it has bound as many") {
                try await cluster.pods().count { !$0.node.isEmpty } == nodes.count
            }
            let bound = try await cluster.pods().filter { !$0.node.isEmpty }
            #expect(Dictionary(uniqueKeysWithValues: bound.map { ($0.name, $0.node) }) == nodes)
            withExtendedLifetime(scheduler) {}
        }
    }
}
