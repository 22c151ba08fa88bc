import Documents
import Testing

@testable import SchedulingPolicy

/// A configuration of plugins by name, whether or not this version runs them; none of it stems from a file.
func outline(
    _ actions: [ActionName], _ tiers: [String]..., compatibility: Compatibility = .volcano
) -> SchedulerConfiguration {
    let read = tiers.enumerated().map { tier, names in
        names.enumerated().map { place, name in
            let schema = PluginRegistry.type(named: name)?.arguments(under: compatibility) ?? []
            return PluginConfiguration(
                name: name, flags: [:], arguments: Arguments(schema: schema),
                path: "tiers[\(tier)].plugins[\(place)]", type: GangPlugin.self)
        }
    }
    let arguments = ActionName.allCases.map { ($0, Arguments(schema: $0.arguments(under: .volcano))) }
    return SchedulerConfiguration(
        compatibility: compatibility, actions: actions, tiers: read,
        actionArguments: Dictionary(uniqueKeysWithValues: arguments), metrics: nil,
        source: ConfigurationSource(file: "outline"))
}

/// What is remarked, as `severity line field: message`.
private func remarks(_ configuration: SchedulerConfiguration) -> [String] {
    configuration.remarks.map { "\($0.severity.rawValue) \($0.line) \($0.field): \($0.message)" }
}

/// What is remarked of a file whose plugins stand in one tier from line 4 on.
private func remarks(
    plugins: String, actions: String = "allocate, backfill", rest: String = "",
    _ compatibility: Compatibility = .volcano
) throws -> [String] {
    let lines = plugins.split(separator: "\n").map { "  - " + $0 }.joined(separator: "\n")
    let text =
        "actions: \"\(actions)\"\ntiers:\n- plugins:\n\(lines)\n\(rest)\ncompatibility: \(compatibility.rawValue)"
    let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "c")
    #expect(problems.isEmpty, "\(problems)")
    return remarks(try #require(configuration))
}

@Suite("A valid configuration is searched for what has no effect or surprises") struct RemarkTests {
    private let whole = "{name: gang}\n{name: predicates}\n"

