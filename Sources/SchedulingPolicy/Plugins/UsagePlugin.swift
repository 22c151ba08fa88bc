import Allocator
import ClusterModel
import Documents

/// Keeps pods off nodes that really are busy, and prefers those that are least so.
///
/// Source: Volcano's `usage`. What nodes use is asked of a `NodeUsageProvider`; without one, and where a measurement is more
/// than five minutes old, it says nothing.
struct UsagePlugin: Plugin {
    static let name = "usage"
    static let arguments = [
        ArgumentSchema(name: "usage.weight", kind: .integer(default: 5)),
        ArgumentSchema(name: "cpu.weight", kind: .integer(default: 1)),
        ArgumentSchema(name: "memory.weight", kind: .integer(default: 1)),
        ArgumentSchema(
            name: "thresholds", kind: .structure(expected: "a mapping of cpu and mem"),
            check: Self.checkThresholds),
        ArgumentSchema(
            name: "estimator", kind: .structure(expected: "a mapping of ratios"), check: UsageEstimator.check),
    ]

    private let weight: Int64
    private let cpuWeight: Int64
    private let memoryWeight: Int64
    private let cpuThreshold: Double
    private let memoryThreshold: Double
    private let estimator: UsageEstimator

    init(_ arguments: Arguments) {
        weight = arguments.integer("usage.weight")
        cpuWeight = arguments.integer("cpu.weight")
        memoryWeight = arguments.integer("memory.weight")
        let thresholds = arguments.structure("thresholds")
        cpuThreshold = Double(thresholds?["cpu"]?.integer ?? 80)
        memoryThreshold = Double(thresholds?["mem"]?.integer ?? 80)
        estimator = UsageEstimator(arguments.structure("estimator"))
    }

    @Sendable private static func checkThresholds(_ value: Value) -> String? {
        if value.kind != .mapping { return "found \(value.kindName), expected a mapping" }
        for (name, entry) in value.members {
            if name != "cpu", name != "mem" { return "\(name): unknown; expected cpu or mem" }
            if entry.integer.map({ !(0...100).contains($0) }) ?? true {
                return "\(name): found \(entry.scalarText ?? entry.kindName), expected 0 to 100"
            }
        }
        return nil
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        guard let provider = session.nodeUsage else { return }
        let loads = NodeLoads(session, provider, estimator)
        points.observePlaces { session, task, event in loads.note(task, event, session) }
        points.filterNodes { session, _ in
            NodeCheck { node in
                guard let usage = loads.usage(node, session) else { return nil }
                // More room would not make it less busy.
                if usage.cpu > cpuThreshold {
                    return .rule("the CPU load of the node exceeds the upper limit.", isResolvable: false)
                }
                if usage.memory > memoryThreshold {
                    return .rule("the memory load of the node exceeds the upper limit.", isResolvable: false)
                }
                return nil
            }
        }
        if weight == 0 || cpuWeight + memoryWeight == 0 { return }
        points.scoreNodes { session, _ in
            NodeScore { nodes in nodes.map { score($0, loads, session) } }
        }
    }

    /// What is left of CPU and memory, as weighted parts of the whole.
    private func score(_ node: Int, _ loads: NodeLoads, _ session: Session) -> Int64 {
        guard let load = loads.load(node, session) else { return 0 }
        let left = Double(cpuWeight) * (1 - load.cpu) + Double(memoryWeight) * (1 - load.memory)
        let points = left / Double(cpuWeight + memoryWeight) * 100 * Double(weight)
        return Int64(max(-0x1p50, min(points * Double(scoreUnit), 0x1p50)).rounded())
    }
}

/// What nodes use, measured and estimated, in the cycle that is open.
private final class NodeLoads {
    private let provider: any NodeUsageProvider
    private let estimator: UsageEstimator
    /// How long a pod runs before its use is seen.
    private let interval: Int64
    /// Measurements that count, by node; `nil` for those that do not.
    private var usages: [Int: NodeUsage?] = [:]
    /// Pods that have got a place in this cycle, by the entry of the node.
    private var placed: [Int: Set<Int>] = [:]

    init(_ session: Session, _ provider: any NodeUsageProvider, _ estimator: UsageEstimator) {
        self.provider = provider
        self.estimator = estimator
        interval = session.configuration.metrics?.interval.components.seconds ?? 30
    }

    /// How old a measurement may be, in seconds.
    private static let validity: Int64 = 300

    /// What was measured of a node, unless it is too old.
    func usage(_ node: Int, _ session: Session) -> NodeUsage? {
        if let known = usages[node] { return known }
        let name = session.nodes.entries[session.nodes.entry(atIndex: node)].name
        var usage = provider.usage(ofNode: name)
        if let time = usage?.time, let now = session.now,
            now.secondsSinceEpoch - time.secondsSinceEpoch > Self.validity
        {
            usage = nil
        }
        usages[node] = .some(usage)
        return usage
    }

    func note(_ task: Int, _ event: PlaceEvent, _ session: Session) {
        guard let node = session.tasks[task].node else { return }
        switch event {
        case .placed: if session.tasks[task].status == .allocated { placed[node, default: []].insert(task) }
        case .unplaced: placed[node]?.remove(task)
        case .evicted, .restored: break
        }
    }

    /// The parts of CPU and memory that are in use, with what pods will use that nobody has measured yet.
    func load(_ node: Int, _ session: Session) -> (cpu: Double, memory: Double)? {
        guard let usage = usage(node, session) else { return nil }
        let entry = session.nodes.entry(atIndex: node)
        var unseen = placed[entry] ?? []
        session.forEachTask(on: entry) { task in
            if isUnseen(task, usage, session) { unseen.insert(task) }
        }
        let parts = (usage.cpu / 100, usage.memory / 100)
        // Whole numbers, so that the sum does not depend on the order of the pods.
        var (cpu, memory): (Int64, Int64) = (0, 0)
        for task in unseen {
            let asked = session.basicRequest(of: task)
            let limits = session.loads[task]
            cpu += min(1 << 40, estimator.cpu(asking: asked.cpu, limit: limits?.cpuLimit, inUse: parts.0))
            memory += min(
                1 << 50, estimator.memory(asking: asked.memory, limit: limits?.memoryLimit, inUse: parts.1))
        }
        let allocatable = session.allocator.node(node).allocatable
        return (
            parts.0 + Share.of(Double(cpu), in: Double(allocatable[.cpu] ?? 0)),
            parts.1 + Share.of(Double(memory), in: Double(allocatable[.memory] ?? 0))
        )
    }

    /// Whether a pod is too young for the measurement, or has not even started.
    private func isUnseen(_ task: Int, _ usage: NodeUsage, _ session: Session) -> Bool {
        let state = session.tasks[task]
        if state.isAssumed || state.status == .bound { return true }
        guard state.status == .running, let started = session.loads[task]?.started else { return false }
        let now = session.now ?? usage.time
        return now.secondsSinceEpoch - started.secondsSinceEpoch < interval
    }
}

extension Session {
    /// The CPU and memory that a pod asks for.
    func basicRequest(of task: Int) -> (cpu: Int64, memory: Int64) {
        var (cpu, memory): (Int64, Int64) = (0, 0)
        for index in amounts.range(of: tasks[task].request) {
            let entry = amounts.entries[index]
            if entry.column == ResourceTable.cpu { cpu = entry.amount }
            if entry.column == ResourceTable.memory { memory = entry.amount }
        }
        return (cpu, memory)
    }
}
