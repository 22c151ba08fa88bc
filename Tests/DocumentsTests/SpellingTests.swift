import Documents
import Testing

@Suite("The nearest spelling is the one with the fewest slips")
struct SpellingTests {
    @Test(
        "insertions, deletions, substitutions and swaps each count once",
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("clutser", "cluster", 1),
            ("ab", "ba", 1),
            ("abc", "abd", 1), ("schedule", "schedule", 0),
        ])
    func distance(left: String, right: String, expected: Int) {
        #expect(Spelling.distance(left, right) == expected)
        #expect(Spelling.distance(right, left) == expected)
    }

    @Test("far words, single letters and empty lists have none")
    func none() {
        #expect(Spelling.nearest(to: "version", among: ["pod", "job"]) == nil)
        #expect(Spelling.nearest(to: "-x", among: ["-o"]) == nil)
        #expect(Spelling.nearest(to: "pod", among: []) == nil)
    }

    @Test("of equals the first is taken")
    func ties() {
        #expect(Spelling.nearest(to: "bot", among: ["pot", "boy"]) == "pot")
    }
}
