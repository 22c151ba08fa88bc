import ClusterModel
import SyntheticClusters
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("gpu-topology chooses GPUs that are joined, and writes down which") struct GPUTopologyTests {
    static let configuration = policy(.gangwright, ["priority", "gang"], ["predicates", "gpu-topology"])

    @Test("GPUs, UUIDs, network cards and processors next to them are written on the pod") func written()
        throws
    {
        var machines = Machines()
        machines.add("n1", .quads)
        machines.pods = [
            .asking(gpus: 3, "x").running(on: "n1").with {
                $0.annotations["gangwright.io/gpu-indices"] = "0-2"
            },
            .guaranteed("a", cpus: [8], gpus: 4),
        ]
        let bind = try #require(try machines.run(Self.configuration).binds.first)
        #expect(
            bind.annotations == [
                "gangwright.io/gpu-indices": "4,5,6,7", "gangwright.io/gpu-uuids": "GPU-4,GPU-5,GPU-6,GPU-7",
                "gangwright.io/nics": "mlx5_2,mlx5_3", "gangwright.io/cpus": "24-27,72-75",
            ])
    }

    @Test("the node with a whole board is better than one where two halves are left") func nodes() throws {
        var machines = Machines()
        machines.add("n1", .quads)
        machines.add("n2", .quads)
        machines.pods = [
            .asking(gpus: 4, "x").running(on: "n1").with {
                $0.annotations["gangwright.io/gpu-indices"] = "0,1,4,5"
            },
            .asking(gpus: 4, "a"),
        ]
        let result = try machines.run(Self.configuration)
        #expect(result.bound == ["a": "n2"])
        #expect(result.written("gangwright.io/gpu-indices") == ["a": "0,1,2,3"])
    }

    @Test("pods of one gang on a node get GPUs that are joined with each other's") func gang() throws {
        var machines = Machines()
        machines.add("n1", .pairs)
        machines.gangs = [.gang("g", min: 2)]
        machines.pods = [
            .asking(gpus: 1, "g-0", of: "g"), .asking(gpus: 1, "g-1", of: "g"),
            .asking(gpus: 1, "x").running(on: "n1").with {
                $0.annotations["gangwright.io/gpu-indices"] = "0"
            },
        ]
        let result = try machines.run(Self.configuration)
        let given = result.written("gangwright.io/gpu-indices")
        // Alone, g-0 takes the GPU whose partner is gone, and no other is joined with that.
        #expect(given["g-0"] == "1")
        machines.pods.removeLast()
        #expect(
            try machines.run(Self.configuration).written("gangwright.io/gpu-indices") == [
                "g-0": "0", "g-1": "1",
            ])
    }

    @Test("a pod that holds GPUs without a word is taken to have the first") func unnamed() throws {
        var machines = Machines()
        machines.add("n1", .quads)
        machines.pods = [.asking(gpus: 2, "x").running(on: "n1"), .asking(gpus: 2, "a")]
        #expect(try machines.run(Self.configuration).written("gangwright.io/gpu-indices") == ["a": "2,3"])
    }

    @Test("a GPU in MIG mode is given to nobody whole") func cut() throws {
        var machines = Machines()
        machines.add("n1", .quads)
        for gpu in [0, 2] { machines.published[0].topology?.gpus[gpu].isInMIGMode = true }
        machines.nodes[0].allocatable[.nvidiaGPU] = Int64(
            (machines.published[0].topology?.gpus.count ?? 0) - 2)
        machines.pods = [.asking(gpus: 1, "a"), .asking(gpus: 1, "b")]
        #expect(
            try machines.run(Self.configuration).written("gangwright.io/gpu-indices") == ["a": "1", "b": "3"])
        // The strategy "single": whole GPUs are what the device plugin calls slices of them, which nobody can name.
        for gpu in machines.published[0].topology?.gpus.indices ?? 0..<0 {
            machines.published[0].topology?.gpus[gpu].isInMIGMode = true
        }
        let result = try machines.run(Self.configuration)
        #expect(result.binds.count == 2)
        #expect(result.binds.allSatisfy { $0.annotations.isEmpty })
    }

    @Test("where nothing is published nothing is written, and the pod is placed all the same") func unknown()
        throws
    {
        var machines = Machines()
        machines.add("n1", .quads)
        machines.published = []
        machines.pods = [.asking(gpus: 2, "a")]
        let result = try machines.run(Self.configuration)
        #expect(result.bound == ["a": "n1"])
        #expect(result.binds.allSatisfy { $0.annotations.isEmpty })
    }

    @Test("on random histories no GPU is given twice, and what pods say makes the same books again")
    func histories() throws {
        for seed in Seeds.first(20) {
            var history = try DeviceHistory(seed: seed)
            for step in 0..<12 {
                try history.step()
                #expect(history.violations == [], "GANGWRIGHT_SEED=\(seed), step \(step)")
                #expect(
                    try history.rebuilt() == history.session.pinLedger,
                    "GANGWRIGHT_SEED=\(seed), step \(step)")
                #expect(history.session.audit() == [], "GANGWRIGHT_SEED=\(seed), step \(step)")
            }
            #expect(history.given > 0, "GANGWRIGHT_SEED=\(seed): nothing was placed")
        }
    }

    @Test("both allocators give the same GPUs, whatever the order in which objects came") func determinism()
        throws
    {
        for seed in Seeds.first(20) {
            var random = SeededGenerator(seed: seed)
            let machines = DeviceHistory.machines(&random)
            let first = try Session(snapshot: machines.snapshot, configuration: DeviceHistory.configuration)
                .runCycle()
            let again = try Session(
                snapshot: machines.snapshot.shuffled(using: &random),
                configuration: DeviceHistory.configuration,
                options: SessionOptions(allocator: .reference)
            ).runCycle()
            #expect(first.binds == again.binds, "GANGWRIGHT_SEED=\(seed)")
        }
    }
}

