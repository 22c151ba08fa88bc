import ClusterModel
import SyntheticClusters

/// A cluster that changes at random, as the API server would show it.
struct World {
    /// What there is now.
    private(set) var snapshot: ClusterSnapshot
    /// What may still come, or come again.
    private var absent = ClusterSnapshot()
    private var random: SeededGenerator
    /// Whether domains come and go as well.
    private let hasNetwork: Bool

    /// Part of an adversarial cluster; the rest comes later.
    ///
    /// Pods that are their own gang are left out unless they are bound: what phase they have reached, only the loop knows.
    init(seed: UInt64) {
        random = SeededGenerator(seed: seed ^ 0x5EED)
        var all = AdversarialCluster(nodes: 1...(seed % 4 == 0 ? 45 : 8)).snapshot(seed: seed)
        all.pods.removeAll { $0.podGroup == nil && $0.nodeName == nil }
        snapshot = all
        snapshot.nodes = Self.split(all.nodes, &absent.nodes, &random)
        snapshot.pods = Self.split(all.pods, &absent.pods, &random)
        snapshot.podGroups = Self.split(all.podGroups, &absent.podGroups, &random)
        snapshot.queues = Self.split(all.queues, &absent.queues, &random)
        snapshot.priorityClasses = Self.split(all.priorityClasses, &absent.priorityClasses, &random)
        hasNetwork = !all.hyperNodes.isEmpty || all.podGroups.contains { !$0.subGroupPolicies.isEmpty }
        if hasNetwork { snapshot.hyperNodes = Self.split(all.hyperNodes, &absent.hyperNodes, &random) }
    }

    private static func split<Object>(
        _ objects: [Object], _ absent: inout [Object], _ random: inout SeededGenerator
    ) -> [Object] {
        objects.filter { object in
            let isThere = random.chance(2, in: 3)
            if !isThere { absent.append(object) }
            return isThere
        }
    }

    /// Something happens; says what.
    mutating func step() -> ClusterChange {
        while true {
            if hasNetwork, random.chance(1, in: 8), let change = hyperNodeChange() { return change }
            let change: ClusterChange? =
                switch random.integer(in: 0...9) {
                case 0, 1: nodeChange()
                case 2: queueChange()
                case 3: classChange()
                case 4, 5: groupChange()
                default: podChange()
                }
            if let change { return change }
        }
    }

    /// A pod is bound and runs, as the loop has decided.
    mutating func bind(_ key: ObjectKey, to node: String) {
        guard let index = snapshot.pods.firstIndex(where: { $0.key == key }) else { return }
        snapshot.pods[index].nodeName = node
        snapshot.pods[index].phase = .running
    }

    /// A pod has been told to leave its node.
    mutating func evict(_ key: ObjectKey) {
        guard let index = snapshot.pods.firstIndex(where: { $0.key == key }) else { return }
        snapshot.pods[index].isTerminating = true
    }

    /// Room is being made for a pod on a node.
    mutating func nominate(_ key: ObjectKey, to node: String) {
        guard let index = snapshot.pods.firstIndex(where: { $0.key == key }) else { return }
        snapshot.pods[index].nominatedNodeName = node
    }

    /// Somebody has written the domain that a gang's pods hold places in; says whether it was another.
    mutating func setHyperNode(_ name: String?, of key: ObjectKey) -> PodGroup? {
        let annotation = "volcano.sh/job-allocated-hypernode"
        guard let name, let index = snapshot.podGroups.firstIndex(where: { $0.key == key }),
            snapshot.podGroups[index].annotations[annotation] != name
        else { return nil }
        snapshot.podGroups[index].annotations[annotation] = name
        return snapshot.podGroups[index]
    }

    /// Somebody has written the phase that the loop has found.
    mutating func setPhase(_ phase: PodGroup.Phase, of key: ObjectKey) {
        guard let index = snapshot.podGroups.firstIndex(where: { $0.key == key }) else { return }
        snapshot.podGroups[index].phase = phase
    }

    // MARK: What happens

