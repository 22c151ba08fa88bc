import ClusterModel
import SchedulingLoop
import SchedulingPolicy
import SyntheticClusters
import TestSupport

/// Hours of a training cluster in virtual time: gangs arrive, run and end; nodes fail and come back; pods that are evicted are
/// gone after half a minute, and are made anew.
struct SoakWorld {
    /// What happens how often.
    struct Plan {
        var seed: UInt64
        /// The part of the cluster that arrivals ask for on average: 1 is as much as there is.
        var load = 0.7
        var nodesFail = true
        /// How many pods with a node of their own a gang may have.
        var largest = SoakWorld.nodeCount
        var priorities: [String] = ["low", "", "", "high"]
        /// Seconds from one gang that needs the whole cluster to the next; `nil` for none but by chance.
        var wholeEvery: Int64?
    }

    /// A gang from its arrival to its end.
    struct Gang {
        var arrived: Int64
        var queue: String
        var size: Int
        var minimum: Int
        var runTime: Int64
        /// Since when it has had its minimum; `nil` while it waits.
        var runsSince: Int64?
        var firstStart: Int64?
        var evictions = 0
        var lastLoss: Int64 = 0
    }

    static let nodeCount = 8
    static let gpusPerNode: Int64 = 8
    /// Seconds from one cycle to the next, and from a pod's eviction to its end.
    static let tick: Int64 = 10
    static let grace: Int64 = 30

    private(set) var snapshot = ClusterSnapshot()
    private(set) var gangs: [ObjectKey: Gang] = [:]
    private(set) var ended: [Gang] = []
    private(set) var now: Int64 = 0
    /// When a node was lost last.
    private(set) var lastFailure: Int64 = -1_000_000
    private let plan: Plan
    private var random: SeededGenerator
    private var nextArrival: Int64 = 0
    private var lastWhole: Int64 = 0
    private var leavingUntil: [ObjectKey: Int64] = [:]
    private var failed: [(node: Node, until: Int64)] = []
    private var count = 0

    init(_ plan: Plan, queues: [Queue]) {
        self.plan = plan
        random = SeededGenerator(seed: plan.seed)
        snapshot.queues = queues
        snapshot.priorityClasses = [
            PriorityClass(name: "low", value: -10), PriorityClass(name: "high", value: 100),
        ]
        for number in 0..<Self.nodeCount {
            snapshot.nodes.append(
                .of("node-\(number)", 64_000, memory: 512 * gibibyte, gpus: Self.gpusPerNode))
        }
    }

    var time: LoopTime { LoopTime(Timestamp(secondsSinceEpoch: 1_767_225_600 + now)) }

    private func changed(_ key: ObjectKey) -> ClusterChange? {
        snapshot.pods.first { $0.key == key }.map { .pod($0) }
    }

    // MARK: What happens

    /// Lets a tick pass; says what has changed.
    mutating func step(arrivals: Bool) -> [ClusterChange] {
        now += Self.tick
        var changes = leave() + endGangs()
        if arrivals {
            while nextArrival <= now { changes += arrive() }
        }
        return changes + failNodes(arrivals)
    }

    private mutating func arrive() -> [ClusterChange] {
        count += 1
        let isWhole = plan.wholeEvery.map { now >= lastWhole + $0 } ?? false
        if isWhole { lastWhole = now }
        let isWide = isWhole || random.chance(1, in: 6)
        let perPod: Int64 = isWide ? 8 : random.choice([1, 1, 2, 4, 8])
        let most = isWide ? plan.largest : min(6, 4 * plan.largest)
        let size = isWhole ? Self.nodeCount : random.integer(in: 1...most)
        let minimum = !isWhole && random.chance(1, in: 5) ? random.integer(in: 1...size) : size
        let runTime = Int64(random.integer(in: 1...random.choice([5, 30, 90]))) * 60
        let queue = random.choice(snapshot.queues).name
        let name = "gang-\(count)"
        let created = time.timestamp
        let group = PodGroup.gang(name, min: minimum, queue: queue).with {
            $0.created = created
            $0.priorityClassName = random.choice(plan.priorities)
            if random.chance(1, in: 2) { $0.annotations["gangwright.io/run-time"] = "\(runTime)s" }
        }
        let gang = Gang(arrived: now, queue: queue, size: size, minimum: minimum, runTime: runTime)
        gangs[group.key] = gang
        snapshot.podGroups.append(group)
        let pods = (0..<size).map { number in
            Pod.waiting("\(name)-\(number)", asking: [.cpu: perPod * 4_000, .nvidiaGPU: perPod], of: name)
                .with { $0.created = created }
        }
        snapshot.pods += pods
        let share = Double(Int64(size) * perPod) / Double(Int64(Self.nodeCount) * Self.gpusPerNode)
        let gap = share * Double(runTime) / plan.load * Double(random.integer(in: 0...200)) / 100
        nextArrival += max(1, Int64(gap))
        return [.podGroup(group)] + pods.map { .pod($0) }
    }

