import Allocator
import ClusterModel
import Foundation
import SchedulingLoop
import SchedulingPolicy
import TestSupport
import Testing

/// What many hours of a cluster come to under a configuration, and every rule that was broken on the way.
private struct Soak {
    private(set) var world: SoakWorld
    private(set) var broken: [String] = []
    /// Evictions after which the gang that they were for did not run.
    private(set) var vain: [String] = []
    /// Evictions in order: when, whose pods, for whom.
    private(set) var evictions: [(at: Int64, victim: ObjectKey, preemptor: ObjectKey)] = []
    /// What was said of gangs in the last cycle.
    private(set) var reasons: [String] = []
    private let loop: SchedulingLoop
    private let configuration: SchedulerConfiguration
    private var cycle = 0
    /// Gangs that others were evicted for, until they run.
    private var owed: [ObjectKey: Int64] = [:]

    init(_ plan: SoakWorld.Plan, _ configuration: SchedulerConfiguration, queues: [Queue]) throws {
        world = SoakWorld(plan, queues: queues)
        self.configuration = configuration
        loop = try SchedulingLoop(snapshot: world.snapshot, configuration: configuration)
    }

    /// Lets so many hours pass.
    mutating func run(hours: Double, arrivals: Bool) throws {
        for _ in 0..<Int(hours * 3_600) / Int(SoakWorld.tick) {
            try step(arrivals: arrivals)
            if broken.count > 5 { return }
        }
    }

    /// Lets time pass without arrivals until nothing is left, for so many hours at most.
    mutating func drain(hours: Double) throws {
        var left = Int(hours * 3_600) / Int(SoakWorld.tick)
        while !world.gangs.isEmpty, left > 0, broken.count <= 5 {
            try step(arrivals: false)
            left -= 1
        }
    }

    private mutating func step(arrivals: Bool) throws {
        for change in world.step(arrivals: arrivals) { try loop.receive(.change(change), at: world.time) }
        cycle += 1
        let before = world.gangs.keys.filter { world.running($0) >= world.gangs[$0]?.minimum ?? 0 }
        let result = loop.runCycle(at: world.time)
        reasons = result.podGroups.map { "\($0.key) \($0.placed)/\($0.minMember) \($0.phase): \($0.message)" }
        for difference in loop.audit() { note(difference) }
        checkQueues(result)
        for input in world.bind(result) { try loop.receive(input, at: world.time) }
        for input in world.evict(result) { try loop.receive(input, at: world.time) }
        for key in before where result.evictions.contains(where: { gang(of: $0.pod) == key }) {
            let left = world.running(key)
            if left > 0, left < world.gangs[key]?.minimum ?? 0 { note("\(key) is left with \(left) pods") }
        }
        noteEvictions(result)
        checkNodes()
        if cycle % 40 == 0 { try compareWithFresh() }
    }

    private mutating func note(_ text: String) { broken.append("cycle \(cycle): \(text)") }

    private func gang(of pod: ObjectKey) -> ObjectKey {
        let name = pod.name.split(separator: "-").dropLast().joined(separator: "-")
        return ObjectKey(namespace: pod.namespace, name: name)
    }

    /// Nodes carry no more than they have.
    private mutating func checkNodes() {
        var ledger = NodeLedger()
        for pod in world.snapshot.pods { if let node = pod.nodeName { ledger.add(pod, to: node) } }
        for excess in ledger.excesses(over: NodeLedger(), on: world.snapshot.nodes) { note(excess) }
    }

    /// What queues are said to hold is what their pods ask for.
    private mutating func checkQueues(_ result: CycleResult) {
        let given = Set(result.binds.map(\.pod) + result.pipelined.map(\.pod))
        let evicted = Set(result.evictions.map(\.pod))
        var held: [String: Int64] = [:]
        for pod in world.snapshot.pods {
            let isThere = pod.nodeName != nil && !pod.isTerminating && !evicted.contains(pod.key)
            guard isThere || given.contains(pod.key), let queue = world.gangs[gang(of: pod.key)]?.queue else {
                continue
            }
            held[queue, default: 0] += pod.requests[.nvidiaGPU] ?? 0
        }
        for queue in result.queues where queue.allocated[.nvidiaGPU] ?? 0 != held[queue.name] ?? 0 {
            note("\(queue.name) is said to hold \(queue.allocated), and holds \(held[queue.name] ?? 0) GPUs")
        }
    }

