import Allocator
import ClusterModel

/// What a pod demands of a node besides resources.
///
/// Source: Volcano's `predicates`, which runs kube-scheduler's filters. Evaluated here are the number of pods, cordons,
/// node affinity, taints and host ports; a pod that states another constraint whose filter is on is left pending and says so.
struct PredicatesPlugin: Plugin {
    static let name = "predicates"
    static let arguments = [
        ArgumentSchema(name: "predicate.NodeAffinityEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.TaintTolerationEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.NodePortsEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.PodAffinityEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.PodTopologySpreadEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.NodeVolumeLimitsEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.VolumeZoneEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.VolumeBindingEnable", kind: .bool(default: true)),
        ArgumentSchema(name: "predicate.CacheEnable", kind: .bool(default: false)),
    ]

    /// Volcano 1.5 has few switches, and none for its filters; it keeps CPU and memory for devices here, where later
    /// versions do in `resource-strategy-fit`.
    private static let arguments15 = [
        ArgumentSchema(name: "predicate.GPUSharingEnable", kind: .bool(default: false)),
        ArgumentSchema(name: "predicate.CacheEnable", kind: .bool(default: false)),
        ArgumentSchema(name: "predicate.ProportionalEnable", kind: .bool(default: false)),
        ArgumentSchema(name: "predicate.resources", kind: .names),
        ArgumentSchema(name: "predicate.resources.*", kind: .float(default: 1)),
    ]

    static func arguments(under compatibility: Compatibility) -> [ArgumentSchema] {
        compatibility == .volcano15 ? arguments15 : arguments
    }

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func open(_ session: Session, _ points: inout PluginPoints) {
        if let proportions = ProportionRule(arguments) {
            points.filterNodes { proportions.check(for: $1, in: $0) }
        }
    }

    func describeNodes(_ nodes: inout NodeDescriptions) {
        nodes.filters = [.nodeUnschedulable, .podCount]
        if nodes.compatibility == .volcano15 {
            // It knows neither topology spread nor claims to devices: pods that state them are placed without regard to it.
            nodes.filters.formUnion([.nodeAffinity, .taintToleration])
            nodes.checksHostPorts = true
            nodes.evaluated = UnsupportedConstraints([.podAffinity, .podAntiAffinity])
            return
        }
        if arguments.bool("predicate.NodeAffinityEnable") { nodes.filters.insert(.nodeAffinity) }
        if arguments.bool("predicate.TaintTolerationEnable") { nodes.filters.insert(.taintToleration) }
        nodes.checksHostPorts = arguments.bool("predicate.NodePortsEnable")
        var evaluated: [UnsupportedConstraint] = [.resourceClaims]
        if arguments.bool("predicate.PodAffinityEnable") { evaluated += [.podAffinity, .podAntiAffinity] }
        if arguments.bool("predicate.PodTopologySpreadEnable") { evaluated.append(.topologySpread) }
        nodes.evaluated = UnsupportedConstraints(evaluated)
    }
}
