import ClusterModel
import SyntheticClusters
import TestSupport

@testable import SchedulingPolicy

/// A cluster whose GPUs are shared, as an API server has it: nodes and pods come and go, bindings are made or refused.
struct DeviceWorld {
    var nodes: [String: Node] = [:]
    var pods: [String: Pod] = [:]
    /// What is published of the nodes' insides.
    var published: [String: Numatopology] = [:]
    var random: SeededGenerator
    /// Whether it is known what nodes are made of, so that whole GPUs can be chosen.
    private let knowsTopology: Bool
    private var count = 0

    init(seed: UInt64, knowsTopology: Bool = false) {
        random = SeededGenerator(seed: seed)
        self.knowsTopology = knowsTopology
        for index in 0..<random.integer(in: 2...5) { addNode("node-\(index)") }
    }

    mutating func addNode(_ name: String) {
        var node = Node.of(
            name, Int64(random.integer(in: 4...40)) * 1_000, gpus: Int64(random.choice([0, 1, 2, 4, 8])))
        if knowsTopology {
            let shape: MachineShape = random.choice([.quads, .pairs, .nvSwitch8, .pcie4, .nvSwitch16])
            // A GPU that is out of order is not offered, and nobody says which it is.
            let broken = random.chance(1, in: 6) ? 1 : 0
            node = .of(name, Int64(random.integer(in: 8...60)) * 1_000, gpus: Int64(shape.gpus - broken))
            published[name] = shape.published(
                as: name, policy: random.choice([nil, nil, .bestEffort, .restricted]))
        }
        if random.chance(2, in: 3) { node.labels["nvidia.com/gpu.memory"] = "40960" }
        if random.chance(1, in: 2) {
            node.labels["alibabacloud.com/gpu-card-model"] = random.choice(["T4", "V100"])
        }
        nodes[name] = node
    }

    /// A pod that asks for GPUs in one way or another, or for none.
    mutating func makePod() -> Pod {
        count += 1
        var pod = Pod.waiting("pod-\(count)", Int64(random.integer(in: 1...4)) * 500)
        pod.uid = "uid-\(count)"
        pod.priority = Int32(random.integer(in: 0...2))
        switch random.integer(in: 0...6) {
        case 0: break
        case 1: askForWholeGPUs(&pod)
        case 2: pod.annotations["gpu-memory"] = random.choice(["2048", "10240", "40960", "50000"])
        case 3:
            pod.annotations["gpu-fraction"] = random.choice(["0.25", "0.5", "0.75", "1"])
            pod.annotations["gpu-fraction-num-devices"] = random.choice(["1", "2"])
        case 4:
            pod.annotations["alibabacloud.com/gpu-milli"] = random.choice(["190", "810", "1000"])
            pod.annotations["alibabacloud.com/gpu-count"] = "1"
            if random.chance(1, in: 3) {
                pod.annotations["alibabacloud.com/gpu-card-model"] = random.choice(["T4", "V100|P100"])
            }
        case 5 where knowsTopology: askForWholeGPUs(&pod)
        default: pod.annotations["gpu-fraction"] = random.choice(["0.1", "0.3", "0.6", "0.9"])
        }
        pods[pod.key.name] = pod
        return pod
    }

    private mutating func askForWholeGPUs(_ pod: inout Pod) {
        let gpus = random.choice([1, 1, 2, 4])
        pod.requests[.nvidiaGPU] = Int64(gpus)
        if !knowsTopology || random.chance(1, in: 2) { return }
        // It gets what it asks for and no more, so that processors are chosen with the GPUs.
        pod.requests[.cpu] = 2_000
        pod.limits = pod.requests
        pod.guaranteedContainers = [GuaranteedContainer(name: "c", wholeCPUs: 2, gpus: gpus)]
        if random.chance(1, in: 2) {
            pod.annotations[TopologyPolicy.annotation] = random.choice(["best-effort", "restricted"])
        }
    }

    /// The pod as it is once it is bound.
    mutating func bind(_ bind: CycleResult.Bind) -> Pod? {
        guard var pod = pods[bind.pod.name] else { return nil }
        pod.nodeName = bind.node
        pod.phase = .running
        pod.annotations.merge(bind.annotations) { _, new in new }
        pods[bind.pod.name] = pod
        return pod
    }