    private mutating func endGangs() -> [ClusterChange] {
        var changes: [ClusterChange] = []
        for key in gangs.keys.sorted() {
            guard let gang = gangs[key], let since = gang.runsSince, since + gang.runTime <= now else {
                continue
            }
            for pod in snapshot.pods where pod.podGroup == key.name {
                leavingUntil[pod.key] = nil
                changes.append(.podRemoved(pod.key))
            }
            snapshot.pods.removeAll { $0.podGroup == key.name }
            snapshot.podGroups.removeAll { $0.key == key }
            changes.append(.podGroupRemoved(key))
            ended.append(gang)
            gangs[key] = nil
        }
        return changes
    }

    /// Pods that were told to leave have gone; their controllers make new ones.
    private mutating func leave() -> [ClusterChange] {
        let gone = leavingUntil.filter { $0.value <= now }.keys.sorted()
        return gone.flatMap { renew($0) }
    }

    private mutating func renew(_ key: ObjectKey) -> [ClusterChange] {
        leavingUntil[key] = nil
        guard let index = snapshot.pods.firstIndex(where: { $0.key == key }) else { return [] }
        count += 1
        snapshot.pods[index] = Pod.waiting(
            key.name, asking: snapshot.pods[index].requests, of: snapshot.pods[index].podGroup
        ).with {
            $0.created = time.timestamp
            $0.uid = "\(count)"
        }
        return [.podRemoved(key), .pod(snapshot.pods[index])]
    }

    private mutating func failNodes(_ mayFail: Bool) -> [ClusterChange] {
        var changes: [ClusterChange] = []
        for (node, until) in failed where until <= now || !mayFail {
            snapshot.nodes.append(node)
            changes.append(.node(node))
        }
        failed.removeAll { $0.until <= now || !mayFail }
        guard plan.nodesFail, mayFail, random.chance(1, in: 720), failed.count < 2 else { return changes }
        let node = snapshot.nodes.remove(at: random.integer(in: 0...(snapshot.nodes.count - 1)))
        failed.append((node, now + Int64(random.integer(in: 1...60)) * 60))
        lastFailure = now
        changes.append(.nodeRemoved(node.name))
        for pod in snapshot.pods where pod.nodeName == node.name {
            if let name = pod.podGroup { lose(ObjectKey(namespace: testNamespace, name: name)) }
            changes += renew(pod.key)
        }
        settle()
        return changes
    }

    private mutating func lose(_ key: ObjectKey) { gangs[key]?.lastLoss = now }

    // MARK: What was decided

    /// Pods run where they were bound.
    mutating func bind(_ result: CycleResult) -> [LoopInput] {
        for bind in result.binds {
            guard let index = snapshot.pods.firstIndex(where: { $0.key == bind.pod }) else { continue }
            snapshot.pods[index].nodeName = bind.node
            snapshot.pods[index].phase = .running
            snapshot.pods[index].started = time.timestamp
            snapshot.pods[index].scheduledTime = time.timestamp
        }
        settle()
        return result.binds.flatMap { bind in
            [.bound(bind.pod)] + (changed(bind.pod).map { [.change($0)] } ?? [])
        }
    }

    /// Pods are told to leave, and those that they leave for where they will go.
    mutating func evict(_ result: CycleResult) -> [LoopInput] {
        for eviction in result.evictions {
            guard let index = snapshot.pods.firstIndex(where: { $0.key == eviction.pod }) else { continue }
            snapshot.pods[index].isTerminating = true
            leavingUntil[eviction.pod] = now + Self.grace
            if let gang = snapshot.pods[index].podGroup {
                let key = ObjectKey(namespace: testNamespace, name: gang)
                gangs[key]?.evictions += 1
                lose(key)
            }
        }
        for promise in result.pipelined where promise.waitsFor == .eviction {
            guard let index = snapshot.pods.firstIndex(where: { $0.key == promise.pod }) else { continue }
            snapshot.pods[index].nominatedNodeName = promise.node
        }
        for group in result.podGroups {
            guard let index = snapshot.podGroups.firstIndex(where: { $0.key == group.key }) else { continue }
            snapshot.podGroups[index].phase = group.phase
        }
        settle()
        let touched =
            result.evictions.map(\.pod) + result.pipelined.filter { $0.waitsFor == .eviction }.map(\.pod)
        return touched.compactMap { changed($0).map { .change($0) } }
    }

    /// The pods of a gang that run and stay.
    func running(_ key: ObjectKey) -> Int {
        snapshot.pods.count { $0.podGroup == key.name && $0.nodeName != nil && !$0.isTerminating }
    }

    /// Gangs run once they have their minimum, and begin anew when they have lost it.
    private mutating func settle() {
        for (key, gang) in gangs {
            let isWhole = running(key) >= gang.minimum
            if isWhole, gang.runsSince == nil {
                gangs[key]?.runsSince = now
                if gang.firstStart == nil { gangs[key]?.firstStart = now }
            } else if !isWhole {
                gangs[key]?.runsSince = nil
            }
        }
    }
}
