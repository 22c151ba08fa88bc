import Allocator
import ClusterModel

/// A piece of policy. When a cycle opens it describes what it wants; the session and the allocator carry it out.
///
/// A plugin is one file and one line in the registry.
protocol Plugin: Sendable {
    /// The name in the configuration.
    static var name: String { get }
    /// The arguments that it takes.
    static var arguments: [ArgumentSchema] { get }

    /// The arguments where they, or their defaults, depend on whose semantics hold.
    static func arguments(under compatibility: Compatibility) -> [ArgumentSchema]

    init(_ arguments: Arguments)

    /// Contributes filters and scores of nodes; asked when the configuration is taken.
    func describeNodes(_ nodes: inout NodeDescriptions)

    /// Contributes orders and gates, and settles its part of the ledger.
    func open(_ session: Session, _ points: inout PluginPoints)
}

extension Plugin {
    static var arguments: [ArgumentSchema] { [] }
    static func arguments(under compatibility: Compatibility) -> [ArgumentSchema] { arguments }
    func describeNodes(_ nodes: inout NodeDescriptions) {}
    func open(_ session: Session, _ points: inout PluginPoints) {}
}

/// The plugins that a configuration may name.
enum PluginRegistry {
    static let plugins: [any Plugin.Type] = [
        BinpackPlugin.self,
        CDPPlugin.self,
        CapacityPlugin.self,
        ConformancePlugin.self,
        DRFPlugin.self,
        DeviceSharePlugin.self,
        ExtenderPlugin.self,
        GPUTopologyPlugin.self,
        FragmentationPlugin.self,
        GangPlugin.self,
        NodeGroupPlugin.self,
        NetworkTopologyAwarePlugin.self,
        NUMAAwarePlugin.self,
        NodeOrderPlugin.self,
        OvercommitPlugin.self,
        PDBPlugin.self,
        PredicatesPlugin.self,
        PriorityPlugin.self,
        ProportionPlugin.self,
        ResourceQuotaPlugin.self,
        SLAPlugin.self,
        TDMPlugin.self,
        ReservationPlugin.self,
        ResourceStrategyFitPlugin.self,
        TaskTopologyPlugin.self,
        UsagePlugin.self,
    ]

    /// Volcano's plugins that a later version brings, refused by name until then.
    static let later: Set<String> = [
        "rescheduling"
    ]

    static func type(named name: String) -> (any Plugin.Type)? { plugins.first { $0.name == name } }
}

/// What plugins demand of nodes and how they rank them.
struct NodeDescriptions {
    /// Whose semantics hold.
    var compatibility = Compatibility.gangwright
    var filters: NodeFilters = []
    var kernels: [ScoreKernel] = []
    /// True where nodes take no pod with a host port that is in use there.
    var checksHostPorts = false
    /// The labels of nodes that tell domains of the network apart, from the widest on; none where HyperNodes do.
    var domainLabels: [String] = []
    /// How near to each other gangs are placed that say nothing of it; `nil` for anywhere.
    var domainWish: NetworkTopology?
    /// True where the kubelet's choice of processors is foreseen.
    var followsKubelet = false
    /// True where GPUs are chosen for pods.
    var choosesGPUs = false
    /// True where parts of nodes are chosen for pods.
    var choosesPins: Bool { followsKubelet || choosesGPUs }
    /// How GPUs are shared.
    var devices = DeviceSettings()
    /// How fragments of GPUs are counted; `nil` where they are not.
    var fragments: FragmentSettings?
    /// Constraints of pods that this configuration would evaluate: a pod that states one which we cannot is not tried.
    var evaluated: UnsupportedConstraints = []
}

extension SchedulerConfiguration {
    /// What all plugins together demand of nodes and how they rank them.
    var nodeDescriptions: NodeDescriptions {
        var nodes = NodeDescriptions(compatibility: compatibility)
        for plugin in plugins { plugin.describeNodes(&nodes) }
        // Cards are chosen by fragments even where nodes are not.
        if nodes.devices.parts, nodes.devices.choice == .fragmentation, nodes.fragments == nil {
            nodes.fragments = FragmentSettings()
        }
        if nodes.devices.parts {
            nodes.kernels = nodes.kernels.map(\.countingParts)
        } else if compatibility == .gangwright {
            nodes.evaluated.insert(.gpuParts)
        }
        if !compatibility.countsUnreadyNodes { nodes.filters.insert(.nodeReady) }
        return nodes
    }
}

/// A plugin as a configuration has it.
struct ConfiguredPlugin {
    let configuration: PluginConfiguration
    let tier: Int
    private let plugin: any Plugin

    init(_ configuration: PluginConfiguration, tier: Int) {
        self.configuration = configuration
        self.tier = tier
        plugin = configuration.type.init(configuration.arguments)
    }

    func describeNodes(_ nodes: inout NodeDescriptions) {
        var own = NodeDescriptions(compatibility: nodes.compatibility)
        plugin.describeNodes(&own)
        if nodes.domainLabels.isEmpty { nodes.domainLabels = own.domainLabels }
        nodes.domainWish = nodes.domainWish ?? own.domainWish
        nodes.followsKubelet = nodes.followsKubelet || own.followsKubelet
        nodes.choosesGPUs = nodes.choosesGPUs || own.choosesGPUs
        if configuration.isEnabled(.predicate) {
            nodes.filters.formUnion(own.filters)
            nodes.evaluated.formUnion(own.evaluated)
            nodes.checksHostPorts = nodes.checksHostPorts || own.checksHostPorts
            if own.devices.isActive { nodes.devices = own.devices }
        }
        if configuration.isEnabled(.nodeOrder) {
            nodes.kernels += own.kernels
            nodes.fragments = own.fragments ?? nodes.fragments
        }
    }

    func open(_ session: Session) -> OpenPlugin {
        var points = PluginPoints(configuration: configuration)
        plugin.open(session, &points)
        return OpenPlugin(points, tier: tier)
    }
}

/// What a plugin contributes to a cycle. A class, since many readers each look at one of its many parts.
final class OpenPlugin {
    let points: PluginPoints
    let tier: Int

    init(_ points: PluginPoints, tier: Int) {
        self.points = points
        self.tier = tier
    }
}
