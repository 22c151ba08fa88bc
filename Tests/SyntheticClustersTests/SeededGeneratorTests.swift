import SyntheticClusters
import Testing

@Suite("A seed gives the same draws for ever") struct SeededGeneratorTests {
    @Test("the stream is that of SplitMix64") func stream() {
        var random = SeededGenerator(seed: 1_234_567)
        let drawn = (0..<5).map { _ in random.next() }
        #expect(
            drawn == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("what is made of the stream does not change between releases") func derived() {
        var random = SeededGenerator(seed: 42)
        let integers = (0..<8).map { _ in random.integer(in: -3...6) }
        #expect(integers == [4, -2, -1, 0, -3, 5, -1, 5])
        let choices = (0..<8).map { _ in random.choice(["a", "b", "c"]) }
        #expect(choices == ["b", "b", "a", "b", "b", "b", "b", "a"])
        var elements = Array(1...8)
        random.shuffle(&elements)
        #expect(elements == [3, 2, 6, 5, 7, 8, 4, 1])
        var fork = random.fork()
        let afterwards = [fork.next(), random.next()]
        #expect(afterwards == [13_820_072_572_319_242_876, 1_368_025_501_988_796_752])
    }

    @Test("each number of a range is drawn equally often", arguments: [1, 2, 3, 7, 10])
    func uniformIntegers(size: Int) {
        var random = SeededGenerator(seed: 7)
        var counts = Array(repeating: 0, count: size)
        for _ in 0..<10_000 { counts[random.integer(in: 0...(size - 1))] += 1 }
        for count in counts { #expect(abs(count - 10_000 / size) < 250) }
    }

    @Test("the widest ranges neither trap nor stick to one half") func widestRanges() {
        var random = SeededGenerator(seed: 1)
        var negatives = 0
        for _ in 0..<1_000 {
            if random.integer(in: Int.min...Int.max) < 0 { negatives += 1 }
            let half = random.integer(in: 0...Int.max)
            #expect(half >= 0)
        }
        #expect((400...600).contains(negatives))
        let only = random.integer(in: Int.max...Int.max)
        #expect(only == Int.max)
    }

    @Test("a weighted choice follows the weights, and never takes weight 0") func weights() {
        var random = SeededGenerator(seed: 3)
        let elements = [
            Weighted("never", weight: 0), Weighted("often", weight: 3), Weighted("rarely", weight: 1),
        ]
        var counts: [String: Int] = [:]
        for _ in 0..<8_000 { counts[random.choice(elements), default: 0] += 1 }
        #expect(counts["never"] == nil)
        #expect((5_800...6_200).contains(counts["often"] ?? 0))
    }

    @Test("a chance comes true as often as it says") func chances() {
        var random = SeededGenerator(seed: 5)
        let hits = (0..<10_000).count { _ in random.chance(1, in: 4) }
        #expect((2_350...2_650).contains(hits))
        let never = random.chance(0, in: 4)
        let always = random.chance(4, in: 4)
        #expect(!never && always)
    }

    @Test("a shuffle keeps the elements and reaches every order") func shuffles() {
        var random = SeededGenerator(seed: 9)
        var orders: Set<[Int]> = []
        for _ in 0..<500 {
            var elements = [1, 2, 3, 4]
            random.shuffle(&elements)
            #expect(elements.sorted() == [1, 2, 3, 4])
            orders.insert(elements)
        }
        #expect(orders.count == 24)
    }
}