    @Test("actions and plugins that nearly every cluster needs") func missing() {
        let none = SchedulerConfiguration.read(Array("actions: enqueue\ntiers: []".utf8), file: "c")
            .configuration
        #expect(
            none.map(remarks) == [
                "warning 0 tiers: no plugin is named: pods go wherever resources fit",
                "warning 0 tiers: without gang, minMember is not enforced: jobs of several pods may run in part",
                "warning 0 tiers: without predicates, selectors, taints and cordons are not looked at",
                "warning 1 actions: without allocate, no pod that asks for anything is placed",
                "warning 1 actions: without backfill, pods that ask for nothing are not placed",
                "note 1 actions: no plugin votes on admission: enqueue admits every gang",
            ])
    }

    @Test("the order and the number of actions") func actions() throws {
        #expect(
            try remarks(
                plugins: whole + "{name: overcommit}", actions: "allocate, enqueue, backfill, backfill") == [
                    "warning 1 actions: allocate stands before enqueue: a gang is admitted in one cycle and placed in the next",
                    "note 1 actions: backfill is named more than once and runs as often in each cycle",
                ])
        let shuffled = remarks(outline([.allocate, .backfill, .shuffle], ["gang", "predicates"]))
        #expect(shuffled == ["note 0 actions: no plugin names victims for shuffle: it evicts nothing"])
        #expect(
            remarks(
                outline([.allocate, .backfill, .elect], ["gang", "predicates"], compatibility: .volcano15))
                == [
                    "note 0 actions: without the plugin reservation, elect does nothing"
                ])
    }

    @Test("arguments of actions that do not run, or that others switch off") func actionArguments() throws {
        let rest = """
            configurations:
            - name: backfill
            - name: preempt
              arguments: {topologyAwarePreemptWorkerNum: 4, minCandidateNodesAbsolute: 200}
            - name: gangpreempt
              arguments: {maxDomains: 0}
            """
        #expect(
            try remarks(plugins: whole, actions: "allocate, backfill", rest: rest) == [
                "note 8 configurations.preempt: preempt is not among the actions: its arguments have no effect",
                "note 10 configurations.gangpreempt: gangpreempt is not among the actions: its arguments have no effect",
            ])
        let preempting = try remarks(
            plugins: whole + "{name: priority}\n{name: conformance}", actions: "allocate, backfill, preempt",
            rest: rest)
        #expect(
            preempting.filter { $0.contains("configurations.preempt") } == [
                "note 10 configurations.preempt: without enableTopologyAwarePreemption, topologyAwarePreemptWorkerNum, "
                    + "minCandidateNodesAbsolute have no effect",
                "warning 10 configurations.preempt: minCandidateNodesAbsolute 200 is above maxCandidateNodesAbsolute 100",
            ])
    }

    @Test("a plugin that no action asks") func unasked() throws {
        #expect(
            try remarks(plugins: whole + "{name: overcommit}\n{name: conformance}") == [
                "note 6 tiers[0].plugins[2]: overcommit has no effect: enqueue is not among the actions",
                "note 7 tiers[0].plugins[3]: conformance has no effect: none of preempt, reclaim, gangpreempt, "
                    + "gangreclaim is among the actions",
            ])
        #expect(
            remarks(outline([.allocate, .backfill], ["gang", "predicates", "cdp", "pdb", "resourcequota"]))
                == [
                    "note 0 tiers[0].plugins[2]: cdp has no effect: none of preempt, reclaim is among the actions",
                    "note 0 tiers[0].plugins[3]: pdb has no effect: none of preempt, reclaim, shuffle is among the actions",
                    "note 0 tiers[0].plugins[4]: resourcequota has no effect: enqueue is not among the actions",
                ])
    }

    @Test("switches that switch nothing, or protect nothing any more") func switches() throws {
        #expect(
            try remarks(
                plugins: """
                    {name: gang, enablePreemptable: false, enableQueueOrder: true, enableHierarchy: true}
                    {name: predicates, enablePredicate: false}
                    """) == [
                    "note 4 tiers[0].plugins[0].enableHierarchy: gang knows no hierarchy: enableHierarchy has no effect",
                    "note 4 tiers[0].plugins[0].enablePreemptable: enablePreemptable has no effect without preempt among "
                        + "the actions",
                    "note 4 tiers[0].plugins[0].enableQueueOrder: gang has nothing that enableQueueOrder switches: it has "
                        + "no effect",
                    "warning 5 tiers[0].plugins[1].enablePredicate: selectors, taints and cordons are not looked at",
                ])
        let preempting = try remarks(
            plugins: """
                {name: gang, enableJobReady: false, enablePreemptable: false}
                {name: priority}
                {name: conformance}
                {name: predicates}
                """, actions: "allocate, backfill, preempt")
        #expect(
            preempting == [
                "warning 4 tiers[0].plugins[0].enableJobReady: minMember is not enforced: gangs may start in part",
                "warning 4 tiers[0].plugins[0].enablePreemptable: gang does not speak for its pods: preempt may break a "
                    + "gang at its minimum",
            ])
    }

    @Test("sla below what refuses") func sla() {
        let actions: [ActionName] = [.enqueue, .allocate, .backfill]
        #expect(
            remarks(outline(actions, ["gang"], ["predicates", "sla", "overcommit"])) == [
                "warning 0 tiers[1].plugins[1]: sla stands in tier 2 and cannot admit a gang that overcommit (tier 2) "
                    + "refuses; expected sla in a tier before",
                "warning 0 tiers[1].plugins[1]: sla stands in tier 2 and cannot keep the places of a gang that gang "
                    + "(tier 1) refuses; expected sla in a tier before",
            ])
        #expect(remarks(outline(actions, ["sla"], ["gang", "predicates", "overcommit"])) == [])
        #expect(
            remarks(outline([.allocate, .backfill], ["sla", "predicates"], ["gang", "proportion"])) == [])
    }

    @Test("queues that two plugins share out, and hierarchies") func queues() {
        let actions: [ActionName] = [.allocate, .backfill]
        #expect(
            remarks(outline(actions, ["gang", "predicates", "proportion", "capacity"])) == [
                "warning 0 tiers[0].plugins[3]: capacity and proportion both share the cluster out: a gang needs the "
                    + "consent of both, and the first orders the queues; expected one of the two"
            ])
        var nested = outline(actions, ["gang", "predicates", "capacity"])
        nested.tiers[0][2].flags[.hierarchy] = true
        #expect(
            remarks(nested) == [
                "note 0 tiers[0].plugins[2]: a gang in a queue that has children, or a parent that is missing, stops "
                    + "admission and placement in all queues, as in Volcano"
            ])
        var late = outline(actions, ["gang", "predicates", "proportion"], ["drf"])
        late.tiers[1][0].flags[.hierarchy] = true
        #expect(
            remarks(late) == [
                "note 0 tiers[1].plugins[0].enableHierarchy: proportion stands in a tier before and orders the queues: "
                    + "the hierarchy of drf decides only between equals"
            ])
    }

    @Test("who may be a victim after all") func victims() {
        let actions: [ActionName] = [.allocate, .backfill, .reclaim]
        let tiers = outline(actions, ["gang", "conformance"], ["predicates", "proportion"])
        #expect(
            remarks(tiers) == [
                "warning 0 tiers[0].plugins[0]: where tier 1 names no victim for reclaim, proportion (tier 2) decides "
                    + "alone and may take what gang protects; expected gang in one tier with it",
                "warning 0 tiers[0].plugins[1]: where tier 1 names no victim for reclaim, proportion (tier 2) decides "
                    + "alone and may take what conformance protects; expected conformance in one tier with it",
            ])
        #expect(
            remarks(outline(actions, ["conformance", "gang", "proportion", "predicates"])) == [
                "note 0 tiers: tier 1, victims of reclaim: where the plugins before proportion agree on nobody, "
                    + "proportion decides alone, as in Volcano"
            ])
        var ours = tiers
        ours.compatibility = .gangwright
        #expect(remarks(ours) == [])
        #expect(
            remarks(outline([.allocate, .backfill, .preempt], ["predicates", "nodeorder", "drf", "gang"]))
                .contains(
                    "warning 0 tiers: without conformance, pods of kube-system and of the system's classes may be evicted"
                ))
        #expect(
            remarks(outline([.allocate, .backfill, .reclaim], ["predicates", "drf"])).prefix(1) == [
                "warning 0 tiers: without gang, minMember is not enforced: jobs of several pods may run in part"
            ])
        #expect(
            remarks(outline([.allocate, .backfill, .reclaim], ["predicates", "drf"])).contains(
                "warning 0 actions: no plugin says that a gang is starving (gang and priority do): reclaim never evicts"
            ))
        #expect(
            remarks(outline([.allocate, .backfill, .reclaim], ["predicates", "gang", "conformance"]))
                .contains(
                    "warning 0 tiers: neither proportion nor capacity says what queues deserve: evictions take from any queue"
                ))
        #expect(
            remarks(outline([.allocate, .backfill, .preempt], ["predicates", "gang", "conformance"]))
                .contains(
                    "warning 0 tiers: without priority, gangs of equal priority may evict one another"))
    }

    @Test("weights that pull against each other, count otherwise or have no effect") func arguments() throws {
        #expect(
            try remarks(
                plugins: whole + """
                    {name: nodeorder, arguments: {mostrequested.weight: 2}}
                    {name: binpack, arguments: {binpack.cpu: -1, binpack.resources: a.b/c, binpack.resources.d.e/f: 2}}
                    """) == [
                    "warning 6 tiers[0].plugins[2].arguments[mostrequested.weight]: leastrequested.weight 1 and "
                        + "mostrequested.weight 2 pull against each other",
                    "warning 6 tiers[0].plugins[2]: leastrequested.weight 1 spreads what binpack.weight 1 packs: the two "
                        + "pull against each other; expected leastrequested.weight: 0 to pack",
                    "warning 7 tiers[0].plugins[3].arguments[binpack.resources.d.e/f]: d.e/f is not listed in "
                        + "binpack.resources: the setting has no effect",
                    "note 7 tiers[0].plugins[3].arguments[binpack.cpu]: a negative weight counts as 1",
                ])
        #expect(
            try remarks(plugins: whole + "{name: nodeorder}\n{name: binpack, arguments: {binpack.weight: 0}}")
                == [
                    "note 7 tiers[0].plugins[3].arguments[binpack.weight]: binpack.weight 0 switches binpack off"
                ])
        #expect(
            try remarks(
                plugins: whole + "{name: overcommit, arguments: {overcommit-factor: 0.5}}",
                actions: "enqueue, allocate, backfill") == [
                    "warning 6 tiers[0].plugins[2].arguments.overcommit-factor: 0.5 is below 1 and counts as 1.2"
                ])
    }

    @Test("metrics that nobody reads, and a reader without metrics") func metrics() throws {
        #expect(
            try remarks(plugins: whole, rest: "metrics: {type: prometheus_adaptor}") == [
                "note 6 metrics: no plugin reads metrics: the section has no effect"
            ])
        #expect(
            remarks(outline([.allocate, .backfill], ["gang", "predicates", "usage"])) == [
                "warning 0 tiers[0].plugins[2]: usage has no metrics to read: without a section metrics with a type it "
                    + "lets every node pass"
            ])
    }

    @Test("windows of tdm that end on the next day") func windows() throws {
        var configuration = outline([.allocate, .backfill], ["gang", "predicates", "tdm"])
        let schema = [ArgumentSchema(name: "tdm.revocable-zone.*", kind: .string(default: nil))]
        configuration.tiers[0][2].arguments = Arguments(schema: schema)
        #expect(
            remarks(configuration) == [
                "note 0 tiers[0].plugins[2]: no tdm.revocable-zone is set: nodes of a revocable zone take no pods"
            ])
        let text = "{tdm.revocable-zone.a: '22:00-06:00', tdm.revocable-zone.b: '06:00-22:00'}"
        let document = try #require(DocumentParser.parse(Array(text.utf8), file: "t").documents.first)
        for (key, value) in document.members {
            #expect(configuration.tiers[0][2].arguments.set(key, to: value, under: .volcano) == nil)
        }
        #expect(
            remarks(configuration) == [
                "warning 0 tiers[0].plugins[2].arguments[tdm.revocable-zone.a]: the window 22:00-06:00 ends on the next "
                    + "day: after midnight it counts as closed, as in Volcano"
            ])
    }
}
