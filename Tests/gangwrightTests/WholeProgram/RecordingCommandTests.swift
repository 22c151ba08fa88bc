import ClusterModel
import Documents
import Foundation
import KubernetesAPI
import SchedulingLoop
import SchedulingPolicy
import Testing

@testable import Recording
@testable import gangwright

/// A recording of two nodes, a gang that fits and one that does not.
private struct SmallRecording {
    let folder: TemporaryFolder
    let path: String

    /// - Parameter isShadow: Whether another scheduler binds the first gang, on other nodes.
    init(isShadow: Bool = false) throws {
        folder = try TemporaryFolder()
        path = folder.path("flight.jsonl.gz")
        let header = RecordingHeader(
            program: "test", began: Self.time(0), schedulerNames: ["gangwright"], timing: LoopTiming(),
            configuration: SchedulerConfiguration.defaultText, shadowPatience: isShadow ? 60_000 : nil)
        let recorder = try Recorder(Recorder.Options(path: path), header: header) { _ in }
        var options = SessionOptions()
        options.schedulerNames = ["gangwright"]
        let driver = LoopDriver(
            configuration: .default, options: options, timing: LoopTiming(), recorder: recorder)
        func show(_ kind: ObjectKind, _ text: String, at second: Int64) throws {
            let value = try #require(
                DocumentParser.parseJSON(Array(text.utf8), file: "object").documents.first)
            let (object, _) = try #require(
                ClusterObject.read(value, kind: kind, sink: ProblemSink()))
            driver.take(kind, object, text: try #require(value.jsonText()), at: Self.time(second))
        }
        for name in ["node-a", "node-b", "node-c"] {
            try show(
                .node,
                """
                {"metadata":{"name":"\(name)"},"status":{"conditions":[{"type":"Ready","status":"True"}],\
                "allocatable":{"cpu":"64","memory":"64Gi","pods":"10","nvidia.com/gpu":"8"}}}
                """, at: 0)
        }
        for (gang, size, gpus) in [("fits", 2, 8), ("large", 2, 16)] {
            try show(
                .podGroup,
                "{\"metadata\":{\"name\":\"\(gang)\",\"namespace\":\"default\"},\"spec\":{\"minMember\":\(size)}}",
                at: 1)
            for index in 0..<size { try show(.pod, Self.pod(gang, index, gpus: gpus), at: 1) }
        }
        let binds = driver.runCycle(at: Self.time(2)).binds
        for (index, bind) in binds.enumerated() {
            if !isShadow { driver.tell(.bound(bind.pod), at: Self.time(3)) }
            let node = isShadow ? "node-c" : bind.node
            try show(.pod, Self.pod("fits", index, gpus: 8, on: node), at: 4)
        }
        _ = driver.runCycle(at: Self.time(5))
        recorder.finish()
    }

    private static func pod(_ gang: String, _ index: Int, gpus: Int, on node: String? = nil) -> String {
        """
        {"metadata":{"name":"\(gang)-\(index)","namespace":"default","uid":"\(gang)-\(index)","annotations":{\
        "scheduling.k8s.io/group-name":"\(gang)"}},"spec":{\(node.map { "\"nodeName\":\"\($0)\"," } ?? "")\
        "schedulerName":"gangwright","containers":[{"name":"c","resources":{"limits":{"nvidia.com/gpu":"\(gpus)"}}}]},\
        "status":{"phase":"\(node == nil ? "Pending" : "Running")"}}
        """
    }

    private static func time(_ second: Int64) -> LoopTime {
        LoopTime(milliseconds: 1_767_225_600_000 + second * 1_000)
    }
}