    /// Nobody leaves in vain, and no two gangs take turns.
    private mutating func noteEvictions(_ result: CycleResult) {
        for eviction in result.evictions {
            guard let preemptor = eviction.preemptor else { continue }
            let victim = gang(of: eviction.pod)
            let horizon = world.now - 300 * SoakWorld.tick
            let isTurn = evictions.contains {
                $0.at > horizon && $0.at < world.now && $0.victim == preemptor && $0.preemptor == victim
            }
            if isTurn { note("\(victim) and \(preemptor) evict each other") }
            evictions.append((world.now, victim, preemptor))
            owed[preemptor] = owed[preemptor] ?? world.now
        }
        for (key, since) in owed {
            guard let gang = world.gangs[key] else {
                owed[key] = nil
                continue
            }
            if gang.runsSince != nil {
                owed[key] = nil
            } else if world.now > since + 2 * SoakWorld.grace {
                // A node that was lost since, or somebody more important of its queue, has come between.
                if world.lastFailure < since, gang.lastLoss < since, !isOvertaken(key, since: since) {
                    vain.append("cycle \(cycle): pods left for \(key), which does not run a minute later")
                }
                owed[key] = nil
            }
        }
    }

    /// Whether a more important gang of the same queue has started since.
    private func isOvertaken(_ key: ObjectKey, since: Int64) -> Bool {
        func priority(_ key: ObjectKey) -> Int32 {
            let name = world.snapshot.podGroups.first { $0.key == key }?.priorityClassName ?? ""
            return world.snapshot.priorityClasses.first { $0.name == name }?.value ?? 0
        }
        return world.gangs.contains { other, gang in
            gang.queue == world.gangs[key]?.queue && (gang.firstStart ?? 0) >= since
                && priority(other) > priority(key)
        }
    }

    /// The books of a scheduler that begins now are those of one that has lived for long.
    private mutating func compareWithFresh() throws {
        // Any news closes the cycle, and gives back what is only held.
        try loop.receive(.bound(ObjectKey(namespace: testNamespace, name: "nobody")), at: world.time)
        let fresh = try SchedulingLoop(snapshot: world.snapshot, configuration: configuration)
        let (old, new) = (loop.cluster, fresh.cluster)
        for node in world.snapshot.nodes {
            guard let left = old.index(ofNode: node.name), let right = new.index(ofNode: node.name) else {
                note("\(node.name) is missing")
                continue
            }
            for (column, name) in new.resources.names.enumerated() {
                guard let mine = old.resources.column(name) else { continue }
                if old.idle[mine][left] != new.idle[column][right]
                    || old.futureIdle[mine][left] != new.futureIdle[column][right]
                    || old.requested[mine][left] != new.requested[column][right]
                {
                    note("\(node.name) has other books of \(name) than a scheduler that begins now")
                }
            }
        }
    }

    /// The longest that a gang has waited for its first start, those that still wait included, in seconds.
    var longestWait: Int64 {
        let waits = (world.ended + world.gangs.values).map { ($0.firstStart ?? world.now) - $0.arrived }
        return waits.max() ?? 0
    }

    /// How often the same gang has left for the same other one, at most: a cycle of evictions would make it many times.
    var mostTurns: Int {
        var turns: [[ObjectKey]: Set<Int64>] = [:]
        for eviction in evictions {
            turns[[eviction.victim, eviction.preemptor], default: []].insert(eviction.at)
        }
        return turns.values.map(\.count).max() ?? 0
    }

    var mostEvictions: Int {
        (world.ended + world.gangs.values).map { $0.evictions / max(1, $0.size) }.max() ?? 0
    }
}

