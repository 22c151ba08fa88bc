/// Something unusual that an adversarial cluster may hold.
public enum Oddity: String, CaseIterable, Sendable {
    // Nodes.

    /// Nodes that are cordoned.
    case cordonedNodes
    /// Nodes whose `Ready` condition is `False` or `Unknown`.
    case notReadyNodes
    /// Taints of every effect, with numbers and empty values among their values.
    case taints
    /// Nodes of which every resource is zero, and nodes that name no resource at all.
    case zeroCapacityNodes
    /// Nodes that do not name `pods`.
    case nodesWithoutPodLimit
    /// Nodes for no more than three pods.
    case fewPodSlots
    /// Nodes on which the bound pods ask for more than there is.
    case overcommittedNodes

    // What pods ask for.

    /// Tolerations of every operator, with and without key and effect.
    case tolerations
    /// Node selectors, some of which no node has.
    case nodeSelectors
    /// Required node affinity with every operator, fields, terms without requirements and lists without terms.
    case requiredNodeAffinity
    /// Preferred node affinity with every operator.
    case preferredNodeAffinity
    /// Pods that ask for nothing at all.
    case bestEffortPods
    /// Pods that ask for zero of something, a resource that the node may never have heard of.
    case zeroRequests
    /// Pods that ask for a resource which no node offers.
    case unknownResources
    /// Pods of several containers, whose non-zero requests exceed those of one.
    case severalContainers
    /// Pods that want ports of their node, on all addresses or on one.
    case hostPorts
    /// Pods with constraints that are read but not evaluated.
    case unsupportedConstraints
    /// Pods with labels that others look at.
    case podLabels
    /// Pods that seek and avoid the company of others, in required and preferred terms.
    case podAffinity
    /// Pods that are to be spread over zones and nodes.
    case topologySpread
    /// Pods that mount volume claims: bound ones, ones that wait for their first pod, and one that is not there.
    case volumeClaims

    // The state of pods.

    /// Pods bound to a node that does not exist.
    case podsOnUnknownNodes
    /// Pods with a deletion time stamp, bound and pending.
    case terminatingPods
    /// Pods that have ended, well or badly.
    case finishedPods
    /// Pods that are gated.
    case gatedPods
    /// Pods with a nominated node, which may not exist.
    case nominatedNodes
    /// Objects without a creation time. Equal times need no switch: they are everywhere.
    case missingCreationTimes
    /// Pods without a priority, with one that no class explains, with a class that does not exist.
    case oddPriorities
    /// Pods of `kube-system` and of the system's priority classes.
    case systemPods

    // Gangs.

    /// Pods that belong to no gang.
    case podsWithoutGroup
    /// Pods whose pod group does not exist.
    case missingPodGroups
    /// Gangs that have no pods yet.
    case emptyGangs
    /// A minimum of 0.
    case minMemberZero
    /// A minimum above the number of pods.
    case minMemberAbovePods
    /// A minimum below the number of pods, 1 among others.
    case elasticGangs
    /// Minimums for roles that the gang's own minimum covers.
    case roleMinimums
    /// Minimums for roles that add up to more than the gang's, or that no pod has.
    case inconsistentRoleMinimums
    /// Gangs whose pods differ in what they ask for.
    case unequalMembers
    /// Gangs that state what admission reserves: the true sum, less, nothing, too much.
    case minResources
    /// Gangs of which some pods are bound and others wait.
    case partlyBoundGangs
    /// Gangs of every phase, whatever their pods do.
    case oddPhases
    /// Gangs that were found invalid while they were read, and gangs of every origin.
    case invalidGangs
    /// Gangs of one name in two namespaces.
    case sameNameInTwoNamespaces

    // Queues.

    /// Clusters without any queue.
    case noQueues
    /// Gangs whose queue does not exist.
    case missingQueues
    /// Queues that are closed, closing or of unknown state.
    case closedQueues
    /// Queues with a limit.
    case queueCapabilities
    /// Queues with a guarantee.
    case queueGuarantees
    /// Queues with a priority.
    case queuePriorities

    // The network.

    /// Domains of nodes that are near to each other: mostly a tree, now and then not.
    case hyperNodes
    /// Gangs whose pods are to be near to each other, or would like to be.
    case networkWishes
    /// Gangs whose pods form parts, with a size, a number and a wish of their own.
    case subGroups

    /// What clusters have had only since others were drawn, and draw apart from them.
    static let ofTheNetwork: Set<Oddity> = [.hyperNodes, .networkWishes, .subGroups]
}
