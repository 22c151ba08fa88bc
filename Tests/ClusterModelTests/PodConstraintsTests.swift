import ClusterModel
import Testing

@Suite("What few pods ask of their place is kept apart from the pod") struct PodConstraintsTests {
    private let pod = Pod(key: ObjectKey(namespace: "ns", name: "p"))
    private let constraints = PodConstraints(volumes: [.claim(name: "data", isReadOnly: false)])

    @Test("constraints that ask nothing are none") func empty() {
        var pod = pod
        pod.constraints = PodConstraints()
        #expect(pod.constraints == nil)
        #expect(pod == self.pod)
    }

    @Test("pods are equal when their constraints say the same, wherever they lie") func equality() {
        var (left, right) = (pod, pod)
        left.constraints = constraints
        #expect(left != right)
        right.constraints = constraints
        #expect(left == right)
        right.constraints?.volumes.append(.csi(driver: "d"))
        #expect(left != right)
    }

    @Test("a copy that is changed leaves the original as it was") func copies() {
        var original = pod
        original.constraints = constraints
        var copy = original
        copy.constraints?.volumes = []
        #expect(copy.constraints == nil)
        #expect(original.constraints == constraints)
    }
}

@Suite("A pod affinity term says in which namespaces it looks") struct PodAffinityTermTests {
    @Test("without names and selector it looks in the pod's own") func own() {
        let term = PodAffinityTerm(topologyKey: "zone")
        #expect(term.covers(namespace: "a", labels: [:], own: "a"))
        #expect(!term.covers(namespace: "b", labels: [:], own: "a"))
    }

    @Test("names and selector add up, and the own namespace is no longer meant by itself") func named() {
        let term = PodAffinityTerm(
            namespaces: ["b"], namespaceSelector: LabelSelector(matchLabels: ["team": "x"]),
            topologyKey: "zone")
        #expect(term.covers(namespace: "b", labels: [:], own: "a"))
        #expect(term.covers(namespace: "c", labels: ["team": "x"], own: "a"))
        #expect(!term.covers(namespace: "a", labels: [:], own: "a"))
    }

    @Test("an empty selector means every namespace") func all() {
        let term = PodAffinityTerm(namespaceSelector: LabelSelector(), topologyKey: "zone")
        #expect(term.covers(namespace: "b", labels: [:], own: "a"))
    }
}

@Suite("A storage class says on which nodes its volumes can be made") struct StorageTopologyTests {
    @Test("every label must have one of its values") func labels() {
        let topology = StorageClass.Topology(requirements: [
            .init(key: "zone", values: ["a", "b"]), .init(key: "disk", values: ["ssd"]),
        ])
        #expect(topology.matches(["zone": "b", "disk": "ssd"]))
        #expect(!topology.matches(["zone": "c", "disk": "ssd"]))
        #expect(!topology.matches(["zone": "a"]))
    }
}

@Suite("Names of quotas count as what they repeat") struct ResourceScaleTests {
    @Test(
        "scales",
        arguments: [
            ("requests.cpu", .milli), ("limits.cpu", .milli), ("requests.memory", .bytes),
            ("limits.ephemeral-storage", .bytes), ("requests.storage", .bytes),
            ("requests.hugepages-2Mi", .bytes), ("requests.nvidia.com/gpu", .count), ("count/pods", .count),
        ] as [(ResourceName, ResourceScale)])
    func scales(name: ResourceName, scale: ResourceScale) { #expect(name.scale == scale) }
}
