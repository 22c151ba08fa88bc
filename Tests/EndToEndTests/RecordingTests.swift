import Documents
import Foundation
import KubernetesClient
import Testing

@Suite(
    "What gangwright run records",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"), .serialized)
struct RecordingTests {
    /// A generator that a seed repeats.
    fileprivate struct Dice {
        var state: UInt64
        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % sides
        }
    }

    /// Gangs of all sizes come and pods go, for so many rounds.
    fileprivate func load(_ cluster: Cluster, _ dice: inout Dice, rounds: Int, prefix: String) async throws {
        for round in 0..<rounds {
            let priority = ["low", "high"][dice.roll(2)]
            try await cluster.addGang(
                "\(prefix)\(round)", 1 + dice.roll(4), gpus: 1 + dice.roll(8), priorityClass: priority)
            if dice.roll(2) == 0 {
                let pods = try await cluster.pods()
                if !pods.isEmpty { try? await cluster.deletePod(pods[dice.roll(pods.count)].name) }
            }
            try await Task.sleep(for: .milliseconds(50 * dice.roll(5)))
        }
    }

    @Test("is replayed bit for bit, also when the process was killed in the middle") func killed()
        async throws
    {
        try await onCluster(nodes: 4) { plane, cluster in
            try await cluster.addPriorityClass("low", 10)
            try await cluster.addPriorityClass("high", 1_000)
            var dice = Dice(state: 7)
            let file = plane.folder + "/flight.jsonl.gz"
            let options = ["--leader-elect", "false", "--record", file]
            let first = try SchedulerProcess(plane, name: "first", options)
            try await load(cluster, &dice, rounds: 12, prefix: "a")
            first.signal(SIGKILL)
            _ = try await first.wait()
            let killed = try SchedulerProcess.result(["replay", file, "-o", "json"])
            let document = try #require(killed.document)
            #expect(killed.code == 0, "\(killed.output)")
            #expect(document["isCut"]?.bool == true)
            #expect(document["recorded"]?["binds"]?.integer ?? 0 > 5)

            let second = try SchedulerProcess(plane, name: "second", options)
            try await load(cluster, &dice, rounds: 8, prefix: "b")
            second.signal(SIGTERM)
            #expect(try await second.wait() == 0)
            for recording in [file, file + ".1"] {
                let replay = try SchedulerProcess.result(["replay", recording])
                #expect(replay.code == 0, "\(replay.output)")
                #expect(replay.output.contains("every decision is the same"))
            }
            // Whatever waits at the end is explained from the file alone.
            let jobs = try SchedulerProcess.result(["replay", file, "--explain", "jobs", "-o", "json"])
            #expect(jobs.code == 0)
            #expect(jobs.document?["jobs"] != nil)
        }
    }
}

extension RecordingTests {
    @Test("goes on in another file at its limit, and each is replayed alone") func renewed() async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            try await cluster.addPriorityClass("low", 10)
            try await cluster.addPriorityClass("high", 1_000)
            var dice = Dice(state: 11)
            let file = plane.folder + "/flight.jsonl.gz"
            let scheduler = try SchedulerProcess(
                plane, ["--leader-elect", "false", "--record", file, "--record-limit", "6Ki"])
            func files() -> Int { scheduler.log.split(separator: "info recording file=").count - 1 }
            try await load(cluster, &dice, rounds: 12, prefix: "a")
            try await cluster.wait("another file is begun") { files() >= 2 }
            try await cluster.addGang("after", 1, gpus: 0)
            try await cluster.wait("it schedules on") { try await cluster.onNodes()["after"] == 1 }
            scheduler.signal(SIGTERM)
            #expect(try await scheduler.wait() == 0)
            for recording in [file, file + ".1"] {
                let replay = try SchedulerProcess.result(["replay", recording])
                #expect(replay.code == 0, "\(replay.output)")
            }
        }
    }
}

@Suite(
    "A shadow beside another scheduler, on a real API server",
    .enabled(if: isEndToEnd, "needs a control plane: run make e2e"), .serialized)
