/// How close together in the network the pods of a gang, or of a part of it, are to run.
public struct NetworkTopology: Hashable, Sendable {
    /// Whether the wish is a condition.
    public enum Mode: String, Sendable, CaseIterable {
        /// It is: without a network domain that is near enough, nothing is placed.
        case hard
        /// The nearest domain that has room is taken, however wide.
        case soft
    }

    /// Whether the wish is a condition.
    public var mode: Mode
    /// The widest tier of domains that may be crossed; `nil` if none is given by number.
    public var highestTierAllowed: Int?
    /// The widest tier by its name; `nil` if none is given by name.
    public var highestTierName: String?
    /// The label of nodes that tells domains apart, of which one is to take all pods; `nil` for domains by HyperNodes.
    public var nodeLabel: String?

    /// A wish; by default a condition that names no tier.
    public init(mode: Mode = .hard, highestTierAllowed: Int? = nil, highestTierName: String? = nil) {
        self.mode = mode
        self.highestTierAllowed = highestTierAllowed
        self.highestTierName = highestTierName
    }

    /// The condition that all pods run on nodes that have a label, and one value of it.
    public init(nodeLabel: String) {
        self.init()
        self.nodeLabel = nodeLabel
    }
}

/// A rule by which the pods of a gang form parts, each of which starts as a whole.
///
/// Pods that the selector means and that agree in the values of all `matchLabelKeys` are one part.
public struct SubGroupPolicy: Hashable, Sendable {
    /// The rule's name.
    public var name: String
    /// How close together the pods of one part are to run; `nil` if nothing is asked.
    public var networkTopology: NetworkTopology?
    /// The pods of one part that must run together.
    public var subGroupSize: Int
    /// The parts that must run for the gang to run.
    public var minSubGroups: Int
    /// The pods that the rule is for; `nil` means all that have the labels of `matchLabelKeys`.
    public var labelSelector: LabelSelector?
    /// Labels whose values tell one part from another.
    public var matchLabelKeys: [String]

    /// A rule by its name, for parts of one pod unless told otherwise.
    public init(
        name: String, networkTopology: NetworkTopology? = nil, subGroupSize: Int = 1, minSubGroups: Int = 0,
        labelSelector: LabelSelector? = nil, matchLabelKeys: [String] = []
    ) {
        self.name = name
        self.networkTopology = networkTopology
        self.subGroupSize = subGroupSize
        self.minSubGroups = minSubGroups
        self.labelSelector = labelSelector
        self.matchLabelKeys = matchLabelKeys
    }
}
