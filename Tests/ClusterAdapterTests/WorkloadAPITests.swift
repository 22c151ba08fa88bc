import ClusterModel
import Documents
import KubernetesAPI
import KubernetesClient
import Recording
import SchedulingPolicy
import Testing

@testable import ClusterAdapter

@Suite("Gangs of Kubernetes' own API, on a server that has it", .serialized) struct WorkloadAPITests {
    private static let core = [
        "/api/v1": ["nodes", "pods", "namespaces", "resourcequotas", "events"],
        "/apis/scheduling.k8s.io/v1": ["priorityclasses"],
    ]

    private static func node(_ name: String) -> String {
        #"{"metadata":{"name":"\#(name)"},"status":{"allocatable":{"cpu":"2","pods":"10"},"#
            + #""conditions":[{"type":"Ready","status":"True"}]}}"#
    }

    private static func pod(_ name: String, _ reference: String) -> String {
        #"{"metadata":{"name":"\#(name)","namespace":"ns","uid":"\#(name)","resourceVersion":"1"},"#
            + #""spec":{"schedulerName":"gangwright",\#(reference),"containers":[{"name":"c","#
            + #""resources":{"requests":{"cpu":"2"}}}]},"status":{"phase":"Pending"}}"#
    }

    private static func group(_ minimum: Int, more: String = "", conditions: String = "") -> String {
        #"{"metadata":{"name":"train","namespace":"ns","uid":"g","resourceVersion":"1"},"#
            + #""spec":{"schedulingPolicy":{"gang":{"minCount":\#(minimum)}}\#(more)},"#
            + #""status":{"conditions":[\#(conditions)]}}"#
    }

    private static let reference = #""schedulingGroup":{"podGroupName":"train"}"#

    /// A server with two nodes and two pods, each of which fills one.
    private func server(
        _ version: String, _ resources: [String], _ objects: [String: [String]],
        reference: String = Self.reference, bindings: Int
    ) -> SmallServer {
        var kinds = Self.core
        kinds["/apis/scheduling.k8s.io/\(version)"] = resources
        var objects = objects
        objects["/api/v1/nodes"] = [Self.node("a"), Self.node("b")]
        objects["/api/v1/pods"] = [Self.pod("train-0", reference), Self.pod("train-1", reference)]
        return SmallServer(kinds: kinds, objects: objects, bindings: bindings)
    }

    /// Schedules until something holds.
    private func run(
        _ server: SmallServer, _ configuration: SchedulerConfiguration = .default,
        until holds: ([String]) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        let lines = Lines()
        let scheduler = try Scheduler(
            client: try server.client(), configuration: WrittenConfiguration(configuration, text: ""),
            options: SchedulerOptions(),
            log: lines.log, metrics: Metrics())
        let running = Task { await scheduler.run() }
        scheduler.lead()
        // Rounds, not seconds: other tests may hold the threads for long.
        for _ in 0..<500 where !holds(lines.all) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(holds(lines.all), "\(lines.all)", sourceLocation: sourceLocation)
        running.cancel()
        _ = await running.value
        return lines.all
    }

    private func condition(_ patch: Value?) -> [String: String] {
        let condition = patch?["status"]?["conditions"]?.elements.first { _ in true }
        return ["type", "status", "reason"].reduce(into: [:]) { $0[$1] = condition?[$1]?.string }
    }

