import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Pods leave so that a kubelet takes a more important one") struct NUMAEvictionTests {
    /// Two NUMA nodes of four processors: 0–3 and 4–7.
    private static let small = MachineShape(coresPerNUMANode: 4, threadsPerCore: 1)

    private static func evicting(
        _ actions: String = "preempt", _ compatibility: Compatibility = .gangwright,
        _ plugins: [String] = ["predicates", "proportion", "numa-aware"]
    ) -> SchedulerConfiguration {
        policy(compatibility, actions: "allocate, \(actions)", ["priority", "gang", "conformance"], plugins)
    }

    /// A machine on which half of each NUMA node is taken, and a pod that wants three processors.
    private static func halved(
        _ policy: TopologyPolicy = .singleNUMANode, wanting cpus: [Int] = [3], of policyOfPod: String? = nil
    ) -> Machines {
        var machines = Machines()
        machines.add("n", small, policy: policy)
        machines.pods = [
            .guaranteed("a", cpus: [2]).running(on: "n", cpus: "0-1"),
            .guaranteed("b", cpus: [2]).running(on: "n", cpus: "4-5"),
            .guaranteed("high", cpus: cpus, policy: policyOfPod).with { $0.priority = 10 },
        ]
        return machines
    }

    @Test(
        "there are enough processors, and one pod leaves so that they lie together",
        arguments: [TopologyPolicy.singleNUMANode, .restricted])
    func one(policy: TopologyPolicy) throws {
        let result = try Self.halved(policy, of: policy.rawValue).run(Self.evicting())
        #expect(result.evicted == ["b"])
        #expect(result.promised == ["high": "n eviction"])
        #expect(
            try Self.halved(.bestEffort).run(Self.evicting()).written("gangwright.io/cpus")["high"] != nil)
    }

    @Test("a pod that names a policy finds victims where no processor is left") func full() throws {
        var machines = Machines()
        machines.add("n", Self.small, policy: .singleNUMANode)
        machines.published[0].allocatableCPUs = CPUSet()
        machines.pods = [
            .guaranteed("a", cpus: [4]).running(on: "n", cpus: "0-3"),
            .guaranteed("b", cpus: [4]).running(on: "n", cpus: "4-7"),
            .guaranteed("high", cpus: [3], policy: "single-numa-node").with { $0.priority = 10 },
        ]
        #expect(try machines.run(Self.evicting()).evicted == ["b"])
    }

    @Test("two of a gang that name a policy leave nothing on their node, and room is made for both")
    func gangOfTwo() throws {
        var machines = Machines()
        machines.add("n", Self.small, policy: .singleNUMANode)
        machines.gangs = [gang("low", min: 0, "low"), gang("new", min: 2, "high", .inqueue)]
        machines.pods = [
            .guaranteed("x", cpus: [3], of: "low").running(on: "n", cpus: "0-2"),
            .guaranteed("y", cpus: [4], of: "low").running(on: "n", cpus: "4-7"),
        ]
        machines.pods += (0..<2).map {
            .guaranteed("new-\($0)", cpus: [4], policy: "single-numa-node", of: "new")
        }
        let result = try machines.run(Self.evicting())
        #expect(result.evicted == ["y", "x"])
        #expect(result.promised == ["new-0": "n eviction", "new-1": "n eviction"], "\(result.messages)")
    }

    @Test("nobody leaves where the empty machine would refuse the pod, or its settings do")
    func inVain() throws {
        func reason(_ machines: Machines, of name: String = "high") throws -> String {
            let result = try machines.run(Self.evicting())
            #expect(result.evicted == [])
            return result.messages[name] ?? ""
        }
        var large = Self.halved(wanting: [5])
        large.pods.remove(at: 1)
        #expect(try reason(large).contains("container c0 cannot be assigned by numa"))
        #expect(
            try reason(Self.halved(of: "restricted")).contains(
                "task topology policy[restricted] is different with node[single-numa-node]"))
        // One of those in its way is more important.
        var guarded = Self.halved(wanting: [3, 3])
        guarded.pods[0].priority = 20
        #expect(try reason(guarded).contains("Insufficient cpu"))
        guarded.pods[1].priority = 20
        guarded.pods[2] = .guaranteed("high", cpus: [3]).with { $0.priority = 10 }
        #expect(try reason(guarded).contains("container c0 cannot be assigned by numa"))
    }

    @Test("under Volcano's compatibility nobody leaves for it", arguments: ["preempt", "gangpreempt"])
    func volcano(action: String) throws {
        #expect(try Self.halved().run(Self.evicting(action, .volcano)).evicted == [])
    }

    @Test("GPUs that are far from each other, or from free processors, are made room for as well")
    func gpus() throws {
        var machines = Machines()
        machines.add("n", MachineShape(coresPerNUMANode: 4, threadsPerCore: 1, gpus: 4), policy: .restricted)
        machines.pods = [
            .guaranteed("a", cpus: [1], gpus: 1).running(on: "n", cpus: "0", gpus: "0"),
            .guaranteed("b", cpus: [1], gpus: 1).running(on: "n", cpus: "4", gpus: "2"),
            .guaranteed("c", cpus: [3]).running(on: "n", cpus: "5-7"),
            .guaranteed("high", cpus: [2], gpus: 2).with { $0.priority = 10 },
        ]
        let configuration = Self.evicting(
            "preempt", .gangwright, ["predicates", "numa-aware", "gpu-topology"])
        #expect(try machines.run(configuration).evicted == ["a"], "b has but one processor there, c no GPU")
        // Nobody says which GPUs they have: they are taken to have the first, so that 2 and 3 are free.
        for index in 0..<2 {
            machines.pods[index].annotations["gangwright.io/gpu-indices"] = nil
            machines.pods[index].priority = 20
        }
        #expect(try machines.run(configuration).evicted == ["c"], "5 to 7 are near them")
    }

    @Test("a whole gang leaves, or pods that it can spare, whatever is less")
    func gangs() throws {
        var machines = Machines()
        for name in ["n1", "n2"] { machines.add(name, Self.small, policy: .singleNUMANode) }
        machines.gangs = [
            gang("strict", min: 2, "low"), gang("elastic", min: 1, "middle"),
            gang("new", min: 1, "high", .inqueue),
        ]
        func member(_ name: String, of gang: String, on node: String, _ cpus: String) -> Pod {
            .guaranteed(name, cpus: [2], of: gang).running(on: node, cpus: cpus)
        }
        machines.pods = [
            member("strict-0", of: "strict", on: "n1", "0-1"),
            member("strict-1", of: "strict", on: "n1", "4-5"),
            member("elastic-0", of: "elastic", on: "n2", "0-1"),
            member("elastic-1", of: "elastic", on: "n2", "4-5"), .guaranteed("new-0", cpus: [4], of: "new"),
        ]
        for action in ["preempt", "gangpreempt"] {
            let result = try machines.run(Self.evicting(action))
            #expect(
                result.evicted == ["strict-0", "strict-1"], "\(action): what is less important goes first")
            #expect(result.promised == ["new-0": "n1 eviction"], "\(action)")
        }
        machines.gangs[0].priorityClassName = "middle"
        #expect(try machines.run(Self.evicting("gangpreempt")).evicted == ["elastic-1"])
    }

    @Test("another queue gives back what lies rightly", arguments: ["reclaim", "gangreclaim"])
    func reclaims(action: String) throws {
        var machines = Self.halved()
        machines.queues = [Queue(name: "a"), Queue(name: "b")]
        machines.gangs = [
            gang("a", min: 0, "low", queue: "a"), gang("new", min: 1, "low", .inqueue, queue: "b"),
        ]
        machines.pods = [
            .guaranteed("a-0", cpus: [2], of: "a").running(on: "n", cpus: "0-1"),
            .guaranteed("a-1", cpus: [2], of: "a").running(on: "n", cpus: "2-3"),
            .guaranteed("a-2", cpus: [2], of: "a").running(on: "n", cpus: "4-5"),
            .guaranteed("new-0", cpus: [3], of: "new"),
        ]
        let result = try machines.run(Self.evicting(action))
        #expect(result.evicted == ["a-2"])
        #expect(result.promised == ["new-0": "n eviction"])
    }

    @Test(
        "what was freed stays the pod's until it starts, however late the exporter hears of it",
        arguments: [true, false])
    func kept(namesPods: Bool) throws {
        var machines = Self.halved()
        machines.pods.append(.guaranteed("c", cpus: [2]).running(on: "n", cpus: "2-3"))
        func publish(_ left: String, _ names: [String]) {
            machines.published[0].allocatableCPUs = CPUSet(left)
            machines.published[0].podAllocations = (namesPods ? names : []).map {
                Numatopology.PodAllocation(key: ObjectKey(namespace: testNamespace, name: $0))
            }
        }
        publish("6-7", ["a", "b", "c"])
        let session = try Session(snapshot: machines.snapshot, configuration: Self.evicting())
        #expect(session.runCycle().evicted == ["b"])
        var leaving = machines.pods[1]
        leaving.isTerminating = true
        try session.update(leaving)
        // Of the two that are free one is promised: nobody else gets it.
        try session.update(Pod.guaranteed("quick", cpus: [1]).with { $0.created = .second(-1) })
        var result = session.runCycle()
        #expect(result.evicted == [])
        #expect(result.written("gangwright.io/cpus") == ["quick": "7"])
        #expect(result.promised["high"] == "n releasing")
        session.removePod(leaving.key)
        result = session.runCycle()
        #expect(result.evicted == [] && result.binds == [], "the exporter has not heard of it")
        #expect(result.promised["high"] == "n releasing")
        #expect(session.audit() == [])
        publish("4-7", ["a", "c"])
        try session.apply(.numatopology(machines.published[0]))
        result = session.runCycle()
        #expect(result.written("gangwright.io/cpus") == ["high": "4-6"])
        #expect(session.audit() == [])
    }

    @Test("a pod whose binding was refused has nothing of the node any more") func refusedBinding() throws {
        var machines = Machines()
        machines.add("n", Self.small, policy: .singleNUMANode)
        machines.pods = [.guaranteed("a", cpus: [2])]
        let session = try Session(snapshot: machines.snapshot, configuration: Self.evicting())
        let bind = try #require(session.runCycle().binds.first)
        session.refuseBind(bind.pod)
        try session.apply(.numatopologyRemoved("n"))
        let again = session.runCycle()
        #expect(again.bound == ["a": "n"])
        #expect(again.written("gangwright.io/cpus") == [:], "nobody knows what the node is made of")
    }

    @Test("each of a gang gets what was freed for it, also where the first would take what another needs")
    func together() throws {
        var machines = Machines()
        machines.add("n", Self.small, policy: .singleNUMANode)
        machines.gangs = [gang("low", min: 0, "low"), gang("new", min: 2, "high", .inqueue)]
        machines.pods = [("0-1", 2), ("2", 1), ("4-5", 2), ("6", 1)].enumerated().map { index, held in
            .guaranteed("low-\(index)", cpus: [held.1], of: "low").running(on: "n", cpus: held.0)
        }
        machines.pods += (0..<2).map { .guaranteed("new-\($0)", cpus: [$0 == 0 ? 2 : 3], of: "new") }
        let session = try Session(snapshot: machines.snapshot, configuration: Self.evicting())
        let evicted = session.runCycle().evictions.map(\.pod)
        #expect(evicted.map(\.name) == ["low-3", "low-0"], "of 0 to 3 three, of 4 to 7 two are free then")
        for pod in evicted { session.removePod(pod) }
        let result = session.runCycle()
        #expect(result.written("gangwright.io/cpus") == ["new-0": "6-7", "new-1": "0-1,3"])
        #expect(session.audit() == [])
    }
}
