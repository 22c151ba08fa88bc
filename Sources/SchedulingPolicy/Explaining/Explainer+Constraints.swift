import Allocator
import ClusterModel

/// One constraint less.
extension Explainer {
    /// Each constraint of the job's pods, and of nodes, that stands in the way and without which the job would run.
    func constraintRemedies(_ job: Job, _ holds: [Hold], _ tasks: [Int]) -> [Remedy] {
        let kinds = Set(
            holds.compactMap { hold -> ConstraintHold.Constraint? in
                if case .constraint(let hold) = hold { hold.constraint } else { nil }
            })
        let members = waitingPods(job)
        var found: [Remedy?] = []
        for kind in ConstraintHold.Constraint.allCases where kinds.contains(kind) {
            switch kind {
            case .nodeAffinity: found += affinityRemedies(members, job)
            case .taint: found += tolerationRemedies(members, job)
            case .podAffinity, .podAntiAffinity: found += companyRemedies(members, kind, job)
            case .topologySpread: found += spreadRemedies(members, job)
            case .hostPorts: found.append(remedy(.hostPorts, members, job) { $0.hostPorts = [] })
            case .volumes:
                found.append(remedy(.volumes, members, job) { $0.constraints?.volumes = [] })
            case .networkTopology: found.append(topologyRemedy(job))
            case .cordon: found += nodeStateRemedies(tasks, job) { $0.isUnschedulable }
            case .nodeReady: found += nodeStateRemedies(tasks, job) { !$0.isReady }
            case .podCount, .rule: break
            }
        }
        return found.compactMap(\.self)
    }

    /// All pods of the job that wait, by name.
    private func waitingPods(_ job: Job) -> [Pod] {
        if !job.isGang { return [pods[job.key]].compactMap(\.self) }
        guard let index = session.jobIDs[job.key] else { return [] }
        return session.jobs[index].tasks.filter { session.tasks[$0].status == .pending }
            .compactMap { pods[session.tasks[$0].key] }
            .sorted { $0.key < $1.key }
    }

    /// The remedy of changing all pods in the same way; `nil` if that changes none.
    private func remedy(
        _ change: ConstraintChange, _ members: [Pod], _ job: Job, _ edit: (inout Pod) -> Void
    ) -> Remedy? {
        let changes = changes(members, edit)
        return changes.isEmpty ? nil : proven(.constraint(change), changes, for: job)
    }

    private func changes(_ members: [Pod], _ edit: (inout Pod) -> Void) -> [ClusterChange] {
        members.compactMap { pod in
            var changed = pod
            edit(&changed)
            return changed == pod ? nil : .pod(changed)
        }
    }

    // MARK: Nodes that are chosen by label or taint

    private func affinityRemedies(_ members: [Pod], _ job: Job) -> [Remedy?] {
        let labels = Set(members.flatMap { $0.nodeSelector.map { [$0.key, $0.value] } })
        let sorted = labels.sorted { $0[0] == $1[0] ? $0[1].precedes($1[1]) : $0[0].precedes($1[0]) }
        let selectors = sorted.map { label in
            remedy(.nodeSelector(key: label[0], value: label[1]), members, job) { pod in
                if pod.nodeSelector[label[0]] == label[1] { pod.nodeSelector[label[0]] = nil }
            }
        }
        return selectors + [remedy(.nodeAffinity, members, job) { $0.nodeAffinity.required = nil }]
    }

    /// The most taints that are tried.
    private static var mostTaints: Int { 8 }

    private func tolerationRemedies(_ members: [Pod], _ job: Job) -> [Remedy?] {
        let taints = Set(snapshot.nodes.flatMap(\.taints).filter(\.repels)).filter { taint in
            members.contains { pod in !pod.tolerations.contains { $0.tolerates(taint) } }
        }
        if taints.count > Self.mostTaints { noteCutOff() }
        return taints.sorted { $0.description.precedes($1.description) }.prefix(Self.mostTaints).map {
            taint in
            remedy(.toleration(taint), members, job) { pod in
                if pod.tolerations.contains(where: { $0.tolerates(taint) }) { return }
                pod.tolerations.append(
                    Toleration(key: taint.key, operator: .equal, value: taint.value, effect: taint.effect))
            }
        }
    }

