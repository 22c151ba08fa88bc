import Allocator
import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("On random clusters a gang starts with its minimum or not at all") struct GangPropertyTests {
    @Test(
        "a gang of which something is bound reaches its minimum and that of each role",
        arguments: NamedConfiguration.all)
    func noPartialGang(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let bound = Set(trial.result.binds.map(\.pod))
            return trial.snapshot.podGroups.flatMap { group -> [String] in
                let members = trial.snapshot.pods.filter { pod in
                    pod.podGroup == group.key.name && pod.key.namespace == group.key.namespace
                }
                if !members.contains(where: { bound.contains($0.key) }) { return [] }
                let counted = members.filter { pod in
                    Self.holdsPlace(pod) || bound.contains(pod.key)
                        || (trial.compatibility.isVolcano && pod.isPending && Self.isBestEffort(pod))
                }
                return Self.shortages(of: group, members: counted, trial.compatibility)
            }
        }
        #expect(violations == [])
    }

    @Test(
        "what waits in a gang is bound by nobody: gated, unevaluated, invalid, without queue or group",
        arguments: NamedConfiguration.all)
    func blockedPodsWait(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let groups = Dictionary(uniqueKeysWithValues: trial.snapshot.podGroups.map { ($0.key, $0) })
            let queues = Set(trial.snapshot.queues.map(\.name)).union(["default", "root"])
            return trial.result.binds.compactMap { bind in
                guard let pod = trial.pods[bind.pod] else { return "\(bind.pod) does not exist" }
                if !pod.isPending { return "\(bind.pod) did not wait" }
                if !pod.schedulingGates.isEmpty { return "\(bind.pod) is gated" }
                // Volcano 1.5 knows no claims to devices.
                let isEvaluated = trial.compatibility != .volcano15 && !pod.unsupportedConstraints.isEmpty
                if trial.configuration.hasPredicates, isEvaluated {
                    return "\(bind.pod) has constraints not evaluated"
                }
                guard let name = pod.podGroup else { return nil }
                guard let group = groups[ObjectKey(namespace: pod.key.namespace, name: name)] else {
                    return "\(bind.pod) has no pod group"
                }
                if group.invalid != nil { return "\(bind.pod) is of an invalid gang" }
                return queues.contains(group.queue) ? nil : "\(bind.pod) has no queue"
            }
        }
        #expect(violations == [])
    }

    @Test("the report of a gang agrees with what became of its pods", arguments: NamedConfiguration.all)
    func reports(configuration: NamedConfiguration) throws {
        let violations = try Trial.violations(under: configuration) { trial in
            let placed = Set(trial.result.binds.map(\.pod) + trial.result.pipelined.map(\.pod))
            let reported = Dictionary(uniqueKeysWithValues: trial.result.podGroups.map { ($0.key, $0) })
            if reported.count != trial.snapshot.podGroups.count {
                return ["\(reported.count) groups are reported"]
            }
            return trial.snapshot.podGroups.compactMap { group in
                let members = trial.podsAfterEvictions.filter { pod in
                    pod.podGroup == group.key.name && pod.key.namespace == group.key.namespace
                }
                let holding = members.count { placed.contains($0.key) || Self.isOnNode($0) }
                let said = reported[group.key]?.placed ?? -1
                return said == holding
                    ? nil : "\(group.key) is said to hold \(said) places and holds \(holding)"
            }
        }
        #expect(violations == [])
    }

    /// A member that counts: bound, running or well ended.
    private static func holdsPlace(_ pod: Pod) -> Bool { isOnNode(pod) || pod.phase == .succeeded }

    private static func isOnNode(_ pod: Pod) -> Bool {
        pod.nodeName != nil && !pod.isTerminating && (pod.phase == .pending || pod.phase == .running)
    }

    private static func isBestEffort(_ pod: Pod) -> Bool { pod.requests.sorted.allSatisfy { $0.amount == 0 } }

    private static func shortages(
        of group: PodGroup, members: [Pod], _ compatibility: Compatibility
    ) -> [String] {
        var found: [String] = []
        if members.count < group.minMember {
            found.append("\(group.key) has \(members.count) of \(group.minMember) pods")
        }
        let sum = group.minTaskMember.reduce(0) { $0 + $1.minimum }
        if compatibility.isVolcano, group.minMember < sum { return found }
        for role in group.minTaskMember {
            let count = members.count { $0.role == role.role }
            if count < role.minimum {
                found.append("\(group.key) has \(count) of \(role.minimum) \(role.role)")
            }
        }
        return found
    }
}
