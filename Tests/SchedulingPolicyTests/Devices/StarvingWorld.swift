import ClusterModel
import SyntheticClusters
import TestSupport

@testable import SchedulingPolicy

/// A cluster full of gangs of little importance, whose nodes are looked into, and a gang that wants room there.
struct StarvingWorld {
    /// What room is about.
    enum Kind: String, CaseIterable {
        /// Processors and GPUs that lie together.
        case numa
        /// Volcano's vGPUs.
        case virtual
        /// Parts of GPUs and whole ones.
        case parts
    }

    let kind: Kind
    var random: SeededGenerator
    var nodes: [Node] = []
    var published: [String: Numatopology] = [:]
    var pods: [String: Pod] = [:]
    var gangs: [String: PodGroup] = [:]
    /// Whether exporters name the pods that have processors.
    let namesPods: Bool
    private var count = 0

    init(_ kind: Kind, seed: UInt64) {
        self.kind = kind
        random = SeededGenerator(seed: seed)
        namesPods = random.chance(1, in: 2)
        for index in 0..<random.integer(in: 1...3) { addNode("node-\(index)") }
    }

    private mutating func addNode(_ name: String) {
        switch kind {
        case .numa:
            let shape = MachineShape(
                numaNodes: random.choice([2, 2, 4]), coresPerNUMANode: 2, threadsPerCore: 2,
                gpus: random.choice([0, 4]))
            let cpus = shape.numaNodes * 4
            nodes.append(.of(name, Int64(cpus) * 1000, gpus: shape.gpus > 0 ? Int64(shape.gpus) : nil))
            published[name] = shape.published(
                as: name, policy: random.choice([.singleNUMANode, .singleNUMANode, .restricted, .bestEffort]))
        case .virtual:
            let cards = random.integer(in: 1...3)
            nodes.append(
                Node.of(name).with {
                    $0.annotations["volcano.sh/node-vgpu-register"] = (0..<cards).map {
                        "\(name)-\($0),4,16384,NVIDIA-T4,true,hami-core:"
                    }.joined()
                    $0.annotations["volcano.sh/node-vgpu-handshake"] = "Reported_2026.08.20 10:00:00"
                    $0.allocatable["volcano.sh/vgpu-number"] = Int64(cards) * 4
                })
        case .parts: nodes.append(.of(name, gpus: Int64(random.integer(in: 1...4))))
        }
    }

    // MARK: Gangs

    /// Adds a gang of waiting pods; says which they are.
    mutating func addGang(_ rank: String, queue: String, isLarge: Bool, preemptsNever: Bool)
        -> (PodGroup, [Pod])
    {
        count += 1
        let size = random.integer(in: 1...3)
        let name = "\(rank)-\(count)"
        let group = gang(
            name, min: random.integer(in: isLarge ? 1...size : 0...size), rank, .inqueue, queue: queue
        ).with {
            $0.created = .second(Int64(count))
            $0.preemptsNever = preemptsNever
        }
        gangs[name] = group
        let model = makePod(isLarge: isLarge)
        let members = (0..<size).map { index in
            (random.chance(1, in: 4) ? makePod(isLarge: isLarge) : model).with {
                $0.key = ObjectKey(namespace: testNamespace, name: "\(name)-\(index)")
                $0.uid = "uid-\(name)-\(index)"
                $0.podGroup = name
            }
        }
        for pod in members { pods[pod.key.name] = pod }
        return (group, members)
    }

    private mutating func makePod(isLarge: Bool) -> Pod {
        switch kind {
        case .numa:
            if !isLarge, random.chance(1, in: 6) { return .asking(gpus: 1, "p") }
            let cpus =
                isLarge
                ? random.choice([[2], [3], [4], [2, 2], [5], [1]]) : random.choice([[1], [1], [2], [1, 1]])
            return .guaranteed("p", cpus: cpus, gpus: random.choice(isLarge ? [0, 0, 1, 2] : [0, 0, 1]))
        case .virtual:
            let memory = Int64(random.integer(in: isLarge ? 4...16 : 2...14)) * 1_000
            let cores = Int64(random.choice(isLarge ? [0, 50, 100] : [0, 10, 30, 60, 100]))
            let number = Int64(random.choice(isLarge ? [1, 1, 2] : [1]))
            let asked: ResourceList = [
                "volcano.sh/vgpu-number": number, "volcano.sh/vgpu-memory": memory,
                "volcano.sh/vgpu-cores": cores,
            ]
            return Pod.waiting("p", 100).with {
                $0.containerDevices = [asked]
                for (resource, amount) in asked.sorted { $0.requests[resource] = amount }
            }
        case .parts:
            if random.chance(1, in: isLarge ? 2 : 4) {
                return .waiting("p", asking: [.cpu: 100, .nvidiaGPU: Int64(random.integer(in: 1...2))])
            }
            let fraction = random.choice(isLarge ? ["0.6", "0.8", "0.9"] : ["0.2", "0.3", "0.5"])
            return Pod.waiting("p", 100).with { $0.annotations["gpu-fraction"] = fraction }
        }
    }

