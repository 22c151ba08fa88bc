import ClusterModel
import Documents
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Volcano's configuration files are read as they are") struct ReadingTests {
    private func read(_ text: String) throws -> SchedulerConfiguration {
        let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "c")
        #expect(problems.isEmpty, "\(problems)")
        return try #require(configuration)
    }

    private func plugins(_ configuration: SchedulerConfiguration) -> [[String]] {
        configuration.tiers.map { $0.map(\.name) }
    }

    @Test("Volcano's default") func volcanoDefault() throws {
        let configuration = try read(ConfigurationText.volcano)
        #expect(configuration.compatibility == .volcano)
        #expect(configuration.remarks.allSatisfy { $0.severity == .note })
        #expect(configuration.actions == [.enqueue, .allocate, .backfill])
        #expect(
            plugins(configuration) == [
                ["priority", "gang", "conformance"],
                ["overcommit", "drf", "predicates", "proportion", "nodeorder"],
            ])
    }

    @Test("Helm's, with its switches") func helm() throws {
        let configuration = try read(ConfigurationText.helm)
        #expect(
            plugins(configuration)[1] == [
                "overcommit", "drf", "predicates", "proportion", "nodeorder", "binpack",
            ])
        #expect(configuration.tiers[0].map { $0.isEnabled(.preemptable) } == [true, false, true])
        #expect(configuration.tiers[0].map { $0.isEnabled(.jobOrder) } == [true, true, true])
    }

    @Test("Azure ML's, in flow style") func azureML() throws {
        let configuration = try read(ConfigurationText.azureML)
        #expect(
            plugins(configuration) == [
                ["task-topology", "priority", "gang", "conformance"],
                ["overcommit", "drf", "predicates", "proportion", "nodeorder", "binpack"],
            ])
    }

    @Test("ours") func ours() throws {
        let configuration = try read(SchedulerConfiguration.defaultText)
        #expect(configuration.compatibility == .gangwright)
        #expect(configuration.remarks.allSatisfy { $0.severity == .note })
        #expect(configuration.actions == [.allocate, .preempt, .reclaim, .backfill])
    }

    @Test(
        "every switch is on unless it says otherwise, but hierarchy and cluster order",
        arguments: PluginFlag.allCases.filter { $0.key(under: .volcano) != nil })
    func flags(flag: PluginFlag) throws {
        let isOn = flag != .hierarchy && flag != .clusterOrder
        let silent = try read("actions: allocate\ntiers: [{plugins: [{name: gang}]}]")
        #expect(silent.tiers[0][0].isEnabled(flag) == isOn)
        let off = try read("actions: allocate\ntiers: [{plugins: [{name: gang, \(flag.rawValue): false}]}]")
        #expect(!off.tiers[0][0].isEnabled(flag))
    }

    @Test("the switches are spelled as Volcano spells them") func spelling() {
        #expect(
            PluginFlag.allCases.compactMap { $0.key(under: .volcano) }.sorted() == [
                "enableBestNode", "enableHierarchy", "enableJobEnqueued", "enableJobOrder",
                "enableJobPipelined",
                "enableJobReady", "enableJobStarving", "enableNodeOrder", "enablePredicate",
                "enablePreemptable",
                "enablePreemptive", "enableQueueOrder", "enableReclaimable", "enableReservedNodes",
                "enableTargetJob",
                "enableTaskOrder", "enabledAllocatable", "enabledClusterOrder", "enabledHyperNodeGradient",
                "enabledHyperNodeOrder", "enabledOverused", "enabledSubJobOrder", "enabledSubJobPipelined",
                "enabledSubJobReady", "enabledVictim",
            ])
    }

    @Test("arguments have Volcano's defaults") func defaults() throws {
        let configuration = try read(ConfigurationText.helm)
        let effective = configuration.tiers.joined().flatMap { plugin in
            plugin.arguments.effective.map { "\($0.name)=\($0.value.json(pretty: false))" }
        }
        #expect(
            effective == [
                "overcommit-factor=1.2", "predicate.NodeAffinityEnable=true",
                "predicate.TaintTolerationEnable=true",
                "predicate.NodePortsEnable=true", "predicate.PodAffinityEnable=true",
                "predicate.PodTopologySpreadEnable=true", "predicate.NodeVolumeLimitsEnable=true",
                "predicate.VolumeZoneEnable=true", "predicate.VolumeBindingEnable=true",
                "predicate.CacheEnable=false", "volumebinding.weight=1",
                "volumebinding.bindTimeoutSeconds=600", "dynamicresources.filterTimeoutSeconds=10",
                "leastrequested.weight=1", "mostrequested.weight=0", "balancedresource.weight=1",
                "nodeaffinity.weight=2", "tainttoleration.weight=3", "imagelocality.weight=1",
                "podaffinity.weight=2",
                "podtopologyspread.weight=2", "binpack.weight=1", "binpack.cpu=1", "binpack.memory=1",
            ])
    }

    @Test("a Bool may be in quotes, as Volcano reads it; a list of names is trimmed") func lenientArguments()
        throws
    {
        let configuration = try read(
            """
            actions: allocate
            tiers:
            - plugins:
              - name: predicates
                arguments: {predicate.NodePortsEnable: "false"}
              - name: binpack
                arguments: {binpack.resources: " nvidia.com/gpu ,, example.com/fpga"}
            """)
        let effective = configuration.tiers[0].flatMap(\.arguments.effective)
        #expect(effective.first { $0.name == "predicate.NodePortsEnable" }?.value == .bool(false))
        #expect(
            effective.first { $0.name == "binpack.resources" }?.value
                == .string("nvidia.com/gpu, example.com/fpga"))
    }

    @Test("an argument of the wrong type leaves the default in force") func wrongType() {
        let text =
            "actions: allocate\ntiers: [{plugins: [{name: binpack, arguments: {binpack.weight: \"10\"}}]}]"
        let configuration = SchedulerConfiguration.read(Array(text.utf8), file: "c").configuration
        #expect(configuration?.tiers[0][0].arguments.effective.first?.value == .integer(1))
    }

    @Test("what is printed reads back as the same configuration", arguments: NamedConfiguration.all)
    func roundTrip(named: NamedConfiguration) throws {
        let printed = named.configuration.document.yaml()
        let again = try read(printed)
        #expect(again.document == named.configuration.document)
        #expect(again.document.yaml() == printed)
    }

    @Test("the default is printed in full") func printedDefault() throws {
        let text = SchedulerConfiguration.default.document.yaml()
        #expect(
            text.hasPrefix(
                "compatibility: gangwright\nactions: allocate, preempt, reclaim, backfill\ntiers:\n"))
        #expect(text.contains("binpack.resources.nvidia.com/gpu: 10"))
        #expect(text.contains("leastrequested.weight: 0"))
        #expect(text.contains("predicateErrorCacheEnable: true"))
    }

    @Test("any bytes are read without a crash") func robustness() {
        let text = Array(SchedulerConfiguration.defaultText.utf8)
        for cut in stride(from: 0, to: text.count, by: 7) {
            _ = SchedulerConfiguration.read(Array(text.prefix(cut)), file: "c")
            var damaged = text
            damaged[cut] = UInt8(truncatingIfNeeded: cut &* 37)
            _ = SchedulerConfiguration.read(damaged, file: "c")
        }
        #expect(SchedulerConfiguration.read([0xFF, 0xFE, 0x00], file: "c").configuration == nil)
    }
}
