import ClusterModel

extension AdversarialBuilder {
    /// A pending pod with everything that it asks for; the caller gives it its name, its gang and its state.
    mutating func makePod(_ key: ObjectKey, created: Timestamp?) -> Pod {
        var pod = Pod(key: key, created: created, schedulerName: "gangwright", requests: requests())
        addPriority(to: &pod)
        if happens(.severalContainers, in: 4) {
            pod.nonZeroRequests.milliCPU += NonZeroRequests.defaultMilliCPU
            pod.nonZeroRequests.memory += NonZeroRequests.defaultMemory
        }
        if happens(.nodeSelectors, in: 4) { pod.nodeSelector = labels(oneIn: 3) }
        if happens(.requiredNodeAffinity, in: 4) {
            pod.nodeAffinity.required = []
            while random.chance(2, in: 3) { pod.nodeAffinity.required?.append(term()) }
        }
        while happens(.preferredNodeAffinity, in: 3) {
            pod.nodeAffinity.preferred.append(
                PreferredSchedulingTerm(weight: Int64(random.integer(in: 1...100)), preference: term()))
        }
        while happens(.tolerations, in: 2) { pod.tolerations.append(toleration()) }
        if random.chance(1, in: 3) { pod.images = ["registry.example/train:1"] }
        while happens(.hostPorts, in: 8) {
            pod.hostPorts.append(
                HostPort(
                    random.choice([80, 8080]), random.choice([.tcp, .tcp, .udp]),
                    hostIP: random.choice(["", "10.0.0.1", "10.0.0.2"])))
        }
        if happens(.unsupportedConstraints, in: 12) {
            pod.unsupportedConstraints = [random.choice(UnsupportedConstraint.allCases)]
        }
        if happens(.podLabels, in: 2) { pod.labels["app"] = random.choice(["a", "b", "c"]) }
        pod.constraints = constraints()
        return pod
    }

    /// Gives a pending pod one of the states in which pods are found.
    mutating func addState(to pod: inout Pod) {
        if happens(.gatedPods, in: 6) { pod.schedulingGates = ["example.com/quota"] }
        if happens(.nominatedNodes, in: 6) { pod.nominatedNodeName = nodeName(orUnknown: true) }
        if happens(.finishedPods, in: 6) {
            pod.phase = random.choice([.succeeded, .failed])
            if random.chance(2, in: 3) { pod.nodeName = nodeName(orUnknown: false) }
        }
        if happens(.terminatingPods, in: 8) { pod.isTerminating = true }
    }

    /// Binds a pod to a node that has room for it, or to one that has not where nodes may be over-committed.
    mutating func bind(_ pod: inout Pod) {
        if happens(.podsOnUnknownNodes, in: 8) {
            pod.nodeName = Self.unknownNode
        } else {
            let anywhere = happens(.overcommittedNodes, in: 3)
            let nodes = snapshot.nodes.map(\.name).filter { anywhere || hasRoom($0, for: pod) }
            if nodes.isEmpty { return }
            let node = random.choice(nodes)
            pod.nodeName = node
            change(node, by: pod, sign: -1)
        }
        pod.phase = random.choice([.pending, .running, .running, .running, .unknown])
        pod.schedulingGates = []
        if happens(.terminatingPods, in: 4) { pod.isTerminating = true }
    }

    mutating func nodeName(orUnknown: Bool) -> String {
        orUnknown && random.chance(1, in: 4)
            ? Self.unknownNode
            : random.choice(snapshot.nodes.map(\.name) + (orUnknown ? [Self.unknownNode] : []))
    }

    private func hasRoom(_ node: String, for pod: Pod) -> Bool {
        guard let left = free[node] else { return false }
        return (left[.pods] ?? 1) > 0
            && pod.requests.sorted.allSatisfy { $0.amount == 0 || $0.amount <= left[$0.name] ?? 0 }
    }

    /// Ends a bound pod, which then holds nothing any more.
    mutating func finish(_ pod: inout Pod) {
        guard let node = pod.nodeName else { return }
        change(node, by: pod, sign: 1)
        pod.phase = random.choice([.succeeded, .failed])
    }

    /// Takes a pod's amounts from what is left on a node (-1), or gives them back (1).
    private mutating func change(_ node: String, by pod: Pod, sign: Int64) {
        guard var left = free[node] else { return }
        for (name, amount) in pod.requests.sorted { left[name] = (left[name] ?? 0) + sign * amount }
        if let slots = left[.pods] { left[.pods] = slots + sign }
        free[node] = left
    }

    private mutating func requests() -> ResourceList {
        if happens(.bestEffortPods, in: 4) { return [:] }
        var amounts: ResourceList = [:]
        if random.chance(4, in: 5) { amounts[.cpu] = random.choice([50, 100, 500, 1_000, 2_000]) }
        if random.chance(4, in: 5) {
            amounts[.memory] = random.choice([64, 128, 512, 1_024, 3_072]) * Self.mebibyte
        }
        if random.chance(1, in: 2) { amounts[.nvidiaGPU] = random.choice([1, 1, 2, 4]) }
        if random.chance(1, in: 12) { amounts[Self.otherDevice] = 1 }
        if amounts.isEmpty { amounts[.cpu] = 100 }
        if happens(.zeroRequests, in: 4) {
            amounts[random.choice([.cpu, .memory, .nvidiaGPU, Self.otherDevice])] = 0
        }
        if happens(.unknownResources, in: 12) { amounts[Self.unknownResource] = 1 }
        return amounts
    }

    private mutating func term() -> NodeSelectorTerm {
        var term = NodeSelectorTerm()
        while random.chance(1, in: 2) { term.matchExpressions.append(requirement()) }
        if random.chance(1, in: 6) {
            term.matchFields = [
                NodeSelectorRequirement(
                    key: "metadata.name", operator: random.choice([.isIn, .notIn]),
                    values: [nodeName(orUnknown: true)])
            ]
        }
        return term
    }

    private mutating func requirement() -> NodeSelectorRequirement {
        let comparison = random.choice(NodeSelectorRequirement.Operator.allCases)
        switch comparison {
        case .greaterThan, .lessThan:
            return NodeSelectorRequirement(
                key: "generation", operator: comparison, values: [random.choice(["0", "1", "2", "9"])])
        case .exists, .doesNotExist:
            return NodeSelectorRequirement(
                key: random.choice(Self.labelValues.keys.sorted()), operator: comparison)
        case .isIn, .notIn:
            let key = random.choice(Self.labelValues.keys.sorted())
            var values = [labelValue(of: key)]
            while random.chance(1, in: 3) { values.append(labelValue(of: key)) }
            return NodeSelectorRequirement(key: key, operator: comparison, values: values)
        }
    }

    private mutating func toleration() -> Toleration {
        var toleration = Toleration(operator: random.choice(Toleration.Operator.allCases))
        switch toleration.operator {
        case .exists:
            toleration.key = random.choice(["", "dedicated", "level"])
        case .equal:
            toleration.key = "dedicated"
            toleration.value = random.choice(["", "a", "b"])
        case .lessThan, .greaterThan:
            toleration.key = "level"
            toleration.value = random.choice(["2", "3", "high"])
        }
        if random.chance(1, in: 2) { toleration.effect = random.choice(Taint.Effect.allCases) }
        return toleration
    }
}
