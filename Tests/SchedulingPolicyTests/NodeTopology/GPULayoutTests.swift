import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("The GPUs of a pod are those that are joined best and leave the others together") struct GPULayoutTests
{
    private func layout(_ shape: MachineShape) throws -> GPULayout {
        try #require(GPULayout(GPULayout.Key(shape.topology)))
    }

    @Test("a pair has the points of its link and of the narrowest place that it shares")
    func pairs() throws {
        let quads = try layout(.quads)
        #expect(quads.points(of: 0b0000_0011) == 800 + 40, "NVLink ×4, the same PCIe switch")
        #expect(quads.points(of: 0b0000_0101) == 800 + 20, "NVLink ×4, the same NUMA node")
        #expect(quads.points(of: 0b0001_0001) == 0, "nothing in common")
        #expect(try layout(.nvSwitch8).points(of: 0b1000_0001) == 1000, "NVSwitch alone")
        #expect(try layout(.pcie4).points(of: 0b0011) == 20, "the same NUMA node")
    }

    @Test("four GPUs come from one board")
    func wholeBoard() throws {
        #expect(try layout(.quads).best(4, of: 0b1111_1111) == 0b0000_1111)
        #expect(try layout(.quads).best(4, of: 0b1111_0111) == 0b1111_0000, "the other board is broken")
    }

    @Test("what is broken is used up first")
    func leavesWhole() throws {
        // Of board 0 two GPUs are free, of board 1 all four.
        #expect(try layout(.quads).best(2, of: 0b1111_0011) == 0b0000_0011)
        #expect(try layout(.quads).best(1, of: 0b1111_0001) == 0b0000_0001)
        #expect(try layout(.quads).best(1, of: 0b1111_1011) == 0b0000_1000, "the one without its neighbour")
        #expect(try layout(.pairs).best(1, of: 0b1111_1011) == 0b0000_1000, "the one without its partner")
    }

    @Test("pods of one gang get GPUs that are joined to those of the others")
    func neighbours() throws {
        // The gang has two GPUs of board 1; board 0 is free, and so is the rest of board 1.
        #expect(try layout(.quads).best(2, of: 0b1100_1111, near: 0b0011_0000) == 0b1100_0000)
        #expect(try layout(.quads).best(2, of: 0b1100_1111) == 0b1100_0000, "board 0 stays whole anyway")
        #expect(try layout(.quads).best(1, of: 0b1000_0111, near: 0b0111_0000) == 0b1000_0000)
    }

    @Test("a set is rated by how well it is joined and by what it tears apart")
    func rating() throws {
        let quads = try layout(.quads)
        // A board: 6 pairs, two of 840 and four of 820, of 1040 each: 794 of 1000. Nothing is torn.
        let board: Int64 = (3 * 794 + 1000) / 4
        #expect(quads.rating(of: 0b1111, from: 0b1111_1111) == board)
        // One GPU of a free board tears three of its six pairs, half of their points.
        let one: Int64 = (3 * 1000 + 500) / 4
        #expect(quads.rating(of: 0b0001, from: 0b0000_1111) == one)
        let together = quads.rating(of: 0b1100_0000, from: 0b1100_1111, near: 0b0011_0000)
        #expect(together > quads.rating(of: 0b0000_0011, from: 0b1100_1111, near: 0b0011_0000))
    }

    @Test("as many as are free are all of them, and more than are free are none")
    func bounds() throws {
        #expect(try layout(.quads).best(3, of: 0b0101_0001) == 0b0101_0001)
        #expect(try layout(.quads).best(4, of: 0b0101_0001) == nil)
        #expect(try layout(.quads).best(0, of: 0b0101_0001) == nil)
    }

    @Test("on random machines the choice is the best of all sets, by the rule's own words")
    func bruteForce() throws {
        for seed in Seeds.first(150) {
            var random = SeededGenerator(seed: seed)
            let topology = randomMachine(gpus: random.integer(in: 1...9), &random)
            let layout = try #require(GPULayout(GPULayout.Key(topology)))
            let free = UInt64(random.integer(in: 0...Int(layout.all)))
            let near = UInt64(random.integer(in: 0...Int(layout.all))) & ~free
            let wanted = random.integer(in: 1...layout.count)
            #expect(
                layout.best(wanted, of: free, near: near)
                    == GPUOracle(topology).best(wanted, of: free, near: near),
                "GANGWRIGHT_SEED=\(seed)")
        }
    }

    @Test(
        "a machine of more than sixteen GPUs gets a set of the size, of free GPUs, and a whole board where there is one"
    )
    func largeMachines() throws {
        var shape = MachineShape.quads
        shape.gpus = 32
        let layout = try layout(shape)
        #expect(layout.best(4, of: layout.all & ~0b1) == 0b1111_0000)
        #expect(layout.best(3, of: layout.all & ~0b1) == 0b1110)
        for seed in Seeds.first(20) {
            var random = SeededGenerator(seed: seed)
            let free = UInt64(random.integer(in: 1...Int(UInt32.max)))
            let wanted = random.integer(in: 1...free.nonzeroBitCount)
            let set = try #require(layout.best(wanted, of: free), "GANGWRIGHT_SEED=\(seed)")
            #expect(set.nonzeroBitCount == wanted && set & ~free == 0, "GANGWRIGHT_SEED=\(seed)")
        }
    }
}

