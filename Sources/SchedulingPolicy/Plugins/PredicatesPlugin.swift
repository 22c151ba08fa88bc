import Allocator
import ClusterModel

/// What a pod demands of a node besides resources.
///
/// Source: Volcano's `predicates`, which runs kube-scheduler's filters. The allocator knows the number of pods, cordons,
/// node affinity, taints and, by marks, host ports; the rules here are asked for those few pods that they concern. A pod
/// with resource claims is left pending and says so.
struct PredicatesPlugin: Plugin {
    static let name = "predicates"
    fileprivate static let bindTimeout = "volumebinding.bindTimeoutSeconds"
    fileprivate static let defaultBindTimeout: Int64 = 600
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
        // Of these, which Volcano hands to plugins of kube-scheduler, the time is for the shell that binds; the score is
        // off in both.
        ArgumentSchema(name: "volumebinding.weight", kind: .integer(default: 1)),
        ArgumentSchema(name: bindTimeout, kind: .integer(default: defaultBindTimeout)),
        ArgumentSchema(name: "volumebinding.shape", kind: .structure(expected: "a list")),
        ArgumentSchema(name: "dynamicresources.filterTimeoutSeconds", kind: .integer(default: 10)),
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
    private let proportions: ProportionRule?

    init(_ arguments: Arguments) {
        self.arguments = arguments
        proportions = ProportionRule(arguments)
    }

    func describeNodes(_ nodes: inout NodeDescriptions) {
        nodes.filters = [.nodeUnschedulable, .podCount]
        // Volcano 1.5 knows no claims to devices: pods that state them are placed without regard to it.
        nodes.evaluated = UnsupportedConstraints(nodes.compatibility == .volcano15 ? [] : [.resourceClaims])
        if isOn("NodeAffinity") { nodes.filters.insert(.nodeAffinity) }
        if isOn("TaintToleration") { nodes.filters.insert(.taintToleration) }
        nodes.checksHostPorts = isOn("NodePorts")
        nodes.devices.sharesMemory = sharesGPUs
    }

    /// The rules that only some pods know, in Volcano's order. Where no pod has such a constraint none is asked for.
    func open(_ session: Session, _ points: inout PluginPoints) {
        if let proportions {
            points.filterNodes { proportions.check(for: $1, in: $0) }
        }
        if sharesGPUs, !session.devices.isIdle {
            points.filterNodes(by: DeviceRule.self)
            points.annotateBinds { session, task in session.deviceAnnotations(of: task) }
        }
        let (hasNeighbours, hasVolumes) = (session.neighbours.isInUse, !session.volumes.isEmpty)
        if hasNeighbours, isOn("PodAffinity") { points.filterNodes(by: PodAffinityRule.self) }
        if hasVolumes, isOn("NodeVolumeLimits") { points.filterNodes(by: VolumeLimitsRule.self) }
        if hasVolumes, isOn("VolumeZone") { points.filterNodes(by: VolumeZoneRule.self) }
        if hasNeighbours, isOn("PodTopologySpread") { points.filterNodes(by: TopologySpreadRule.self) }
        if hasVolumes, isOn("VolumeBinding") { points.filterNodes(by: VolumeBindingRule.self) }
        if hasVolumes, session.compatibility == .gangwright {
            points.filterNodes(by: VolumeRestrictionsRule.self)
        }
    }

    /// Whether a filter is on. Volcano 1.5 has no switches, and of these filters not those of volumes and topology spread.
    private func isOn(_ filter: String) -> Bool {
        if isOld { return ["NodeAffinity", "TaintToleration", "NodePorts", "PodAffinity"].contains(filter) }
        return arguments.bool("predicate.\(filter)Enable")
    }

    /// Whether pods may ask for memory of a card: Volcano 1.5 looks at cards here.
    private var sharesGPUs: Bool { isOld && arguments.bool("predicate.GPUSharingEnable") }

    /// Whether the arguments are those of Volcano 1.5.
    private var isOld: Bool { arguments.takes("predicate.GPUSharingEnable") }
}

extension SchedulerConfiguration {
    /// How long the volumes of a gang may take that are made or taken for it; kube-scheduler's ten minutes unless given.
    public var volumeBindTimeout: Duration {
        let arguments = tiers.joined().first { $0.name == PredicatesPlugin.name }?.arguments
        let name = PredicatesPlugin.bindTimeout
        let seconds = arguments.flatMap { $0.takes(name) ? $0.integer(name) : nil } ?? 0
        return .seconds(seconds > 0 ? seconds : PredicatesPlugin.defaultBindTimeout)
    }
}
