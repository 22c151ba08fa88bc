/// What few pods ask of their place: company, spread and volumes.
public struct PodConstraints: Hashable, Sendable {
    /// The company that the pod seeks.
    public var podAffinity: PodAffinity
    /// The company that it avoids.
    public var podAntiAffinity: PodAffinity
    /// How it and its like are to be spread.
    public var topologySpread: [TopologySpreadConstraint]
    /// The volumes that tie it to places, in the order of the specification.
    public var volumes: [PodVolume]

    /// Constraints; by default none.
    public init(
        podAffinity: PodAffinity = PodAffinity(), podAntiAffinity: PodAffinity = PodAffinity(),
        topologySpread: [TopologySpreadConstraint] = [], volumes: [PodVolume] = []
    ) {
        self.podAffinity = podAffinity
        self.podAntiAffinity = podAntiAffinity
        self.topologySpread = topologySpread
        self.volumes = volumes
    }

    /// True when nothing is asked.
    public var isEmpty: Bool {
        podAffinity.isEmpty && podAntiAffinity.isEmpty && topologySpread.isEmpty && volumes.isEmpty
    }
}

/// Constraints in a place of their own, so that the many pods without any stay small and cheap to copy.
final class BoxedPodConstraints: Equatable, Sendable {
    let value: PodConstraints

    /// `nil` for constraints that ask nothing.
    init?(_ value: PodConstraints?) {
        guard let value, !value.isEmpty else { return nil }
        self.value = value
    }

    static func == (left: BoxedPodConstraints, right: BoxedPodConstraints) -> Bool {
        left === right || left.value == right.value
    }
}
