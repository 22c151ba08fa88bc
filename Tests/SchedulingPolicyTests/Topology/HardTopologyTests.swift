import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("A gang that wishes for nearness runs within one domain") struct HardTopologyTests {
    @Test("in a rack if one has room, in a spine if none has, and nowhere wider than it allows") func tiers()
        throws
    {
        // Left: r1 3, r2 3, r3 2, r4 1; s1 6, s2 3.
        var fabric = Fabric(used: ["n1": 1, "n3": 1, "n5": 2, "n7": 2, "n8": 1])
        fabric.add("g", 4, .hard(2))
        let result = try fabric.run()
        #expect(result.bound == ["g-0": "n1", "g-1": "n2", "g-2": "n2", "g-3": "n3"])
        #expect(result.hyperNodes == ["g": "s1"])
        fabric.gangs[0].networkTopology = .hard(1)
        #expect(try fabric.run().bound == [:])
        #expect(try fabric.run().hyperNodes == [:])
        fabric.gangs[0].minMember = 3
        fabric.pods.removeLast()
        #expect(try fabric.run().bound == ["g-0": "n1", "g-1": "n2", "g-2": "n2"])
        #expect(try fabric.run().hyperNodes == ["g": "r1"])
    }

    @Test("of domains of a tier the one that it fills most") func fullest() throws {
        // With two more CPUs r1 would be 3/4 full and r2 4/4; r3 and r4 2/4.
        var fabric = Fabric(used: ["n2": 1, "n3": 1, "n4": 1])
        fabric.add("g", 2, .hard(1))
        #expect(try fabric.run().bound == ["g-0": "n3", "g-1": "n4"])
        // Nobody ranks domains then, and the first by name has room.
        let unranked = policy(
            .volcano, ["gang"], ["predicates", "network-topology-aware enabledHyperNodeOrder=false"])
        #expect(try fabric.run(unranked).bound == ["g-0": "n1", "g-1": "n1"])
    }

    @Test("the tier may be called by its name") func tierName() throws {
        var fabric = Fabric(used: ["n1": 1])
        fabric.add("g", 4, NetworkTopology(highestTierName: "rack"))
        #expect(Set(try fabric.run().bound.values) == ["n3", "n4"])
        fabric.gangs[0].networkTopology = NetworkTopology(highestTierName: "row")
        let result = try fabric.run()
        #expect(result.reasons["g-0"] == .unschedulable)
        #expect(result.messages["g-0"] == "no HyperNode has a tier of the name row")
    }

    @Test("a soft wish takes the nearest domain with room, and the whole cluster at last") func soft() throws
    {
        var fabric = Fabric(used: ["n1": 2, "n2": 1, "n3": 2, "n4": 1, "n5": 1, "n6": 2, "n7": 1, "n8": 2])
        fabric.nodes.append(.of("x", 2_000))
        fabric.add("g", 2, .soft)
        #expect(try fabric.run().hyperNodes == ["g": "s1"])
        #expect(Set(try fabric.run().bound.values) == ["n2", "n4"])
        fabric.gangs[0].minMember = 6
        fabric.pods = fabric.pods.filter { $0.podGroup == nil } + Pod.members(of: "g", 6)
        #expect(try fabric.run().bound.count == 6)
        #expect(try fabric.run().hyperNodes == ["g": "<cluster-top-hypernode>"])
    }

    @Test("a hard wish fails with what the widest domain lacks") func reason() throws {
        var fabric = Fabric(used: ["n1": 2, "n2": 1, "n3": 2, "n4": 1, "n5": 1, "n6": 2, "n7": 1, "n8": 2])
        fabric.nodes.append(.of("x", 2_000))
        fabric.add("g", 5, .hard(3))
        let result = try fabric.run()
        #expect(result.bound == [:])
        #expect(
            result.messages == [
                "g-0": "would fit on n2; the gang needs 5 pods at once and found room for 4",
                "g-1": "would fit on n4; the gang needs 5 pods at once and found room for 4",
                "g-2": "would fit on n5; the gang needs 5 pods at once and found room for 4",
                "g-3": "would fit on n7; the gang needs 5 pods at once and found room for 4",
                "g-4": "In hyperNode z: 0/8 nodes are available: 8 Insufficient cpu",
            ])
        fabric.gangs[0].networkTopology = .hard(0)
        #expect(try fabric.run().messages["g-0"] == "no HyperNode is of tier 0 or below")
    }

    @Test("while HyperNodes form no tree it waits, and others do not") func notReady() throws {
        for configuration in [byDomain, policy(.gangwright, ["gang"], ["predicates"])] {
            var fabric = Fabric()
            fabric.hyperNodes[5].members.append(.hyperNode("r1"))
            fabric.add("g", 2, .soft)
            fabric.add("plain", 2, nil)
            let result = try fabric.run(configuration)
            #expect(Set(result.bound.keys) == ["plain-0", "plain-1"])
            #expect(result.reasons["g-0"] == .networkTopologyNotReady)
            #expect(result.messages["g-0"] == "the HyperNodes are not ready: r1 is in both s1 and s2")
        }
    }

    @Test("minimum resources that no domain has left rule all of them out") func minResources() throws {
        var fabric = Fabric()
        fabric.add("g", 2, .hard(1)) { $0.minResources = [.cpu: 5_000] }
        let result = try fabric.run()
        #expect(result.bound == [:])
        #expect(result.messages["g-0"] == "in no HyperNode of tier 1 or below are its minResources left")
        fabric.gangs[0].networkTopology = .hard(2)
        #expect(try fabric.run().bound == ["g-0": "n1", "g-1": "n1"])
    }

    @Test("a place that is about to be free is promised") func promised() throws {
        var fabric = Fabric(used: ["n1": 2, "n3": 2, "n5": 2, "n7": 2, "n4": 1, "n6": 1, "n8": 1])
        fabric.pods.append(Pod.waiting("goes").leaving("n2"))
        fabric.add("g", 2, .hard(1))
        let result = try fabric.run()
        #expect(result.bound == [:])
        #expect(result.promised == ["g-0": "n2 gang", "g-1": "n2 releasing"])
    }

    @Test("without the plugin Volcano forgets the wish, and ours keeps it") func withoutPlugin() throws {
        var fabric = Fabric(used: ["n1": 1])
        fabric.add("g", 4, .hard(1))
        #expect(
            try fabric.run(plain(.volcano)).bound == ["g-0": "n1", "g-1": "n2", "g-2": "n2", "g-3": "n3"])
        #expect(Set(try fabric.run(plain(.gangwright)).bound.values) == ["n3", "n4"])
    }

    @Test("a hard wish that names no tier has no effect") func noTier() throws {
        var fabric = Fabric(used: ["n1": 1])
        fabric.add("g", 4, NetworkTopology())
        #expect(try fabric.run().bound == ["g-0": "n1", "g-1": "n2", "g-2": "n2", "g-3": "n3"])
    }

    @Test("it never preempts") func neverPreempts() throws {
        var fabric = Fabric(used: ["n3": 2, "n4": 2, "n5": 2, "n6": 2, "n7": 2, "n8": 2])
        fabric.add("low", 4, nil) { $0.phase = .running }
        fabric.gangs[0].minMember = 1
        for index in fabric.pods.indices.suffix(4) {
            fabric.pods[index] = fabric.pods[index].running(on: index % 2 == 0 ? "n1" : "n2")
        }
        fabric.add("high", 2, nil) {
            $0.priorityClassName = "high"
            $0.phase = .inqueue
        }
        let preempting = policy(
            .volcano, actions: "allocate, preempt", ["priority", "gang"],
            ["predicates", "network-topology-aware"])
        func evicted() throws -> Int {
            var snapshot = fabric.snapshot
            snapshot.priorityClasses = [PriorityClass(name: "high", value: 9)]
            return try Session(snapshot: snapshot, configuration: preempting).runCycle().evictions.count
        }
        #expect(try evicted() == 2)
        fabric.gangs[1].networkTopology = .soft
        #expect(try evicted() == 0)
    }
}