    // MARK: What an API server has

    /// The pod as it is once it is bound; at times nobody remembers which GPUs it was given.
    mutating func bind(_ bind: CycleResult.Bind) -> Pod? {
        guard var pod = pods[bind.pod.name] else { return nil }
        pod = pod.bound(as: bind)
        if pod.guaranteedContainers.isEmpty, random.chance(1, in: 2) {
            pod.annotations["gangwright.io/gpu-indices"] = nil
        }
        pods[bind.pod.name] = pod
        return pod
    }

    /// What exporters say once they have heard of everything.
    mutating func publish() -> [Numatopology] {
        for name in published.keys.sorted() where published[name]?.allocatableCPUs != nil {
            let own = pods.values.filter {
                $0.nodeName == name && $0.annotations["gangwright.io/cpus"] != nil
            }
            .sorted { $0.key < $1.key }
            var left = CPUSet((published[name]?.cpus ?? []).map(\.id))
            for pod in own {
                left = left.subtracting(CPUSet(pod.annotations["gangwright.io/cpus"] ?? "") ?? CPUSet())
            }
            published[name]?.allocatableCPUs = left
            published[name]?.podAllocations = namesPods ? own.map { .init(uid: $0.uid, key: $0.key) } : []
        }
        return published.values.sorted { $0.name < $1.name }
    }

    var snapshot: ClusterSnapshot {
        ClusterSnapshot(
            nodes: nodes, pods: pods.values.sorted { $0.key < $1.key },
            podGroups: gangs.values.sorted { $0.key < $1.key },
            queues: [Queue(name: "a"), Queue(name: "b"), Queue(name: "c", weight: 2)],
            priorityClasses: rankClasses
        ).with { $0.numatopologies = published.values.sorted { $0.name < $1.name } }
    }

    // MARK: What must not be

    /// What is wrong on the nodes, by the pods' annotations alone.
    var overuse: [String] {
        var found: [String] = []
        for node in nodes {
            let bound = pods.values.filter { $0.nodeName == node.name }.sorted { $0.key < $1.key }
            var (cpus, gpus, whole) = (CPUSet(), CPUSet(), Int64(0))
            var shares: [String: (memory: Int64, cores: Int64, count: Int)] = [:]
            for pod in bound {
                let own = CPUSet(pod.annotations["gangwright.io/cpus"] ?? "") ?? CPUSet()
                let cards = CPUSet(pod.annotations["gangwright.io/gpu-indices"] ?? "") ?? CPUSet()
                if !own.intersection(cpus).isEmpty || !cards.intersection(gpus).isEmpty {
                    found.append("\(pod.key) has what others have on \(node.name)")
                }
                cpus.formUnion(own)
                gpus.formUnion(cards)
                whole += pod.requests[.nvidiaGPU] ?? 0
                for share in (pod.annotations["gangwright.io/gpu-shares"] ?? "").split(separator: ",") {
                    let numbers = share.split(separator: ":").compactMap { Int64($0) }
                    shares["\(numbers[0])", default: (0, 0, 0)].memory += numbers[1]
                }
                for share in (pod.annotations["volcano.sh/vgpu-ids-new"] ?? "").split(separator: ":") {
                    let words = share.split(separator: ",")
                    let id = String(words[0])
                    shares[id, default: (0, 0, 0)].memory += Int64(words[2]) ?? 0
                    shares[id, default: (0, 0, 0)].cores += Int64(words[3]) ?? 0
                    shares[id, default: (0, 0, 0)].count += 1
                }
            }
            for (card, held) in shares.sorted(by: { $0.key < $1.key })
            where held.memory > (kind == .parts ? 1000 : 16_384) || held.cores > 100 || held.count > 4 {
                found.append("\(node.name)/\(card): \(held)")
            }
            let broken = kind == .parts ? Int64(shares.count) : 0
            if whole + broken > node.allocatable[.nvidiaGPU] ?? 0 {
                found.append("\(node.name): too many GPUs")
            }
        }
        return found
    }
}