@Suite("gangwright replay takes a recording's decisions again") struct ReplayCommandTests {
    @Test("and says that they are the same") func same() throws {
        let recording = try SmallRecording()
        let outcome = Program().run(["replay", recording.path])
        #expect(
            outcome.standardOutput == """
                \(recording.path): 2026-01-01T00:00:00Z to 2026-01-01T00:00:05Z, recorded by gangwright test
                2 cycles: 2 pods bound, 0 evicted
                every decision is the same

                """)
        #expect(outcome.exitCode == .done)
        let document = try #require(Program().run(["replay", recording.path, "-o", "json"]).document)
        #expect(document["isEqual"]?.bool == true)
        #expect(document["recorded"]?["binds"]?.integer == 2)
        #expect(document["firstDifference"]?.isNull == true)
    }

    @Test("or where they are not, with code 1") func other() throws {
        let recording = try SmallRecording()
        let plain = try RecordingText.plain(recording.path).replacing("\"node-a\"],[", with: "\"node-x\"],[")
        let path = try recording.folder.write(plain, to: "changed.jsonl")
        let outcome = Program().run(["replay", path])
        #expect(outcome.exitCode == .no)
        #expect(outcome.standardOutput.contains("first difference in cycle 1 (line "))
        #expect(outcome.standardOutput.contains("  recorded: bound to node-x\n"))
        #expect(outcome.standardOutput.contains("  replayed: bound to node-a\n"))
    }

    @Test("or what another configuration would have decided") func configuration() throws {
        let recording = try SmallRecording()
        let file = try recording.folder.write(
            """
            compatibility: gangwright
            actions: "backfill"
            tiers:
            - plugins: [{name: gang}]
            - plugins: [{name: predicates}]
            """, to: "other.conf")
        let outcome = Program().run(["replay", recording.path, "--config", file])
        #expect(outcome.exitCode == .done)
        #expect(outcome.standardOutput.contains("0 bound, 0 evicted; 2 cycles decided otherwise"))
    }

    @Test("and explains a cycle with the words of explain") func explain() throws {
        let recording = try SmallRecording()
        let job = Program().run([
            "replay", recording.path, "--until-cycle", "1", "--explain", "job/large",
        ])
        #expect(job.standardOutput.hasPrefix("job default/large: waits (Unschedulable)\n"))
        #expect(job.standardError.contains("1 cycle: 2 pods bound, 0 evicted"))
        let pod = Program().run([
            "replay", recording.path, "--until-cycle", "1", "--explain", "pod fits-0",
        ])
        #expect(pod.standardOutput.hasPrefix("pod default/fits-0: placed (Ready)\n"))
        let jobs = Program().run(["replay", recording.path, "--explain", "jobs", "-o", "json"])
        #expect(jobs.document?["jobs"]?.count == 1)
        let snapshot = Program().run(["replay", recording.path, "--until-cycle", "1", "--snapshot"])
        let cluster = try recording.folder.write(snapshot.standardOutput, to: "cluster.json")
        let same = Program().run([
            "explain", "job", "large", "--cluster", cluster, "--scheduler-name", "gangwright", "--now",
            "2026-01-01T00:00:02Z",
        ])
        #expect(same.standardOutput == job.standardOutput)
        let after = Program().run(["replay", recording.path, "--until-cycle", "2", "--snapshot"])
        #expect(after.document?["items"]?.elements.count { $0["spec"]?["nodeName"] != nil } == 2)
    }

    @Test("and says what is wrong with what it is given") func mistakes() throws {
        let recording = try SmallRecording()
        for (words, message) in [
            (["--explain", "queue/default"], "expected jobs, job/NAME or pod/NAME"),
            (["--explain", "job/none"], "job default/none is not in the input"),
            (["--until-cycle", "3"], "found 2 cycles, expected at least 3"),
            (["--snapshot", "--explain", "jobs"], "expected without --explain"),
            (["--config", "/nowhere"], "/nowhere: No such file or directory"),
        ] {
            let outcome = Program().run(["replay", recording.path] + words)
            #expect(outcome.exitCode == .badInput)
            #expect(outcome.standardError.contains(message), "\(words): \(outcome.standardError)")
        }
        let foreign = try recording.folder.write("{}", to: "foreign")
        #expect(
            Program().run(["replay", foreign]).standardError
                == "\(foreign):1: found no recording, expected what gangwright run --record has written\n")
        let missing = Program().run(["replay", "/nowhere"])
        #expect(missing.standardError == "/nowhere: No such file or directory\n")
        #expect(missing.exitCode == .badInput)
    }
}

@Suite("gangwright shadow-report compares a shadow with the other scheduler") struct ShadowReportCommandTests
{
    @Test("in tables") func tables() throws {
        let recording = try SmallRecording(isShadow: true)
        let outcome = Program().run(["shadow-report", recording.path])
        #expect(
            outcome.standardOutput == """
                beside gangwright from 2026-01-01T00:00:00Z to 2026-01-01T00:00:05Z

                GANGS, AND PODS THAT ARE THEIR OWN
                QUEUE     GANGS   SAME NODES   OTHER NODES   ONLY OURS   ONLY THEIRS   THEIRS IN PART
                default       1            0             1           0             0                0

                WHO HAD A PLACE FIRST, AND BY HOW MUCH
                FIRST   GANGS   MEDIAN     P90     P99    MOST
                ours        1    2.00s   2.00s   2.00s   2.00s

                NODES THAT A GANG IS SPREAD OVER
                ours 2.0, theirs 1.0, on average over 1 gang that both have placed

                1 gang compared: both have placed 1, 0 of them on the same nodes; 0 not decided yet

                """)
        #expect(outcome.exitCode == .done)
    }

    @Test("and for machines") func json() throws {
        let recording = try SmallRecording(isShadow: true)
        let document = try #require(
            Program().run(["shadow-report", recording.path, "-o", "json"]).document)
        #expect(document["agreement"]?["all"]?["other_nodes"]?.integer == 1)
        #expect(document["lead"]?["ours"]?["p50"]?.integer == 2_000)
        let gang = try #require(document["gangs"]?.elements.first { _ in true })
        #expect(gang["name"]?.string == "fits")
        #expect(gang["theirs"]?.elements.map { $0["node"]?.string } == ["node-c", "node-c"])
    }

    @Test("and takes no other recording") func live() throws {
        let recording = try SmallRecording()
        let outcome = Program().run(["shadow-report", recording.path])
        #expect(outcome.exitCode == .badInput)
        #expect(outcome.standardError.contains("expected one of gangwright run --shadow"))
    }
}

/// Recordings as text.
private enum RecordingText {
    static func plain(_ path: String) throws -> String {
        let reader = try GzipReader(path)
        var bytes: [UInt8] = []
        while true {
            let part = try reader.read(atMost: 1 << 16)
            if part.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += part
        }
    }
}
