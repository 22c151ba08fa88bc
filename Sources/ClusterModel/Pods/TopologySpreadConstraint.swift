/// How evenly pods that are alike are to be spread over topology domains.
public struct TopologySpreadConstraint: Hashable, Sendable {
    /// What follows when the pods cannot be spread so.
    public enum UnsatisfiableAction: String, Sendable, CaseIterable {
        /// The pod waits.
        case doNotSchedule = "DoNotSchedule"
        /// The pod goes where the spread is least uneven.
        case scheduleAnyway = "ScheduleAnyway"
    }

    /// Whether something about a node decides if its domain counts.
    public enum NodeInclusionPolicy: String, Sendable, CaseIterable {
        /// It does: a node that is out of bounds for the pod does not count.
        case honor = "Honor"
        /// It does not.
        case ignore = "Ignore"
    }

    /// By how many pods a domain may exceed the one that has the fewest, at least 1.
    public var maxSkew: Int
    /// The node label whose value tells one domain from another.
    public var topologyKey: String
    /// What follows when the pods cannot be spread so.
    public var whenUnsatisfiable: UnsatisfiableAction
    /// The pods that are counted, completed by `matchLabelKeys`; `nil` means none.
    public var labelSelector: LabelSelector?
    /// With fewer domains than this, one that has no pods counts as the one with the fewest; `nil` counts as 1.
    public var minDomains: Int?
    /// Whether node affinity and node selector decide which nodes count.
    public var nodeAffinityPolicy: NodeInclusionPolicy
    /// Whether taints decide which nodes count.
    public var nodeTaintsPolicy: NodeInclusionPolicy
    /// Labels that the pods that are counted must share with this one.
    public var matchLabelKeys: [String]

    /// A constraint by skew and domain; the policies have the API's defaults.
    public init(
        maxSkew: Int, topologyKey: String, whenUnsatisfiable: UnsatisfiableAction,
        labelSelector: LabelSelector? = nil, minDomains: Int? = nil,
        nodeAffinityPolicy: NodeInclusionPolicy = .honor, nodeTaintsPolicy: NodeInclusionPolicy = .ignore,
        matchLabelKeys: [String] = []
    ) {
        self.maxSkew = maxSkew
        self.topologyKey = topologyKey
        self.whenUnsatisfiable = whenUnsatisfiable
        self.labelSelector = labelSelector
        self.minDomains = minDomains
        self.nodeAffinityPolicy = nodeAffinityPolicy
        self.nodeTaintsPolicy = nodeTaintsPolicy
        self.matchLabelKeys = matchLabelKeys
    }
}