    // MARK: Other pods

    private func spreadRemedies(_ members: [Pod], _ job: Job) -> [Remedy?] {
        var seen: [TopologySpreadConstraint] = []
        for spread in members.flatMap({ $0.constraints?.topologySpread ?? [] })
        where spread.whenUnsatisfiable == .doNotSchedule && !seen.contains(spread) {
            seen.append(spread)
        }
        return seen.map { spread in
            smallest(spread.maxSkew + 1...spread.maxSkew + 64) { skew in
                let change = ConstraintChange.maxSkew(
                    topologyKey: spread.topologyKey, from: spread.maxSkew, to: skew)
                return remedy(change, members, job) { pod in
                    guard let position = pod.constraints?.topologySpread.firstIndex(of: spread) else {
                        return
                    }
                    pod.constraints?.topologySpread[position].maxSkew = skew
                }
            }
        }
    }

    private func companyRemedies(
        _ members: [Pod], _ kind: ConstraintHold.Constraint, _ job: Job
    ) -> [Remedy?] {
        let isSought = kind == .podAffinity
        let path: WritableKeyPath<PodConstraints, PodAffinity> = isSought ? \.podAffinity : \.podAntiAffinity
        var seen: [PodAffinityTerm] = []
        for term in members.flatMap({ $0.constraints?[keyPath: path].required ?? [] })
        where !seen.contains(term) {
            seen.append(term)
        }
        return seen.map { term in
            let change: ConstraintChange =
                isSought
                ? .podAffinity(topologyKey: term.topologyKey)
                : .podAntiAffinity(topologyKey: term.topologyKey)
            return remedy(change, members, job) { pod in
                pod.constraints?[keyPath: path].required.removeAll { $0 == term }
            }
        }
    }

    private func topologyRemedy(_ job: Job) -> Remedy? {
        guard var group = group(job), group.networkTopology != nil || !group.subGroupPolicies.isEmpty else {
            return nil
        }
        group.networkTopology = nil
        group.subGroupPolicies = []
        return proven(.constraint(.networkTopology), [.podGroup(group)], for: job)
    }

    /// The pod group of a gang as the snapshot has it.
    func group(_ job: Job) -> PodGroup? {
        job.isGang ? snapshot.podGroups.first { $0.key == job.key } : nil
    }

    // MARK: Nodes that take nothing

    /// The most nodes that are tried.
    private static var mostNodes: Int { 3 }

    /// A node that takes nothing at the moment and has the room, taking pods again.
    private func nodeStateRemedies(
        _ tasks: [Int], _ job: Job, where isOut: (Node) -> Bool
    ) -> [Remedy?] {
        let one = session.sum(of: Array(tasks.prefix(1)))
        let all = session.sum(of: tasks)
        let out = session.allocator.nodesByName.filter { index in
            isOut(session.allocator.node(index))
                && session.lack(of: one, on: index).allSatisfy { $0 == 0 }
        }
        // Those with room for all of them first.
        let ranked = out.enumerated().sorted { left, right in
            let (leftFits, rightFits) = (
                session.lack(of: all, on: left.element).allSatisfy { $0 == 0 },
                session.lack(of: all, on: right.element).allSatisfy { $0 == 0 }
            )
            return leftFits == rightFits ? left.offset < right.offset : leftFits
        }
        if ranked.count > Self.mostNodes { noteCutOff() }
        return ranked.prefix(Self.mostNodes).map { entry in
            guard var node = nodes[session.allocator.node(entry.element).name] else { return nil }
            let change: ConstraintChange =
                node.isUnschedulable ? .uncordon(node: node.name) : .ready(node: node.name)
            if node.isUnschedulable { node.isUnschedulable = false } else { node.ready = .isTrue }
            return proven(.constraint(change), [.node(node)], for: job)
        }
    }

    // MARK: Gates

    /// All scheduling gates of the job's pods lifted.
    func gateRemedies(_ job: Job) -> [Remedy] {
        let members = waitingPods(job)
        let gates = Set(members.flatMap(\.schedulingGates)).sorted { $0.precedes($1) }
        let changes = changes(members) { $0.schedulingGates = [] }
        return [proven(.gates(gates), changes, for: job)].compactMap(\.self)
    }
}
