import Allocator
import SyntheticClusters

extension BenchmarkCase {
    /// The steady state: gangs leave, gangs come, each is decided when it comes.
    static let churn = BenchmarkCase(
        "churn", "steady state at 90 %: gangs leave and come, one decision at a time; gangs of 8"
    ) { settings in
        var measurements: [Measurement] = []
        for nodes in settings.growingNodes {
            var recipe = SyntheticCluster.mixed(nodes: nodes)
            recipe.pending = .percentOfCapacity(90)
            var run = ChurnRun(try GangWorkload(recipe, seed: settings.seed), seed: settings.seed)
            _ = run.decisions(settings.size(20_000, quick: 200))
            var latencies: [[Double]] = []
            var leaving: [Sample] = []
            for _ in 0..<settings.count(atMost: 5) {
                run.leaving = Sample()
                latencies.append(run.decisions(settings.size(20_000, quick: 200)).sorted())
                leaving.append(run.leaving)
            }
            func quantile(_ part: Double) -> [Double] {
                latencies.map { $0[min($0.count - 1, Int(part * Double($0.count)))] }
            }
            let variant = "gang of 8, \(nodes) nodes"
            let target: Double? = nodes == settings.nodes ? 50_000 : nil
            measurements += [
                Measurement(
                    "p50", variant, unit: .nanoseconds, better: .lower, values: quantile(0.5)
                ).growing(.nodes, nodes),
                Measurement(
                    "p99", variant, unit: .nanoseconds, better: .lower, values: quantile(0.99), target: target
                ).growing(.nodes, nodes),
                // The longest decision of all says more about the machine than about us.
                Measurement("longest", variant, unit: .nanoseconds, better: .none, values: quantile(1)),
                .cost("a pod leaves", "\(nodes) nodes", leaving).growing(.nodes, nodes),
            ]
        }
        return measurements
    }
}

/// Gangs that come and go on a cluster that stays equally full.
private struct ChurnRun {
    private struct Running {
        let size: Int
        let places: [Placement]
    }

    private let workload: GangWorkload
    private var allocator: IndexedAllocator
    private let shapes: [ShapeID]
    private var running: [[Running]]
    /// By template, the pods that have left beyond those that have come.
    private var room: [Int]
    private var random: SeededGenerator
    private var places: [Placement] = []
    /// How long it took pods to leave.
    var leaving = Sample()

    init(_ workload: GangWorkload, seed: UInt64) {
        self.workload = workload
        let placer = workload.indexedPlacer()
        allocator = placer.allocator
        shapes = placer.shapes
        running = [[Running]](repeating: [], count: workload.templates.count)
        room = [Int](repeating: 0, count: workload.templates.count)
        random = SeededGenerator(seed: seed)
        places.reserveCapacity(512)
        for gang in workload.gangs { _ = decide(gang) }
    }

    /// Lets gangs come until so many of eight pods have been placed; returns how long each of these took, in nanoseconds.
    mutating func decisions(_ count: Int) -> [Double] {
        var latencies: [Double] = []
        latencies.reserveCapacity(count)
        while latencies.count < count {
            let gang = random.choice(workload.gangs)
            makeRoom(for: gang)
            guard let nanoseconds = decide(gang) else { continue }
            room[gang.template] -= gang.size
            if gang.size == 8 { latencies.append(nanoseconds) }
        }
        return latencies
    }

    /// Lets gangs of the same template leave, drawn at random, so that as many pods leave as come.
    private mutating func makeRoom(for gang: GangWorkload.Gang) {
        let shape = shapes[gang.template]
        while room[gang.template] < gang.size, !running[gang.template].isEmpty {
            let last = running[gang.template].count - 1
            running[gang.template].swapAt(random.integer(in: 0...last), last)
            let leaver = running[gang.template].removeLast()
            leaving += Sample.of {
                for place in leaver.places { allocator.giveBack(place, for: shape) }
                return leaver.size
            }
            room[gang.template] += leaver.size
        }
    }

    /// Places a gang whole; says how long it took, `nil` if there was no room.
    private mutating func decide(_ gang: GangWorkload.Gang) -> Double? {
        let shape = shapes[gang.template]
        places.removeAll(keepingCapacity: true)
        var isPlaced = true
        let start = ContinuousClock.now
        for _ in 0..<gang.size {
            guard let place = allocator.bestNode(for: shape) else {
                isPlaced = false
                break
            }
            allocator.take(place, for: shape)
            places.append(place)
        }
        let elapsed = ContinuousClock.now - start
        if !isPlaced {
            for place in places.reversed() { allocator.giveBack(place, for: shape) }
            return nil
        }
        running[gang.template].append(Running(size: gang.size, places: places))
        return elapsed.seconds * 1e9
    }
}
