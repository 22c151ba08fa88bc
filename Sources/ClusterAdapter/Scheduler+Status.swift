import ClusterModel
import KubernetesAPI
import KubernetesClient
import SchedulingPolicy

// What the objects of the cluster are to say of a cycle.
extension Scheduler {
    /// Says how gangs and pods stand after a cycle.
    func note(_ result: CycleResult) {
        for group in result.podGroups where group.origin == .object || group.origin == .kubernetes {
            standings[group.key] = group
            writeStatus(of: group.key)
            if group.origin == .object { announce(group) }
        }
        writeStatuses(of: result.queues)
        let time = "\(WallClock.now.timestamp)"
        for pending in result.pending where pending.reason != .schedulingGated {
            note(pending, at: time)
        }
        for pipelined in result.pipelined {
            failures[pipelined.pod] = nil
            let message = Self.promise(pipelined)
            statuses.write(.podCondition(pipelined.pod, reason: "Unschedulable", message: message, at: time))
            if pipelined.waitsFor == .eviction {
                statuses.write(.nomination(pipelined.pod, node: pipelined.node))
            }
        }
    }

    /// Tells of a pod that waits, if it does for another reason than was told; by an event only if the reason itself is
    /// another: sentences change with every pod that comes and goes.
    private func note(_ pending: CycleResult.Pending, at time: String) {
        let told = failures[pending.pod]
        if told == pending.explanation { return }
        failures[pending.pod] = pending.explanation
        statuses.write(
            .podCondition(
                pending.pod, reason: Self.conditionReason(pending.reason), message: pending.message, at: time)
        )
        guard told?.reason != pending.reason, let facts = pods[pending.pod] else { return }
        statuses.record(
            EventNote(
                kind: .pod, key: pending.pod, uid: facts.uid, isWarning: true, reason: "FailedScheduling",
                message: pending.message, time: .now))
    }

    /// Says how the gangs stand whose pods have got on since.
    func updateStatuses() {
        for key in pods.takeChanged() where standings[key] != nil { writeStatus(of: key) }
    }

    /// Whether a larger cluster would help: autoscalers add nodes for `Unschedulable`, and for nothing else.
    private static func conditionReason(_ reason: PendingReason) -> String {
        switch reason {
        case .unschedulable, .gangNotReady, .reserved: "Unschedulable"
        default: reason.rawValue
        }
    }

    private static func promise(_ pipelined: CycleResult.Pipelined) -> String {
        switch pipelined.waitsFor {
        case .releasing: "a place on node \(pipelined.node) is being freed"
        case .gang: "a place on node \(pipelined.node) is free; the gang is not ready"
        case .eviction: "pods are being evicted from node \(pipelined.node) for it"
        }
    }

    /// Tells of a gang that its minimum has places, or that it waits for another reason than before.
    private func announce(_ standing: CycleResult.Group) {
        let announcement: GangAnnouncement
        if let reason = standing.reason {
            announcement = .waiting(reason)
        } else if standing.placed > 0 {
            announcement = .scheduled
        } else {
            return
        }
        guard announcements.updateValue(announcement, forKey: standing.key) != announcement,
            let group = podGroups[standing.key]
        else { return }
        record(
            of: group, isWarning: announcement != .scheduled,
            reason: announcement == .scheduled ? "Scheduled" : "Unschedulable",
            message: announcement == .scheduled ? "pod group is ready" : Self.unschedulable(standing))
    }

    /// Records an event of a gang.
    func record(of group: PodGroup, isWarning: Bool, reason: String, message: String) {
        statuses.record(
            EventNote(
                kind: .podGroup, key: group.key, uid: group.uid, isWarning: isWarning, reason: reason,
                message: message, time: .now))
    }

    private static func unschedulable(_ standing: CycleResult.Group) -> String {
        "\(max(0, standing.minMember - standing.placed))/\(standing.pods) tasks in gang unschedulable: "
            + standing.message
    }

    private func writeStatus(of key: ObjectKey) {
        guard let group = podGroups[key], let standing = standings[key] else { return }
        let counts = pods.gangs[key] ?? GangCounts()
        if group.origin == .kubernetes {
            writeCondition(of: group, standing, counts)
        } else {
            writeStatus(of: group, standing, counts)
        }
    }

    /// Writes whether a gang of Kubernetes' own API has been scheduled. Once it has, that is never taken back.
    ///
    /// Source: kube-scheduler 1.36 and 1.37, which call the condition by different names.
    private func writeCondition(of group: PodGroup, _ standing: CycleResult.Group, _ counts: GangCounts) {
        guard let resource = served[.kubernetesPodGroup],
            case .kubernetes(let name) = GangName(group.key.name)
        else { return }
        let type = resource.version == "v1alpha2" ? "PodGroupScheduled" : "PodGroupInitiallyScheduled"
        let known = group.conditions.first { $0.type == type }
        if known?.status == .isTrue { return }
        var condition = PodGroupCondition(type: type, status: .isFalse)
        if counts.onNodes + counts.succeeded >= group.minMember {
            condition.status = .isTrue
            condition.reason = "Scheduled"
            condition.message = "the pods that must run together have their nodes"
        } else if let reason = standing.reason, standing.pods > 0 {
            condition.reason = Self.conditionReason(reason)
            condition.message = standing.message
        } else {
            return
        }
        condition.lastTransitionTime = known?.status == condition.status ? known?.lastTransitionTime : nil
        if condition == known { return }
        condition.lastTransitionTime = condition.lastTransitionTime ?? WallClock.now.timestamp
        statuses.write(.groupCondition(group.key, condition, of: name, resource))
    }

    private func writeStatus(of group: PodGroup, _ standing: CycleResult.Group, _ counts: GangCounts) {
        let key = group.key
        let condition: PodGroupStatus.Condition? =
            if standing.reason == nil {
                standing.placed == 0
                    ? nil
                    : PodGroupStatus.Condition(
                        type: "Scheduled", reason: "tasks in gang are ready to be scheduled",
                        message: "pod group is ready")
            } else {
                PodGroupStatus.Condition(
                    type: "Unschedulable", reason: "NotEnoughResources",
                    message: Self.unschedulable(standing))
            }
        let news = PodGroupStatus.News(
            phase: standing.phase, counts: counts, condition: condition,
            allocatedHyperNode: standing.allocatedHyperNode)
        if toldOfGangs[key] == news { return }
        toldOfGangs[key] = news
        let status = PodGroupStatus(
            news: news, hasOtherConditions: group.conditions.contains { $0.type != condition?.type })
        transitions += 1
        statuses.write(
            .podGroup(
                key, status, at: "\(WallClock.now.timestamp)", transition: "\(identity)-\(transitions)"))
    }
}

extension StatusWriter {
    /// Tells of a pod that has got its node.
    func scheduled(_ binding: PodBinding) {
        record(
            EventNote(
                kind: .pod, key: binding.pod, uid: binding.uid, isWarning: false, reason: "Scheduled",
                message: "Successfully assigned \(binding.pod) to \(binding.node)", time: .now))
    }
}
