import Testing

@testable import Simulation

@Suite("Go's random numbers come out, though its table is nowhere stored") struct GoGeneratorTests {
    struct Stream: Sendable {
        var seed: Int64
        var first: [Int64]
        var bounded: [Int]
        var permutation: [Int]
        var shuffled: [Int]
    }

    /// What Go 1.19 prints, draw after draw: three Int63, Intn of 1000, 64 and 1000000007, Perm(8), a Shuffle of 0 to 9.
    static let streams = [
        Stream(
            seed: 1, first: [5_577_006_791_947_779_410, 8_674_665_223_082_153_551, 6_129_484_611_666_145_821],
            bounded: [59, 1, 474_941_311], permutation: [3, 7, 0, 1, 6, 2, 4, 5],
            shuffled: [9, 6, 5, 0, 1, 8, 7, 2, 4, 3]),
        Stream(
            seed: 42, first: [3_440_579_354_231_278_675, 608_747_136_543_856_411, 5_571_782_338_101_878_760],
            bounded: [750, 31, 822_901_345], permutation: [1, 0, 6, 3, 7, 5, 2, 4],
            shuffled: [2, 3, 1, 0, 8, 9, 7, 5, 4, 6]),
        Stream(
            seed: 0, first: [8_717_895_732_742_165_505, 2_259_404_117_704_393_152, 6_050_128_673_802_995_827],
            bounded: [506, 59, 621_654_496], permutation: [3, 1, 0, 4, 7, 5, 2, 6],
            shuffled: [7, 8, 5, 1, 3, 4, 0, 9, 2, 6]),
        Stream(
            seed: -7, first: [747_107_023_976_529_931, 7_084_732_931_963_018_726, 6_995_717_851_144_434_728],
            bounded: [856, 59, 834_302_723], permutation: [4, 6, 0, 5, 7, 1, 2, 3],
            shuffled: [1, 3, 9, 5, 4, 6, 0, 2, 7, 8]),
        Stream(
            seed: 1 << 40,
            first: [5_470_237_361_722_394_362, 6_322_525_149_314_491_254, 1_177_463_506_020_107_830],
            bounded: [73, 45, 350_493_103], permutation: [1, 5, 7, 3, 4, 6, 2, 0],
            shuffled: [2, 6, 8, 1, 3, 9, 5, 7, 0, 4]),
    ]

    @Test("streams of several seeds", arguments: streams) func draws(stream: Stream) {
        var random = GoGenerator(seed: stream.seed)
        #expect((0..<3).map { _ in random.int63() } == stream.first)
        #expect([1_000, 64, 1_000_000_007].map { random.integer(below: $0) } == stream.bounded)
        #expect(random.permutation(8) == stream.permutation)
        var numbers = Array(0..<10)
        random.shuffle(&numbers)
        #expect(numbers == stream.shuffled)
    }

    @Test("a jump is as many single steps") func jump() {
        let start = (0..<607).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 | 1 }
        for steps in [0, 1, 2, 606, 607, 608, 5_000] {
            var state = start
            var tap = 0
            var feed = 607 - 273
            for _ in 0..<steps {
                tap = (tap + 606) % 607
                feed = (feed + 606) % 607
                state[feed] &+= state[tap]
            }
            #expect(LaggedFibonacciJump.state(after: UInt64(steps), from: start) == state, "\(steps) steps")
        }
    }
}
