import ClusterModel
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

private let planning = policy(
    .gangwright, actions: "allocate, preempt, reclaim", ["priority", "gang", "conformance"],
    ["predicates", "proportion"])

private func run(
    _ nodes: [Node], _ gangs: [PodGroup], _ pods: [Pod], queues: [Queue] = []
) throws -> CycleResult { try run(nodes, gangs, pods, queues: queues, planning) }

@Suite("Under gangwright nobody leaves unless what that buys is planned") struct EvictionPlanTests {
    @Test("a gang that cannot spare pods leaves whole, or not at all") func wholeGangs() throws {
        let running = Pod.members(of: "low", 4).map { $0.running(on: $0.key.name < "low-2" ? "n" : "m") }
        let result = try run(
            [.of("n", 2_000), .of("m", 2_000)], [gang("low", min: 4, "low"), gang("high", min: 2, "high")],
            running + Pod.members(of: "high", 2))
        #expect(Set(result.evicted) == ["low-0", "low-1", "low-2", "low-3"])
        #expect(result.promised.count == 2)
    }

    @Test("pods that a gang can spare go before others") func spareFirst() throws {
        let result = try run(
            [.of("n", 4_000)],
            [gang("strict", min: 2, "low"), gang("elastic", min: 1, "middle"), gang("high", min: 1, "high")],
            Pod.members(of: "strict", 2).map { $0.running(on: "n") }
                + Pod.members(of: "elastic", 2).map { $0.running(on: "n") } + Pod.members(of: "high", 1))
        #expect(result.evicted.count == 1)
        #expect(result.evicted[0].hasPrefix("elastic"))
    }

    @Test("the node where the fewest and least important leave is chosen") func fewest() throws {
        let four: ResourceList = [.cpu: 4_000]
        let result = try run(
            [.of("a", 4_000), .of("b", 4_000), .of("c", 4_000)],
            [
                gang("small", min: 0, "low"), gang("large", min: 0, "low"), gang("other", min: 0, "middle"),
                gang("high", min: 1, "high"),
            ],
            Pod.members(of: "small", 4).map { $0.running(on: "a") }
                + Pod.members(of: "large", 1, asking: four).map { $0.running(on: "b") }
                + Pod.members(of: "other", 1, asking: four).map { $0.running(on: "c") }
                + Pod.members(of: "high", 1, asking: four))
        #expect(result.evicted == ["large-0"])
        #expect(result.promised == ["high-0": "b eviction"])
    }

    @Test("of many nodes none is passed over where less important pods, or fewer of them, would leave")
    func cheapestOfMany() throws {
        for seed in Seeds.first(40) {
            var random = SeededGenerator(seed: seed)
            let minimum = random.integer(in: 0...1)
            let wanted = Int64(random.integer(in: 1...4)) * 1_000
            var nodes: [Node] = []
            var gangs = [gang("wanted", min: 1, "high")]
            var pods = Pod.members(of: "wanted", 1, asking: [.cpu: wanted])
            var cheapest: (level: Int, victims: Int)?
            for number in 0..<random.integer(in: 1...40) {
                nodes.append(.of("node-\(number)", 4_000))
                // Of pods of one size, the least important have to leave, as many as it takes.
                let count = [1, 2, 4, 8][random.integer(in: 0...3)]
                let levels = (0..<count).map { _ in random.integer(in: 0...2) }
                for (position, level) in levels.enumerated() {
                    let name = "gang-\(number)-\(position)"
                    gangs.append(gang(name, min: minimum, rankClasses[level].name))
                    pods += Pod.members(of: name, 1, asking: [.cpu: Int64(4_000 / count)])
                        .map { $0.running(on: "node-\(number)") }
                }
                let victims = (Int(wanted) * count + 3_999) / 4_000
                let own = levels.filter { $0 < 2 }.sorted()
                if own.count < victims { continue }
                let cost = (level: own[victims - 1], victims: victims)
                if let known = cheapest, known <= cost { continue }
                cheapest = cost
            }
            let result = try run(nodes, gangs, pods)
            let levels = result.evictions.compactMap { eviction in
                let gang = gangs.first { $0.key.name + "-0" == eviction.pod.name }
                return rankClasses.firstIndex { $0.name == gang?.priorityClassName }
            }
            let name: Comment = "GANGWRIGHT_SEED=\(seed)"
            #expect(levels.count == cheapest?.victims ?? 0, name)
            #expect(levels.max() == cheapest?.level, name)
        }
    }