    /// One of three things: something comes, something goes, something changes; `nil` where there is nothing to.
    private mutating func change<Object>(
        _ objects: WritableKeyPath<ClusterSnapshot, [Object]>,
        alter: (inout Object, inout SeededGenerator) -> Void,
        said: (Object) -> ClusterChange, gone: (Object) -> ClusterChange
    ) -> ClusterChange? {
        switch random.integer(in: 0...3) {
        case 0:
            if absent[keyPath: objects].isEmpty { return nil }
            let count = absent[keyPath: objects].count
            let object = absent[keyPath: objects].remove(at: random.integer(in: 0...(count - 1)))
            snapshot[keyPath: objects].append(object)
            return said(object)
        case 1:
            if snapshot[keyPath: objects].isEmpty { return nil }
            let count = snapshot[keyPath: objects].count
            let object = snapshot[keyPath: objects].remove(at: random.integer(in: 0...(count - 1)))
            absent[keyPath: objects].append(object)
            return gone(object)
        default:
            if snapshot[keyPath: objects].isEmpty { return nil }
            let index = random.integer(in: 0...(snapshot[keyPath: objects].count - 1))
            alter(&snapshot[keyPath: objects][index], &random)
            return said(snapshot[keyPath: objects][index])
        }
    }

    private mutating func nodeChange() -> ClusterChange? {
        change(\.nodes) { node, random in
            switch random.integer(in: 0...4) {
            case 0: node.isUnschedulable.toggle()
            case 1: node.ready = node.isReady ? .isFalse : .isTrue
            case 2:
                node.labels["pool"] = "pool-\(random.integer(in: 0...2))"
                node.labels[NodePool.zoneLabel] = random.choice(["zone-1", "zone-2", nil])
            case 3: node.taints = node.taints.isEmpty ? [Taint(key: "maintenance", effect: .noSchedule)] : []
            default: node.allocatable[.cpu] = Int64(random.integer(in: 0...64)) * 500
            }
        } said: {
            .node($0)
        } gone: {
            .nodeRemoved($0.name)
        }
    }

    private mutating func podChange() -> ClusterChange? {
        change(\.pods) { pod, random in
            switch random.integer(in: 0...5) {
            case 0 where pod.nodeName != nil: pod.phase = random.choice([.succeeded, .failed, .running])
            case 1: pod.isTerminating.toggle()
            case 2: pod.schedulingGates = pod.schedulingGates.isEmpty ? ["example.com/wait"] : []
            case 3: pod.priority = Int32(random.integer(in: 0...3))
            case 4: pod.requests[.cpu] = Int64(random.integer(in: 0...8)) * 500
            default:
                pod.labels["touched"] = "\(random.integer(in: 0...9))"
                pod.labels["app"] = random.choice(["a", "b", nil])
            }
        } said: {
            .pod($0)
        } gone: {
            .podRemoved($0.key)
        }
    }

    private mutating func groupChange() -> ClusterChange? {
        let queues = snapshot.queues.map(\.name) + ["default", "nowhere"]
        let hasNetwork = hasNetwork
        return change(\.podGroups) { group, random in
            switch random.integer(in: 0...3) {
            case 0 where hasNetwork && random.chance(1, in: 3):
                group.networkTopology =
                    group.networkTopology == nil
                    ? NetworkTopology(highestTierAllowed: random.integer(in: 1...2)) : nil
            case 0: group.minMember = random.integer(in: 0...5)
            case 1: group.queue = random.choice(queues)
            case 2:
                group.minResources =
                    random.chance(1, in: 2) ? nil : [.cpu: Int64(random.integer(in: 0...20)) * 500]
            default: group.priorityClassName = random.choice(["", "high", "forgotten"])
            }
        } said: {
            .podGroup($0)
        } gone: {
            .podGroupRemoved($0.key)
        }
    }

    private mutating func hyperNodeChange() -> ClusterChange? {
        change(\.hyperNodes) { hyperNode, random in
            hyperNode.tier = random.integer(in: 1...3)
        } said: {
            .hyperNode($0)
        } gone: {
            .hyperNodeRemoved($0.name)
        }
    }

    private mutating func queueChange() -> ClusterChange? {
        change(\.queues) { queue, random in
            switch random.integer(in: 0...3) {
            case 0: queue.weight = Int64(random.integer(in: 1...5))
            case 1: queue.state = random.choice([.open, .closed, .closing])
            case 2: queue.capability = [.cpu: Int64(random.integer(in: 1...40)) * 500]
            default: queue.priority = Int32(random.integer(in: 0...2))
            }
        } said: {
            .queue($0)
        } gone: {
            .queueRemoved($0.name)
        }
    }

    private mutating func classChange() -> ClusterChange? {
        change(\.priorityClasses) { priorityClass, random in
            priorityClass.value = Int32(random.integer(in: 0...1_000))
        } said: {
            .priorityClass($0)
        } gone: {
            .priorityClassRemoved($0.name)
        }
    }
}
