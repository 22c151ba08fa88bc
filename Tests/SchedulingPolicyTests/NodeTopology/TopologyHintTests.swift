import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("NUMA nodes are agreed on as a kubelet agrees on them") struct TopologyHintTests {
    private func hint(_ nodes: UInt32, _ isPreferred: Bool) -> TopologyHint {
        TopologyHint(nodes: nodes, isPreferred: isPreferred)
    }

    @Test(
        "every set of NUMA nodes with enough left is a hint, and the smallest that an empty machine needs are preferred"
    )
    func hints() {
        #expect(
            TopologyHint.hints(for: 2, left: [1, 4], of: [4, 4]) == [hint(0b10, true), hint(0b11, false)])
        #expect(TopologyHint.hints(for: 3, left: [2, 2], of: [4, 4]) == [hint(0b11, false)])
        #expect(TopologyHint.hints(for: 6, left: [4, 4], of: [4, 4]) == [hint(0b11, true)])
        #expect(TopologyHint.hints(for: 9, left: [4, 4], of: [4, 4]) == [])
    }

    @Test("each policy admits what its name says")
    func policies() {
        let scattered = [TopologyHint.hints(for: 3, left: [2, 2], of: [4, 4])]
        #expect(TopologyPolicy.bestEffort.admit(scattered, nodeCount: 2) == hint(0b11, false))
        #expect(TopologyPolicy.restricted.admit(scattered, nodeCount: 2) == nil)
        #expect(TopologyPolicy.singleNUMANode.admit(scattered, nodeCount: 2) == nil)
        let wide = [TopologyHint.hints(for: 6, left: [4, 4], of: [4, 4])]
        #expect(TopologyPolicy.restricted.admit(wide, nodeCount: 2) == hint(0b11, true))
        #expect(TopologyPolicy.singleNUMANode.admit(wide, nodeCount: 2) == nil)
        // Processors are left on node 1 alone, GPUs on node 0 alone.
        let apart = [[hint(0b10, true), hint(0b11, false)], [hint(0b01, true), hint(0b11, false)]]
        #expect(TopologyPolicy.bestEffort.admit(apart, nodeCount: 2) == hint(0b01, false))
        #expect(TopologyPolicy.restricted.admit(apart, nodeCount: 2) == nil)
        #expect(TopologyPolicy.singleNUMANode.admit([], nodeCount: 2) == hint(0b11, true), "nothing is asked")
    }

    @Test("the agreement is the best of all choices of one hint each")
    func bruteForce() {
        for seed in Seeds.first(300) {
            var random = SeededGenerator(seed: seed)
            let nodeCount = random.integer(in: 1...5)
            let all = (1 << nodeCount) - 1
            let hints = (0..<random.integer(in: 0...3)).map { _ in
                (0..<random.integer(in: 0...6)).map { _ in
                    hint(UInt32(random.integer(in: 1...all)), random.chance(1, in: 2))
                }
            }
            #expect(
                TopologyHint.merge(hints, nodeCount: nodeCount) == merged(hints, UInt32(all)),
                "GANGWRIGHT_SEED=\(seed)")
        }
    }

    /// Every combination, one after the other, as the kubelet goes through them.
    private func merged(_ hints: [[TopologyHint]], _ all: UInt32) -> TopologyHint {
        var combinations: [[TopologyHint]] = [[]]
        for choices in hints {
            let choices = choices.isEmpty ? [hint(all, false)] : choices
            combinations = combinations.flatMap { begun in choices.map { begun + [$0] } }
        }
        var best = hint(all, false)
        for combination in combinations {
            let nodes = combination.reduce(all) { $0 & $1.nodes }
            let isPreferred = combination.allSatisfy(\.isPreferred)
            if nodes == 0 { continue }
            if isPreferred, !best.isPreferred {
                best = hint(nodes, true)
            } else if isPreferred == best.isPreferred {
                let (count, least) = (nodes.nonzeroBitCount, best.nodes.nonzeroBitCount)
                if count < least || (count == least && nodes < best.nodes) { best = hint(nodes, isPreferred) }
            }
        }
        return best
    }
}

@Suite("Processors are taken as a kubelet takes them") struct CPULayoutTests {
    /// Two sockets of four cores with two threads: CPU n and n + 8 are one core, 0–3 the first socket's.
    private let layout = CPULayout(MachineShape(coresPerNUMANode: 4).topology.cpus)

    private func take(_ count: Int, of text: String) -> String? {
        CPUSet(text).flatMap { layout.take(count, of: $0) }?.description
    }

    @Test("whole sockets, then whole cores, then threads")
    func order() {
        #expect(take(8, of: "0-15") == "0-3,8-11")
        #expect(take(10, of: "0-15") == "0-4,8-12")
        #expect(take(4, of: "0-15") == "0-1,8-9")
        #expect(take(3, of: "0-15") == "0-1,8")
    }

    @Test("what is broken is used up first")
    func broken() {
        #expect(take(2, of: "1-7,9-15") == "1,9", "the socket with fewer whole cores")
        #expect(take(1, of: "0-7,9-15") == "0", "the core of which one thread is left")
        #expect(take(3, of: "0-7,9-15") == "0-1,9", "a core, and the single thread of its socket")
    }

    @Test("more than there are is nothing, and nothing is the empty set")
    func bounds() {
        #expect(take(3, of: "0-1") == nil)
        #expect(take(0, of: "0-1") == "")
    }

    @Test("as many as asked for, of those that are free, on random machines")
    func sizes() throws {
        for seed in Seeds.first(100) {
            var random = SeededGenerator(seed: seed)
            let shape = MachineShape(
                numaNodes: random.integer(in: 1...4), coresPerNUMANode: random.integer(in: 1...6),
                threadsPerCore: random.integer(in: 1...3))
            let layout = CPULayout(shape.topology.cpus)
            let free = CPUSet(layout.all.ids.filter { _ in random.chance(2, in: 3) })
            let count = random.integer(in: 0...free.count)
            let taken = try #require(layout.take(count, of: free), "GANGWRIGHT_SEED=\(seed)")
            #expect(taken.count == count && taken.isSubset(of: free), "GANGWRIGHT_SEED=\(seed)")
        }
    }
}
