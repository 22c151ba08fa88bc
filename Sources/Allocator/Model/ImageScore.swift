import ClusterModel

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
            sum += Int64(min(Double(size) * spread, Double(most)))
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
