import ClusterModel
import Documents
import SchedulingPolicy

/// The result of `schedule` for machines: the contract of `docs/schedule-output.schema.json`.
enum ScheduleDocument {
    /// - Parameter holds: what holds the gangs that wait.
    static func make(_ result: CycleResult, holds: HoldReader, skippedKinds: [String: Int]) -> OutputValue {
        .object([
            ("binds", .list(result.binds.map(bind))),
            ("evictions", .list(result.evictions.map(eviction))),
            ("pipelined", .list(result.pipelined.map { pipelined($0, cycle: result.cycle) })),
            ("podGroups", .list(result.podGroups.map { group($0, result.nodeLocks, holds.holds($0)) })),
            ("queues", .list(result.queues.map(queue))),
            ("pending", .list(result.pending.map { pending($0, result) })),
            ("summary", summary(result, skippedKinds: skippedKinds)),
        ])
    }

    private static func pod(_ key: ObjectKey) -> [(String, OutputValue)] {
        [("namespace", .string(key.namespace)), ("pod", .string(key.name))]
    }

    private static func bind(_ entry: CycleResult.Bind) -> OutputValue {
        var members =
            pod(entry.pod) + [
                ("node", .string(entry.node)), ("cycle", .integer(Int64(entry.cycle))),
            ]
        if !entry.annotations.isEmpty {
            members.append(("annotations", OutputValue.texts(entry.annotations)))
        }
        return .object(members)
    }

    private static func eviction(_ entry: CycleResult.Eviction) -> OutputValue {
        let preemptor = entry.preemptor.map { key in
            OutputValue.object([("namespace", .string(key.namespace)), ("podGroup", .string(key.name))])
        }
        return .object(
            pod(entry.pod) + [
                ("node", .string(entry.node)), ("reason", .string(entry.reason.rawValue)),
                ("preemptor", preemptor ?? .null), ("cycle", .integer(Int64(entry.cycle))),
            ])
    }

    private static func pipelined(_ entry: CycleResult.Pipelined, cycle: Int) -> OutputValue {
        .object(
            pod(entry.pod) + [
                ("node", .string(entry.node)), ("waitsFor", .string(entry.waitsFor.rawValue)),
                ("cycle", .integer(Int64(cycle))),
            ])
    }

    private static func group(
        _ group: CycleResult.Group, _ locks: NodeLocks, _ holds: [Hold]
    ) -> OutputValue {
        var members: [(String, OutputValue)] = [
            ("namespace", .string(group.key.namespace)), ("name", .string(group.key.name)),
            ("queue", .string(group.queue)), ("phase", .string(group.phase.rawValue)),
            ("minMember", .integer(Int64(group.minMember))), ("placed", .integer(Int64(group.placed))),
            ("pods", .integer(Int64(group.pods))),
            ("reason", .string(group.reason?.rawValue ?? "Ready")), ("message", .string(group.message)),
        ]
        if !holds.isEmpty { members.append(("holds", .list(holds.map(HoldText.document)))) }
        if !group.reservedNodes.isEmpty {
            members.append(("reservedNodes", .list(group.reservedNodes.map { .string($0) })))
            members.append(("expectedStart", group.expectedStart.map { .string($0.description) } ?? .null))
        }
        if locks.target == group.key {
            members.append(("lockedNodes", .list(locks.nodes.map { .string($0) })))
        }
        if let hyperNode = group.allocatedHyperNode { members.append(("hyperNode", .string(hyperNode))) }
        return .object(members)
    }

    private static func queue(_ queue: CycleResult.QueueUse) -> OutputValue {
        let deserved = queue.deservedMilli.sorted { $0.resource < $1.resource }.map { amount in
            (
                amount.resource.text,
                OutputValue.string(AmountText.text(milli: amount.milli, of: amount.resource))
            )
        }
        return .object([
            ("name", .string(queue.name)), ("weight", .integer(queue.weight)),
            ("deserved", .object(deserved)),
            ("allocated", AmountText.object(queue.allocated)), ("request", AmountText.object(queue.request)),
        ])
    }

    private static func pending(_ entry: CycleResult.Pending, _ result: CycleResult) -> OutputValue {
        let reasons = entry.nodeReasons.map { ($0.reason, OutputValue.integer(Int64($0.count))) }
        return .object(
            pod(entry.pod) + [
                ("podGroup", entry.podGroup.map { .string($0.name) } ?? .null),
                ("reason", .string(entry.reason.rawValue)), ("message", .string(entry.message)),
                (
                    "nodes",
                    .object([("total", .integer(Int64(result.nodeCount))), ("reasons", .object(reasons))])
                ),
                ("cycle", .integer(Int64(result.cycle))),
            ])
    }

    private static func summary(_ result: CycleResult, skippedKinds: [String: Int]) -> OutputValue {
        let skipped = skippedKinds.sorted { $0.key.precedes($1.key) }
        return .object([
            ("nodes", .integer(Int64(result.nodeCount))), ("pods", .integer(Int64(result.podCount))),
            ("bound", .integer(Int64(result.boundBefore))), ("placed", .integer(Int64(result.binds.count))),
            ("pipelined", .integer(Int64(result.pipelined.count))),
            ("pending", .integer(Int64(result.pending.count))),
            ("evicted", .integer(Int64(result.evictions.count))),
            ("cycles", .integer(Int64(result.cycle))),
            ("skippedKinds", .object(skipped.map { ($0.key, .integer(Int64($0.value))) })),
        ])
    }
}
