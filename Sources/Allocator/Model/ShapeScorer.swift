import ClusterModel

/// The score of a row for one shape, in fixed point: exact integers, so that sums do not depend on their order.
///
/// One point of Volcano's and kube-scheduler's scores is `unit`. The parts that are the same for all rows of equal labels
/// and taints (affinity, taints, images) are not in it; `NodePreferences` has them.
///
/// Reference and index share this function: whatever it says is the score.
struct ShapeScorer: Sendable {
    /// One point, 2²⁰: binpack's fractions are kept to a millionth of a point.
    static let unit: Int64 = 1 << 20

    private struct Term {
        let column: Int
        let amount: Int64
        let weight: Int64
    }

    private let request: PodRequest
    private var binpackTerms: [Term] = []
    private var binpackFactor = 0.0
    private var strategy: StrategyScorer?
    /// True where a resource that would be exceeded leaves what the others count.
    private var isBinpackLenient = false
    private var leastWeight: Int64 = 0
    private var mostWeight: Int64 = 0
    private var balanceTerms: [Term] = []
    private var balanceWeight: Int64 = 0

    init(_ request: PodRequest, kernels: [ScoreKernel], resources: ResourceTable) {
        self.request = request
        for kernel in kernels {
            switch kernel {
            case .binpack(let weights, let weight): setBinpack(weights, weight: weight, resources)
            case .binpackEach(let weights, let weight):
                setBinpack(weights, weight: weight, resources)
                isBinpackLenient = true
            case .leastAllocated(let weight): leastWeight = weight
            case .mostAllocated(let weight): mostWeight = weight
            case .balancedAllocation(let names, let weight): setBalance(names, weight: weight, resources)
            case .resourceStrategy(let strategies, let weight):
                addStrategy { $0.set(strategies, weight: weight, request, resources) }
            case .scarcity(let weights, let weight):
                addStrategy { $0.setScarcity(weights, weight: weight, resources) }
            case .nodeAffinity, .rawNodeAffinity, .taintToleration, .imageLocality: break
            }
        }
    }

    private mutating func addStrategy(_ change: (inout StrategyScorer) -> Void) {
        var scorer = strategy ?? StrategyScorer(request)
        change(&scorer)
        strategy = scorer
    }

    /// Weights beyond this count as this, so that no sum of scores overflows.
    static let heaviest: Int64 = 1_000_000

    private mutating func setBinpack(
        _ weights: [ScoreKernel.WeightedResource], weight: Int64, _ resources: ResourceTable
    ) {
        var sum: Int64 = 0
        for entry in request.amounts where entry.amount > 0 {
            let name = resources.names[entry.column]
            guard let own = weights.first(where: { $0.resource == name }) else { continue }
            let capped = min(own.weight, Self.heaviest)
            sum += capped
            if capped > 0 {
                binpackTerms.append(Term(column: entry.column, amount: entry.amount, weight: capped))
            }
        }
        let weight = max(-Self.heaviest, min(weight, Self.heaviest))
        if sum > 0 { binpackFactor = Double(maxNodeScore * weight * Self.fine) / Double(sum) }
    }

    private mutating func setBalance(_ names: [ResourceName], weight: Int64, _ resources: ResourceTable) {
        balanceWeight = weight
        for name in names {
            // A device counts only for a pod that asks for it.
            guard let column = resources.column(name) else { continue }
            let amount = request.amounts.first { $0.column == column }?.amount ?? 0
            if column > ResourceTable.pods, amount == 0 { continue }
            balanceTerms.append(Term(column: column, amount: amount, weight: 1))
        }
    }

    /// The score of a row that the shape fits.
    ///
    /// - Complexity: O(resources that the shape asks for); no allocation.
    func score(_ states: borrowing StateTable, _ row: Int) -> Int64 {
        var points: Int64 = 0
        if leastWeight != 0 { points += leastWeight * allocation(states, row, emptier: true) }
        if mostWeight != 0 { points += mostWeight * allocation(states, row, emptier: false) }
        if balanceWeight != 0 { points += balanceWeight * balance(states, row) }
        let sum = points * Self.unit + binpack(states, row)
        guard let strategy else { return sum }
        return sum + strategy.score(states, row)
    }

