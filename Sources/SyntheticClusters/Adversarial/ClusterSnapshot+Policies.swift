public import ClusterModel

extension ClusterSnapshot {
    /// The same cluster, in which objects say what only some plugins look at: groups and zones of nodes, trees of queues,
    /// budgets and quotas, cooldowns, topologies of roles.
    public func withPolicies(seed: UInt64) -> ClusterSnapshot {
        var random = SeededGenerator(seed: seed ^ 0x90_11C7)
        var result = self
        for index in nodes.indices {
            if let group = random.choice(["g1", "g1", "g2", nil]) {
                result.nodes[index].labels["volcano.sh/nodegroup-name"] = group
            }
            if random.chance(1, in: 4) { result.nodes[index].labels["volcano.sh/revocable-zone"] = "day" }
        }
        let isTree = random.chance(1, in: 2)
        for index in queues.indices { result.addPolicies(toQueue: index, isTree: isTree, &random) }
        for index in pods.indices { result.addPolicies(toPod: index, &random) }
        for index in podGroups.indices { result.addPolicies(toGroup: index, &random) }
        for namespace in ["team-a", "team-b"] {
            if random.chance(1, in: 2) {
                result.podDisruptionBudgets.append(
                    PodDisruptionBudget(
                        key: ObjectKey(namespace: namespace, name: "budget"),
                        selector: LabelSelector(matchLabels: ["app": random.choice(["a", "b"])]),
                        disruptionsAllowed: random.integer(in: 0...2)))
            }
            if random.chance(1, in: 2) {
                let hard: ResourceList = [.cpu: Int64(random.integer(in: 1...20)) * 1_000]
                result.resourceQuotas.append(
                    ResourceQuota(
                        key: ObjectKey(namespace: namespace, name: "quota"), hard: hard, enforcedHard: hard,
                        used: [.cpu: Int64(random.integer(in: 0...4)) * 500],
                        isScoped: random.chance(1, in: 4)))
            }
        }
        return result
    }

    private mutating func addPolicies(toQueue index: Int, isTree: Bool, _ random: inout SeededGenerator) {
        let name = queues[index].name
        // Only queues of a smaller name, so that the tree is one.
        let above = queues.map(\.name).filter { $0.precedes(name) && $0 != "default" }
        if isTree, name != "default", random.chance(1, in: 3) {
            queues[index].parent = random.choice(above + ["root"])
        }
        if random.chance(1, in: 2) {
            queues[index].deserved = [.cpu: Int64(random.integer(in: 0...8)) * 1_000]
        }
        if random.chance(1, in: 4) { queues[index].deserved[.nvidiaGPU] = Int64(random.integer(in: 0...4)) }
        if random.chance(1, in: 8) { queues[index].isReclaimable = false }
        if random.chance(1, in: 2) {
            queues[index].annotations["volcano.sh/hierarchy"] = "root/\(random.choice(["x", "y"]))/\(name)"
            queues[index].annotations["volcano.sh/hierarchy-weights"] = "1/\(random.integer(in: 1...4))/2"
        }
        if random.chance(1, in: 3) {
            queues[index].annotations["volcano.sh/nodegroup-resource-limits"] =
                "{\"g1\": {\"cpu\": \"\(random.integer(in: 1...8))\"}}"
        }
        if random.chance(1, in: 2) {
            queues[index].affinity = QueueAffinity(
                nodeGroupAffinity: .init(
                    required: random.choice([[], ["g1"], ["g1", "g2"]]),
                    preferred: random.choice([[], ["g2"]])),
                nodeGroupAntiAffinity: random.chance(1, in: 4) ? .init(preferred: ["g1"]) : nil)
        }
    }

    private mutating func addPolicies(toPod index: Int, _ random: inout SeededGenerator) {
        if random.chance(1, in: 3) {
            pods[index].annotations["volcano.sh/preemptable"] = random.choice(["true", "false"])
        }
        if random.chance(1, in: 4) { pods[index].annotations["volcano.sh/revocable-zone"] = "*" }
        if random.chance(1, in: 6) {
            pods[index].labels["volcano.sh/cooldown-time"] = random.choice(["1s", "1h"])
            if pods[index].nodeName != nil { pods[index].scheduledTime = newestTimestamp }
        }
        if pods[index].phase == .running, random.chance(1, in: 2) { pods[index].started = newestTimestamp }
        if random.chance(1, in: 8) { pods[index].preemptsNever = true }
    }

    private mutating func addPolicies(toGroup index: Int, _ random: inout SeededGenerator) {
        var annotations = podGroups[index].annotations
        if random.chance(1, in: 6) { annotations["volcano.sh/preemptable"] = "false" }
        if random.chance(1, in: 4) { annotations["sla-waiting-time"] = random.choice(["1s", "1h"]) }
        if random.chance(1, in: 4) {
            annotations[random.choice(["volcano.sh/jdb-min-available", "volcano.sh/jdb-max-unavailable"])] =
                random.choice(["1", "50%"])
        }
        if random.chance(1, in: 3) {
            annotations["volcano.sh/task-topology-affinity"] = random.choice([
                "ps,worker", "worker", "nobody",
            ])
            annotations["volcano.sh/task-topology-anti-affinity"] = random.choice(["ps", "worker"])
            annotations["volcano.sh/task-topology-task-order"] = random.choice(["ps,worker", "worker"])
        }
        podGroups[index].annotations = annotations
    }
}
