import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("numa-aware foresees what kubelets make of pods") struct NUMAAwareTests {
    /// Two NUMA nodes of four processors, each a core of one thread: 0–3 and 4–7.
    private static let small = MachineShape(coresPerNUMANode: 4, threadsPerCore: 1)
    private static let configurations = [
        policy(.volcano, ["priority", "gang"], ["predicates", "numa-aware"]),
        policy(.gangwright, ["priority", "gang"], ["predicates", "numa-aware"]),
    ]

    private func machines(
        _ policies: [String: TopologyPolicy?] = ["n1": .singleNUMANode], left: [String: String] = [:],
        pods: [Pod]
    ) -> Machines {
        var machines = Machines()
        for (name, policy) in policies.sorted(by: { $0.key < $1.key }) {
            machines.add(name, Self.small, policy: policy)
        }
        for index in machines.published.indices {
            guard let text = left[machines.published[index].name] else { continue }
            machines.published[index].allocatableCPUs = CPUSet(text)
        }
        machines.pods = pods
        return machines
    }

    @Test(
        "a container's processors come from one NUMA node where the node says so",
        arguments: configurations.indices)
    func oneNode(index: Int) throws {
        let pods = [Pod.guaranteed("a", cpus: [3], policy: "single-numa-node")]
        let result = try machines(left: ["n1": "0-1,4-7"], pods: pods).run(Self.configurations[index])
        #expect(result.bound == ["a": "n1"])
        #expect(result.written("gangwright.io/cpus") == ["a": "4-6"])
        #expect(result.written("volcano.sh/topology-decision") == ["a": #"{"numa":{"1":{"cpu":"3"}}}"#])
    }

    @Test(
        "what is given away in a cycle is nobody else's, also where the exporter has counted others",
        arguments: configurations.indices)
    func sameCycle(index: Int) throws {
        let pods = ["a", "b"].map { Pod.guaranteed($0, cpus: [2]) }
        let result = try machines(left: ["n1": "4-7"], pods: pods).run(Self.configurations[index])
        #expect(result.written("gangwright.io/cpus") == ["a": "4-5", "b": "6-7"])
    }

    @Test("what a node has left is counted anew when a gang is bound there") func boundGang() throws {
        let shape = MachineShape(coresPerNUMANode: 4, threadsPerCore: 1, gpus: 4)
        var machines = Machines()
        for name in ["n", "m"] { machines.add(name, shape, policy: .bestEffort) }
        machines.gangs = [.gang("g", min: 2)]
        machines.pods = (0..<2).map { .guaranteed("g-\($0)", cpus: [4, 4], gpus: 1, of: "g") }
        // The run holds the books to the pods.
        #expect(try machines.run(Self.configurations[1]).bound.count == 2)
    }

    @Test("what no NUMA node has enough of is refused, in Volcano's words", arguments: configurations.indices)
    func refused(index: Int) throws {
        for policy in [TopologyPolicy.singleNUMANode, .restricted] {
            let pods = [Pod.guaranteed("a", cpus: [3], policy: policy.rawValue)]
            let result = try machines(["n1": policy], left: ["n1": "0-1,4-5"], pods: pods)
                .run(Self.configurations[index])
            #expect(result.bound == [:])
            #expect(result.messages["a"]?.contains("1 container c0 cannot be assigned by numa") ?? false)
        }
        let pods = [Pod.guaranteed("a", cpus: [3], policy: "best-effort")]
        let result = try machines(["n1": .bestEffort], left: ["n1": "0-1,4-5"], pods: pods)
            .run(Self.configurations[index])
        #expect(result.written("gangwright.io/cpus") == ["a": "0-1,4"])
    }

    @Test("containers are looked at one after the other: each may have a NUMA node of its own")
    func containers() throws {
        let pods = [
            Pod.guaranteed("a", cpus: [3, 3], policy: "single-numa-node"),
            Pod.guaranteed("b", cpus: [2], policy: "single-numa-node"),
        ]
        let result = try machines(pods: pods).run(Self.configurations[0])
        #expect(result.written("gangwright.io/cpus") == ["a": "0-2,4-6"])
        #expect(result.messages["b"]?.contains("1 container c0 cannot be assigned by numa") ?? false)
    }

    @Test(
        "nodes whose kubelet does something else are refused, each with its reason",
        arguments: configurations.indices)
    func settings(index: Int) throws {
        var machines = machines(
            ["n1": .restricted, "n2": nil, "n3": .singleNUMANode, "n4": .singleNUMANode],
            pods: [.guaranteed("a", cpus: [2], policy: "single-numa-node")])
        machines.published[2].allocatableCPUs = CPUSet()
        machines.published.removeLast()
        let message = try #require(machines.run(Self.configurations[index]).messages["a"])
        for reason in [
            "1 task topology policy[single-numa-node] is different with node[restricted]",
            "1 cpu manager policy isn't static", "1 cpu allocatable map is empty", "1 numa info is empty",
        ] { #expect(message.contains(reason), "\(message)") }
    }

    @Test("a pod that names no policy is held to the node's; one that shares processors is not")
    func silent() throws {
        var pods = [Pod.guaranteed("a", cpus: [3])]
        #expect(
            try machines(left: ["n1": "0-1,4-5"], pods: pods).run(Self.configurations[0]).bound == [:])
        pods[0].guaranteedContainers[0].wholeCPUs = 0
        #expect(
            try machines(left: ["n1": "0-1,4-5"], pods: pods).run(Self.configurations[0]).bound == [
                "a": "n1"
            ],
            "it asks for a part of a processor")
        pods[0] = .waiting("a", 3_000)
        #expect(
            try machines(left: ["n1": "0-1,4-5"], pods: pods).run(Self.configurations[0]).bound == ["a": "n1"]
        )
    }

    @Test("the node where processors are on fewer NUMA nodes gets more points: 100 − 100·n/most")
    func score() throws {
        let pods = [Pod.guaranteed("a", cpus: [3], policy: "best-effort")]
        let result = try machines(
            ["n1": .bestEffort, "n2": .bestEffort], left: ["n1": "0-1,4-5", "n2": "0-1,4-7"], pods: pods
        ).run(Self.configurations[0])
        #expect(result.bound == ["a": "n2"], "1 of 2 NUMA nodes against 2 of 2: 50 points against none")
    }

    @Test("what the system keeps is nobody's") func reserved() throws {
        var machines = machines(pods: [.guaranteed("a", cpus: [4], policy: "single-numa-node")])
        machines.published[0].reservedMilliCPU = 1_500
        #expect(try machines.run(Self.configurations[0]).written("gangwright.io/cpus") == ["a": "4-7"])
    }

    @Test("a decision holds until the exporter has taken note of it") func remembered() throws {
        var machines = machines(
            pods: [
                .guaranteed("a", cpus: [3], policy: "single-numa-node"),
                .guaranteed("b", cpus: [3], policy: "single-numa-node"),
            ])
        let session = try Session(snapshot: machines.snapshot, configuration: Self.configurations[0])
        #expect(session.runCycle().written("gangwright.io/cpus") == ["a": "0-2", "b": "4-6"])
        try session.update(Pod.guaranteed("c", cpus: [2], policy: "single-numa-node"))
        #expect(session.runCycle().bound == [:], "the exporter still says that all are left")
        // The kubelet gave a others than were foreseen, and has yet to start b.
        machines.published[0].allocatableCPUs = CPUSet("0,4-7")
        machines.published[0].podAllocations = [
            Numatopology.PodAllocation(key: ObjectKey(namespace: testNamespace, name: "a"))
        ]
        try session.apply(.numatopology(machines.published[0]))
        #expect(session.runCycle().bound == [:])
        machines.published[0].podAllocations.append(
            Numatopology.PodAllocation(key: ObjectKey(namespace: testNamespace, name: "b")))
        machines.published[0].allocatableCPUs = CPUSet("0,6-7")
        try session.apply(.numatopology(machines.published[0]))
        #expect(session.runCycle().written("gangwright.io/cpus") == ["c": "6-7"])
    }

    @Test("an exporter that names no pods has taken note once as many processors are gone as all pods have")
    func unnamed() throws {
        var machines = machines(pods: [.guaranteed("a", cpus: [3], policy: "single-numa-node")])
        let session = try Session(snapshot: machines.snapshot, configuration: Self.configurations[1])
        #expect(session.runCycle().written("gangwright.io/cpus") == ["a": "0-2"])
        session.confirmBind(ObjectKey(namespace: testNamespace, name: "a"))
        machines.published[0].allocatableCPUs = CPUSet("0-3,7")
        try session.apply(.numatopology(machines.published[0]))
        try session.update(Pod.guaranteed("b", cpus: [4], policy: "single-numa-node"))
        #expect(session.runCycle().written("gangwright.io/cpus") == ["b": "0-3"])
    }

    @Test("GPUs and processors agree on a NUMA node where gpu-topology chooses the GPUs") func together()
        throws
    {
        let configuration = policy(
            .gangwright, ["priority", "gang"], ["predicates", "numa-aware", "gpu-topology"])
        var machines = Machines()
        machines.add("n1", MachineShape(coresPerNUMANode: 4, threadsPerCore: 1, gpus: 4), policy: .restricted)
        // Of the first NUMA node only one processor is left: two of its GPUs would be far from theirs.
        machines.published[0].allocatableCPUs = CPUSet("3-7")
        machines.pods = [.guaranteed("a", cpus: [3], gpus: 2)]
        let result = try machines.run(configuration)
        #expect(result.written("gangwright.io/cpus") == ["a": "4-6"])
        #expect(result.written("gangwright.io/gpu-indices") == ["a": "2,3"])
        machines.published[0].allocatableCPUs = CPUSet("0-3")
        machines.pods.append(
            .asking(gpus: 1, "x").running(on: "n1").with {
                $0.annotations["gangwright.io/gpu-indices"] = "0"
            })
        let refused = try machines.run(configuration)
        #expect(refused.messages["a"]?.contains("container c0 cannot be assigned by numa") ?? false)
    }
}