    @Test("nobody leaves for a gang that does not come together even so") func proven() throws {
        let result = try run(
            [.of("n", 2_000), .of("m", 2_000)],
            [gang("low", min: 0, "low"), gang("same", min: 0, "high"), gang("high", min: 4, "high")],
            Pod.members(of: "low", 2).map { $0.running(on: "n") }
                + Pod.members(of: "same", 2).map { $0.running(on: "m") } + Pod.members(of: "high", 4))
        #expect(result.evicted == [])
    }

    @Test("a gang that other pods rule out says nothing of one that asks for as much") func rules() throws {
        let picky = Pod.members(of: "picky", 1).map { $0.near(["app": "nobody"]) }
        let result = try run(
            [.of("n", 2_000, labels: ["zone": "a"])],
            [gang("low", min: 0, "low"), gang("picky", min: 1, "high"), gang("plain", min: 1, "high")],
            Pod.members(of: "low", 2).map { $0.running(on: "n") } + picky + Pod.members(of: "plain", 1))
        #expect(result.evicted.count == 1)
        #expect(result.promised == ["plain-0": "n eviction"])
    }

    @Test("what was idle is used first") func idleFirst() throws {
        let result = try run(
            [.of("n", 2_000), .of("m", 2_000)], [gang("low", min: 0, "low"), gang("high", min: 3, "high")],
            Pod.members(of: "low", 2).map { $0.running(on: "n") } + Pod.members(of: "high", 3))
        #expect(result.evicted.count == 1)
        #expect(result.promised.values.sorted() == ["m eviction", "m eviction", "n eviction"])
    }

    @Test("a queue takes back what it deserves, and gangs there leave whole") func reclaims() throws {
        let result = try run(
            [.of("n", 4_000)],
            [
                gang("a", min: 2, "low", queue: "a"), gang("b", min: 2, "low", queue: "a"),
                gang("new", min: 2, "low", .inqueue, queue: "b"),
            ],
            Pod.members(of: "a", 2).map { $0.running(on: "n") }
                + Pod.members(of: "b", 2).map { $0.running(on: "n") } + Pod.members(of: "new", 2),
            queues: [Queue(name: "a"), Queue(name: "b")])
        #expect(Set(result.evicted) == ["b-0", "b-1"])
        #expect(result.evictions.map(\.reason) == [.reclaim, .reclaim])
    }

    @Test("a gang in whose place another was put does not take it back at once") func noPingPong() throws {
        // Two queues of equal weight want everything: each may hold half.
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", 4_000)],
                pods: Pod.members(of: "a", 4).map { $0.running(on: "n") } + Pod.members(of: "b", 4),
                podGroups: [
                    gang("a", min: 0, "low", queue: "a"), gang("b", min: 0, "low", .inqueue, queue: "b"),
                ],
                queues: [Queue(name: "a"), Queue(name: "b")], priorityClasses: rankClasses),
            configuration: policy(
                .gangwright, actions: "allocate, reclaim", ["priority"], ["predicates", "proportion"]))
        var evicted = 0
        for cycle in 0..<10 {
            let result = session.runCycle(now: .second(Int64(cycle)))
            evicted += result.evictions.count
            for eviction in result.evictions {
                // Its controller makes it anew.
                session.removePod(eviction.pod)
                try session.update(.waiting(eviction.pod.name, of: "a"))
            }
            for bind in result.binds { session.confirmBind(bind.pod) }
        }
        #expect(evicted == 2)
    }
}
