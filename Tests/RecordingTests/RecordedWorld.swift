import ClusterModel
import Documents
import Foundation
import KubernetesAPI
import SchedulingLoop
import SchedulingPolicy
import SyntheticClusters
import Testing

@testable import Recording

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "gangwright-recording-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

/// A cluster of JSON objects that changes at random, and a driver that is told of it as a live scheduler's is.
struct RecordedWorld {
    let driver: LoopDriver
    private let recorder: Recorder?
    private var random: SeededGenerator
    private var now = LoopTime(milliseconds: 1_767_225_600_000)
    private var pods: [String: (gang: String?, node: String?)] = [:]
    private var nodes: Set<String> = []
    private var pending: [CycleResult.Bind] = []
    private var evicted: [ObjectKey] = []
    private var count = 0

    static let header = RecordingHeader(
        program: "test", began: LoopTime(milliseconds: 1_767_225_600_000), schedulerNames: ["gangwright"],
        timing: LoopTiming(), configuration: SchedulerConfiguration.defaultText)

    /// - Parameter file: Where to record; nil for nowhere.
    init(seed: UInt64, file: String?) throws {
        random = SeededGenerator(seed: seed)
        recorder = try file.map { try Recorder(Recorder.Options(path: $0), header: Self.header) { _ in } }
        var options = SessionOptions()
        options.schedulerNames = ["gangwright"]
        driver = LoopDriver(
            configuration: .default, options: options, timing: LoopTiming(), recorder: recorder)
        for index in 0..<4 { try addNode(index) }
        for (name, value) in [("low", 1), ("high", 1_000)] {
            try show(.priorityClass, "{\"metadata\":{\"name\":\"\(name)\"},\"value\":\(value)}")
        }
        for queue in ["default", "second"] {
            try show(.queue, "{\"metadata\":{\"name\":\"\(queue)\"},\"spec\":{\"weight\":1}}")
        }
    }

    /// Lets so many things happen, and cycles run in between; ends the recording.
    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            now = now.advanced(by: Int64(random.integer(in: 0...700)))
            try step()
            if random.chance(1, in: 2) { try cycle() }
        }
        recorder?.finish()
    }

    // MARK: Objects

    mutating func show(_ kind: ObjectKind, _ text: String) throws {
        let value = try #require(
            DocumentParser.parseJSON(Array(text.utf8), file: "object").documents.first, "\(text)")
        let (object, _) = try #require(
            ClusterObject.read(value, kind: kind, sink: ProblemSink()), "\(text)")
        let isNews = !random.chance(1, in: 10) || kind != .podGroup
        driver.take(kind, object, text: try #require(value.jsonText()), at: now) { _ in isNews }
    }

    private mutating func addNode(_ index: Int) throws {
        nodes.insert("node-\(index)")
        let gpus = random.integer(in: 2...8)
        let amounts = "{\"cpu\":\"64\",\"memory\":\"512Gi\",\"pods\":\"20\",\"nvidia.com/gpu\":\"\(gpus)\"}"
        try show(
            .node,
            """
            {"metadata":{"name":"node-\(index)"},"status":{"allocatable":\(amounts),"capacity":\(amounts),\
            "conditions":[{"type":"Ready","status":"True"}]}}
            """)
    }

    private mutating func showPod(_ name: String) throws {
        guard let pod = pods[name] else { return }
        let annotation =
            pod.gang.map { ",\"annotations\":{\"scheduling.k8s.io/group-name\":\"\($0)\"}" } ?? ""
        let node = pod.node.map { "\"nodeName\":\"\($0)\"," } ?? ""
        let priority = name.hasSuffix("0") ? "high" : "low"
        try show(
            .pod,
            """
            {"metadata":{"name":"\(name)","namespace":"ns","uid":"uid-\(name)"\(annotation)},\
            "spec":{\(node)"schedulerName":"gangwright","priorityClassName":"\(priority)","containers":[{"name":"c",\
            "resources":{"requests":{"cpu":"1"},"limits":{"nvidia.com/gpu":"\(1 + name.utf8.count % 3)"}}}]},\
            "status":{"phase":"\(pod.node == nil ? "Pending" : "Running")"}}
            """)
    }

    private mutating func step() throws {
        switch random.integer(in: 0...9) {
        case 0...3: try addGang()
        case 4: try addNode(random.integer(in: 0...6))
        case 5:
            guard nodes.count > 2, let name = nodes.sorted().first else { return }
            nodes.remove(name)
            driver.remove(.node, ObjectKey(namespace: "", name: name), at: now)
        case 6, 7:
            let names = pods.keys.sorted()
            if names.isEmpty { return }
            let name = random.choice(names)
            pods[name] = nil
            driver.remove(.pod, ObjectKey(namespace: "ns", name: name), at: now)
        case 8:
            let text = SchedulerConfiguration.defaultText.replacing(
                "binpack.weight: 10", with: "binpack.weight: \(random.integer(in: 1...9))")
            let (value, _) = SchedulerConfiguration.read(Array(text.utf8), file: "test")
            driver.configure(WrittenConfiguration(try #require(value), text: text), at: now)
        default: try answer()
        }
    }

    private mutating func addGang() throws {
        count += 1
        let size = random.integer(in: 1...4)
        let gang = random.chance(4, in: 5) ? "gang-\(count)" : nil
        if let gang {
            let queue = random.choice(["default", "second"])
            try show(
                .podGroup,
                """
                {"metadata":{"name":"\(gang)","namespace":"ns"},\
                "spec":{"minMember":\(size),"queue":"\(queue)"},"status":{"phase":"Pending"}}
                """)
        }
        for index in 0..<size {
            let name = "\(gang ?? "pod-\(count)")-\(index)"
            pods[name] = (gang, nil)
            try showPod(name)
        }
    }

    /// The API server answers what it was asked.
    private mutating func answer() throws {
        for bind in exchange(&pending, with: []) {
            if random.chance(1, in: 6) || pods[bind.pod.name] == nil {
                driver.tell(.bindRefused(bind.pod), at: now)
                continue
            }
            if random.chance(1, in: 2) { driver.tell(.bound(bind.pod), at: now) }
            pods[bind.pod.name]?.node = bind.node
            try showPod(bind.pod.name)
        }
        for pod in exchange(&evicted, with: []) {
            if random.chance(1, in: 3) {
                driver.tell(.evictionRefused(pod), at: now)
            } else {
                pods[pod.name] = nil
                driver.remove(.pod, pod, at: now)
            }
        }
    }

    private mutating func cycle() throws {
        let result = driver.runCycle(at: now)
        pending += result.binds
        evicted += result.evictions.map(\.pod)
        if random.chance(3, in: 4) { try answer() }
    }
}