@Suite("Over many hours of a cluster") struct SoakTests {
    private static let ours = """
        compatibility: gangwright
        actions: "enqueue, allocate, preempt, reclaim, backfill"
        tiers:
        - plugins: [{name: sla, arguments: {sla-waiting-time: 2h}}, {name: priority}, {name: gang}]
        - plugins: [{name: predicates}, {name: capacity}, {name: nodeorder}, {name: binpack}]
        configurations:
        - name: allocate
          arguments: {reserveAfter: 20m}
        """
    private static let volcano = """
        compatibility: volcano
        actions: "enqueue, allocate, backfill"
        tiers:
        - plugins: [{name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: drf}, {name: predicates}, {name: nodeorder}, {name: binpack}]
        """

    private static func configuration(_ text: String) throws -> SchedulerConfiguration {
        try #require(SchedulerConfiguration.read(Array(text.utf8), file: "soak").0)
    }

    private static let queues = [
        Queue(name: "a", deserved: [.nvidiaGPU: 32, .cpu: 256_000]),
        Queue(name: "b", weight: 2, deserved: [.nvidiaGPU: 16, .cpu: 128_000]), Queue(name: "c"),
    ]

    /// Hours of virtual time: `GANGWRIGHT_HOURS`, or a few.
    private static let hours =
        ProcessInfo.processInfo.environment["GANGWRIGHT_HOURS"].flatMap { Double($0) } ?? 1

    @Test(
        "the books stay right, no gang is broken in part, nobody leaves in vain, no two take turns, and in the end all gangs end",
        arguments: ["our default", "capacity, sla and reservations"], [true, false])
    func lasts(name: String, nodesFail: Bool) throws {
        let configuration = name == "our default" ? .default : try Self.configuration(Self.ours)
        for seed in Seeds.first(2) {
            var soak = try Soak(
                SoakWorld.Plan(seed: seed, nodesFail: nodesFail), configuration, queues: Self.queues)
            try soak.run(hours: Self.hours, arrivals: true)
            // One after the other at worst.
            let rest = soak.world.gangs.values.reduce(0) { $0 + $1.runTime }
            try soak.drain(hours: Double(rest) / 3_600 + 1)
            let said =
                "\(name)\(nodesFail ? ", nodes fail" : ""), GANGWRIGHT_SEED=\(seed), "
                + "\(soak.evictions.count) evictions, longest wait \(soak.longestWait) s"
            #expect(soak.broken + soak.vain == [], "\(said)")
            #expect(soak.world.gangs.keys.sorted() == [], "\(said): still there, \(soak.reasons)")
            // A gang in a queue that deserves nothing gives way whenever others need what is theirs: once an hour, say.
            #expect(soak.mostEvictions <= 10 + Int(Self.hours), "\(said)")
            #expect(soak.mostTurns <= 3, "\(said)")
            #expect(
                !soak.evictions.isEmpty || !nodesFail || Self.hours < 4, "\(said): nobody was ever evicted")
        }
    }

    @Test(
        "behind a stream of small gangs that fills the cluster, one that needs all of it starts; under Volcano's policy never",
        .enabled(if: hours >= 8, "it takes minutes: make soak"))
    func stream() throws {
        // A tenth more is asked for than there is, by gangs of equal importance, so that some always wait.
        var plan = SoakWorld.Plan(seed: Seeds.first(1)[0], load: 1.1, nodesFail: false)
        (plan.largest, plan.priorities, plan.wholeEvery) = (1, [""], 3 * 3_600)
        let hours = Self.hours
        /// How long gangs that need the whole cluster have waited, in hours.
        func waits(_ configuration: SchedulerConfiguration) throws -> [Double] {
            var soak = try Soak(plan, configuration, queues: [Queue(name: "a")])
            try soak.run(hours: hours, arrivals: true)
            #expect(soak.broken == [])
            return (soak.world.ended + soak.world.gangs.values).filter { $0.size == SoakWorld.nodeCount }
                .map { Double(($0.firstStart ?? soak.world.now) - $0.arrived) / 3_600 }
        }
        let (ours, theirs) = try (waits(.default), waits(Self.configuration(Self.volcano)))
        // Those that came before it, those that ran then, and ten minutes.
        #expect((ours.max() ?? 99) < 6, "\(ours) hours")
        #expect((theirs.max() ?? 0) > hours - 6, "\(theirs) hours")
    }
}
