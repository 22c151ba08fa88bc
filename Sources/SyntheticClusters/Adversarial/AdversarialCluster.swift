public import ClusterModel

/// A source of small random clusters full of oddities, for property tests.
///
///     let snapshot = AdversarialCluster().snapshot(seed: seed)
///
/// Each seed switches every oddity on or off first and then uses those that are on. Clusters in which all oddities are
/// equally rare would hardly ever hold much of one and nothing of another.
///
/// Source: Groce et al., "Swarm testing", ISSTA 2012, DOI 10.1145/2338965.2336763.
public struct AdversarialCluster: Equatable, Sendable {
    /// How many nodes there may be.
    public var nodes: ClosedRange<Int>
    /// How many gangs there may be.
    public var gangs: ClosedRange<Int>
    /// How many pods a gang may have.
    public var podsPerGang: ClosedRange<Int>
    /// What must not occur.
    public var excluded: Set<Oddity>

    /// Clusters within the given sizes.
    public init(
        nodes: ClosedRange<Int> = 1...12, gangs: ClosedRange<Int> = 0...20,
        podsPerGang: ClosedRange<Int> = 1...8, excluding excluded: Set<Oddity> = []
    ) {
        self.nodes = nodes
        self.gangs = gangs
        self.podsPerGang = podsPerGang
        self.excluded = excluded
    }

    /// The cluster of a seed.
    ///
    /// Names are unique within a kind, as in every snapshot.
    public func snapshot(seed: UInt64) -> ClusterSnapshot {
        var builder = AdversarialBuilder(recipe: self, seed: seed)
        builder.addQueuesAndClasses()
        builder.addNodes(builder.random.integer(in: nodes))
        builder.addInstanceTypes()
        for number in 0..<builder.random.integer(in: gangs) { builder.addGang(number, sizes: podsPerGang) }
        builder.addLoosePods()
        builder.addVolumes()
        builder.addNetwork(excluding: excluded, seed: seed)
        builder.snapshot.newestTimestamp = builder.newestCreation
        return builder.snapshot
    }
}

extension SyntheticCluster {
    /// Small random clusters full of oddities; see `AdversarialCluster`.
    public static var adversarial: AdversarialCluster { AdversarialCluster() }
}

/// One adversarial cluster in the making.
struct AdversarialBuilder {
    var random: SeededGenerator
    var snapshot = ClusterSnapshot()
    /// What is left on each node; below zero where it is over-committed.
    var free: [String: ResourceList] = [:]
    private let enabled: Set<Oddity>

    /// Names that nothing in the snapshot has.
    static let unknownNode = "node-gone"
    static let unknownQueue = "nowhere"
    static let unknownPodGroup = "job-ghost"
    static let unknownPriorityClass = "forgotten"
    static let unknownResource: ResourceName = "example.com/quantum"
    static let otherDevice: ResourceName = "example.com/fpga"

    init(recipe: AdversarialCluster, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var enabled: Set<Oddity> = []
        let oddities = Oddity.allCases.filter { !Oddity.ofTheNetwork.contains($0) }
        for oddity in oddities where random.chance(1, in: 2) && !recipe.excluded.contains(oddity) {
            enabled.insert(oddity)
        }
        self.enabled = enabled
    }

    /// Whether an oddity happens here; never if this cluster does without it.
    mutating func happens(_ oddity: Oddity, _ hits: Int = 1, in total: Int) -> Bool {
        enabled.contains(oddity) && random.chance(hits, in: total)
    }

    /// One of four moments, so that many objects are equally old; or none.
    mutating func creation() -> Timestamp? {
        if happens(.missingCreationTimes, in: 4) { return nil }
        return Timestamp(secondsSinceEpoch: 1_767_225_600 + Int64(random.integer(in: 0...3)))
    }

    /// The newest creation time of pods, pod groups and queues.
    var newestCreation: Timestamp? {
        (snapshot.pods.map(\.created) + snapshot.podGroups.map(\.created) + snapshot.queues.map(\.created))
            .compactMap(\.self).max()
    }
}
