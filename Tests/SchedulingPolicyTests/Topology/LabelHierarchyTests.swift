import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Labels of nodes tell a hierarchy of domains apart where the configuration names them")
struct LabelHierarchyTests {
    private static func configuration(_ more: String = "") -> SchedulerConfiguration {
        policy(
            .gangwright, ["priority", "gang"],
            ["predicates", "network-topology-aware hypernode.labels=zone,block,rack\(more)"])
    }

    /// The nodes n1 to n8 of two CPUs: racks of two nodes, called alike in both zones, and two zones of one block each.
    private func labelled(used: [String: Int] = [:]) -> Fabric {
        var fabric = Fabric(used: used)
        fabric.hyperNodes = []
        for index in fabric.nodes.indices {
            fabric.nodes[index].labels = [
                "zone": index < 4 ? "a" : "b", "block": "x", "rack": "r\(index / 2 % 2)",
            ]
        }
        return fabric
    }

    @Test(
        "a gang goes into the lowest domain that holds it",
        arguments: [
            (4, ["n1", "n2"]), (6, ["n1", "n2", "n3"]), (8, ["n1", "n2", "n3", "n4"]),
            (10, ["n1", "n2", "n3", "n4", "n5"]),
        ])
    func lowest(size: Int, nodes: [String]) throws {
        var fabric = labelled()
        fabric.add("g", size, .soft)
        let result = try fabric.run(Self.configuration())
        #expect(result.bound.count == size)
        #expect(Set(result.bound.values) == Set(nodes))
    }

    @Test("racks of one name in two zones are two racks") func sameNames() throws {
        var fabric = labelled(used: ["n1": 2, "n2": 1, "n5": 2, "n6": 1])
        fabric.add("g", 2, .hard(1))
        let result = try fabric.run(Self.configuration())
        #expect(Set(result.bound.values).isSubset(of: ["n3", "n4"]))
        #expect(result.hyperNodes == ["g": "zone=a,block=x,rack=r1"])
    }

    @Test("of several that hold it the fullest is taken, so that whole ones stay whole") func fullest() throws
    {
        var fabric = labelled(used: ["n3": 2])
        fabric.add("g", 2, .soft)
        let result = try fabric.run(Self.configuration())
        #expect(Set(result.bound.values) == ["n4"], "rack r1 of zone a is in use already")
    }

    @Test("a tier is called as its label, and a limit by name holds") func names() throws {
        let wish = NetworkTopology(mode: .hard, highestTierName: "rack")
        var fabric = labelled()
        fabric.add("g", 4, wish)
        fabric.add("h", 5, wish)
        let result = try fabric.run(Self.configuration())
        #expect(result.bound.count == 4)
        #expect(result.phases["h"] != .running)
    }

    @Test("a node without one of the labels is in the domain around") func missing() throws {
        var fabric = labelled()
        fabric.nodes[1].labels["rack"] = nil
        fabric.add("g", 4, .soft)
        #expect(try Set(fabric.run(Self.configuration()).bound.values) == ["n3", "n4"])
        fabric.gangs = []
        fabric.pods = []
        fabric.add("h", 8, .soft)
        #expect(try Set(fabric.run(Self.configuration()).bound.values) == ["n1", "n2", "n3", "n4"])
    }

    @Test("HyperNodes have no say then") func hyperNodes() throws {
        var fabric = labelled()
        fabric.hyperNodes = [.rack("x", ["n1", "n5"]), .rack("y", ["n5", "n7"])]
        fabric.add("g", 4, .hard(1))
        #expect(try Set(fabric.run(Self.configuration()).bound.values) == ["n1", "n2"])
    }

    @Test("gangs that say nothing are placed near each other where the configuration says so") func silent()
        throws
    {
        var fabric = labelled(used: ["n1": 1, "n3": 1])
        fabric.add("g", 4, nil)
        #expect(try fabric.run(Self.configuration()).hyperNodes == [:])
        let result = try fabric.run(Self.configuration(" hypernode.default-mode=soft"))
        #expect(Set(result.bound.values) == ["n5", "n6"])
        #expect(result.hyperNodes == ["g": "zone=b,block=x,rack=r0"])
    }
}