    @Test(
        "a gang is bound whole, and its object says so under the name that its version gives the condition",
        arguments: [
            ("v1alpha2", "PodGroupScheduled"), ("v1alpha3", "PodGroupInitiallyScheduled"),
            ("v1beta1", "PodGroupInitiallyScheduled"),
        ])
    func scheduled(version: String, type: String) async throws {
        let path = "/apis/scheduling.k8s.io/\(version)"
        let server = server(
            version, ["podgroups", "podgroups/status", "workloads"],
            ["\(path)/podgroups": [Self.group(2)]], bindings: 2)
        let place = "\(path)/namespaces/ns/podgroups/train/status"
        let log = try await run(server) { _ in condition(server.patches(of: place).last)["status"] == "True" }
        #expect(Set(server.bindings.values) == ["a", "b"])
        #expect(
            condition(server.patches(of: place).last) == [
                "type": type, "status": "True", "reason": "Scheduled",
            ]
        )
        let patch = try #require(server.patches(of: place).last)
        let time = patch["status"]?["conditions"]?.elements.first { _ in true }?["lastTransitionTime"]?.string
        #expect(time.flatMap { Timestamp(rfc3339: $0) } != nil)
        // All that the server lacks is one line.
        let lacking = log.filter { $0.contains("lacks some kinds") }
        #expect(lacking.count == 1)
        #expect(lacking.first?.contains("podgroups.v1alpha1.scheduling.x-k8s.io") ?? false, "\(lacking)")
    }

    @Test("a gang without room is not bound in part, and its object and pods say why") func unschedulable()
        async throws
    {
        let path = "/apis/scheduling.k8s.io/v1alpha2"
        let other = #"{"type":"PodGroupScheduled","status":"False","reason":"Unschedulable","message":"old"}"#
        let server = server(
            "v1alpha2", ["podgroups", "podgroups/status"],
            [
                "\(path)/podgroups": [
                    Self.group(
                        2, more: #","schedulingConstraints":{"topology":[{"key":"rack"}]}"#, conditions: other
                    )
                ]
            ], bindings: 0)
        let place = "\(path)/namespaces/ns/podgroups/train/status"
        _ = try await run(server) { _ in
            !server.patches(of: place).isEmpty && !server.patches(of: "/pods/train-1/status").isEmpty
        }
        #expect(server.bindings == [:])
        #expect(
            condition(server.patches(of: place).last) == [
                "type": "PodGroupScheduled", "status": "False", "reason": "Unschedulable",
            ])
        #expect(condition(server.patches(of: "/pods/train-1/status").last)["reason"] == "Unschedulable")
    }

    @Test("a condition that says that a gang was scheduled is never taken back") func terminal() async throws
    {
        let path = "/apis/scheduling.k8s.io/v1beta1"
        let done = #"{"type":"PodGroupInitiallyScheduled","status":"True","reason":"Scheduled","message":""}"#
        let server = server(
            "v1beta1", ["podgroups", "podgroups/status"],
            ["\(path)/podgroups": [Self.group(3, conditions: done)]], bindings: 0)
        _ = try await run(server) { _ in !server.patches(of: "/pods/train-1/status").isEmpty }
        #expect(server.patches(of: "/podgroups/train/status").isEmpty)
        #expect(server.bindings == [:])
    }

    @Test("pods wait for a group that is not there yet") func missing() async throws {
        let server = server("v1beta1", ["podgroups", "podgroups/status"], [:], bindings: 0)
        _ = try await run(server) { _ in !server.patches(of: "/pods/train-1/status").isEmpty }
        #expect(
            condition(server.patches(of: "/pods/train-1/status").last)["reason"] == "PodGroupNotFound")
        #expect(server.bindings == [:])
    }

    @Test("on a server of 1.35 the Workload says how large a gang is") func workload() async throws {
        let path = "/apis/scheduling.k8s.io/v1alpha1"
        let workload =
            #"{"metadata":{"name":"w","namespace":"ns","resourceVersion":"1"},"spec":{"podGroups":"#
            + #"[{"name":"workers","policy":{"gang":{"minCount":2}}}]}}"#
        let server = server(
            "v1alpha1", ["workloads"], ["\(path)/workloads": [workload]],
            reference: #""workloadRef":{"name":"w","podGroup":"workers","podGroupReplicaKey":"0"}"#,
            bindings: 2)
        _ = try await run(server) { _ in server.bindings.count == 2 }
        #expect(Set(server.bindings.values) == ["a", "b"])
    }

    @Test(
        "what has no effect under a compatibility is logged once, under the others it has",
        arguments: ["volcano-1.5", "volcano", "gangwright"])
    func noEffect(compatibility: String) async throws {
        let path = "/apis/scheduling.k8s.io/v1beta1"
        let more = #","disruptionMode":{"all":{}},"schedulingConstraints":{"topology":[{"key":"rack"}]}"#
        let second = Self.group(2, more: more).replacing("\"train\"", with: "\"second\"")
        let server = server(
            "v1beta1", ["podgroups", "podgroups/status"],
            ["\(path)/podgroups": [Self.group(2, more: more), second]], bindings: 0)
        let text = "compatibility: \(compatibility)\nactions: allocate\ntiers: [{plugins: [{name: gang}]}]"
        let configuration = try #require(
            SchedulerConfiguration.read(Array(text.utf8), file: "configuration").configuration)
        let log = try await run(server, configuration) { lines in
            lines.contains { $0.contains("the cluster is known") }
        }
        let fields = log.filter { $0.contains("has no effect") }.compactMap { line in
            ["schedulingConstraints.topology", "disruptionMode"].first { line.contains($0) }
        }
        switch compatibility {
        case "volcano-1.5": #expect(fields == ["schedulingConstraints.topology", "disruptionMode"])
        case "volcano": #expect(fields == ["disruptionMode"])
        default: #expect(fields == [])
        }
    }

    @Test("what is not honoured is logged once") func notHonoured() async throws {
        let path = "/apis/scheduling.k8s.io/v1alpha3"
        let parent = #","parentCompositePodGroupName":"whole""#
        let second = Self.group(2, more: parent).replacing("\"train\"", with: "\"second\"")
        let server = server(
            "v1alpha3", ["podgroups", "podgroups/status"],
            ["\(path)/podgroups": [Self.group(2, more: parent), second]], bindings: 2)
        let log = try await run(server) { _ in server.bindings.count == 2 }
        #expect(log.count { $0.contains("parentCompositePodGroupName") } == 1)
    }
}
