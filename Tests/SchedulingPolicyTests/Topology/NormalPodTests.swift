import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Pods without a wish leave free domains free") struct NormalPodTests {
    @Test("they go to the domains that are fullest") func fullest() throws {
        var fabric = Fabric(used: ["n6": 1])
        fabric.add("g", 1, nil)
        #expect(try fabric.run().bound == ["g-0": "n5"])
        let disabled = policy(
            .volcano, ["gang"],
            ["predicates", "network-topology-aware hypernode.binpack.normal-pod.enable=false"])
        #expect(try fabric.run(disabled).bound == ["g-0": "n1"])
    }

    @Test("a node in no domain counts as in a full one") func outside() throws {
        var fabric = Fabric(used: ["n6": 1])
        fabric.nodes.append(.of("x", 2_000))
        fabric.add("g", 1, nil)
        #expect(try fabric.run().bound == ["g-0": "x"])
    }

    @Test("narrower domains count more, by the fading") func fading() throws {
        // With the pod, r1 would be 2/4 full and s1 2/8; r3 1/4 and s2, with r4 full, 5/8.
        var fabric = Fabric(used: ["n1": 1, "n7": 2, "n8": 2])
        fabric.add("g", 1, nil)
        #expect(try fabric.run().bound == ["g-0": "n5"])
        let steep = policy(
            .volcano, ["gang"],
            ["predicates", "network-topology-aware hypernode.binpack.normal-pod.fading=0.5"])
        #expect(try fabric.run(steep).bound == ["g-0": "n1"])
    }

    @Test("without HyperNodes the plugin says nothing") func none() throws {
        var fabric = Fabric(used: ["n6": 1])
        fabric.hyperNodes = []
        fabric.add("g", 1, nil)
        #expect(try fabric.run().bound == ["g-0": "n1"])
    }
}
