import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let classes = [PriorityClass(name: "low", value: 10), PriorityClass(name: "high", value: 100)]

private func planning(_ compatibility: Compatibility, _ actions: String) -> SchedulerConfiguration {
    policy(
        compatibility, actions: actions, ["priority", "gang", "conformance"],
        ["predicates", "network-topology-aware"])
}

extension Fabric {
    /// Fills nodes with running pods of one CPU of a gang that can spare them all, or none.
    fileprivate mutating func fill(_ gang: String, _ priority: String, min: Int = 0, _ used: [(String, Int)])
    {
        gangs.append(
            .gang(gang, min: min).with {
                $0.priorityClassName = priority
                $0.phase = .running
            })
        for (node, count) in used {
            for number in 0..<count {
                pods.append(Pod.waiting("\(gang)-\(node)-\(number)", of: gang).running(on: node))
            }
        }
    }

    /// Adds an important gang of pods of one CPU.
    fileprivate mutating func addHigh(
        _ count: Int, _ wish: NetworkTopology?, change: (inout PodGroup) -> Void = { _ in }
    ) {
        add("high", count, wish) {
            $0.priorityClassName = "high"
            $0.phase = .inqueue
            change(&$0)
        }
    }

    fileprivate var withClasses: ClusterSnapshot {
        var snapshot = snapshot
        snapshot.priorityClasses = classes
        return snapshot
    }

    fileprivate func decide(_ configuration: SchedulerConfiguration) throws -> CycleResult {
        let session = try Session(snapshot: withClasses, configuration: configuration)
        let result = session.runCycle()
        #expect(session.audit() == [])
        let again = try Session(
            snapshot: withClasses, configuration: configuration,
            options: SessionOptions(allocator: .reference)
        ).runCycle()
        #expect(again.evictions == result.evictions, "the allocators differ")
        return result
    }
}

extension CycleResult {
    /// The nodes on which pods are promised places.
    fileprivate var promisedNodes: Set<String> { Set(pipelined.map(\.node)) }
}

@Suite("Under gangwright room for a gang that has to be near together is made in one domain")
struct DomainEvictionPlanTests {
    private let planned = planning(.gangwright, "allocate, preempt")

    /// Rack r2 has one CPU free, r4 one, and r3 is full of equally important pods.
    private var crowded: Fabric {
        var fabric = Fabric()
        fabric.fill("low", "low", [("n1", 2), ("n2", 2), ("n3", 2), ("n4", 1), ("n7", 2), ("n8", 1)])
        fabric.fill("same", "high", [("n5", 2), ("n6", 2)])
        return fabric
    }

    @Test("in the one where the fewest pods have to leave") func fewest() throws {
        var fabric = crowded
        fabric.addHigh(3, .hard(1))
        let result = try fabric.decide(planned)
        #expect(result.evicted.count == 2)
        #expect(result.promised.count == 3)
        #expect(result.promisedNodes == ["n3", "n4"])
        // With as much free in r1, the names decide.
        fabric.pods.removeAll { $0.key.name == "low-n2-0" }
        #expect(try fabric.decide(planned).promisedNodes == ["n1", "n2"])
    }

    @Test("if it does not fit one, nobody leaves, though it would fit the cluster") func proven() throws {
        var fabric = crowded
        fabric.addHigh(5, .hard(1))
        #expect(try fabric.decide(planned).evicted == [])
        fabric.gangs[2].networkTopology = .hard(2)
        let result = try fabric.decide(planned)
        #expect(result.evicted.count == 4)
        #expect(result.promisedNodes.isSubset(of: ["n1", "n2", "n3", "n4"]))
    }

    @Test("a gang that cannot spare a pod leaves whole, also where it is outside the domain") func whole()
        throws
    {
        var fabric = Fabric()
        fabric.fill("strict", "low", min: 4, [("n1", 2), ("n5", 2)])
        fabric.fill("loose", "low", [("n3", 2), ("n4", 1)])
        fabric.fill("same", "high", [("n2", 1), ("n6", 2), ("n7", 2), ("n8", 2)])
        fabric.addHigh(3, .hard(1))
        // In r1 four would have to leave for two places, in r2 two.
        let result = try fabric.decide(planned)
        #expect(Set(result.evicted).count == 2)
        #expect(result.promisedNodes == ["n3", "n4"])
    }

    @Test("each part goes where its own limit says, within the domain of the gang") func parts() throws {
        var fabric = Fabric()
        fabric.fill("low", "low", [("n1", 2), ("n3", 2), ("n5", 2), ("n7", 2)])
        fabric.fill("same", "high", [("n2", 1), ("n4", 1), ("n6", 2), ("n8", 2)])
        fabric.addHigh(4, .hard(2)) {
            $0.subGroupPolicies = [
                SubGroupPolicy(
                    name: "parts", networkTopology: .hard(1), subGroupSize: 2, minSubGroups: 2,
                    matchLabelKeys: ["part"])
            ]
        }
        for index in fabric.pods.indices where fabric.pods[index].podGroup == "high" {
            fabric.pods[index].labels["part"] = fabric.pods[index].key.name < "high-2" ? "a" : "b"
        }
        let result = try fabric.decide(planned)
        #expect(result.evicted.count == 2)
        func rack(_ pods: [String]) -> Set<String> {
            Set(pods.compactMap { result.promised[$0]?.prefix(2) }.map { $0 < "n3" ? "r1" : "r2" })
        }
        #expect(result.promisedNodes == ["n1", "n2", "n3", "n4"])
        #expect(rack(["high-0", "high-1"]).count == 1)
        #expect(rack(["high-2", "high-3"]).count == 1)
        #expect(rack(["high-0", "high-1"]) != rack(["high-2", "high-3"]))
    }