struct ShadowModeTests {
    /// The kubeconfig of the role that `deploy/overlays/shadow` gives.
    private func kubeconfig(_ plane: ControlPlane) async throws -> String {
        try await plane.apply("deploy/overlays/shadow")
        let text = try String(contentsOfFile: plane.folder + "/admin.kubeconfig", encoding: .utf8)
        let user = "as: \"system:serviceaccount:gangwright-system:gangwright-shadow\", client-certificate:"
        let file = plane.folder + "/shadow.kubeconfig"
        try text.replacing("client-certificate:", with: user)
            .write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test("says where it agrees with a gang scheduler of another configuration, and may write nothing")
    func volcano() async throws {
        try await onCluster(nodes: 4) { plane, cluster in
            let recording = plane.folder + "/shadow.jsonl.gz"
            // The other one is given more time than a busy machine takes for a gang.
            let shadow = try SchedulerProcess(
                plane, name: "shadow",
                [
                    "--kubeconfig", try await kubeconfig(plane), "--shadow-of", "volcano",
                    "--shadow-patience", "20s", "--record", recording,
                ])
            try await cluster.wait("it knows the cluster") { shadow.log.contains("the cluster is known") }
            let file = plane.folder + "/spread.conf"
            try """
            compatibility: gangwright
            actions: "allocate"
            tiers:
            - plugins: [{name: gang}]
            - plugins: [{name: predicates}, {name: nodeorder}]
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let other = try SchedulerProcess(
                plane, name: "other",
                ["--scheduler-name", "volcano", "--config", file, "--leader-elect", "false"])
            try await cluster.wait("the other knows the cluster") {
                other.log.contains("the cluster is known")
            }
            for gang in 0..<6 { try await cluster.addGang("g\(gang)", 2, gpus: 2, scheduler: "volcano") }
            try await cluster.addGang("large", 9, gpus: 8, scheduler: "volcano")
            try await cluster.wait("all that fit run") {
                try await cluster.onNodes().values.filter { $0 == 2 }.count == 6
            }
            other.signal(SIGTERM)
            _ = try await other.wait()
            // Nobody places this one but the shadow, in its thoughts.
            try await cluster.addGang("lonely", 1, gpus: 1, scheduler: "volcano")
            try await cluster.wait("its patience is over") {
                shadow.log.contains("only the shadow has a place")
            }
            #expect(try await cluster.onNodes()["lonely"] == nil)
            shadow.signal(SIGTERM)
            #expect(try await shadow.wait() == 0)
            #expect(!shadow.log.contains("403 Forbidden"), "\(shadow.log)")
            #expect(!shadow.log.contains("this client only reads"), "\(shadow.log)")

            let result = try SchedulerProcess.result(["shadow-report", recording, "-o", "json"])
            let report = try #require(result.document)
            let all = try #require(report["agreement"]?["all"])
            let both =
                (all["same_nodes"]?.integer ?? 0) + (all["other_nodes"]?.integer ?? 0)
            #expect(both == 6, "\(result.output)")
            #expect(all["only_ours"]?.integer == 1)
            #expect(all["only_theirs"]?.integer == 0)
            let replay = try SchedulerProcess.result(["replay", recording])
            #expect(replay.code == 0, "\(replay.output)")
        }
    }

    @Test("says which gangs a scheduler of single pods binds in part") func naive() async throws {
        try await onCluster(nodes: 2) { plane, cluster in
            let recording = plane.folder + "/shadow.jsonl.gz"
            let shadow = try SchedulerProcess(
                plane, name: "shadow",
                [
                    "--kubeconfig", try await kubeconfig(plane), "--shadow-of", "naive", "--shadow-patience",
                    "3s",
                    "--record", recording,
                ])
            try await cluster.wait("it knows the cluster") { shadow.log.contains("the cluster is known") }
            // Two nodes for three pods: the naive one takes what it gets.
            try await cluster.addGang("torn", 3, gpus: 8, scheduler: "naive")
            try await cluster.addGang("whole", 1, gpus: 0, scheduler: "naive")
            try await Task.sleep(for: .milliseconds(300))
            for (pod, node) in [("torn-0", "node-0"), ("torn-1", "node-1"), ("whole-0", "node-1")] {
                let uid = try #require(try await cluster.pods().first { $0.name == pod }).uid
                try await cluster.client.bind(pod: pod, namespace: "default", uid: uid, node: node)
            }
            try await cluster.wait("its patience is over") {
                shadow.log.contains("the other scheduler has bound only a part")
            }
            shadow.signal(SIGTERM)
            #expect(try await shadow.wait() == 0)
            let result = try SchedulerProcess.result(["shadow-report", recording, "-o", "json"])
            let gangs = try #require(result.document?["gangs"])
            let torn = try #require(gangs.elements.first { $0["name"]?.string == "torn" })
            #expect(torn["outcome"]?.string == "theirs_in_part")
            #expect(torn["reason"]?.string == "GangNotReady")
            #expect(torn["theirs"]?.count == 2)
            let whole = try #require(gangs.elements.first { $0["name"]?.string == "whole" })
            #expect(whole["leadMilliseconds"]?.integer ?? 0 > 0)
        }
    }
}

extension SchedulerProcess {
    /// What a command that ends by itself has printed, and its exit code.
    struct Result: Sendable {
        let code: Int32
        let output: String

        /// What was printed, as a document.
        var document: Value? {
            DocumentParser.parseJSON(Array(output.utf8), file: "output").documents.first
        }
    }
}
