import Allocator
import ClusterModel
import SchedulingPolicy
import SyntheticClusters

/// A small case whose instructions and allocations are counted, not timed: the counts do not depend on the machine's
/// mood, so that a limit on them can stop a change.
struct GateCase: Sendable {
    let name: String
    /// Sets up, and returns what is counted: it says how many operations it did.
    let prepare: @Sendable () throws -> () -> Int

    private static let seed: UInt64 = 42

    static let all: [GateCase] = [
        GateCase(name: "place/uniform") { try placingAgain(.uniform(nodes: 300)) },
        GateCase(name: "place/mixed") { try placingAgain(.mixed(nodes: 1_000)) },
        GateCase(name: "place/mixed, new allocator") {
            let workload = try GangWorkload(.mixed(nodes: 1_000), seed: seed)
            var placer = workload.indexedPlacer()
            return { placer.place(workload.gangs) }
        },
        GateCase(name: "refuse") {
            let workload = try GangWorkload(.mixed(nodes: 1_000), seed: seed)
            var placer = workload.indexedPlacer()
            placer.fill(workload.templates.indices)
            let gangs = workload.templates.indices.map { GangWorkload.Gang(template: $0, size: 8) }
            return {
                for _ in 0..<50 { _ = placer.place(gangs) }
                return 50 * gangs.count
            }
        },
        GateCase(name: "rollback") {
            let workload = try GangWorkload(.uniform(nodes: 300), seed: seed)
            var placer = workload.indexedPlacer()
            placer.fill([0])
            placer.giveBack(downTo: placer.journal.count - 7)
            let gang = GangWorkload.Gang(template: 0, size: 8)
            _ = placer.attempt(gang)
            return {
                for _ in 0..<200 { _ = placer.attempt(gang) }
                return 200
            }
        },
        GateCase(name: "place/exclusive") { placingExclusively(pods: 1_000, nodes: 5_000) },
        GateCase(name: "load") {
            let input = LoadInput(nodes: 100, podsPerNode: 10)
            return {
                // The amounts are far from an overflow.
                guard (try? input.build()) != nil else { return 0 }
                return input.pods.count
            }
        },
        GateCase(name: "cycle/full-policy, new session") {
            let workload = cycleWorkload
            let session = try workload.loadedSession()
            return {
                _ = session.runCycle()
                return workload.pods.count
            }
        },
        GateCase(name: "cycle/full-policy, session in use") {
            try decidingAgain(cycleWorkload)
        },
        GateCase(name: "cycle/steady") {
            var recipe = SyntheticCluster.mixed(nodes: 200)
            recipe.pending = .percentOfCapacity(180)
            var run = try SteadyRun(SessionWorkload(recipe, seed: seed), seed: seed)
            try run.rounds(20, pods: 100)
            let before = run.arrived
            return {
                // The amounts are far from an overflow.
                _ = try? run.rounds(20, pods: 100)
                return run.arrived - before
            }
        },
        GateCase(name: "cycle/idle") {
            let workload = cycleWorkload
            let session = try workload.loadedSession()
            let waiting = workload.pods.count - session.settle()
            return {
                _ = session.runCycle()
                return waiting
            }
        },
        GateCase(name: "session, a pod comes and leaves") {
            let input = LoadInput(nodes: 100, podsPerNode: 10)
            let session = try input.session()
            let pods = input.further(1_000, seed: seed)
            func comeAndLeave() {
                let pods = pods.span
                // The amounts are far from an overflow.
                for index in pods.indices { try? session.update(pods[index]) }
                for index in pods.indices { session.removePod(pods[index].key) }
            }
            comeAndLeave()
            return {
                comeAndLeave()
                return pods.count
            }
        },
    ]

    /// Places pods that exclude each other by a mark, each on a node of its own.
    private static func placingExclusively(pods: Int, nodes: Int) -> () -> Int {
        var allocator = IndexedAllocator(filters: [.podCount], kernels: [.mostAllocated(weight: 1)])
        for number in 0..<nodes {
            allocator.addNode(
                Node(
                    name: "node-\(100_000 + number)",
                    allocatable: [.cpu: 64_000, .memory: 1 << 38, .pods: 110]))
        }
        let mark = allocator.makeMark(refusal: "node(s) didn't have free ports for the requested pod ports")
        let pod = Pod(key: ObjectKey(namespace: "", name: "pod"), requests: [.cpu: 8_000, .memory: 1 << 33])
        let shape = allocator.intern(pod, avoiding: [mark], requiring: [])
        _ = allocator.bestNode(for: shape)
        return {
            for _ in 0..<pods {
                guard let place = allocator.bestNode(for: shape) else { return 0 }
                allocator.take(place, for: shape)
                allocator.setMark(mark, on: place.node, to: true)
            }
            return pods
        }
    }

    /// Decides gangs in a session that has decided them before.
    private static func decidingAgain(_ workload: SessionWorkload) throws -> () -> Int {
        let session = try workload.loadedSession()
        _ = session.runCycle()
        workload.leaveAll(session)
        try workload.arriveAll(session)
        return {
            _ = session.runCycle()
            return workload.pods.count
        }
    }

    private static var cycleWorkload: SessionWorkload {
        var recipe = SyntheticCluster.mixed(nodes: 200)
        recipe.pending = .pods(2_000)
        return SessionWorkload(recipe, seed: seed)
    }

    /// Places the gangs of a recipe by an allocator that has placed them before.
    private static func placingAgain(_ recipe: SyntheticCluster) throws -> () -> Int {
        let workload = try GangWorkload(recipe, seed: seed)
        var placer = workload.indexedPlacer()
        _ = placer.place(workload.gangs)
        placer.giveBack(downTo: 0)
        return { placer.place(workload.gangs) }
    }
}

/// The function between whose beginning and end callgrind counts: `--toggle-collect=*GateSection*`.
enum GateSection {
    @inline(never)
    static func count(_ body: () -> Int) -> Int { body() }
}