/// A cluster in which pods come, are bound, refused, end and leave at random.
private struct DeviceHistory {
    static let configuration = policy(
        .gangwright, ["priority", "gang"], ["predicates", "numa-aware", "gpu-topology", "binpack"])

    let session: Session
    private var random: SeededGenerator
    private var machines: Machines
    /// What the API server has.
    private var pods: [ObjectKey: Pod] = [:]
    private var count = 0
    private(set) var violations: [String] = []
    /// How many GPUs were given away.
    private(set) var given = 0

    static func machines(_ random: inout SeededGenerator) -> Machines {
        var machines = Machines()
        for index in 0..<random.integer(in: 1...5) {
            let shape: MachineShape = random.choice([.quads, .pairs, .nvSwitch8, .pcie4, .nvSwitch16])
            let policies: [TopologyPolicy?] = [nil, .bestEffort, .restricted, .singleNUMANode]
            machines.add("n\(index)", shape, policy: random.choice(policies))
        }
        for index in 0..<random.integer(in: 4...12) { machines.pods.append(pod("p\(index)", &random)) }
        return machines
    }

    private static func pod(_ name: String, _ random: inout SeededGenerator) -> Pod {
        let gpus = random.choice([0, 1, 1, 2, 2, 3, 4, 8])
        if random.chance(1, in: 2) { return .asking(gpus: gpus, name) }
        let policies: [String?] = [nil, nil, "best-effort", "restricted", "single-numa-node"]
        return .guaranteed(
            name, cpus: random.choice([[2], [6], [3, 5], [20]]), gpus: gpus, policy: random.choice(policies))
    }

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        machines = Self.machines(&random)
        for pod in machines.pods { pods[pod.key] = pod.with { $0.uid = "\(pod.key.name)-0" } }
        machines.pods = pods.values.sorted { $0.key < $1.key }
        session = try Session(snapshot: machines.snapshot, configuration: Self.configuration)
    }

    mutating func step() throws {
        let result = session.runCycle()
        for bind in result.binds {
            given += CPUSet(bind.annotations["gangwright.io/gpu-indices"] ?? "")?.count ?? 0
            switch random.integer(in: 0...3) {
            case 0: session.refuseBind(bind.pod)
            case 1:
                // Older news come, and those of the binding are late.
                guard let pod = pods[bind.pod] else { continue }
                try session.update(pod)
                pods[bind.pod] = pod.bound(as: bind)
            default:
                session.confirmBind(bind.pod)
                guard let pod = pods[bind.pod]?.bound(as: bind) else { continue }
                pods[bind.pod] = pod
                try session.update(pod)
            }
        }
        for key in pods.keys.sorted() where pods[key]?.nodeName != nil && random.chance(1, in: 4) {
            if random.chance(1, in: 2) {
                pods[key] = nil
                session.removePod(key)
            } else if let pod = pods[key] {
                let ended = pod.with { $0.phase = .succeeded }
                pods[key] = ended
                try session.update(ended)
            }
        }
        for _ in 0..<random.integer(in: 0...4) {
            count += 1
            let pod = Self.pod("q\(count)", &random).with { $0.uid = "q\(count)" }
            pods[pod.key] = pod
            try session.update(pod)
        }
        if random.chance(1, in: 4), let node = machines.nodes.last {
            session.removeNode(node.name)
            try session.update(node)
        }
        check()
    }

    private mutating func check() {
        violations = []
        var gpus: [String: CPUSet] = [:]
        var cpus: [String: CPUSet] = [:]
        for pod in pods.values where pod.nodeName != nil && !pod.isTerminal {
            let node = pod.nodeName ?? ""
            let own = CPUSet(pod.annotations["gangwright.io/gpu-indices"] ?? "") ?? CPUSet()
            let ownCPUs = CPUSet(pod.annotations["gangwright.io/cpus"] ?? "") ?? CPUSet()
            if own.count(in: gpus[node] ?? CPUSet()) > 0 {
                violations.append("\(pod.key) has GPUs of others")
            }
            if ownCPUs.count(in: cpus[node] ?? CPUSet()) > 0 {
                violations.append("\(pod.key) has processors of others")
            }
            let asked = Int(pod.requests[.nvidiaGPU] ?? 0)
            if own.count != asked {
                violations.append("\(pod.key) has \(own.count) GPUs and asked for \(asked)")
            }
            gpus[node, default: CPUSet()].formUnion(own)
            cpus[node, default: CPUSet()].formUnion(ownCPUs)
        }
    }

    /// What a session that begins with the pods as they are knows.
    func rebuilt() throws -> [String] {
        var snapshot = machines.snapshot
        snapshot.pods = pods.values.sorted { $0.key < $1.key }
        return try Session(snapshot: snapshot, configuration: Self.configuration).pinLedger
    }
}