    /// A point while binpack's terms are added up.
    static let fine: Int64 = 1 << 32

    /// Volcano's binpack: 0 where one resource would be exceeded, or that resource's part is.
    ///
    /// Each term is an integer, so that the order of the resources does not matter; the sum is rounded once.
    private func binpack(_ states: borrowing StateTable, _ row: Int) -> Int64 {
        var sum: Int64 = 0
        for term in binpackTerms {
            let allocatable = states.allocatable[term.column][row]
            if allocatable == 0 { continue }
            let used = allocatable - states.idle[term.column][row] + term.amount
            if used > allocatable {
                if isBinpackLenient { continue }
                return 0
            }
            sum += Int64(Double(used) / Double(allocatable) * Double(term.weight) * binpackFactor)
        }
        return (sum + Self.fine / Self.unit / 2) >> 12
    }

    /// kube-scheduler's least or most allocated: the mean of CPU and memory, of those that the node has, 0 to 100.
    private func allocation(_ states: borrowing StateTable, _ row: Int, emptier: Bool) -> Int64 {
        var sum: Int64 = 0
        var count: Int64 = 0
        let cpu = states.allocatable[ResourceTable.cpu][row]
        if cpu != 0 {
            sum += Self.share(
                states.nonZeroMilliCPU[row] + request.nonZero.milliCPU, of: cpu, emptier: emptier)
            count += 1
        }
        let memory = states.allocatable[ResourceTable.memory][row]
        if memory != 0 {
            sum += Self.share(
                states.nonZeroMemory[row] + request.nonZero.memory, of: memory, emptier: emptier)
            count += 1
        }
        return count == 0 ? 0 : sum / count
    }

    /// One resource's part: what is left, or what is used.
    ///
    /// A pod that asks for nothing counts a little, so that the sum may exceed the capacity: then nothing is left.
    private static func share(_ requested: Int64, of capacity: Int64, emptier: Bool) -> Int64 {
        let used = min(requested, capacity)
        return percentage(emptier ? capacity - used : used, of: capacity)
    }

    /// kube-scheduler's balanced allocation: 100 × (1 − standard deviation of the fractions in use), rounded down.
    ///
    /// Of two fractions the deviation is half their distance; the source takes the same short cut.
    private func balance(_ states: borrowing StateTable, _ row: Int) -> Int64 {
        var count = 0
        var sum = 0.0
        var first = 0.0
        var last = 0.0
        for term in balanceTerms {
            guard let fraction = Self.fraction(term, states, row) else { continue }
            if count == 0 { first = fraction }
            last = fraction
            sum += fraction
            count += 1
        }
        var deviation = 0.0
        if count == 2 {
            deviation = abs((first - last) / 2)
        } else if count > 2 {
            let mean = sum / Double(count)
            var squares = 0.0
            for term in balanceTerms {
                guard let fraction = Self.fraction(term, states, row) else { continue }
                squares += (fraction - mean) * (fraction - mean)
            }
            deviation = (squares / Double(count)).squareRoot()
        }
        return Int64((1 - deviation) * Double(maxNodeScore))
    }

    /// The part of a resource that is in use with the pod there; `nil` where the node has none.
    private static func fraction(_ term: Term, _ states: borrowing StateTable, _ row: Int) -> Double? {
        let allocatable = states.allocatable[term.column][row]
        if allocatable == 0 { return nil }
        return min(1, Double(states.requested[term.column][row] + term.amount) / Double(allocatable))
    }
}

/// The largest score of one kernel before its weight. Source: kube-scheduler's `MaxNodeScore`.
let maxNodeScore: Int64 = 100

/// `part × 100 / whole`, rounded down. `whole` is positive and `part` lies between 0 and `whole`.
@inline(__always)
func percentage(_ part: Int64, of whole: Int64) -> Int64 {
    // Below 2^56 the product cannot overflow; beyond, real amounts do not go, but input may.
    if whole < 1 << 56 { return part * maxNodeScore / whole }
    return Int64(Int128(part) * Int128(maxNodeScore) / Int128(whole))
}
