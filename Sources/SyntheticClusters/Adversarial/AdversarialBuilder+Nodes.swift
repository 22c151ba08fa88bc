import ClusterModel

extension AdversarialBuilder {
    static let mebibyte: Int64 = 1 << 20

    mutating func addNodes(_ count: Int) {
        for number in 0..<count {
            let node = makeNode("node-\(paddedNumber(number))")
            snapshot.nodes.append(node)
            free[node.name] = node.allocatable
        }
    }

    mutating func addInstanceTypes() {
        snapshot.instanceTypes = [BuiltInInstanceType.azureml2022.instanceType]
        for gpus in 1...random.integer(in: 1...3) {
            let amounts: ResourceList = [.cpu: Int64(gpus) * 500, .nvidiaGPU: Int64(gpus)]
            snapshot.instanceTypes.append(
                InstanceType(
                    name: "gpu-\(gpus)", nodeSelector: labels(oneIn: 4), requests: amounts, limits: amounts))
        }
    }

    private mutating func makeNode(_ name: String) -> Node {
        var node = Node(name: name, labels: labels(oneIn: 2), allocatable: allocatable())
        node.labels[NodePool.hostnameLabel] = name
        node.isUnschedulable = happens(.cordonedNodes, in: 4)
        if random.chance(1, in: 2) { node.ready = .isTrue }
        if happens(.notReadyNodes, in: 4) { node.ready = random.choice([.isFalse, .unknown]) }
        while happens(.taints, in: 3) { node.taints.append(taint()) }
        if random.chance(1, in: 3) {
            node.images = [
                ContainerImage(names: ["registry.example/train:1"], sizeBytes: 4_000 * Self.mebibyte)
            ]
        }
        return node
    }

    /// Some of the few labels that nodes, selectors and affinities of these clusters draw from.
    mutating func labels(oneIn total: Int) -> [String: String] {
        var labels: [String: String] = [:]
        for key in Self.labelValues.keys.sorted() where random.chance(1, in: total) {
            labels[key] = labelValue(of: key)
        }
        return labels
    }

    mutating func labelValue(of key: String) -> String { random.choice(Self.labelValues[key] ?? [""]) }

    /// Few values, so that they often match; numbers and text for `Gt` and `Lt`.
    static let labelValues: [String: [String]] = [
        "pool": ["a", "b", "c"],
        "generation": ["1", "2", "5", "old"],
        NodePool.gpuModelLabel: ["A100", "V100"],
        NodePool.zoneLabel: ["zone-1", "zone-2"],
    ]

    private mutating func allocatable() -> ResourceList {
        if happens(.zeroCapacityNodes, in: 4) {
            return random.choice([[:], [.cpu: 0, .memory: 0, .pods: 0, .nvidiaGPU: 0]])
        }
        var amounts: ResourceList = [
            .cpu: random.choice([100, 1_000, 2_000, 4_000, 8_000]),
            .memory: random.choice([256, 1_024, 4_096, 16_384]) * Self.mebibyte,
            .pods: random.choice([8, 16, 110]),
        ]
        if random.chance(3, in: 4) { amounts[.nvidiaGPU] = random.choice([0, 1, 2, 4, 8]) }
        if random.chance(1, in: 4) { amounts[Self.otherDevice] = random.choice([0, 1, 2]) }
        if happens(.fewPodSlots, in: 2) { amounts[.pods] = Int64(random.integer(in: 0...3)) }
        if happens(.nodesWithoutPodLimit, in: 3) { amounts[.pods] = nil }
        return amounts
    }

    private mutating func taint() -> Taint {
        let effect = random.choice(Taint.Effect.allCases)
        return random.chance(1, in: 2)
            ? Taint(key: "dedicated", value: random.choice(["", "a", "b"]), effect: effect)
            : Taint(key: "level", value: random.choice(["1", "3", "high"]), effect: effect)
    }
}
