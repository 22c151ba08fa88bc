/// Finds what a mistyped word was probably meant to be.
public enum Spelling {
    /// The candidate that takes the fewest slips of the finger, the earlier one of equals; nil if none is near.
    ///
    /// One slip in three letters is near; a start of a candidate, of three letters or more, is near as well.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let letters = word.drop { $0 == "-" }.count
        guard letters > 1 else { return nil }
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let distance = distance(word, candidate)
            if distance <= max(1, letters / 3), distance < best?.distance ?? .max {
                best = (distance, candidate)
            }
        }
        return best?.candidate ?? (letters < 3 ? nil : candidates.first { $0.hasPrefix(word) })
    }

    /// What to say about a name that nothing bears: all that are known, or the nearest of many.
    public static func hint(for name: String, among known: some Sequence<String>) -> String {
        let sorted = known.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if sorted.count <= 10 { return "known are \(sorted.joined(separator: ", "))" }
        let nearest = sorted.min { distance(name, $0) < distance(name, $1) } ?? ""
        return "the nearest of \(sorted.count) known is \(nearest)"
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between two words.
    ///
    /// Optimal string alignment: three rows of the table of Wagner and Fischer, extended by swaps.
    public static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                var cost = min(last[column + 1], current[column]) + 1
                cost = min(cost, last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