/// A machine of GPUs that hang anywhere and are joined at random.
func randomMachine(gpus: Int, _ random: inout SeededGenerator) -> NodeTopology {
    var topology = MachineShape(gpus: gpus).topology
    for index in topology.gpus.indices {
        topology.gpus[index].pcieSwitch = random.chance(1, in: 3) ? nil : random.integer(in: 0...2)
        topology.gpus[index].numaNode = random.chance(1, in: 4) ? nil : random.integer(in: 0...1)
    }
    for first in 0..<gpus {
        for second in first + 1..<max(first + 1, gpus) where random.chance(1, in: 2) {
            topology.gpuLinks.append(
                NodeTopology.GPULink(
                    first: first, second: second, kind: random.choice([.nvLink, .nvSwitch, .xgmi]),
                    count: random.integer(in: 1...9)))
        }
    }
    return topology
}

/// The choice of GPUs by the rule's own words and plain loops.
struct GPUOracle {
    private let topology: NodeTopology

    init(_ topology: NodeTopology) { self.topology = topology }

    private func points(_ first: Int, _ second: Int) -> Int {
        let (left, right) = (topology.gpus[first], topology.gpus[second])
        var points = 0
        for link in topology.gpuLinks
        where link.first == min(first, second) && link.second == max(first, second) {
            points = max(points, link.kind == .nvSwitch ? 1000 : 600 + 50 * min(link.count, 7))
        }
        if left.pcieSwitch != nil, left.pcieSwitch == right.pcieSwitch { return points + 40 }
        if left.numaNode != nil, left.numaNode == right.numaNode { return points + 20 }
        // Every NUMA node of these machines is a package.
        return points
    }

    private func members(_ set: UInt64) -> [Int] {
        (0..<topology.gpus.count).filter { set >> UInt64($0) & 1 == 1 }
    }

    private func inner(_ set: UInt64) -> Int {
        members(set).reduce(0) { sum, first in
            sum + members(set).filter { $0 > first }.reduce(0) { $0 + points(first, $1) }
        }
    }

    func best(_ wanted: Int, of free: UInt64, near: UInt64) -> UInt64? {
        let sets = (0..<UInt64(1) << UInt64(topology.gpus.count)).filter {
            $0 & ~free == 0 && $0.nonzeroBitCount == wanted
        }
        return sets.max { left, right in
            let (first, second) = (worth(left, free, near), worth(right, free, near))
            if first != second { return first.lexicographicallyPrecedes(second) }
            return members(right).lexicographicallyPrecedes(members(left))
        }
    }

    private func worth(_ set: UInt64, _ free: UInt64, _ near: UInt64) -> [Int] {
        let joined = members(set).reduce(inner(set)) { sum, gpu in
            sum + members(near).reduce(0) { $0 + points(gpu, $1) }
        }
        return [joined, inner(free & ~set)]
    }
}
