public import ClusterModel

/// What becomes of the pods of nodes that are emptied, or go.
public struct Departure: Equatable, Sendable {
    /// A budget that has a say in it.
    public struct Budget: Equatable, Sendable {
        /// Namespace and name.
        public var key: ObjectKey
        /// How many of its pods are to leave.
        public var pods: Int
        /// How many may go now.
        public var allowed: Int

        /// A budget of which so many pods are to leave, and so many may.
        public init(key: ObjectKey, pods: Int, allowed: Int) {
            (self.key, self.pods, self.allowed) = (key, pods, allowed)
        }

        /// Whether it lets none go, so that the drain stands still until something else changes.
        public var forbids: Bool { allowed <= 0 }
    }

    /// The nodes, by name.
    public internal(set) var nodes: [String] = []
    /// Pods that leave these nodes and are made again.
    public internal(set) var leaving: [ObjectKey] = []
    /// Gangs that would be below their minimum: all of their pods start anew, wherever they are.
    public internal(set) var restarting: [ObjectKey] = []
    /// Pods that leave other nodes because their gang starts anew.
    public internal(set) var restarted: [ObjectKey] = []
    /// Pods that nobody makes again: no controller owns them and they are in no gang.
    public internal(set) var lost: [ObjectKey] = []
    /// Pods that stay, or go with their node: a DaemonSet's, and those that the kubelet runs by itself.
    public internal(set) var staying: [ObjectKey] = []
    /// Budgets of pods that leave, by name; a node that goes asks nobody.
    public internal(set) var budgets: [Budget] = []

    /// Nothing leaves.
    public init() {}
}

extension ClusterSnapshot {
    /// Takes the pods off nodes: those of gangs and of controllers wait again, and a gang that would be below its minimum
    /// waits as a whole, since it can do nothing with the rest.
    ///
    /// Pods that are being deleted, or have ended, are left as they are.
    ///
    /// - Parameters:
    ///   - drained: nodes that stay and take nothing new.
    ///   - removed: nodes that go, with what would have stayed on them.
    mutating func empty(drained: Set<String>, removed: Set<String>) -> Departure {
        var departure = Departure()
        departure.nodes = drained.union(removed).sorted { $0.precedes($1) }
        for index in nodes.indices where drained.contains(nodes[index].name) {
            nodes[index].isUnschedulable = true
        }
        var leaving: Set<Int> = []
        var gone: Set<Int> = []
        for index in pods.indices {
            let pod = pods[index]
            guard let node = pod.nodeName, drained.contains(node) || removed.contains(node) else { continue }
            let isRemoved = removed.contains(node)
            if pod.isTerminal || pod.isTerminating {
                if isRemoved { gone.insert(index) }
            } else if pod.staysOnItsNode {
                departure.staying.append(pod.key)
                if isRemoved { gone.insert(index) }
            } else if pod.isMadeAgain {
                leaving.insert(index)
            } else {
                departure.lost.append(pod.key)
                gone.insert(index)
            }
        }
        departure.leaving = leaving.sorted().map { pods[$0].key }.sorted()
        departure.budgets = budgets(of: leaving.union(gone).sorted().map { pods[$0] }, drained)
        restart(leaving, &departure)
        pods = pods.indices.filter { !gone.contains($0) }.map { pods[$0] }
        nodes.removeAll { removed.contains($0.name) }
        csiNodes.removeAll { removed.contains($0.name) }
        departure.lost.sort()
        departure.staying.sort()
        return departure
    }

    /// Lets pods wait again, with the rest of their gang where that would be too few.
    private mutating func restart(_ leaving: Set<Int>, _ departure: inout Departure) {
        var members: [ObjectKey: [Int]] = [:]
        for index in pods.indices {
            if let gang = pods[index].podGroup {
                members[ObjectKey(namespace: pods[index].key.namespace, name: gang), default: []].append(
                    index)
            }
        }
        for index in leaving { pods[index].waitAgain() }
        for group in podGroups.indices {
            let all = members[podGroups[group].key] ?? []
            if !all.contains(where: leaving.contains) || podGroups[group].isEnough(all.map { pods[$0] }) {
                continue
            }
            departure.restarting.append(podGroups[group].key)
            podGroups[group].phase = .pending
            for index in all where pods[index].nodeName != nil && !pods[index].isTerminal {
                if pods[index].isTerminating { continue }
                departure.restarted.append(pods[index].key)
                pods[index].waitAgain()
            }
        }
        departure.restarting.sort()
        departure.restarted.sort()
    }

    /// The budgets that protect pods on nodes that are drained.
    private func budgets(of pods: [Pod], _ drained: Set<String>) -> [Departure.Budget] {
        podDisruptionBudgets.compactMap { budget in
            let protected = pods.count { pod in
                pod.nodeName.map(drained.contains) ?? false && !pod.isTerminal && !pod.isTerminating
                    && !pod.staysOnItsNode && pod.key.namespace == budget.key.namespace
                    && !budget.disruptedPods.contains(pod.key.name)
                    && (budget.selector?.matches(pod.labels) ?? false)
            }
            if protected == 0 { return nil }
            return Departure.Budget(key: budget.key, pods: protected, allowed: budget.disruptionsAllowed)
        }
        .sorted { $0.key < $1.key }
    }
}

extension PodGroup {
    /// Whether the gang has its minimum, in all and of each role, among its pods on nodes and those that have ended well.
    fileprivate func isEnough(_ pods: [Pod]) -> Bool {
        let counted = pods.filter {
            $0.phase == .succeeded || $0.nodeName != nil && !$0.isTerminal && !$0.isTerminating
        }
        return counted.count >= minMember
            && minTaskMember.allSatisfy { role in counted.count { $0.role == role.role } >= role.minimum }
    }
}

extension Pod {
    /// True for pods that a drain passes over, as `kubectl drain --ignore-daemonsets` does.
    var staysOnItsNode: Bool {
        annotations["kubernetes.io/config.mirror"] != nil
            || owners.contains { $0.kind == "DaemonSet" || $0.kind == "Node" }
    }

    /// True where a controller, or whoever made its gang, makes another one.
    fileprivate var isMadeAgain: Bool { podGroup != nil || owners.contains(where: \.isController) }

    /// Makes it a pod that has just been made in place of this one.
    fileprivate mutating func waitAgain() {
        nodeName = nil
        nominatedNodeName = nil
        phase = .pending
        statusReason = ""
        started = nil
        scheduledTime = nil
        isDisruptionTarget = false
    }
}
