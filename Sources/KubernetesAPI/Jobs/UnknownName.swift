internal import ClusterModel

/// What to say about a name that nothing bears.
enum UnknownName {
    /// `known are a, b and c`, or the nearest of many.
    static func hint(for name: String, among known: [String]) -> String {
        let sorted = known.sorted { $0.precedes($1) }
        if sorted.count <= 10 { return "known are \(sorted.joined(separator: ", "))" }
        let nearest = sorted.min { distance(name, $0) < distance(name, $1) } ?? ""
        return "the nearest of \(sorted.count) known is \(nearest)"
    }

    /// The fewest bytes to insert, remove or replace that turn one name into the other (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(253))
        let right = Array(right.utf8.prefix(253))
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
