import ClusterModel
import SyntheticClusters

extension Oddity {
    /// Whether a snapshot holds this oddity, told without knowing how the snapshot was made.
    func occurs(in snapshot: ClusterSnapshot) -> Bool {
        occursInNodes(snapshot.nodes) ?? occursInGangs(of: snapshot) ?? occursInPodState(of: snapshot)
            ?? occursInQueues(of: snapshot) ?? occursInNetwork(of: snapshot)
            ?? snapshot.pods.contains { occurs(in: $0) ?? false }
            || self == .overcommittedNodes && !nodesWithTooMuch(of: snapshot).isEmpty
    }

    private func occursInNodes(_ nodes: [Node]) -> Bool? {
        switch self {
        case .cordonedNodes: nodes.contains(where: \.isUnschedulable)
        case .notReadyNodes: nodes.contains { !$0.isReady }
        case .taints: nodes.contains { !$0.taints.isEmpty }
        case .zeroCapacityNodes: nodes.contains { $0.allocatable.sorted.allSatisfy { $0.amount == 0 } }
        case .nodesWithoutPodLimit: nodes.contains { $0.allocatable[.pods] == nil && !$0.allocatable.isEmpty }
        case .fewPodSlots:
            nodes.contains { ($0.allocatable[.pods] ?? 9) <= 3 && ($0.allocatable[.cpu] ?? 0) > 0 }
        default: nil
        }
    }

    private func occurs(in pod: Pod) -> Bool? {
        switch self {
        case .tolerations: !pod.tolerations.isEmpty
        case .nodeSelectors: !pod.nodeSelector.isEmpty
        case .requiredNodeAffinity: pod.nodeAffinity.required != nil
        case .preferredNodeAffinity: !pod.nodeAffinity.preferred.isEmpty
        case .bestEffortPods: pod.requests.isEmpty
        case .zeroRequests: pod.requests.sorted.contains { $0.amount == 0 }
        case .unknownResources: pod.requests["example.com/quantum"] != nil
        case .severalContainers: pod.nonZeroRequests != NonZeroRequests(of: pod.requests)
        case .hostPorts: !pod.hostPorts.isEmpty
        case .unsupportedConstraints: !pod.unsupportedConstraints.isEmpty
        case .podLabels: pod.labels["app"] != nil
        case .podAffinity:
            pod.constraints.map { !$0.podAffinity.isEmpty || !$0.podAntiAffinity.isEmpty } ?? false
        case .topologySpread: pod.constraints.map { !$0.topologySpread.isEmpty } ?? false
        case .volumeClaims: pod.constraints.map { !$0.volumes.isEmpty } ?? false
        case .terminatingPods: pod.isTerminating
        case .finishedPods: pod.isTerminal
        case .gatedPods: !pod.schedulingGates.isEmpty
        case .nominatedNodes: pod.nominatedNodeName != nil
        case .systemPods: pod.key.namespace == "kube-system"
        case .oddPriorities:
            pod.key.namespace != "kube-system"
                && (pod.priority == nil || pod.priorityClassName == "forgotten"
                    || ![0, 5, -10, 1_000].contains(pod.priority))
        default: nil
        }
    }

    private func occursInPodState(of snapshot: ClusterSnapshot) -> Bool? {
        let groups = Set(snapshot.podGroups.map(\.key))
        let nodes = Set(snapshot.nodes.map(\.name))
        switch self {
        case .podsOnUnknownNodes:
            return snapshot.pods.contains { $0.nodeName.map { !nodes.contains($0) } ?? false }
        case .missingCreationTimes:
            return snapshot.pods.contains { $0.created == nil }
                || snapshot.podGroups.contains { $0.created == nil }
                || snapshot.queues.contains { $0.created == nil }
        case .podsWithoutGroup:
            return snapshot.pods.contains { $0.podGroup == nil && $0.schedulerName == "gangwright" }
        case .missingPodGroups:
            return snapshot.pods.contains { pod in
                pod.podGroup.map { !groups.contains(ObjectKey(namespace: pod.key.namespace, name: $0)) }
                    ?? false
            }
        default: return nil
        }
    }

    private func occursInGangs(of snapshot: ClusterSnapshot) -> Bool? {
        let members = Dictionary(grouping: snapshot.pods) {
            ObjectKey(namespace: $0.key.namespace, name: $0.podGroup ?? "")
        }
        func anyGang(_ holds: (PodGroup, [Pod]) -> Bool) -> Bool {
            snapshot.podGroups.contains { holds($0, members[$0.key] ?? []) }
        }
        func areConsistent(_ group: PodGroup, _ pods: [Pod]) -> Bool {
            group.minTaskMember.reduce(0) { $0 + $1.minimum } <= group.minMember
                && group.minTaskMember.allSatisfy { minimum in
                    pods.count { $0.role == minimum.role } >= minimum.minimum
                }
        }
        switch self {
        case .emptyGangs: return anyGang { $1.isEmpty }
        case .minMemberZero: return anyGang { $0.minMember == 0 && !$1.isEmpty }
        case .minMemberAbovePods: return anyGang { $0.minMember > $1.count && !$1.isEmpty }
        case .elasticGangs: return anyGang { $0.minMember > 0 && $0.minMember < $1.count }
        case .roleMinimums: return anyGang { !$0.minTaskMember.isEmpty && areConsistent($0, $1) }
        case .inconsistentRoleMinimums: return anyGang { !areConsistent($0, $1) }
        case .unequalMembers:
            return anyGang { $1.contains { [first = $1.first] in $0.requests != first?.requests } }
        case .minResources: return anyGang { group, _ in group.minResources != nil }
        case .partlyBoundGangs:
            return anyGang { _, pods in
                pods.contains(where: \.isPending)
                    && pods.contains { $0.nodeName != nil && !$0.isTerminal && !$0.isTerminating }
            }
        case .oddPhases: return anyGang { group, _ in group.phase != .pending && group.phase != .inqueue }
        case .invalidGangs: return anyGang { group, _ in group.invalid != nil || group.origin != .object }
        case .sameNameInTwoNamespaces:
            return Set(snapshot.podGroups.map(\.key.name)).count < snapshot.podGroups.count
        default: return nil
        }
    }

    private func occursInNetwork(of snapshot: ClusterSnapshot) -> Bool? {
        switch self {
        case .hyperNodes: !snapshot.hyperNodes.isEmpty
        case .networkWishes:
            snapshot.podGroups.contains { group in
                group.networkTopology != nil || group.subGroupPolicies.contains { $0.networkTopology != nil }
            }
        case .subGroups: snapshot.podGroups.contains { !$0.subGroupPolicies.isEmpty }
        default: nil
        }
    }

    private func occursInQueues(of snapshot: ClusterSnapshot) -> Bool? {
        let names = Set(snapshot.queues.map(\.name) + ["default"])
        switch self {
        case .noQueues: return snapshot.queues.isEmpty
        case .missingQueues: return snapshot.podGroups.contains { !names.contains($0.queue) }
        case .closedQueues: return snapshot.queues.contains { $0.state != .open }
        case .queueCapabilities: return snapshot.queues.contains { $0.capability != nil }
        case .queueGuarantees: return snapshot.queues.contains { !$0.guarantee.isEmpty }
        case .queuePriorities: return snapshot.queues.contains { $0.priority != 0 }
        default: return nil
        }
    }
}
