import ClusterModel

/// Links between GPUs and switches, from which follows which GPUs reach each other.
struct LinkGraph {
    private let gpuCount: Int
    /// Links from GPU to GPU, by the smaller and the larger index.
    private var direct: [Pair: (kind: NodeTopology.GPULink.Kind, count: Int)] = [:]
    /// Links of each GPU to any switch.
    private var toSwitches: [Int]
    /// The component that a switch belongs to, as a forest: a switch that is its own parent is a root.
    private var parents: [Int] = []
    /// A switch that each GPU is linked to.
    private var switches: [Int?]

    private struct Pair: Hashable {
        let first: Int
        let second: Int
    }

    init(gpuCount: Int) {
        self.gpuCount = gpuCount
        toSwitches = Array(repeating: 0, count: gpuCount)
        switches = Array(repeating: nil, count: gpuCount)
    }

    /// Notes links of two GPUs; the greater count stands where both ends tell of them.
    mutating func join(_ first: Int, _ second: Int, _ kind: NodeTopology.GPULink.Kind, count: Int) {
        guard first != second, count > 0 else { return }
        let pair = Pair(first: min(first, second), second: max(first, second))
        if let known = direct[pair], known.count >= count { return }
        direct[pair] = (kind, count)
    }

    /// Adds a switch and gives its number.
    mutating func addSwitch() -> Int {
        parents.append(parents.count)
        return parents.count - 1
    }

    /// Notes links of a GPU to a switch.
    mutating func join(gpu: Int, toSwitch number: Int, count: Int) {
        guard count > 0 else { return }
        toSwitches[gpu] += count
        if let other = switches[gpu] { join(switch: other, toSwitch: number) } else { switches[gpu] = number }
    }

    /// Notes that two switches reach each other.
    mutating func join(switch first: Int, toSwitch second: Int) {
        parents[root(first)] = root(second)
    }

    private func root(_ number: Int) -> Int {
        var number = number
        while parents[number] != number { number = parents[number] }
        return number
    }

    /// The ways from GPU to GPU, by first and second.
    ///
    /// Through switches two GPUs have as many links as the one with fewer has to the switches.
    var links: [NodeTopology.GPULink] {
        var links: [NodeTopology.GPULink] = []
        for first in 0..<gpuCount {
            for second in (first + 1)..<max(gpuCount, first + 1) {
                if let link = direct[Pair(first: first, second: second)] {
                    links.append(.init(first: first, second: second, kind: link.kind, count: link.count))
                } else if let one = switches[first], let other = switches[second], root(one) == root(other) {
                    let count = min(toSwitches[first], toSwitches[second])
                    links.append(.init(first: first, second: second, kind: .nvSwitch, count: count))
                }
            }
        }
        return links
    }
}
