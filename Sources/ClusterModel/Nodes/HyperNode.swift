/// A domain of the network: nodes, or smaller domains, that are near to each other.
///
/// Source: `topology.volcano.sh/v1alpha1`.
public struct HyperNode: Equatable, Sendable {
    /// What a domain consists of.
    public enum Member: Hashable, Sendable {
        /// The nodes that are meant.
        case nodes(NodeMatch)
        /// The domain of that name.
        case hyperNode(String)
    }

    /// Which nodes are meant.
    public enum NodeMatch: Hashable, Sendable {
        /// The node of that name.
        case exact(String)
        /// The nodes in whose names the pattern, in Go's syntax, is found.
        case regex(String)
        /// The nodes whose labels the selector means.
        case labels(LabelSelector)
    }

    /// The domain's name.
    public var name: String
    /// How wide it is; nodes of a lower tier are nearer to each other.
    public var tier: Int
    /// What the tier is called, empty if it has no name.
    public var tierName: String
    /// What it consists of.
    public var members: [Member]

    /// A domain by its name, tier and members.
    public init(name: String, tier: Int, tierName: String = "", members: [Member] = []) {
        self.name = name
        self.tier = tier
        self.tierName = tierName
        self.members = members
    }
}
