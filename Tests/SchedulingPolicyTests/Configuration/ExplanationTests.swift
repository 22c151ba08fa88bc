import Testing

@testable import SchedulingPolicy

@Suite("A configuration is explained: what its actions do and who decides") struct ExplanationTests {
    private func decisions(_ configuration: SchedulerConfiguration) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: ConfigurationExplanation(configuration).decisions.map {
                ($0.callback.rawValue, $0.summary)
            })
    }

    @Test("orders go through the tiers, filters must all agree, scores are added") func combinations() {
        let found = decisions(
            outline(
                [.enqueue, .allocate, .backfill], ["priority", "gang"],
                ["drf", "predicates", "tdm", "proportion", "nodeorder", "binpack"]))
        #expect(found["JobOrder"] == "priority, then gang, then drf, then tdm; then age, then name")
        #expect(found["QueueOrder"] == "proportion; then age, then name")
        #expect(found["Predicate"] == "all of predicates and tdm")
        #expect(found["NodeOrder"] == "predicates + tdm + nodeorder + binpack")
        #expect(found["JobReady"] == "gang")
        #expect(found["Overused"] == "proportion")
        #expect(found["JobStarving"] == nil, "nobody asks without preempt or reclaim")
        #expect(found["Preemptable"] == nil)
    }

    @Test("votes close with the tier of a permit") func votes() {
        let found = decisions(outline([.enqueue, .allocate], ["sla"], ["overcommit", "proportion"]))
        #expect(
            found["JobEnqueueable"] == "tier 1: sla, a permit here closes the question; "
                + "tier 2: any of overcommit and proportion may refuse")
    }

    @Test("starving is the first tier's to say, victims go tier by tier") func victims() {
        let tiers = [["priority", "gang", "conformance"], ["drf", "tdm"]]
        let volcano = decisions(outline([.allocate, .preempt], tiers[0], tiers[1]))
        #expect(volcano["JobStarving"] == "tier 1: all of priority and gang; not asked: tdm")
        #expect(
            volcano["Preemptable"]
                == "tier 1: all of priority, gang and conformance; if that is nobody, tier 2: all of drf and tdm"
        )
        let ours = decisions(
            outline([.allocate, .preempt], tiers[0], tiers[1], compatibility: .gangwright))
        #expect(
            ours["Preemptable"] == "all of priority, gang, conformance, drf and tdm, whatever their tiers")
    }

    @Test("a switch that is off takes the plugin's voice") func switches() {
        var configuration = outline([.allocate], ["priority", "gang"])
        configuration.tiers[0][0].flags[.jobOrder] = false
        #expect(decisions(configuration)["JobOrder"] == "gang; then age, then name")
    }

    @Test("what holds where nobody answers") func unanswered() {
        let found = decisions(outline([.enqueue, .allocate, .preempt], ["nodegroup"]))
        #expect(found["JobOrder"] == "nobody; by age, then by name")
        #expect(found["JobEnqueueable"] == "nobody; every gang is admitted")
        #expect(found["JobReady"] == "nobody; a gang starts with its first pod")
        #expect(found["Preemptable"] == "nobody; no pod is a victim")
        #expect(found["JobPipelined"] == nil)
    }

    @Test("actions say what they do here") func steps() {
        let with = ConfigurationExplanation(outline([.enqueue, .allocate], ["gang"])).steps
        #expect(
            with.map(\.summary) == [
                "admits gangs: Pending becomes Inqueue",
                "places gangs, each whole or not at all; only those that enqueue has admitted",
            ])
        let without = ConfigurationExplanation(outline([.allocate, .backfill], ["gang"])).steps
        #expect(
            without.map(\.summary) == [
                "places gangs, each whole or not at all; without enqueue it admits every gang itself",
                "places pods that ask for no resources",
            ])
    }
}

@Suite("One table says which callbacks a plugin has") struct PluginCallbacksTests {
    @Test("every plugin of Volcano's is there, and each is registered, comes later or is refused")
    func complete() {
        let all = Set(Compatibility.allCases.flatMap { PluginCallbacks.names(under: $0) })
        let registered = Set(PluginRegistry.plugins.map { $0.name })
        #expect(all.subtracting(registered) == PluginRegistry.later)
        #expect(registered.subtracting(all) == [])
        #expect(
            PluginCallbacks.names(under: .volcano15) == [
                "binpack", "conformance", "drf", "gang", "nodeorder", "numa-aware", "overcommit",
                "predicates",
                "priority", "proportion", "reservation", "sla", "task-topology", "tdm",
            ])
        #expect(PluginCallbacks.names(under: .gangwright) == PluginCallbacks.names(under: .volcano))
    }

    @Test("drf orders queues only by a hierarchy") func hierarchy() {
        var configuration = outline([.allocate], ["drf"])
        #expect(PluginCallbacks.of(configuration.tiers[0][0], under: .volcano) == [.jobOrder, .preemptable])
        configuration.tiers[0][0].flags[.hierarchy] = true
        #expect(
            PluginCallbacks.of(configuration.tiers[0][0], under: .volcano)
                == [.jobOrder, .preemptable, .queueOrder, .reclaimable])
    }

    @Test("every switch but that of hierarchy and clusters belongs to a callback") func switches() {
        let used = Set(PluginCallback.allCases.compactMap(\.flag))
        #expect(Set(PluginFlag.allCases).subtracting(used) == [.hierarchy, .clusterOrder])
    }

    @Test("actions that a version lacks ask nothing in it") func actions() {
        #expect(PluginCallback.unifiedEvictable.actions(under: .volcano15) == [])
        #expect(PluginCallback.unifiedEvictable.actions(under: .volcano) == [.gangpreempt, .gangreclaim])
        #expect(PluginCallback.victimTasks.actions(under: .volcano15) == [.preempt])
        #expect(PluginCallback.victimTasks.actions(under: .volcano) == [.shuffle])
    }
}
