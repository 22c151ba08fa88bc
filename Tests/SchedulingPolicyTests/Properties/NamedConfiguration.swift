import SchedulingPolicy
import SyntheticClusters
import Testing

/// A configuration that property tests run under, with the name that failures carry.
struct NamedConfiguration: CustomTestStringConvertible, Sendable {
    let name: String
    let configuration: SchedulerConfiguration
    /// True for one that stands for many: each seed draws its own.
    var isDrawn = false

    init(_ name: String, _ text: String, _ compatibility: Compatibility) {
        self.name = "\(name) (\(compatibility.rawValue))"
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("compatibility:") }
        // What a plugin takes may depend on whose semantics hold, so the text says it.
        let whole = (["compatibility: \(compatibility.rawValue)"] + lines).joined(separator: "\n")
        let (configuration, problems) = SchedulerConfiguration.read(Array(whole.utf8), file: name)
        guard var configuration else { preconditionFailure("\(name): \(problems)") }
        // Volcano 1.5 places nothing that was not admitted.
        if compatibility == .volcano15, !configuration.actions.contains(.enqueue) {
            configuration.actions.insert(.enqueue, at: 0)
        }
        self.configuration = configuration
    }

    var testDescription: String { name }

    /// Whether the plugin that looks at selectors, taints and cordons is among the plugins.
    var hasPredicates: Bool { configuration.tiers.joined().contains { $0.name == "predicates" } }

    /// Whether the plugin that places gangs close together is among the plugins.
    var hasNetwork: Bool { configuration.tiers.joined().contains { $0.name == "network-topology-aware" } }

    /// What a seed draws: plugins, their order and tiers, their arguments.
    static func drawn(_ seed: UInt64, _ compatibility: Compatibility) -> NamedConfiguration {
        let text = AdversarialConfiguration.text(seed: seed, compatibility: compatibility.rawValue)
        var configuration = NamedConfiguration("drawn", text, compatibility)
        configuration.isDrawn = true
        return configuration
    }

    /// Eight texts, and what seeds draw, each with all semantics that know its plugins.
    static let all: [NamedConfiguration] = Compatibility.allCases.flatMap { compatibility in
        (compatibility == .volcano15
            ? [] : [NamedConfiguration("near together", ConfigurationText.near, compatibility)]) + [
                NamedConfiguration("our default", SchedulerConfiguration.defaultText, compatibility),
                NamedConfiguration("Volcano's default", ConfigurationText.volcano, compatibility),
                NamedConfiguration("Helm's", ConfigurationText.helm, compatibility),
                NamedConfiguration("Azure ML's", ConfigurationText.azureML, compatibility),
                NamedConfiguration("binpack", ConfigurationText.binpack, compatibility),
                NamedConfiguration("gang only", ConfigurationText.gangOnly, compatibility),
                NamedConfiguration("evicting", ConfigurationText.evicting, compatibility),
                .drawn(0, compatibility),
            ]
    }
}

/// Configurations that are in use, in their own words.
enum ConfigurationText {
    /// Volcano's built-in default.
    static let volcano = """
        actions: "enqueue, allocate, backfill"
        tiers:
        - plugins:
          - name: priority
          - name: gang
          - name: conformance
        - plugins:
          - name: overcommit
          - name: drf
          - name: predicates
          - name: proportion
          - name: nodeorder
        """

    /// What Volcano's Helm chart installs.
    static let helm = """
        actions: "enqueue, allocate, backfill"
        tiers:
        - plugins:
          - name: priority
          - name: gang
            enablePreemptable: false
          - name: conformance
        - plugins:
          - name: overcommit
          - name: drf
            enablePreemptable: false
          - name: predicates
          - name: proportion
          - name: nodeorder
          - name: binpack
        """

    /// What Azure ML's extension installs.
    static let azureML = """
        actions: "enqueue, allocate, backfill"
        tiers:
        - plugins: [{name: task-topology}, {name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: overcommit}, {name: drf}, {name: predicates}, {name: proportion}, {name: nodeorder}, {name: binpack}]
        """

    /// Nothing but gangs: resources are looked at all the same.
    static let gangOnly = """
        actions: "allocate, backfill"
        tiers:
        - plugins:
          - name: gang
        """

    /// Pods leave for more important ones and for queues that deserve more.
    static let evicting = """
        actions: "enqueue, allocate, preempt, reclaim, backfill"
        tiers:
        - plugins: [{name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: drf}, {name: predicates}, {name: proportion}, {name: nodeorder}, {name: binpack}]
        """

    /// Gangs are placed close together, and others leave for them.
    static let near = """
        actions: "enqueue, allocate, preempt, reclaim, backfill"
        tiers:
        - plugins: [{name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: drf}, {name: predicates}, {name: proportion}, {name: network-topology-aware}, {name: binpack}]
        """

    /// The same, with bundles of pods.
    static let bundling = """
        actions: "enqueue, allocate, gangpreempt, gangreclaim, backfill"
        tiers:
        - plugins: [{name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: predicates}, {name: proportion}, {name: network-topology-aware}, {name: binpack}]
        """

    /// Queues borrow, and take back what they deserve.
    static let borrowing = """
        actions: "enqueue, allocate, preempt, reclaim, backfill"
        tiers:
        - plugins: [{name: priority}, {name: conformance}]
        - plugins: [{name: gang}, {name: predicates}, {name: capacity}, {name: nodeorder}]
        """

    /// No admission and no shares: what fits is placed, on nodes that are filled up by weights.
    static let binpack = """
        actions: "allocate, backfill"
        tiers:
        - plugins:
          - name: priority
          - name: gang
        - plugins:
          - name: predicates
          - name: binpack
            arguments:
              binpack.weight: 5
              binpack.cpu: 2
              binpack.memory: 0
              binpack.resources: "nvidia.com/gpu, example.com/fpga"
              binpack.resources.nvidia.com/gpu: 8
              binpack.resources.example.com/fpga: 3
        """
}
