import ClusterModel

/// How much of a pod's images a node holds, 0 to 100.
///
/// Source: kube-scheduler's `ImageLocality`: each image counts its size times the part of the nodes that hold it; sums
/// of 23 MB per pod and of 1,000 MB per container are the ends of the scale.
struct ImageScore: Sendable {
    private static let megabyte: Int64 = 1024 * 1024
    /// The sizes of a node's images by name, by node.
    private var sizes: [[String: Int64]] = []
    /// On how many nodes each image lies.
    private var holders: [String: Int] = [:]

    /// Whether some node holds an image that a pod writes so.
    func isHeld(_ image: String) -> Bool { holders[Self.normalized(image)] != nil }

    /// True when no node holds any.
    var isEmpty: Bool { holders.isEmpty }

    /// Notes the images of a node that is new, has others now, or has gone (`nil`).
    mutating func set(_ node: Node?, at index: Int) {
        while sizes.count <= index { sizes.append([:]) }
        for name in sizes[index].keys {
            holders[name, default: 0] -= 1
            if holders[name] == 0 { holders[name] = nil }
        }
        var held: [String: Int64] = [:]
        for image in node?.images ?? [] {
            for name in image.names { held[name] = image.sizeBytes }
        }
        for name in held.keys { holders[name, default: 0] += 1 }
        sizes[index] = held
    }

    /// The score of one node for a pod's images, as the pod writes them.
    func score(node: Int, images: [String], nodeCount: Int) -> Int64 {
        let held = sizes[node]
        let least = 23 * Self.megabyte
        let most = 1000 * Self.megabyte * Int64(images.count)
        var sum: Int64 = 0
        for image in images {
            let name = Self.normalized(image)
            guard let size = held[name], let holders = holders[name] else { continue }
            sum += Int64(min(Double(size) * (Double(holders) / Double(nodeCount)), Double(most)))
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
