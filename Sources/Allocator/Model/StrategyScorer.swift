import ClusterModel

/// The scores of `resourceStrategy` and `scarcity` for one request, exact like the rest of `ShapeScorer`.
struct StrategyScorer: Sendable {
    private struct Term {
        let column: Int
        let amount: Int64
        let weight: Int64
        let prefersFull: Bool
    }

    private let request: PodRequest
    private var terms: [Term] = []
    private var factor = 0.0
    private var scarce: [(column: Int, weight: Int64)] = []
    private var scarceSum: Int64 = 0
    private var scarcityFactor = 0.0

    init(_ request: PodRequest) { self.request = request }

    mutating func set(
        _ strategies: [ScoreKernel.ResourceStrategy], weight: Int64, _ request: PodRequest,
        _ resources: ResourceTable
    ) {
        var sum: Int64 = 0
        for entry in request.amounts where entry.amount > 0 {
            guard let own = Self.strategy(for: resources.names[entry.column].text, of: strategies) else {
                continue
            }
            let capped = max(0, min(own.weight, ShapeScorer.heaviest))
            sum += capped
            if capped == 0 { continue }
            terms.append(
                Term(
                    column: entry.column, amount: entry.amount, weight: capped,
                    prefersFull: own.prefersFull))
        }
        if sum > 0 {
            factor = Double(maxNodeScore * Self.capped(weight) * ShapeScorer.fine) / Double(sum)
        }
    }

    /// The strategy with the very name, else the one with the longest beginning.
    private static func strategy(
        for name: String, of strategies: [ScoreKernel.ResourceStrategy]
    ) -> ScoreKernel.ResourceStrategy? {
        if let exact = strategies.first(where: { !$0.isPrefix && $0.name == name }) { return exact }
        return strategies.filter { $0.isPrefix && name.hasPrefix($0.name) }
            .max { $0.name.utf8.count < $1.name.utf8.count }
    }

    mutating func setScarcity(
        _ weights: [ScoreKernel.WeightedResource], weight: Int64, _ resources: ResourceTable
    ) {
        for entry in weights {
            let capped = max(0, min(entry.weight, ShapeScorer.heaviest))
            scarceSum += capped
            // What no node has ever named no node has.
            if let column = resources.column(entry.resource) { scarce.append((column, capped)) }
        }
        scarcityFactor = Double(maxNodeScore * Self.capped(weight) * ShapeScorer.unit)
    }

    private static func capped(_ weight: Int64) -> Int64 {
        max(-ShapeScorer.heaviest, min(weight, ShapeScorer.heaviest))
    }

    /// The score of a row. - Complexity: O(resources); no allocation.
    func score(_ states: borrowing StateTable, _ row: Int) -> Int64 {
        strategyScore(states, row) + scarcityScore(states, row)
    }

    private func strategyScore(_ states: borrowing StateTable, _ row: Int) -> Int64 {
        var sum: Int64 = 0
        for term in terms {
            let allocatable = states.allocatable[term.column][row]
            if allocatable == 0 { continue }
            let used = allocatable - states.idle[term.column][row] + term.amount
            if used > allocatable { return 0 }
            let part = term.prefersFull ? used : allocatable - used
            sum += Int64(Double(part) / Double(allocatable) * Double(term.weight) * factor)
        }
        return (sum + ShapeScorer.fine / ShapeScorer.unit / 2) >> 12
    }

    private func scarcityScore(_ states: borrowing StateTable, _ row: Int) -> Int64 {
        if scarcityFactor == 0 { return 0 }
        for entry in request.amounts where entry.amount > 0 {
            // A node without a limit on pods has slots all the same.
            if entry.column != ResourceTable.pods, states.allocatable[entry.column][row] == 0 { return 0 }
        }
        var present: Int64 = 0
        for entry in scarce where states.allocatable[entry.column][row] > 0 { present += entry.weight }
        if scarceSum == 0 { return 0 }
        let part = Double(scarceSum - present) / Double(scarceSum)
        return Int64((part * scarcityFactor).rounded())
    }
}
