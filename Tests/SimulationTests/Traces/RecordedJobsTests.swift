import ClusterModel
import Documents
import Foundation
import SchedulingLoop
import Simulation
import Testing

@Suite("A recording's jobs come again") struct RecordedJobsTests {
    /// Two jobs of which one ran, and a node; written as `gangwright run --record` writes it.
    private static let lines = [
        #"{"gangwrightRecording":1,"program":"test","began":1772323200000,"schedulerNames":["volcano"],"debounce":10,"schedulePeriod":1000,"configuration":"actions: allocate\ntiers: [{plugins: [{name: gang}]}]\n"}"#,
        node(at: 0),
        podGroup("train", at: 1), pod("train-0", "train", at: 1), pod("train-1", "train", at: 1),
        podGroup("waits", at: 2), pod("waits-0", "waits", at: 2),
        #"{"at":1772323261000,"cycle":1,"digest":["0","0"]}"#,
        pod("train-0", "train", at: 62, node: "n", started: "2026-03-01T00:01:02Z"),
        pod("train-1", "train", at: 63, node: "n", started: "2026-03-01T00:01:05Z"),
        pod(
            "train-0", "train", at: 663, node: "n", started: "2026-03-01T00:01:02Z",
            finished: "2026-03-01T00:11:00Z"),
        #"{"at":1772323965000,"remove":"Pod","name":"default/train-1"}"#,
    ]

    private static func entry(_ kind: String, _ object: String, at second: Int) -> String {
        #"{"at":\#(1_772_323_200_000 + second * 1_000),"set":"\#(kind)","object":\#(object)}"#
    }

    private static func node(at second: Int) -> String {
        entry(
            "Node", #"{"metadata":{"name":"n"},"status":{"allocatable":{"cpu":"8","nvidia.com/gpu":"8"}}}"#,
            at: second)
    }

    private static func podGroup(_ name: String, at second: Int) -> String {
        entry(
            "PodGroup.scheduling.volcano.sh",
            #"{"metadata":{"namespace":"default","name":"\#(name)","creationTimestamp":"2026-03-01T00:01:00Z"},"spec":{"minMember":2,"queue":"q"}}"#,
            at: second)
    }

    private static func pod(
        _ name: String, _ group: String, at second: Int, node: String = "", started: String = "",
        finished: String = ""
    ) -> String {
        let container =
            #"{"name":"c","resources":{"limits":{"nvidia.com/gpu":"2"}}}"#
        let state =
            finished.isEmpty
            ? "" : #","containerStatuses":[{"state":{"terminated":{"finishedAt":"\#(finished)"}}}]"#
        let status =
            started.isEmpty
            ? "{}"
            : #"{"phase":"\#(finished.isEmpty ? "Running" : "Succeeded")","startTime":"\#(started)"\#(state)}"#
        return entry(
            "Pod",
            #"{"metadata":{"namespace":"default","name":"\#(name)","creationTimestamp":"2026-03-01T00:01:01Z","annotations":{"scheduling.k8s.io/group-name":"\#(group)"}},"#
                + #""spec":{"schedulerName":"volcano","nodeName":"\#(node)","containers":[\#(container)]},"status":\#(status)}"#,
            at: second)
    }

    private func write() throws -> (folder: String, file: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "recorded-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "flight.jsonl").path()
        try (Self.lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        return (folder.path(), file)
    }

    @Test("with the times of their submission and of their running, on the cluster of that time") func jobs()
        throws
    {
        let (folder, file) = try write()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text =
            heading + """
                duration: 1h
                start: 2026-03-01
                cluster: {traces: [{format: recording, file: \(file)}], queues: [{name: q}]}
                workload: {traces: [{format: recording, file: \(file), runTimeScale: 2}]}
                """
        let (scenario, problems) = Scenario.read(Array(text.utf8), file: "s.yaml", files: MemoryFiles())
        #expect(problems.isEmpty, "\(problems)")
        let (plan, more) = try #require(scenario).plan()
        #expect(
            more.map(\.description) == [
                "\(file): 1 jobs are left out: they never ran, and do not say how long they run"
            ])
        let made = try #require(plan)
        #expect(made.cluster.nodes.map(\.name) == ["n"] && made.cluster.pods.isEmpty)
        #expect(made.jobs.map(\.key) == [ObjectKey(namespace: "default", name: "train")])
        #expect(made.jobs[0].submitted == 60_000 && made.jobs[0].queue == "q")
        // From the start of the second pod to the removal of it, twice.
        #expect(made.jobs[0].runTime == 2 * 700_000)
        let shape = made.shapes[made.jobs[0].shape]
        #expect(shape.podCount == 2 && shape.minimum == 2)
        #expect(shape.pods[0].pod.requests[.nvidiaGPU] == 2 && shape.pods[0].pod.nodeName == nil)
    }
}
