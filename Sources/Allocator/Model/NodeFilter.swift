public import ClusterModel

/// The constraints on nodes that are evaluated once per scheduling shape and then kept.
public struct NodeFilters: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// A set by its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nodes whose `Ready` condition is not `True` take nothing.
    public static let nodeReady = NodeFilters(rawValue: 1 << 0)
    /// Cordoned nodes take only pods that tolerate `node.kubernetes.io/unschedulable`.
    public static let nodeUnschedulable = NodeFilters(rawValue: 1 << 1)
    /// `nodeSelector` and required node affinity.
    public static let nodeAffinity = NodeFilters(rawValue: 1 << 2)
    /// Taints with `NoSchedule` or `NoExecute`.
    public static let taintToleration = NodeFilters(rawValue: 1 << 3)
    /// The number of pods on a node, leaving and promised ones included.
    public static let podCount = NodeFilters(rawValue: 1 << 4)
}

/// What a pod demands of a node besides resources. Pods with equal demands share one evaluation.
struct NodeDemands: Hashable {
    var nodeSelector: [String: String]
    var required: [NodeSelectorTerm]?
    var tolerations: [Toleration]

    init(_ pod: Pod) {
        nodeSelector = pod.nodeSelector
        required = pod.nodeAffinity.required
        tolerations = pod.tolerations
    }

    /// Why a node is ruled out for good, `nil` if it is not. The order is kube-scheduler's.
    func refusal(by node: Node, filters: NodeFilters) -> NodeRefusal? {
        if filters.contains(.nodeReady), !node.isReady { return .notReady }
        if filters.contains(.nodeUnschedulable), node.isUnschedulable, !toleratesCordon {
            return .unschedulable
        }
        if filters.contains(.taintToleration), let taint = node.taints.first(where: isRepelled) {
            return .taint(taint)
        }
        if filters.contains(.nodeAffinity), !matchesAffinity(node) { return .affinity }
        return nil
    }

    private var toleratesCordon: Bool {
        let cordon = Taint(key: "node.kubernetes.io/unschedulable", effect: .noSchedule)
        return tolerations.contains { $0.tolerates(cordon) }
    }

    private func isRepelled(by taint: Taint) -> Bool {
        taint.repels && !tolerations.contains { $0.tolerates(taint) }
    }

    private func matchesAffinity(_ node: Node) -> Bool {
        nodeSelector.allSatisfy { node.labels[$0.key] == $0.value }
            && (required?.contains { $0.matches(node) } ?? true)
    }
}

/// Why a node cannot take a pod, in the words that kube-scheduler and Volcano use.
public enum NodeRefusal: Hashable, Sendable, CustomStringConvertible {
    /// The `Ready` condition is not `True`.
    case notReady
    /// The node is cordoned.
    case unschedulable
    /// `nodeSelector` or required node affinity does not match.
    case affinity
    /// A taint is not tolerated.
    case taint(Taint)
    /// The pods on the node rule it out, with the reason that was given for it.
    case mark(String)
    /// A plugin's rule speaks against the node; whether it might not if pods left it.
    case rule(String, isResolvable: Bool)
    /// The node holds as many pods as it may.
    case podCount
    /// Too little of a resource is left.
    case insufficient(ResourceName)

    /// The reason as it is counted in messages: `3 Insufficient nvidia.com/gpu`.
    public var description: String {
        switch self {
        case .notReady: "node(s) were not ready"
        case .unschedulable: "node(s) were unschedulable"
        case .affinity: "node(s) didn't match Pod's node affinity/selector"
        case .taint(let taint): "node(s) had untolerated taint {\(taint.key): \(taint.value)}"
        case .mark(let reason), .rule(let reason, _): reason
        case .podCount: "node(s) pod number exceeded"
        case .insufficient(let resource): "Insufficient \(resource)"
        }
    }
}

extension NodeRefusal {
    /// No GPU has room for a part of one.
    public static let noPartOfGPU = NodeRefusal.rule(
        "node(s) had no GPU with so much of it free", isResolvable: true)

    /// True when more free resources would do.
    public var isShortage: Bool {
        switch self {
        case .podCount, .insufficient: true
        case .notReady, .unschedulable, .affinity, .taint, .mark, .rule: false
        }
    }

    /// True when the departure of pods may help: kube-scheduler's `Unschedulable`, the others are
    /// `UnschedulableAndUnresolvable`.
    public var isResolvable: Bool {
        switch self {
        case .podCount, .insufficient, .mark: true
        case .rule(_, let isResolvable): isResolvable
        case .notReady, .unschedulable, .affinity, .taint: false
        }
    }
}
