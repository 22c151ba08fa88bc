import ClusterModel

extension AdversarialBuilder {
    /// Adds domains of the network, and what gangs want of them.
    ///
    /// It draws numbers of its own, so that everything else is as it would be without.
    mutating func addNetwork(excluding excluded: Set<Oddity>, seed: UInt64) {
        var random = SeededGenerator(seed: seed ^ 0x4e65_7477_6f72_6b)
        var enabled: Set<Oddity> = []
        for oddity in Oddity.allCases where Oddity.ofTheNetwork.contains(oddity) {
            if random.chance(1, in: 2), !excluded.contains(oddity) { enabled.insert(oddity) }
        }
        if enabled.contains(.hyperNodes) { addHyperNodes(using: &random) }
        for index in snapshot.podGroups.indices {
            if enabled.contains(.networkWishes), random.chance(1, in: 2) {
                snapshot.podGroups[index].networkTopology = Self.wish(using: &random)
            }
            if enabled.contains(.subGroups), random.chance(1, in: 2) {
                snapshot.podGroups[index].subGroupPolicies = [
                    SubGroupPolicy(
                        name: "parts",
                        networkTopology: enabled.contains(.networkWishes) && random.chance(1, in: 2)
                            ? Self.wish(using: &random) : nil,
                        subGroupSize: random.integer(in: 1...3), minSubGroups: random.integer(in: 0...2),
                        matchLabelKeys: [Self.partLabel])
                ]
            }
        }
        if !enabled.contains(.subGroups) { return }
        for index in snapshot.pods.indices where snapshot.pods[index].podGroup != nil {
            if random.chance(1, in: 8) { continue }
            snapshot.pods[index].labels[Self.partLabel] = "\(random.integer(in: 0...2))"
        }
    }

    /// The label by whose values pods form parts.
    static let partLabel = "part"

    static func wish(using random: inout SeededGenerator) -> NetworkTopology {
        switch random.integer(in: 0...7) {
        case 0, 1: NetworkTopology(mode: .soft)
        case 2: NetworkTopology()
        case 3: NetworkTopology(highestTierName: random.choice(["rack", "row"]))
        default: NetworkTopology(highestTierAllowed: random.integer(in: 0...3))
        }
    }

    /// Racks, and spines around them; some nodes are in none.
    private mutating func addHyperNodes(using random: inout SeededGenerator) {
        let names = snapshot.nodes.map(\.name)
        var racks: [String] = []
        var start = 0
        while start < names.count {
            let end = min(names.count, start + random.integer(in: 1...4))
            if random.chance(7, in: 8) {
                racks.append("rack-\(racks.count)")
                snapshot.hyperNodes.append(
                    HyperNode(
                        name: racks[racks.count - 1], tier: 1, tierName: "rack",
                        members: names[start..<end].map { .nodes(.exact($0)) }))
            }
            start = end
        }
        for spine in 0..<random.integer(in: 0...2) {
            let members = racks.indices.filter { $0 % 3 == spine }.map { racks[$0] }
            snapshot.hyperNodes.append(
                HyperNode(name: "spine-\(spine)", tier: 2, members: members.map { .hyperNode($0) }))
        }
        // Now and then a domain that shares a node with others.
        if let name = names.first, random.chance(1, in: 20) {
            let members = [name, names[names.count - 1]].map { HyperNode.Member.nodes(.exact($0)) }
            snapshot.hyperNodes.append(HyperNode(name: "astray", tier: 1, members: members))
        }
    }
}
