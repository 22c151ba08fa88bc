import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Pods leave so that a more important one gets its part of a GPU") struct GPUPartEvictionTests {
    private static let planning = policy(
        .gangwright, actions: "allocate, preempt, reclaim", ["priority", "gang", "conformance"],
        ["predicates", "proportion", "deviceshare"])

    private static func part(
        _ name: String, _ fraction: String, priority: Int32 = 0, on card: (node: String, card: Int)? = nil
    ) -> Pod {
        let pod = Pod.waiting(name).with {
            $0.annotations["gpu-fraction"] = fraction
            $0.priority = priority
        }
        guard let card, let milli = try? Quantity.milli(fraction) else { return pod }
        return pod.running(on: card.node).with {
            $0.annotations["gangwright.io/gpu-shares"] = "\(card.card):\(milli)"
        }
    }

    private static func whole(_ name: String, _ gpus: Int64, priority: Int32 = 0) -> Pod {
        .waiting(name, asking: [.cpu: 1_000, .nvidiaGPU: gpus]).with { $0.priority = priority }
    }

    @Test("a part makes room for a part, with as few leaving as will do") func fewest() throws {
        let result = try schedule(
            Self.planning, nodes: [.of("n", gpus: 2)],
            pods: [
                Self.part("a", "0.6", on: ("n", 0)), Self.part("b", "0.3", on: ("n", 0)),
                Self.part("c", "0.5", on: ("n", 1)), Self.part("high", "0.9", priority: 10),
            ])
        #expect(result.evicted == ["c"])
        #expect(result.promised == ["high": "n eviction"])
    }

    @Test("a whole GPU is made of the parts on one") func wholeOfParts() throws {
        let result = try schedule(
            Self.planning, nodes: [.of("n", gpus: 2)],
            pods: [
                Self.part("a", "0.2", on: ("n", 0)), Self.part("b", "0.2", on: ("n", 0)),
                Self.part("c", "0.2", priority: 20, on: ("n", 1)), Self.whole("high", 1, priority: 10),
            ])
        #expect(Set(result.evicted) == ["a", "b"])
        #expect(result.promised == ["high": "n eviction"])
    }

    @Test("a whole GPU is broken for a part") func partOfWhole() throws {
        let result = try schedule(
            Self.planning, nodes: [.of("n", gpus: 1)],
            pods: [Self.whole("low", 1).running(on: "n"), Self.part("high", "0.5", priority: 10)])
        #expect(result.evicted == ["low"])
        #expect(result.promised == ["high": "n eviction"])
    }

    @Test("nobody leaves where that does not free enough of one card") func nobody() throws {
        let result = try schedule(
            Self.planning, nodes: [.of("n", gpus: 2)],
            pods: [
                Self.part("a", "0.5", priority: 20, on: ("n", 0)), Self.part("b", "0.4", on: ("n", 0)),
                Self.part("c", "0.5", priority: 20, on: ("n", 1)), Self.part("d", "0.4", on: ("n", 1)),
                Self.part("high", "0.9", priority: 10),
            ])
        #expect(result.evicted == [])
    }

    @Test("what was freed is kept for the one that it was freed for") func kept() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n", gpus: 1)],
                pods: [
                    Self.part("low", "0.6", on: ("n", 0)),
                    Self.part("stays", "0.3", priority: 20, on: ("n", 0)),
                    Self.part("high", "0.7", priority: 10),
                ]), configuration: Self.planning)
        #expect(session.runCycle().evicted == ["low"])
        try session.update(Self.part("quick", "0.5"))
        #expect(session.runCycle().binds.isEmpty, "low has not gone")
        #expect(session.audit() == [])
        session.removePod(ObjectKey(namespace: testNamespace, name: "low"))
        let result = session.runCycle()
        #expect(result.bound == ["high": "n"])
        #expect(result.binds.first?.annotations["gangwright.io/gpu-shares"] == "0:700")
        #expect(session.audit() == [])
    }

    @Test("another queue gives parts back that it does not deserve") func reclaimed() throws {
        let pods = (0..<4).map { index in
            Self.part("a-\(index)", "0.5", on: ("n", index / 2)).with {
                $0.annotations["scheduling.volcano.sh/queue-name"] = "a"
            }
        }
        let new = Self.part("b", "0.5").with { $0.annotations["scheduling.volcano.sh/queue-name"] = "b" }
        let result = try schedule(
            Self.planning, nodes: [.of("n", gpus: 2)], pods: pods + [new],
            queues: [Queue(name: "a"), Queue(name: "b")])
        #expect(result.evicted.count == 1)
        #expect(result.promised == ["b": "n eviction"])
    }

    @Test("Volcano's preempt makes room for parts, too") func volcano() throws {
        let low = Self.part("low", "0.6", on: ("n", 0)).with {
            $0.annotations["volcano.sh/preemptable"] = "true"
        }
        let result = try schedule(
            policy(
                .volcano, actions: "allocate, preempt", ["priority", "conformance"],
                ["gang", "predicates", "deviceshare deviceshare.gpuParts=true"]),
            nodes: [.of("n", gpus: 1)], pods: [low, Self.part("high", "0.6", priority: 10)])
        #expect(result.evicted == ["low"])
        #expect(result.promised == ["high": "n eviction"])
    }

    @Test("memory of cards and vGPUs make room under gangwright") func memory() throws {
        let node = Node.of("n").with {
            $0.allocatable["volcano.sh/gpu-memory"] = 16
            $0.allocatable["volcano.sh/gpu-number"] = 1
        }
        func pod(_ name: String, priority: Int32) -> Pod {
            Pod.waiting(name).with {
                $0.requests["volcano.sh/gpu-memory"] = 10
                $0.containerDevices = [["volcano.sh/gpu-memory": 10]]
                $0.priority = priority
            }
        }
        let result = try schedule(
            policy(
                .gangwright, actions: "allocate, preempt", ["priority", "gang", "conformance"],
                ["predicates", "deviceshare deviceshare.GPUSharingEnable=true"]),
            nodes: [node],
            pods: [
                pod("low", priority: 0).running(on: "n").with {
                    $0.annotations["volcano.sh/gpu-index"] = "0"
                },
                pod("high", priority: 10),
            ])
        #expect(result.evicted == ["low"])
        #expect(result.promised == ["high": "n eviction"])
    }
}
