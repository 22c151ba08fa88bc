import ClusterModel

/// Amounts in Volcano's units: floating point, millicores, bytes, thousandths of everything else, whole pods.
///
/// Numbers in the comments of this folder are sections of our description of Volcano's behaviour.
struct OracleAmounts: Equatable, Sendable {
    /// Anything below counts as nothing (7.1).
    static let threshold = 0.1

    var values: [String: Double] = [:]

    init(_ values: [String: Double] = [:]) { self.values = values }

    /// Amounts of objects. What is no resource of a node is left out: `count/*`, `requests.*`, `limits.*`.
    init(_ list: ResourceList) {
        for (name, amount) in list.sorted {
            switch name {
            case .cpu, .memory, .pods: values[name.text] = Double(amount)
            default:
                let isScalar =
                    name.isExtended || name == .ephemeralStorage || name.text.hasPrefix("hugepages-")
                if isScalar && !name.text.hasPrefix("limits.") { values[name.text] = Double(amount) * 1_000 }
            }
        }
    }

    /// What a pod asks for: its request and a place (7.3).
    static func request(of pod: Pod) -> OracleAmounts {
        var amounts = OracleAmounts(pod.requests)
        amounts.values["pods"] = 1
        return amounts
    }

    subscript(_ name: String) -> Double { values[name] ?? 0 }

    /// The dimensions that it has something of.
    var names: [String] { values.filter { $0.value >= Self.threshold }.keys.sorted() }

    /// True without a request, places aside.
    var isBestEffort: Bool { names.allSatisfy { $0 == "pods" } }

    var isEmpty: Bool { names.isEmpty }

    static func + (left: OracleAmounts, right: OracleAmounts) -> OracleAmounts {
        OracleAmounts(left.values.merging(right.values) { $0 + $1 })
    }

    static func - (left: OracleAmounts, right: OracleAmounts) -> OracleAmounts {
        OracleAmounts(left.values.merging(right.values.mapValues { -$0 }) { $0 + $1 })
    }

    static func * (left: OracleAmounts, factor: Double) -> OracleAmounts {
        OracleAmounts(left.values.mapValues { $0 * factor })
    }

    static func sum(_ all: [OracleAmounts]) -> OracleAmounts { all.reduce(OracleAmounts(), +) }

    /// The part of each that is more than the other has; only its own dimensions.
    func exceeding(_ other: OracleAmounts) -> OracleAmounts {
        OracleAmounts(
            Dictionary(uniqueKeysWithValues: values.map { ($0.key, max(0, $0.value - other[$0.key])) }))
    }

    /// LessEqual(Zero): all dimensions, with tolerance; missing on the right is 0.
    func isAtMost(_ other: OracleAmounts) -> Bool {
        values.allSatisfy { name, amount in
            amount < other[name] || abs(amount - other[name]) < Self.threshold
        }
    }

    /// LessEqualWithDimension: only dimensions that are asked for, places aside; no tolerance.
    func isAtMost(_ other: OracleAmounts, inDimensionsOf request: OracleAmounts) -> Bool {
        request.values.allSatisfy { name, amount in
            amount <= 0 || name == "pods" || self[name] <= other[name]
        }
    }

    /// LessEqualPartlyWithDimension(ZeroFiltered): some dimension that is asked for fits, with tolerance.
    func isAtMost(_ other: OracleAmounts, inSomeDimensionOf request: OracleAmounts) -> Bool {
        request.values.contains { name, amount in
            if amount <= 0 { return false }
            let (left, right) = (self[name], other[name])
            if left < Self.threshold && right < Self.threshold { return false }
            return left < right || abs(left - right) < Self.threshold
        }
    }

    /// GreaterPartlyWithRelevantDimensions: some dimension that is asked for and that the right defines exceeds.
    func exceeds(_ other: OracleAmounts, inSomeDimensionOf request: OracleAmounts) -> Bool {
        request.values.contains { name, amount in
            if amount <= 0 { return false }
            let isDefined =
                name == "cpu" || name == "memory"
                ? other[name] >= Self.threshold : other.values[name] != nil
            return isDefined && self[name] > other[name]
        }
    }

    /// MinDimension: missing on the right is 0 or leaves the left as it is.
    func lowered(to other: OracleAmounts, missing: Double) -> OracleAmounts {
        OracleAmounts(
            Dictionary(
                uniqueKeysWithValues: values.map { ($0.key, min($0.value, other.values[$0.key] ?? missing)) })
        )
    }

    func raised(to other: OracleAmounts) -> OracleAmounts {
        OracleAmounts(values.merging(other.values) { max($0, $1) })
    }

    /// Share: of nothing, nothing is no share and anything is all.
    static func share(_ part: Double, of whole: Double) -> Double {
        whole == 0 ? (part == 0 ? 0 : 1) : part / whole
    }

    /// The largest share over the dimensions of the whole.
    func dominantShare(of whole: OracleAmounts) -> Double {
        whole.names.map { Self.share(self[$0], of: whole[$0]) }.max() ?? 0
    }
}
