import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Later pods of a gang stay where the others are") struct HeldDomainTests {
    /// A gang of two that runs in the rack r1, and a third pod.
    private static func running(used: [String: Int], _ wish: NetworkTopology) -> Fabric {
        var fabric = Fabric(used: used)
        fabric.add("g", 3, wish) {
            $0.minMember = 2
            $0.phase = .running
        }
        let first = fabric.pods.count - 3
        fabric.pods[first] = fabric.pods[first].running(on: "n1")
        fabric.pods[first + 1] = fabric.pods[first + 1].running(on: "n2")
        return fabric
    }

    @Test("within the widest allowed domain around them, even if there is room elsewhere") func confined()
        throws
    {
        // r1 is full, r2 has one place, s2 is free.
        var fabric = Self.running(used: ["n1": 1, "n2": 1, "n3": 2, "n4": 1], .hard(2))
        #expect(try fabric.run().bound == ["g-2": "n4"])
        #expect(try fabric.run().hyperNodes == ["g": "s1"])
        fabric = Self.running(used: ["n1": 1, "n2": 1, "n3": 2, "n4": 2], .hard(2))
        let result = try fabric.run()
        #expect(result.bound == [:])
        #expect(result.messages == ["g-2": "In hyperNode s1: 0/4 nodes are available: 4 Insufficient cpu"])
        #expect(result.hyperNodes == ["g": "r1"])
        fabric.gangs[0].networkTopology = .soft
        #expect(try fabric.run().bound == ["g-2": "n5"])
        #expect(try fabric.run().hyperNodes == ["g": "z"])
    }

    @Test("of equal domains the one where more of them are") func shares() throws {
        // All pods of the gang together would be too many for any rack, so that all are equally full.
        let fabric = Self.running(used: ["n1": 1, "n3": 1, "n4": 1, "n5": 1, "n6": 1], .hard(2))
        #expect(try fabric.run().bound == ["g-2": "n2"])
    }

    @Test("the annotation says where they are, as long as a pod is there") func annotation() throws {
        let key = "volcano.sh/job-allocated-hypernode"
        var fabric = Self.running(used: [:], .hard(2))
        fabric.gangs[0].annotations = [key: "z"]
        #expect(
            try fabric.run().messages == ["g-2": "its pods are in hyperNode z, which is wider than tier 2"])
        fabric.gangs[0].annotations = [key: "gone"]
        fabric.gangs[0].networkTopology = .hard(1)
        #expect(try fabric.run().hyperNodes == ["g": "r1"])
        var anew = Fabric()
        anew.add("g", 2, .hard(1)) { $0.annotations = [key: "z"] }
        #expect(try anew.run().hyperNodes == ["g": "r1"])
    }

    @Test("what was decided holds in the next cycle") func nextCycle() throws {
        var fabric = Fabric(used: ["n1": 1, "n3": 1, "n5": 1, "n7": 1])
        fabric.add("g", 4, .hard(2))
        let session = try Session(snapshot: fabric.snapshot, configuration: byDomain)
        #expect(session.runCycle().hyperNodes == ["g": "s1"])
        // One of the four fails, and another takes its place: s2 is free, and too far.
        let gone = try #require(fabric.pods.first { $0.key.name == "g-0" })
        session.removePod(gone.key)
        for number in 0..<3 { try session.update(Pod.waiting("f\(number)").running(on: "n2")) }
        try session.update(Pod.waiting("g-9", of: "g"))
        let result = session.runCycle()
        #expect(result.bound.count == 1)
        #expect(["n1", "n4"].contains(result.bound["g-9"] ?? ""))
    }

    @Test("where room has been made for all of its pods, they go there") func nominated() throws {
        var fabric = Fabric(used: ["n1": 1])
        fabric.add("g", 2, .hard(1))
        for index in fabric.pods.indices.suffix(2) { fabric.pods[index].nominatedNodeName = "n7" }
        #expect(try fabric.run().bound == ["g-0": "n7", "g-1": "n7"])
        // Not if that would be too wide.
        fabric.pods[fabric.pods.count - 1].nominatedNodeName = "n5"
        #expect(try fabric.run().hyperNodes["g"] != "s2")
        #expect(try fabric.run().bound.count == 2)
    }

    @Test("without domains to choose from, nodes near to them come first") func pull() throws {
        let drawn = policy(
            .volcano, ["gang"], ["predicates", "network-topology-aware enabledHyperNodeGradient=false"])
        var fabric = Fabric(used: ["n3": 1])
        fabric.add("g", 2, .hard(1)) { $0.minMember = 1 }
        let first = fabric.pods.count - 2
        fabric.pods[first] = fabric.pods[first].running(on: "n3")
        #expect(try fabric.run(drawn).bound == ["g-1": "n4"])
        fabric.pods += (0..<2).map { Pod.waiting("f\($0)").running(on: "n4") }
        #expect(try fabric.run(drawn).bound == ["g-1": "n1"])
    }

    @Test("room is made in the widest domains first, and for a gang without a limit anywhere")
    func evictions() throws {
        var fabric = Fabric(used: [:])
        fabric.add("g", 2, .hard(2))
        fabric.add("plain", 2, nil)
        fabric.add("far", 2, NetworkTopology(highestTierName: "row"))
        let session = try Session(snapshot: fabric.snapshot, configuration: byDomain)
        _ = session.runCycle()
        func domains(_ name: String, _ limit: Int) throws -> [[Int]] {
            let job = try #require(session.jobIDs[ObjectKey(namespace: testNamespace, name: name)])
            session.jobs[job].topology?.hyperNode = ""
            return session.evictionDomains(of: job, limit: limit).map { session.domainTree[$0].nodes }
        }
        // The gang runs in r1 by now, so that s1 is what it may use.
        #expect(try domains("g", 8) == [[0, 1, 2, 3], [0, 1], [2, 3]])
        #expect(try domains("g", 2) == [[0, 1, 2, 3], [0, 1]])
        #expect(try domains("plain", 8) == [Array(0...7)])
        #expect(try domains("far", 8) == [])
    }
}
