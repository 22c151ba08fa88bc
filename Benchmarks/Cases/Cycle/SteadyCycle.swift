import ClusterModel
import SchedulingPolicy
import SyntheticClusters

extension BenchmarkCase {
    /// A session in the steady state: gangs leave, gangs come, a cycle decides.
    static let steadyCycle = BenchmarkCase(
        "cycle/steady", "at 90 %: each round about 100 pods leave and as many come, then a cycle"
    ) { settings in
        var measurements: [Measurement] = []
        for nodes in settings.growingNodes {
            // Half of the gangs run at first: 90 % of the cluster.
            var recipe = SyntheticCluster.mixed(nodes: nodes)
            recipe.pending = .percentOfCapacity(180)
            var run = try SteadyRun(SessionWorkload(recipe, seed: settings.seed), seed: settings.seed)
            let rounds = settings.size(1_000, quick: 20)
            try run.rounds(rounds, pods: 100)
            var changing: [Sample] = []
            var whole: [Sample] = []
            var cycles: [[Double]] = []
            for _ in 0..<settings.count(atMost: 5) {
                run.changing = Sample()
                run.deciding = Sample()
                cycles.append(try run.rounds(rounds, pods: 100).sorted())
                changing.append(run.changing)
                var elapsed = run.changing.elapsed
                elapsed += run.deciding.elapsed
                whole.append(Sample(operations: run.deciding.operations, elapsed: elapsed))
            }
            func quantile(_ part: Double) -> [Double] {
                cycles.map { $0[min($0.count - 1, Int(part * Double($0.count)))] }
            }
            let conditions = "\(nodes) nodes, \(run.runningPods) pods run"
            measurements += [
                .cost("a pod leaves, one comes, one is decided", conditions, whole),
                .cost("a pod comes or leaves", conditions, changing),
                Measurement(
                    "p50 of a cycle", conditions, unit: .nanoseconds, better: .lower, values: quantile(0.5)),
                Measurement(
                    "p99 of a cycle", conditions, unit: .nanoseconds, better: .lower, values: quantile(0.99)),
            ].map { $0.growing(.nodes, nodes) }
            measurements.append(
                .figure(
                    "part of the pods decided that were bound", conditions,
                    Double(run.bound) / Double(max(1, run.arrived)), unit: .ratio, better: .none))
        }
        return measurements
    }

    /// A cycle in which nothing has changed while thousands of gangs wait.
    static let idleCycle = BenchmarkCase(
        "cycle/idle", "a cycle in which nothing has changed, while gangs wait that have no room"
    ) { settings in
        var measurements: [Measurement] = []
        for nodes in settings.growingNodes {
            var recipe = SyntheticCluster.mixed(nodes: nodes)
            recipe.pending = .pods(10 * nodes)
            let workload = SessionWorkload(recipe, seed: settings.seed)
            let session = try workload.loadedSession()
            let waiting = workload.pods.count - session.settle()
            let conditions = "\(nodes) nodes, \(waiting) pods wait"
            var samples: [Sample] = []
            for number in 0...settings.count(atMost: 5) {
                let sample = Sample.of {
                    _ = session.runCycle()
                    return waiting
                }
                if number > 0 { samples.append(sample) }
            }
            let whole = samples.map { Sample(operations: 1, elapsed: $0.elapsed) }
            measurements += [
                .cost("a waiting pod", conditions, samples).growing(.nodes, nodes),
                .cost("the cycle", conditions, whole),
            ]
        }
        return measurements
    }
}

/// Gangs that come to a session and leave it, so that it stays equally full.
struct SteadyRun {
    private let workload: SessionWorkload
    private let session: Session
    /// By gang, which others ask for the same.
    private let kinds: [Int]
    private let gangOfPod: [ObjectKey: Int]
    /// Gangs that run, by kind, and gangs that are not there.
    private var running: [[Int]]
    private var outside: [Int]
    /// By kind, the pods that have left beyond those that have come.
    private var room: [Int]
    private var unconfirmed: [ObjectKey] = []
    private var random: SeededGenerator
    /// Pods that run.
    private(set) var runningPods = 0
    /// Pods that have come and pods that were bound, from the first round on.
    private(set) var arrived = 0
    private(set) var bound = 0
    /// What changes have taken, per pod that left or came.
    var changing = Sample()
    /// What cycles have taken, per pod that came.
    var deciding = Sample()

