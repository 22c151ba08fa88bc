import ClusterModel

/// A part of a node's score that the allocator knows how to compute. A node's score is the sum of the kernels.
///
/// Sources: kube-scheduler's score plugins of the same names, and Volcano's binpack plugin. Kernels marked
/// *normalised* are scaled over the nodes that can take the pod, so that the best gets 100.
public enum ScoreKernel: Equatable, Sendable {
    /// A resource's part in `binpack`.
    public struct WeightedColumn: Equatable, Sendable {
        /// The resource's column.
        public let column: Int
        /// Its weight among the resources that the pod asks for.
        public let weight: Int64

        /// A column and its weight.
        public init(column: Int, weight: Int64) {
            self.column = column
            self.weight = weight
        }
    }

    /// Fuller is better: the weighted mean of (used + request) / allocatable over the resources that the pod asks for
    /// and that have a weight, × 100 × weight. A node that would exceed its allocatable scores 0.
    case binpack(columns: [WeightedColumn], weight: Int64)
    /// Emptier is better, by CPU and memory alike, 0 to 100 × weight.
    case leastAllocated(weight: Int64)
    /// Fuller is better, by CPU and memory alike, 0 to 100 × weight.
    case mostAllocated(weight: Int64)
    /// Equal use of the given resources is better: 100 × (1 − standard deviation of the fractions) × weight.
    case balancedAllocation(columns: [Int], weight: Int64)
    /// The weights of matching preferred node affinity terms, normalised, × weight.
    case nodeAffinity(weight: Int64)
    /// Fewer `PreferNoSchedule` taints that the pod does not tolerate is better, normalised, × weight.
    case taintToleration(weight: Int64)
    /// More megabytes of the pod's images on the node is better, 0 to 100 × weight.
    case imageLocality(weight: Int64)
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

/// 100 × (1 − standard deviation) of the fractions of use, rounded down.
///
/// Source: kube-scheduler's `balancedResourceScorer`; two fractions take the short form of the same formula.
func balance(_ fractions: [Double]) -> Int64 {
    let deviation: Double
    switch fractions.count {
    case 0, 1: deviation = 0
    case 2: deviation = abs((fractions[0] - fractions[1]) / 2)
    default:
        let mean = fractions.reduce(0, +) / Double(fractions.count)
        let squares = fractions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = (squares / Double(fractions.count)).squareRoot()
    }
    return Int64((1 - deviation) * Double(maxNodeScore))
}

/// How much of a pod's images a node holds, 0 to 100.
///
/// Source: kube-scheduler's `ImageLocality`: each image counts its size times the part of the nodes that hold it; sums
/// of 23 MB per pod and of 1,000 MB per container are the ends of the scale.
struct ImageScore {
    private static let megabyte: Int64 = 1024 * 1024
    private let sizes: [[String: Int64]]
    private let spread: [String: Double]

    /// Counts on how many nodes each image lies.
    ///
    /// - Complexity: O(images on all nodes).
    init(nodes: [Node]) {
        var holders: [String: Int] = [:]
        sizes = nodes.map { node in
            var sizes: [String: Int64] = [:]
            for image in node.images {
                for name in image.names { sizes[name] = image.sizeBytes }
            }
            for name in sizes.keys { holders[name, default: 0] += 1 }
            return sizes
        }
        spread = holders.mapValues { Double($0) / Double(nodes.count) }
    }

    var isEmpty: Bool { spread.isEmpty }

    /// The score of one node for a pod's images, as the pod writes them.
    func score(node: Int, images: [String]) -> Int64 {
        let held = sizes[node]
        let least = 23 * Self.megabyte
        let most = 1000 * Self.megabyte * Int64(images.count)
        var sum: Int64 = 0
        for image in images {
            let name = Self.normalized(image)
            guard let size = held[name], let spread = spread[name] else { continue }
            sum += Int64(Double(min(size, most)) * spread)
        }
        return images.isEmpty ? 0 : maxNodeScore * (min(max(sum, least), most) - least) / (most - least)
    }

    /// The name with the tag `latest` where it has neither tag nor digest.
    private static func normalized(_ image: String) -> String {
        let colon = image.lastIndex(of: ":")
        let slash = image.lastIndex(of: "/")
        if let colon, slash.map({ colon > $0 }) ?? true { return image }
        return image + ":latest"
    }
}
