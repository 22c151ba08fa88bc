import Allocator
import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Inside nodes, too, nobody leaves in vain") struct InVainPropertyTests {
    private static let actions = ["preempt", "reclaim", "gangpreempt", "gangreclaim", "preempt, reclaim"]

    private static func configuration(
        _ kind: StarvingWorld.Kind, _ actions: String, _ compatibility: Compatibility = .gangwright
    ) -> SchedulerConfiguration {
        let plugins =
            switch kind {
            case .numa: ["numa-aware", "gpu-topology"]
            case .virtual: ["deviceshare deviceshare.VGPUEnable=true"]
            case .parts: ["deviceshare deviceshare.gpuParts=true"]
            }
        return policy(
            compatibility, actions: "allocate, \(actions)", ["priority", "gang", "conformance"],
            // What a queue deserves is another when others want something: only those who take back need that.
            (actions.contains("reclaim") ? ["predicates", "proportion"] : ["predicates"]) + plugins)
    }

    @Test(
        "whoever is evicted for a gang makes room in which it comes to run",
        arguments: StarvingWorld.Kind.allCases)
    func comesToRun(kind: StarvingWorld.Kind) throws {
        var evictions = 0
        for seed in Seeds.forVariant(0, of: 1, count: 60) {
            let actions = Self.actions[Int(seed) % Self.actions.count]
            var history = try History(kind, seed, Self.configuration(kind, actions))
            for _ in 0..<3 { try history.playEpisode() }
            evictions += history.evictions
        }
        #expect(evictions > 10 || Seeds.first(2).count == 1, "hardly anybody left: \(evictions)")
    }

    @Test("Volcano's actions over-commit no card either, and both allocators let the same pods go")
    func volcano() throws {
        var evictions = 0
        for kind in [StarvingWorld.Kind.parts, .virtual, .numa] {
            for seed in Seeds.forVariant(0, of: 1, count: 25) {
                let actions = Self.actions[Int(seed) % Self.actions.count]
                var history = try History(kind, seed, Self.configuration(kind, actions, .volcano))
                for _ in 0..<3 { try history.playEpisode() }
                evictions += history.evictions
            }
        }
        #expect(evictions > 10 || Seeds.first(2).count == 1, "hardly anybody left: \(evictions)")
    }
}

/// A cluster's life, with both allocators.
private struct History {
    var world: StarvingWorld
    let sessions: [Session]
    let configuration: SchedulerConfiguration
    let hint: String
    /// While victims leave, exporters are late.
    private var isFollowing = false
    /// How many pods have left for a gang that starved.
    private(set) var evictions = 0

    init(_ kind: StarvingWorld.Kind, _ seed: UInt64, _ configuration: SchedulerConfiguration) throws {
        world = StarvingWorld(kind, seed: seed)
        let snapshot = world.snapshot
        sessions = try [AllocatorKind.indexed, .reference].map { allocator in
            try Session(
                snapshot: snapshot, configuration: configuration,
                options: SessionOptions(allocator: allocator))
        }
        self.configuration = configuration
        hint = "\(kind.rawValue), replay it alone with GANGWRIGHT_SEED=\(seed)"
    }

    private var isOurs: Bool { configuration.compatibility == .gangwright }

    /// Fills the cluster, makes holes, and lets a gang arrive.
    mutating func playEpisode() throws {
        for _ in 0..<world.random.integer(in: 4...9) {
            try addGang(
                world.random.choice(["low", "middle"]), queue: world.random.choice(["a", "b"]), isLarge: false
            )
        }
        for _ in 0..<3 { try remove(runCycle().evictions.map(\.pod.name)) }
        try removeWaiting()
        try remove(world.pods.keys.sorted().filter { _ in world.random.chance(1, in: 4) })
        try publish()
        _ = try runCycle()
        let starving = try addGang("high", queue: world.random.choice(["a", "c"]), isLarge: true)
        let result = try runCycle()
        if !result.evictions.isEmpty {
            try follow(result, for: starving)
        }
        try removeWaiting()
        try publish()
    }