    var snapshot: ClusterSnapshot {
        ClusterSnapshot(
            nodes: nodes.values.sorted { $0.name < $1.name },
            pods: pods.values.sorted { $0.key.name < $1.key.name }
        ).with { $0.numatopologies = published.values.sorted { $0.name < $1.name } }
    }

    /// Thousandths of GPUs that pods with a place hold, as queues count them.
    func heldThousandths(with new: [CycleResult.Bind], without evicted: [String]) -> Int64 {
        let smallest = nodes.values.filter { $0.allocatable[.nvidiaGPU] ?? 0 > 0 }
            .compactMap { $0.labels["nvidia.com/gpu.memory"].flatMap { Int64($0) } }.min()
        let bound = Set(new.map(\.pod.name)).subtracting(evicted)
        return pods.values.reduce(0) { sum, pod in
            let name = pod.key.name
            let holds =
                bound.contains(name)
                || pod.nodeName != nil && !pod.isTerminating && !pod.isTerminal && !evicted.contains(name)
            if !holds { return sum }
            guard let part = GPUPart(pod) else { return sum + 1000 * (pod.requests[.nvidiaGPU] ?? 0) }
            var milli = part.milli
            if milli == 0 {
                milli = smallest.map { min(1000, (part.memoryMiB * 1000 + $0 - 1) / $0) } ?? 1000
            }
            return sum + milli * Int64(part.cards)
        }
    }

    /// What is wrong with the cards, by the annotations of bound pods alone.
    var overuse: [String] {
        var found: [String] = []
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) {
            let count = node.allocatable[.nvidiaGPU] ?? 0
            var cards: [Int: Int64] = [:]
            var (whole, named) = (Int64(0), CPUSet())
            for pod in pods.values where pod.nodeName == name && !pod.isTerminal {
                whole += pod.requests[.nvidiaGPU] ?? 0
                let own = CPUSet(pod.annotations["gangwright.io/gpu-indices"] ?? "") ?? CPUSet()
                if !own.intersection(named).isEmpty { found.append("\(pod.key) has GPUs of others") }
                if !own.isEmpty, own.count != Int(pod.requests[.nvidiaGPU] ?? 0) {
                    found.append("\(pod.key) has \(own.count) GPUs")
                }
                named.formUnion(own)
                for share in (pod.annotations["gangwright.io/gpu-shares"] ?? "").split(separator: ",") {
                    let numbers = share.split(separator: ":").compactMap { Int64($0) }
                    cards[Int(numbers[0]), default: 0] += numbers[1]
                    if numbers[0] >= count { found.append("\(name) has no card \(numbers[0])") }
                }
            }
            for (card, milli) in cards.sorted(by: { $0.key < $1.key }) {
                if milli > 1000 { found.append("\(name)/\(card): \(milli)") }
                if named.contains(card) { found.append("\(name)/\(card) is given whole and in parts") }
            }
            if whole + Int64(cards.count) > count {
                found.append("\(name): \(whole) whole GPUs and parts of \(cards.count), of \(count)")
            }
        }
        return found
    }
}

extension Session {
    /// The ledger of shared cards in words, by the names of nodes and pods.
    var cardLedger: [String] {
        var lines: [String] = []
        for (node, cards) in devices.nodes {
            let name = nodes.entries[nodes.entry(atIndex: node)].name
            for (index, card) in cards.cards.enumerated() where !card.holders.isEmpty {
                let holders = card.holders.map { tasks[Int($0)].key.name }.sorted()
                lines.append(
                    "\(name)/\(index): \(card.usedMemory) \(card.usedCores) \(holders.joined(separator: " "))"
                )
            }
            let unknown = cards.unknownHolders.map { tasks[Int($0)].key.name }.sorted()
            if !unknown.isEmpty { lines.append("\(name)/?: \(unknown.joined(separator: " "))") }
            lines.append(
                "\(name): \(devices.held[node].map { $0.bound + $0.leaving + $0.promised } ?? 0) broken")
        }
        return lines.sorted()
    }
}