    init(_ workload: SessionWorkload, seed: UInt64) throws {
        self.workload = workload
        session = try workload.session()
        var templates: [Pod] = []
        kinds = workload.members.map { members in
            let pod = workload.pods[members.lowerBound]
            if let known = templates.firstIndex(where: { GangWorkload.asksTheSame($0, pod) }) { return known }
            templates.append(pod)
            return templates.count - 1
        }
        var gangOfPod: [ObjectKey: Int] = [:]
        for (gang, members) in workload.members.enumerated() {
            for pod in workload.pods[members] { gangOfPod[pod.key] = gang }
        }
        self.gangOfPod = gangOfPod
        running = [[Int]](repeating: [], count: templates.count)
        room = [Int](repeating: 0, count: templates.count)
        random = SeededGenerator(seed: seed)
        let half = workload.groups.count / 2
        outside = Array(half..<workload.groups.count)
        for gang in 0..<half { try workload.arrive(gang, session) }
        note(session.runCycle().binds)
        bound = 0
    }

    /// Lets gangs leave and come, and decides, so many times; returns how long each cycle took, in nanoseconds.
    @discardableResult
    mutating func rounds(_ count: Int, pods: Int) throws -> [Double] {
        var latencies: [Double] = []
        latencies.reserveCapacity(count)
        for _ in 0..<count {
            let (arriving, leaving) = draw(pods: pods)
            let (workload, session, confirmed) = (workload, session, unconfirmed)
            let came = arriving.reduce(0) { $0 + workload.members[$1].count }
            let left = leaving.reduce(0) { $0 + workload.members[$1].count }
            changing += try Sample.of {
                for key in confirmed { session.confirmBind(key) }
                for gang in leaving { workload.leave(gang, session) }
                for gang in arriving { try workload.arrive(gang, session) }
                return came + left
            }
            var binds: [CycleResult.Bind] = []
            let decided = Sample.of {
                binds = session.runCycle().binds
                return came
            }
            deciding += decided
            latencies.append(decided.elapsed.wall * 1e9)
            arrived += came
            runningPods -= left
            outside += leaving
            unconfirmed.removeAll(keepingCapacity: true)
            note(binds)
        }
        return latencies
    }

    /// Draws gangs to come, and of the same kinds gangs to leave: about as many pods.
    private mutating func draw(pods: Int) -> (arriving: [Int], leaving: [Int]) {
        var arriving: [Int] = []
        var leaving: [Int] = []
        var count = 0
        while count < pods, !outside.isEmpty {
            let gang = Self.takeAny(of: &outside, using: &random)
            let kind = kinds[gang]
            arriving.append(gang)
            count += workload.members[gang].count
            room[kind] -= workload.members[gang].count
            while room[kind] < 0, !running[kind].isEmpty {
                let leaver = Self.takeAny(of: &running[kind], using: &random)
                leaving.append(leaver)
                room[kind] += workload.members[leaver].count
            }
        }
        return (arriving, leaving)
    }

    private static func takeAny(of gangs: inout [Int], using random: inout SeededGenerator) -> Int {
        gangs.swapAt(random.integer(in: 0...(gangs.count - 1)), gangs.count - 1)
        return gangs.removeLast()
    }

    /// Takes note of what a cycle has bound; a gang's pods are bound together, one after the other.
    private mutating func note(_ binds: [CycleResult.Bind]) {
        var last: Int?
        for bind in binds {
            unconfirmed.append(bind.pod)
            guard let gang = gangOfPod[bind.pod], gang != last else { continue }
            running[kinds[gang]].append(gang)
            last = gang
        }
        runningPods += binds.count
        bound += binds.count
    }
}
