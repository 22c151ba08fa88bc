import ClusterModel
import Foundation
import KubernetesClient
import Recording
import Synchronization
import TestSupport
import Testing

@testable import ClusterAdapter

/// An API server with two nodes and the pods of another scheduler, which binds them while somebody watches.
private final class OtherScheduler: Sendable {
    let server: LoopbackServer

    init() {
        server = LoopbackServer { request in
            switch request.path {
            case "/api/v1":
                return Self.resources(["nodes", "pods"])
            case "/apis/scheduling.volcano.sh/v1beta1": return Self.resources(["podgroups", "queues"])
            default: break
            }
            let items: [String]
            switch request.path {
            case "/api/v1/nodes": items = [Self.node("node-a"), Self.node("node-b")]
            case "/api/v1/pods":
                items = [Self.pod("slow-0"), Self.pod("never-0", gpus: 100), Self.pod("pair-0", gpus: 2)]
            case "/apis/scheduling.volcano.sh/v1beta1/podgroups":
                items = [
                    Self.group("slow"), Self.group("never"), Self.group("quick"), Self.group("pair", of: 2),
                ]
            case "/apis/scheduling.volcano.sh/v1beta1/queues": items = []
            default: return [.refusal(404, "NotFound")]
            }
            if request.parameter("watch") == nil {
                let list = items.joined(separator: ",")
                return [.json(200, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[\(list)]}")]
            }
            guard request.path == "/api/v1/pods" else { return [.head(200), .wait(milliseconds: 20_000)] }
            // A pod that both see at leisure; then one that is bound before a cycle can be due; then a gang of which cycles have seen
            // one pod, when the other one comes and both are bound.
            return [
                .head(200), .wait(milliseconds: 700),
                .chunk(Self.event("MODIFIED", Self.pod("slow-0", on: "node-a"))),
                .wait(milliseconds: 300),
                .chunk(
                    Self.event("ADDED", Self.pod("quick-0"))
                        + Self.event("MODIFIED", Self.pod("quick-0", on: "node-b"))),
                .wait(milliseconds: 300),
                .chunk(
                    Self.event("ADDED", Self.pod("pair-1", gpus: 2))
                        + Self.event("MODIFIED", Self.pod("pair-0", gpus: 2, on: "node-a"))
                        + Self.event("MODIFIED", Self.pod("pair-1", gpus: 2, on: "node-b"))),
                .wait(milliseconds: 300),
                .chunk(Self.event("MODIFIED", Self.pod("never-0", gpus: 100, on: "node-b"))),
                .wait(milliseconds: 20_000),
            ]
        }
    }

    private static func resources(_ names: [String]) -> [LoopbackServer.Step] {
        let list = names.map {
            "{\"name\":\"\($0)\",\"kind\":\"Any\",\"namespaced\":true,\"verbs\":[\"list\"]}"
        }
        return [.json(200, "{\"resources\":[\(list.joined(separator: ","))]}")]
    }

    private static func event(_ type: String, _ object: String) -> String {
        "{\"type\":\"\(type)\",\"object\":\(object)}\n"
    }

    private static func metadata(_ name: String, _ more: String = "") -> String {
        """
        "metadata":{"name":"\(name)","namespace":"ns","uid":"\(name)","resourceVersion":"2",\
        "managedFields":[{"manager":"somebody"}]\(more)}
        """
    }

    private static func node(_ name: String) -> String {
        """
        {"metadata":{"name":"\(name)","resourceVersion":"1"},"status":{\
        "allocatable":{"cpu":"64","memory":"64Gi","pods":"10","nvidia.com/gpu":"12"},\
        "conditions":[{"type":"Ready","status":"True"}]}}
        """
    }

    private static func group(_ name: String, of pods: Int = 1) -> String {
        "{\(metadata(name)),\"spec\":{\"minMember\":\(pods),\"queue\":\"default\"}}"
    }

    private static func pod(_ name: String, gpus: Int = 8, on node: String? = nil) -> String {
        let gang = String(name.dropLast(2))
        let place = node.map { "\"nodeName\":\"\($0)\"," } ?? ""
        return """
            {\(metadata(name, ",\"annotations\":{\"scheduling.k8s.io/group-name\":\"\(gang)\"}")),"spec":{\(place)\
            "schedulerName":"volcano","priority":0,"containers":[{"name":"c","resources":{\
            "limits":{"nvidia.com/gpu":"\(gpus)"}}}]},"status":{"phase":"Pending"}}
            """
    }
}

@Suite("A shadow decides and writes nothing") struct ShadowTests {
    private func client(_ server: LoopbackServer, _ change: (inout RequestLimits) -> Void) throws -> APIClient
    {
        let address = try #require(ServerAddress(server.url))
        var limits = RequestLimits()
        change(&limits)
        return try APIClient(ClientConfiguration(server: address), limits: limits)
    }

    @Test("what both decided is compared, also where the other scheduler was quicker than a cycle")
    func compares() async throws {
        let other = OtherScheduler()
        let file = NSTemporaryDirectory() + "gangwright-shadow-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let lines = Mutex<[String]>([])
        let metrics = Metrics()
        var options = SchedulerOptions()
        options.schedulerNames = ["volcano"]
        options.shadowPatience = .seconds(60)
        options.recording = Recorder.Options(path: file)
        // It could write, if it tried.
        let client = try client(other.server) { $0.allowsWrites = true }
        let scheduler = try Scheduler(
            client: client, configuration: .default, options: options,
            log: Log(level: .debug) { line in lines.withLock { $0.append(line) } }, metrics: metrics)
        scheduler.lead()
        let run = Task { await scheduler.run() }
        // Rounds, not seconds: other tests may hold the threads for long.
        for _ in 0..<1_500 where lines.withLock({ $0.count { $0.contains("info compared: ") } }) < 4 {
            try await Task.sleep(for: .milliseconds(20))
        }
        run.cancel()
        #expect(await run.value == nil)

        let text = metrics.text
        #expect(text.contains("shadow_lead_seconds_count{first=\"theirs\"}"))
        #expect(text.contains("shadow_gangs_total{outcome=\"only_theirs\"} 1"))
        #expect(!text.contains("binds_total{"))
        let log = lines.withLock { $0 }.joined(separator: "\n")
        #expect(log.contains("gang=job/ns/slow"))
        #expect(log.contains("because=Unschedulable"), "\(log)")
        let methods = Set(other.server.requests.map(\.method))
        #expect(methods == ["GET"])

        let report = try ShadowReport.read(RecordingReader(file), file: file)
        #expect(report.gangs.count == 4)
        #expect(report.gangs.compactMap(\.lead).count == 3)
        for name in ["quick", "pair"] {
            #expect(report.gangs.first { $0.gang.key.name == name }?.lead ?? 0 < 0, "\(name)")
        }
        #expect(report.warning == nil)
        let replay = try Replay.run(RecordingReader(file), file: file, options: Replay.Options())
        #expect(replay.difference == nil)
        #expect(replay.binds == 4)
    }

    @Test("a client that only reads refuses to write before anything is sent") func reads() async throws {
        let server = LoopbackServer { _ in [.json(200, "{}")] }
        let client = try client(server) { $0.allowsWrites = false }
        await #expect(throws: ClientError.self) {
            try await client.bind(pod: "pod", namespace: "ns", uid: "", node: "node")
        }
        await #expect(throws: ClientError.self) {
            _ = try await client.delete(.pods, namespace: "ns", name: "pod")
        }
        #expect(server.requests.isEmpty)
        _ = try await client.get(.pods, namespace: "ns", name: "pod")
        #expect(server.requests.count == 1)
    }
}
