import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("A gang that is confined by a label of nodes runs on nodes with one value of it")
struct LabelDomainTests {
    private static let rack = NetworkTopology(nodeLabel: "rack")
    private static let configurations = [
        policy(.gangwright, ["priority", "gang"], ["predicates"]),
        policy(.gangwright, ["priority", "gang"], ["predicates", "network-topology-aware"]),
        policy(.volcano, ["priority", "gang"], ["predicates"]), byDomain,
    ]

    /// The nodes n1 to n8, two of them a rack, without any HyperNode.
    private func racks(used: [String: Int] = [:]) -> Fabric {
        var fabric = Fabric(used: used)
        fabric.hyperNodes = []
        for index in fabric.nodes.indices { fabric.nodes[index].labels["rack"] = "r\(index / 2 + 1)" }
        return fabric
    }

    @Test(
        "where one has room for all of it, and not where they are together", arguments: configurations.indices
    )
    func oneRack(index: Int) throws {
        let configuration = Self.configurations[index]
        var fabric = racks(used: ["n1": 1, "n3": 1, "n5": 1])
        fabric.add("g", 4, Self.rack)
        let result = try fabric.run(configuration)
        #expect(Set(result.bound.values) == ["n7", "n8"])
        #expect(result.bound.count == 4)
        #expect(result.hyperNodes == ["g": "rack=r4"])
    }

    @Test("or nowhere, and it says what is missing", arguments: configurations.indices)
    func noRack(index: Int) throws {
        let configuration = Self.configurations[index]
        var fabric = racks()
        fabric.add("g", 5, Self.rack)
        var result = try fabric.run(configuration)
        #expect(result.bound == [:])
        #expect(
            result.messages.values.contains { $0.hasPrefix("In the domain rack=r1: 0/2 nodes are available") }
        )
        for index in fabric.nodes.indices { fabric.nodes[index].labels = [:] }
        result = try fabric.run(configuration)
        #expect(result.bound == [:])
        #expect(Set(result.messages.values) == ["no node has the label rack"])
    }

    @Test("HyperNodes have no say in it, broken ones neither") func hyperNodes() throws {
        for configuration in Self.configurations {
            var fabric = racks()
            fabric.hyperNodes = [.rack("x", ["n1", "n3"]), .rack("y", ["n3", "n5"])]
            fabric.add("g", 4, Self.rack)
            #expect(Set(try fabric.run(configuration).bound.values) == ["n1", "n2"])
        }
    }

    @Test("gangs confined by several labels, by HyperNodes and by nothing go side by side") func mixed()
        throws
    {
        var fabric = racks()
        for index in fabric.nodes.indices {
            fabric.nodes[index].labels["row"] = index % 2 == 0 ? "odd" : "even"
        }
        fabric.hyperNodes = [.rack("h", ["n2", "n3"])]
        fabric.add("a", 4, Self.rack)
        fabric.add("b", 4, NetworkTopology(nodeLabel: "row"))
        fabric.add("c", 2, .hard(1))
        fabric.add("d", 4, nil)
        let result = try fabric.run()
        func nodes(_ gang: String) -> Set<String> {
            Set(result.bound.filter { $0.key.hasPrefix(gang) }.values)
        }
        let labels = Dictionary(uniqueKeysWithValues: fabric.nodes.map { ($0.name, $0.labels) })
        #expect(result.bound.count == 14)
        #expect(Set(nodes("a").map { labels[$0]?["rack"] }).count == 1)
        #expect(Set(nodes("b").map { labels[$0]?["row"] }).count == 1)
        #expect(nodes("c").isSubset(of: ["n2", "n3"]))
    }

    @Test("pods that come later go where the gang is, or wait") func later() throws {
        var fabric = racks(used: ["n3": 2])
        fabric.add("g", 2, Self.rack)
        fabric.pods = fabric.pods.filter { $0.podGroup == nil }
        fabric.pods += Pod.members(of: "g", 4).map { $0.key.name < "g-2" ? $0.running(on: "n4") : $0 }
        #expect(try fabric.run(Self.configurations[0]).bound == [:])
        fabric.pods.removeAll { $0.key.name.hasPrefix("n3-used") }
        #expect(try fabric.run(Self.configurations[0]).bound == ["g-2": "n3", "g-3": "n3"])
    }

    @Test("a label that changes makes other domains") func change() throws {
        var fabric = racks()
        fabric.add("g", 5, Self.rack)
        let session = try Session(snapshot: fabric.snapshot, configuration: Self.configurations[0])
        #expect(session.runCycle().binds.isEmpty)
        var moved = fabric.nodes[2]
        moved.labels["rack"] = "r1"
        try session.update(moved)
        #expect(Set(session.runCycle().bound.values) == ["n1", "n2", "n3"])
        #expect(session.audit() == [])
    }

    @Test("it is placed if some rack has room for all of it, and if none has not", arguments: Seeds.first(60))
    func property(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var fabric = racks(used: [:])
        fabric.pods = []
        var left: [String: Int] = [:]
        for index in fabric.nodes.indices {
            let node = fabric.nodes[index]
            if random.chance(1, in: 6) { fabric.nodes[index].labels = [:] }
            let used = random.integer(in: 0...2)
            fabric.pods += (0..<used).map { Pod.waiting("\(node.name)-\($0)").running(on: node.name) }
            if let rack = fabric.nodes[index].labels["rack"] { left[rack, default: 0] += 2 - used }
        }
        let size = random.integer(in: 1...4)
        fabric.add("g", size, Self.rack)
        let isPossible = left.values.contains { $0 >= size }
        for configuration in Self.configurations {
            let result = try fabric.run(configuration)
            #expect(result.bound.count == (isPossible ? size : 0), "seed \(seed)")
            let labels = Set(
                result.bound.values.map { name in
                    fabric.nodes.first { $0.name == name }?.labels["rack"]
                })
            #expect(labels.count == (isPossible ? 1 : 0) && !labels.contains(nil), "seed \(seed)")
        }
    }

    @Test("less important pods leave one domain, and no other, to make room") func eviction() throws {
        let configuration = policy(
            .gangwright, actions: "allocate, preempt", ["priority", "gang"], ["predicates"])
        var fabric = racks(used: [:])
        fabric.pods = []
        for index in 1...8 {
            fabric.gangs.append(PodGroup.gang("low-\(index)", min: 1).with { $0.phase = .running })
            fabric.pods += Pod.members(of: "low-\(index)", 1, asking: [.cpu: 2_000])
                .map { $0.running(on: "n\(index)") }
        }
        fabric.add("high", 4, Self.rack) {
            $0.priority = 100
            $0.phase = .inqueue
        }
        let result = try fabric.run(configuration)
        #expect(result.evicted.count == 2)
        let nodes = Set(result.promised.values.map { $0.prefix(2) })
        #expect(nodes.count == 2)
        let racks = Set(fabric.nodes.filter { nodes.contains($0.name.prefix(2)) }.map { $0.labels["rack"] })
        #expect(racks.count == 1)
    }
}