    /// Lets the victims go, and looks whether the gang comes to run.
    private mutating func follow(_ first: CycleResult, for gang: PodGroup) throws {
        evictions += first.evictions.count
        isFollowing = true
        defer { isFollowing = false }
        let victims = first.evictions.map(\.pod.name)
        try checkThatAllAreNeeded(first, gang)
        for name in victims {
            world.pods[name]?.isTerminating = true
            if let pod = world.pods[name] { for session in sessions { try session.update(pod) } }
        }
        // Whoever comes now takes nothing of what has been promised.
        if isOurs, world.namesPods || world.kind != .numa, world.random.chance(1, in: 2) {
            let isShared = configuration.actions.contains { $0 == .reclaim || $0 == .gangreclaim }
            try addGang("low", queue: isShared ? gang.queue : "b", isLarge: false, preemptsNever: true)
        }
        try expectPeace("while they leave")
        let some = victims.filter { _ in world.random.chance(1, in: 2) }
        try remove(some)
        if world.random.chance(1, in: 2) { try publish() }
        try expectPeace("when some have left")
        try remove(victims.filter { !some.contains($0) })
        try expectPeace("before anybody has heard of it")
        try publish()
        _ = try runCycle()
        let running = world.pods.values.count { $0.podGroup == gang.key.name && $0.nodeName != nil }
        if isOurs {
            #expect(
                running >= max(1, gang.minMember), "\(hint): \(victims) left in vain for \(gang.key.name)")
        }
    }

    private mutating func expectPeace(_ moment: String) throws {
        let result = try runCycle()
        if isOurs { #expect(result.evicted == [], "\(hint): more leave \(moment)") }
        try remove(isOurs ? [] : result.evicted)
    }

    /// For a pod alone nobody leaves but those without whom it has no place.
    private func checkThatAllAreNeeded(_ result: CycleResult, _ gang: PodGroup) throws {
        let waiting = world.pods.values.count { $0.podGroup == gang.key.name }
        if !isOurs || waiting > 1 { return }
        let evicted = Set(result.evicted)
        for name in result.evicted {
            guard let group = world.pods[name]?.podGroup else { continue }
            let members = world.pods.values.filter { $0.podGroup == group && $0.nodeName != nil }
            let isBroken =
                members.allSatisfy { evicted.contains($0.key.name) }
                && (world.gangs[group]?.minMember ?? 0) > 0
            if isBroken { continue }
            var without = world
            for other in evicted where other != name { without.pods[other] = nil }
            _ = without.publish()
            let again = try Session(snapshot: without.snapshot, configuration: configuration).runCycle()
            #expect(again.binds.isEmpty, "\(hint): \(name) need not have left for \(gang.key.name)")
        }
    }

    // MARK: Steps

    @discardableResult
    private mutating func addGang(
        _ rank: String, queue: String, isLarge: Bool, preemptsNever: Bool = false
    ) throws -> PodGroup {
        let (group, pods) = world.addGang(
            rank, queue: queue, isLarge: isLarge, preemptsNever: preemptsNever)
        for session in sessions {
            try session.apply(.podGroup(group))
            for pod in pods { try session.update(pod) }
        }
        return group
    }

    private mutating func remove(_ names: [String]) throws {
        for name in names {
            guard let pod = world.pods[name] else { continue }
            world.pods[name] = nil
            for session in sessions { session.removePod(pod.key) }
        }
        if !world.namesPods, !isOurs || !isFollowing { try publish() }
    }

    private mutating func removeWaiting() throws {
        try remove(world.pods.values.filter { $0.nodeName == nil }.map(\.key.name).sorted())
    }

    private mutating func publish() throws {
        for object in world.publish() {
            for session in sessions { try session.apply(.numatopology(object)) }
        }
    }

    /// Runs a cycle, and binds what is to be bound.
    private mutating func runCycle() throws -> CycleResult {
        let results = sessions.map { $0.runCycle() }
        let comment = Comment(rawValue: hint)
        #expect(results[0].binds == results[1].binds, comment)
        #expect(results[0].evictions == results[1].evictions, comment)
        #expect(results[0].promised == results[1].promised, comment)
        for session in sessions { #expect(session.audit() == [], comment) }
        for bind in results[0].binds {
            guard let pod = world.bind(bind) else { continue }
            for session in sessions { try session.update(pod) }
        }
        // Of an exporter that names no pods nobody can tell which it knows of, unless it hears of all at once.
        if !world.namesPods, !results[0].binds.isEmpty { try publish() }
        #expect(world.overuse == [], comment)
        for session in sessions { session.closeCycle() }
        let anew = try Session(snapshot: world.snapshot, configuration: configuration)
        #expect(anew.pinLedger == sessions[0].pinLedger, comment)
        #expect(anew.cardLedger == sessions[0].cardLedger, comment)
        return results[0]
    }
}