    @Test("while domains form no tree nobody leaves for it") func broken() throws {
        var fabric = crowded
        fabric.hyperNodes.append(.rack("r9", ["n1", "n3"]))
        fabric.addHigh(3, .hard(1))
        #expect(try fabric.decide(planned).evicted == [])
    }

    @Test("the places are kept in the domain until the victims have gone") func kept() throws {
        var fabric = crowded
        fabric.addHigh(3, .hard(1))
        let session = try Session(snapshot: fabric.withClasses, configuration: planned)
        let evicted = session.runCycle().evictions
        #expect(evicted.count == 2)
        // Two that want any place came before it.
        for number in 0..<2 {
            try session.update(.waiting("small-\(number)"))
        }
        session.removePod(try #require(evicted.first).pod)
        // Not all have gone: it waits, and nobody takes what it is to have.
        let second = session.runCycle()
        #expect(Set(second.bound.values).isSubset(of: ["n8"]))
        #expect(second.evicted == [])
        session.removePod(try #require(evicted.last).pod)
        let third = session.runCycle()
        #expect(Set(third.bound.filter { $0.key.hasPrefix("high") }.values) == ["n3", "n4"])
        #expect(third.bound.count { $0.key.hasPrefix("high") } == 3)
    }
}

@Suite("Places are kept for a gang that has to be near together, in one domain") struct DomainReservationTests
{
    /// Pods of one CPU on all nodes; those of r3 end first, those of r1 and r2 one by one before those of r4.
    private func run(_ wish: NetworkTopology?, minResources: ResourceList? = nil) throws -> CycleResult {
        var fabric = Fabric()
        let ends = ["n1": 10, "n2": 70, "n3": 20, "n4": 70, "n5": 40, "n6": 50, "n7": 60, "n8": 60]
        for (node, minutes) in ends {
            for number in 0..<2 {
                fabric.pods.append(
                    Pod.waiting("\(node)-\(number)").running(on: node).with {
                        $0.started = .second(0)
                        $0.annotations = ["gangwright.io/run-time": "\(minutes)m"]
                    })
            }
        }
        fabric.add("large", 4, wish) {
            $0.created = .second(0)
            $0.phase = .inqueue
            $0.minResources = minResources
        }
        return try Session(
            snapshot: fabric.snapshot,
            configuration: policy(
                .gangwright, ["priority", "gang"], ["predicates", "network-topology-aware"])
        ).runCycle(now: .second(900))
    }

    @Test("the domain that is free first, not the nodes that are") func domain() throws {
        let anywhere = try #require(try run(nil).podGroups.first { $0.key.name == "large" })
        #expect(anywhere.reservedNodes == ["n1", "n3"])
        let large = try #require(try run(.hard(1)).podGroups.first { $0.key.name == "large" })
        #expect(large.reason == .reserved)
        #expect(large.reservedNodes == ["n5", "n6"])
        #expect(large.expectedStart == .second(3_000))
        // What admission has promised it is looked for in what the domain has, not in what is left now.
        let minimum = try run(.hard(1), minResources: [.cpu: 4_000])
        #expect(minimum.podGroups.first { $0.key.name == "large" }?.reservedNodes == ["n5", "n6"])
    }
}

@Suite("gangpreempt keeps to the limits of parts") struct PartEvictionTests {
    @Test("room for a part is made within one domain of its own") func parts() throws {
        var fabric = Fabric()
        fabric.fill("low", "low", [("n1", 1)])
        fabric.fill(
            "same", "high",
            [("n1", 1), ("n2", 1), ("n3", 2), ("n4", 1), ("n5", 2), ("n6", 2), ("n7", 2), ("n8", 2)])
        fabric.addHigh(2, .hard(2)) {
            $0.subGroupPolicies = [
                SubGroupPolicy(
                    name: "parts", networkTopology: .hard(1), subGroupSize: 2, minSubGroups: 1,
                    matchLabelKeys: ["part"])
            ]
        }
        for index in fabric.pods.indices where fabric.pods[index].podGroup == "high" {
            fabric.pods[index].labels["part"] = "a"
        }
        for compatibility in Compatibility.withoutVolcano15 {
            let result = try fabric.decide(planning(compatibility, "allocate, gangpreempt"))
            #expect(result.evicted == ["low-n1-0"], "\(compatibility)")
            #expect(result.promisedNodes == ["n1", "n2"], "\(compatibility)")
        }
    }
}
