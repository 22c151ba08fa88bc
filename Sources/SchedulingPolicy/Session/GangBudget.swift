import ClusterModel

/// How many pods of a gang may be missing at a time, as its annotations say.
///
/// Source: Volcano's `volcano.sh/jdb-min-available` and `volcano.sh/jdb-max-unavailable`; the first wins.
struct GangBudget: Equatable, Sendable {
    /// A number of pods, or a part of all of them.
    enum Bound: Equatable, Sendable {
        case pods(Int)
        case percent(Int)
        /// What is written is neither.
        case unreadable

        /// Reads `3` or `30%`.
        init(_ text: String) {
            let isPercent = text.hasSuffix("%")
            guard let number = Int(isPercent ? text.dropLast() : text[...]) else {
                self = .unreadable
                return
            }
            // Beyond this a bound says the same, and products stay far from overflowing.
            let bounded = min(max(number, -1_000_000_000), 1_000_000_000)
            self = isPercent ? .percent(bounded) : .pods(bounded)
        }

        /// The bound in pods, of so many; parts are rounded up. What cannot be read is 0, as in Volcano.
        func count(of pods: Int) -> Int {
            switch self {
            case .pods(let count): return count
            case .percent(let percent):
                let product = percent * pods
                return product > 0 ? (product + 99) / 100 : product / 100
            case .unreadable: return 0
            }
        }
    }

    /// How many must run.
    var minAvailable: Bound?
    /// How many may be missing.
    var maxUnavailable: Bound?

    /// No budget.
    init() {}

    /// What annotations say.
    init(_ annotations: [String: String]) {
        if annotations.isEmpty { return }
        minAvailable = annotations["volcano.sh/jdb-min-available"].map { Bound($0) }
        maxUnavailable = annotations["volcano.sh/jdb-max-unavailable"].map { Bound($0) }
    }

    /// True where the gang says nothing.
    var isDefault: Bool { minAvailable == nil && maxUnavailable == nil }

    /// How many of a gang's running pods may be taken away now: one where it says nothing.
    ///
    /// Volcano takes one even where as few run as must, and all where it cannot read the minimum; ours takes none then.
    ///
    /// - Parameters:
    ///   - pods: all pods of the gang.
    ///   - ended: those of them that have ended.
    ///   - running: those of them that run.
    func allowance(pods: Int, ended: Int, running: Int, under compatibility: Compatibility) -> Int {
        if let minAvailable {
            if compatibility == .gangwright, minAvailable == .unreadable { return 0 }
            let spare = running - minAvailable.count(of: pods)
            return spare > 0 ? min(spare, running) : (compatibility.isVolcano ? 1 : 0)
        }
        if let maxUnavailable {
            return max(0, maxUnavailable.count(of: pods) - (pods - ended - running))
        }
        return 1
    }
}
