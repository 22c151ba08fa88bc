import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Every pod that waits has a reason") struct ReasonTests {
    private func pending(
        _ pod: Pod, gangs: [PodGroup] = [], _ compatibility: Compatibility = .gangwright,
        options: SessionOptions = SessionOptions()
    ) throws -> [String] {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: [pod], gangs: gangs, options: options)
        #expect(result.bound == [:])
        return result.pending.map { "\($0.pod.name) \($0.reason.rawValue): \($0.message)" }
    }

    @Test("its PodGroup does not exist", arguments: Compatibility.allCases)
    func missingGroup(compatibility: Compatibility) throws {
        #expect(
            try pending(.waiting("p", of: "g"), compatibility)
                == ["p PodGroupNotFound: its PodGroup ns/g does not exist"])
        // One of that name in another namespace is another one.
        let other = PodGroup.gang("g", min: 1).with { $0.key.namespace = "other" }
        #expect(
            try pending(.waiting("p", of: "g"), gangs: [other], compatibility)
                == ["p PodGroupNotFound: its PodGroup ns/g does not exist"])
    }

    @Test("its gang's queue does not exist", arguments: Compatibility.allCases)
    func missingQueue(compatibility: Compatibility) throws {
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: [.waiting("p", of: "g")],
            gangs: [.gang("g", min: 1, queue: "nowhere")])
        #expect(result.reasons == ["p": .queueNotFound])
        #expect(result.messages == ["p": "its queue nowhere does not exist"])
        #expect(result.podGroups.map(\.reason) == [.queueNotFound])
        #expect(result.pending.map(\.podGroup) == [ObjectKey(namespace: "ns", name: "g")])
    }

    @Test("the queues default and root exist even if nobody made them", arguments: ["default", "root"])
    func builtInQueues(queue: String) throws {
        let result = try schedule(
            plain(.gangwright), nodes: [.of("n")], pods: [.waiting("p", of: "g")],
            gangs: [.gang("g", min: 1, queue: queue)], queues: [Queue(name: "other")])
        #expect(result.bound == ["p": "n"])
        #expect(result.queues.map(\.name) == ["default", "other", "root"])
    }

    @Test("its job names an instance type that does not exist", arguments: Compatibility.allCases)
    func unknownInstanceType(compatibility: Compatibility) throws {
        let gang = PodGroup.gang("g", min: 1).with {
            $0.origin = .jobFile
            $0.invalid = InvalidGang(reason: .unknownInstanceType, message: "there is no instance type gpu-9")
        }
        #expect(
            try pending(.waiting("p", of: "g"), gangs: [gang], compatibility)
                == ["p UnknownInstanceType: there is no instance type gpu-9"])
    }

    @Test("it is gated", arguments: Compatibility.allCases)
    func gated(compatibility: Compatibility) throws {
        let pod = Pod.waiting("p").with { $0.schedulingGates = ["a.example/x", "b.example/y"] }
        #expect(
            try pending(pod, compatibility)
                == ["p SchedulingGated: waits for its scheduling gates: a.example/x, b.example/y"])
    }

    @Test("a gated member counts as existing and keeps its gang waiting", arguments: Compatibility.allCases)
    func gatedMember(compatibility: Compatibility) throws {
        let gated = Pod.waiting("a", of: "g").with { $0.schedulingGates = ["x"] }
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: [gated, .waiting("b", of: "g")],
            gangs: [.gang("g", min: 2)])
        #expect(result.bound == [:])
        #expect(result.reasons == ["a": .schedulingGated, "b": .gangNotReady])
        #expect(result.podGroups.map(\.reason) == [.schedulingGated])
    }

    @Test("it states a constraint that is not evaluated", arguments: UnsupportedConstraint.allCases)
    func unsupported(constraint: UnsupportedConstraint) throws {
        let pod = Pod.waiting("p").with { $0.unsupportedConstraints = [constraint] }
        #expect(
            try pending(pod)
                == [
                    "p UnsupportedConstraint: states what is not evaluated here: \(constraint.rawValue)"
                ])
    }

    @Test("without predicates a constraint is not looked at") func noPredicates() throws {
        let pod = Pod.waiting("p").with { $0.unsupportedConstraints = [.resourceClaims] }
        let result = try schedule(policy(.gangwright, ["gang"]), nodes: [.of("n")], pods: [pod])
        #expect(result.bound == ["p": "n"])
    }

    @Test("it asks for another scheduler than those that are chosen") func otherScheduler() throws {
        let options = SessionOptions(schedulerNames: ["volcano"])
        #expect(
            try pending(.waiting("p"), options: options) == [
                "p OtherScheduler: asks for the scheduler gangwright"
            ])
        let chosen = try schedule(
            plain(.gangwright), nodes: [.of("n")], pods: [.waiting("p")],
            options: SessionOptions(schedulerNames: ["gangwright", "volcano"]))
        #expect(chosen.bound == ["p": "n"])
    }

    @Test("its gang's pods all ask for another scheduler") func gangOfOthers() throws {
        let result = try schedule(
            plain(.gangwright), nodes: [.of("n")], pods: Pod.members(of: "g", 2), gangs: [.gang("g", min: 2)],
            options: SessionOptions(schedulerNames: ["somebody-else"]))
        #expect(result.podGroups.map(\.reason) == [.otherScheduler])
        #expect(result.reasons == ["g-0": .otherScheduler, "g-1": .otherScheduler])
    }

    @Test("it names as its PodGroup what is a pod without one, whichever comes first") func namesAPod() throws
    {
        let pods: [Pod] = [.waiting("p"), .waiting("q", of: "p/pod")]
        for order in [pods, pods.reversed()] {
            let result = try schedule(plain(.gangwright), nodes: [.of("n")], pods: order)
            #expect(result.bound == ["p": "n"])
            #expect(result.reasons == ["q": .podGroupNotFound])
        }
    }

    @Test("it is being deleted before it got a node", arguments: Compatibility.allCases)
    func terminating(compatibility: Compatibility) throws {
        let pods = [Pod.waiting("p"), .waiting("q", of: "g")].map { pod in
            pod.with { $0.isTerminating = true }
        }
        let result = try schedule(
            plain(compatibility), nodes: [.of("n")], pods: pods, gangs: [.gang("g", min: 1)])
        #expect(result.bound == [:])
        #expect(result.reasons == ["p": .terminating, "q": .terminating])
    }

    @Test(
        "its phase is one that no pod without a node should have", arguments: [Pod.Phase.unknown, .running])
    func oddPhases(phase: Pod.Phase) throws {
        let pod = Pod.waiting("p").with { $0.phase = phase }
        let result = try schedule(plain(.gangwright), nodes: [.of("n")], pods: [pod])
        #expect(result.binds.count + result.pending.count == 1)
    }

    @Test("pods that have ended are not reported") func ended() throws {
        let pods = [Pod.Phase.succeeded, .failed].map { phase in
            Pod.waiting(phase.rawValue).with { $0.phase = phase }
        }
        let result = try schedule(plain(.gangwright), nodes: [.of("n")], pods: pods)
        #expect(result.reasons == [:])
        #expect(result.podCount == 2)
    }

    @Test("there is no node") func emptyCluster() throws {
        for compatibility in Compatibility.allCases {
            for configuration in [
                plain(compatibility),
                NamedConfiguration("v", ConfigurationText.volcano, compatibility).configuration,
            ] {
                let result = try schedule(
                    configuration, nodes: [],
                    pods: [.waiting("p", of: "g"), .waiting("q", asking: [:], of: "g")],
                    gangs: [.gang("g", min: 1)])
                #expect(result.bound == [:])
                #expect(result.nodeCount == 0)
                #expect(result.pending.count == 2)
            }
            let result = try schedule(plain(compatibility), nodes: [], pods: [.waiting("p")])
            #expect(result.messages == ["p": "there are no nodes"])
        }
    }

    @Test("an empty snapshot gives an empty result") func nothing() throws {
        let result = try schedule(.default, nodes: [], pods: [])
        #expect(result.binds.isEmpty && result.pending.isEmpty && result.podGroups.isEmpty)
        #expect(result.queues.map(\.name) == ["default", "root"])
    }

    @Test("nodes without capacity take nothing and harm nobody", arguments: Compatibility.allCases)
    func zeroCapacity(compatibility: Compatibility) throws {
        let nodes = [
            Node(name: "a"), Node(name: "b", allocatable: [.cpu: 0, .memory: 0, .pods: 0, .nvidiaGPU: 0]),
            .of("c", gpus: 1),
        ]
        let configuration = NamedConfiguration("helm", ConfigurationText.helm, compatibility).configuration
        let result = try schedule(
            configuration, nodes: nodes,
            pods: [
                .waiting("p", asking: [.cpu: 100, .nvidiaGPU: 1]), .waiting("q", asking: [.nvidiaGPU: 1]),
            ])
        #expect(result.bound == ["p": "c"])
        #expect(result.pending.count == 1)
    }

    @Test("amounts that do not add up within 63 bits end the cycle with an error") func overflow() throws {
        let most = Int64.max / 2 + 1
        func error(nodes: [Node] = [.of("n")], pods: [Pod] = [], gangs: [PodGroup] = [], queues: [Queue] = [])
            -> String?
        {
            do throws(ResourceOverflow) {
                let snapshot = ClusterSnapshot(nodes: nodes, pods: pods, podGroups: gangs, queues: queues)
                _ = try Session(snapshot: snapshot, configuration: .default)
                return nil
            } catch {
                return error.description
            }
        }
        let memory = "the amounts of memory add up to more than 2^63"
        #expect(error(nodes: [.of("a", memory: most), .of("b", memory: most)]) == memory)
        #expect(error(pods: ["a", "b"].map { .waiting($0, asking: [.memory: most]) }) == memory)
        #expect(
            error(gangs: ["a", "b"].map { .gang($0, min: 1, minResources: [.memory: most]) }) == memory)
        #expect(error(queues: ["a", "b"].map { Queue(name: $0, guarantee: [.memory: most]) }) == memory)
        // A pod without a group is its own minimum as well.
        #expect(error(pods: [.waiting("a", asking: [.memory: most])]) == memory)
        #expect(error(pods: [.waiting("a", asking: [.memory: most], of: "g")]) == nil)
        #expect(
            error(
                pods: ["a", "b"].map {
                    Pod.waiting($0, asking: [.memory: most]).running(on: "n").with { $0.phase = .failed }
                }) == nil)
    }
}
