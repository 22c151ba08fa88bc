import ClusterModel
import Documents
import SchedulingPolicy
import Simulation

/// The result of `whatif` for machines: the contract of `docs/whatif-output.schema.json`.
enum WhatIfDocument {
    /// A comparison with the answer in words and whether it is yes.
    static func make(
        _ comparison: WhatIfComparison, answer: String, isYes: Bool, changes: [String],
        with members: [(String, OutputValue)]
    ) -> OutputValue {
        .object(
            [
                ("answer", .string(answer)), ("yes", .bool(isYes)),
                ("changes", .list(changes.map { .string($0) })),
            ] + members + [
                ("jobs", .list(comparison.jobs.map { job($0, comparison) })),
                ("departure", departure(comparison.departure)),
                ("evictions", evictions(comparison)), ("pending", .list(pending(comparison))),
                ("pools", .list(pools(comparison))), ("queues", .list(queues(comparison))),
                ("instanceTypes", .list(instanceTypes(comparison))),
                ("summary", sides(summary(comparison.before), summary(comparison.after))),
            ])
    }

    /// What `--fit` has found.
    static func fit(_ fit: NodeFit, like title: String) -> OutputValue {
        .object([
            ("like", .string(title)), ("count", fit.count.map { .integer(Int64($0)) } ?? .null),
            ("usedNodes", .integer(Int64(fit.usedNodes))),
            ("started", .list(fit.started.map { .string($0.description) })),
            ("isProvenSmallest", .bool(fit.isProvenSmallest)),
            ("exceptions", .list(fit.exceptions.map { .integer(Int64($0)) })),
            ("most", .integer(Int64(fit.most))), ("trials", .integer(Int64(fit.trials))),
            (
                "never",
                .list(
                    fit.never.map { never in
                        .object(
                            name(never.job) + [
                                ("reason", .string(never.job.reason?.rawValue ?? "")),
                                ("message", .string(never.job.message)),
                                ("hasPlaceWithout", .bool(never.hasPlaceWithout)),
                                ("refusals", .list(never.refusals.map { .string($0.reason) })),
                                ("holds", .list(never.holds.map(HoldText.document))),
                            ])
                    })
            ),
        ])
    }

    // MARK: Jobs

    private static func name(_ job: JobPlace) -> [(String, OutputValue)] {
        [
            ("kind", .string(job.isGang ? "job" : "pod")), ("namespace", .string(job.key.namespace)),
            ("name", .string(job.key.name)), ("queue", .string(job.queue)),
        ]
    }

    private static func job(_ job: WhatIfComparison.Job, _ comparison: WhatIfComparison) -> OutputValue {
        let names = (job.after ?? job.before).map(name) ?? []
        return .object(
            names + [
                ("effect", .string(job.effect.rawValue)), ("restarts", .bool(job.restarts)),
                ("before", job.before.map { place($0, comparison.before) } ?? .null),
                ("after", job.after.map { place($0, comparison.after) } ?? .null),
                (
                    "moves",
                    .list(
                        job.moves.map {
                            .object([
                                ("pod", .string($0.pod.name)), ("from", .string($0.from)),
                                ("to", .string($0.to)),
                            ])
                        })
                ),
            ])
    }

    private static func place(_ place: JobPlace, _ run: WhatIfRun) -> OutputValue {
        var members: [(String, OutputValue)] = [
            ("state", .string(place.state.rawValue)), ("pods", .integer(Int64(place.pods.count))),
            ("placed", .integer(Int64(place.nodes.count))),
        ]
        if place.state == .waits {
            members += [
                ("reason", .string(place.reason?.rawValue ?? "")), ("message", .string(place.message)),
                ("holds", .list(run.holds(place).map(HoldText.document))),
            ]
        }
        let nodes = place.pods.compactMap { pod in
            place.nodes[pod].map { (pod.name, OutputValue.string($0)) }
        }
        return .object(members + [("nodes", .object(nodes))])
    }

    // MARK: Pods

    private static func pods(_ keys: [ObjectKey]) -> OutputValue {
        .list(
            keys.map { .object([("namespace", .string($0.namespace)), ("pod", .string($0.name))]) })
    }

    private static func departure(_ departure: Departure) -> OutputValue {
        .object([
            ("nodes", .list(departure.nodes.map { .string($0) })), ("leaving", pods(departure.leaving)),
            ("restarting", .list(departure.restarting.map { .string($0.description) })),
            ("restarted", pods(departure.restarted)), ("lost", pods(departure.lost)),
            ("staying", pods(departure.staying)),
            (
                "budgets",
                .list(
                    departure.budgets.map {
                        .object([
                            ("namespace", .string($0.key.namespace)), ("name", .string($0.key.name)),
                            ("pods", .integer(Int64($0.pods))), ("allowed", .integer(Int64($0.allowed))),
                            ("forbids", .bool($0.forbids)),
                        ])
                    })
            ),
        ])
    }

    private static func evictions(_ comparison: WhatIfComparison) -> OutputValue {
        func list(_ run: WhatIfRun) -> OutputValue {
            .list(
                run.result.evictions.map {
                    .object([
                        ("namespace", .string($0.pod.namespace)), ("pod", .string($0.pod.name)),
                        ("node", .string($0.node)), ("reason", .string($0.reason.rawValue)),
                        ("preemptor", $0.preemptor.map { .string($0.description) } ?? .null),
                    ])
                })
        }
        return sides(list(comparison.before), list(comparison.after))
    }

    // MARK: What is in use

    private static func sides(_ before: OutputValue, _ after: OutputValue) -> OutputValue {
        .object([("before", before), ("after", after)])
    }

    private static func pending(_ comparison: WhatIfComparison) -> [OutputValue] {
        WhatIfRows.pending(comparison).map {
            .object([
                ("reason", .string($0.reason.rawValue)), ("before", .integer(Int64($0.before))),
                ("after", .integer(Int64($0.after))),
            ])
        }
    }

    private static func pools(_ comparison: WhatIfComparison) -> [OutputValue] {
        func use(_ use: WhatIfRun.Use) -> OutputValue {
            .object([
                ("nodes", .integer(Int64(use.nodes))), ("usableNodes", .integer(Int64(use.usableNodes))),
                ("allocatable", AmountText.object(use.allocatable)),
                ("allocated", AmountText.object(use.allocated)), ("free", AmountText.object(use.free)),
            ])
        }
        return WhatIfRows.pools(comparison).map {
            .object([("name", .string($0.name)), ("before", use($0.before)), ("after", use($0.after))])
        }
    }

    private static func queues(_ comparison: WhatIfComparison) -> [OutputValue] {
        func use(_ queue: CycleResult.QueueUse?) -> OutputValue {
            guard let queue else { return .null }
            let deserved = queue.deservedMilli.sorted { $0.resource < $1.resource }.map {
                ($0.resource.text, OutputValue.string(AmountText.text(milli: $0.milli, of: $0.resource)))
            }
            return .object([
                ("weight", .integer(queue.weight)), ("deserved", .object(deserved)),
                ("allocated", AmountText.object(queue.allocated)),
                ("request", AmountText.object(queue.request)),
            ])
        }
        return WhatIfRows.queues(comparison).map {
            .object([("name", .string($0.name)), ("before", use($0.before)), ("after", use($0.after))])
        }
    }

    private static func instanceTypes(_ comparison: WhatIfComparison) -> [OutputValue] {
        WhatIfRows.headroom(comparison).map {
            .object([
                ("name", .string($0.name)), ("before", $0.before.map { .integer($0) } ?? .null),
                ("after", $0.after.map { .integer($0) } ?? .null),
            ])
        }
    }

    private static func summary(_ run: WhatIfRun) -> OutputValue {
        func count(_ state: JobPlace.State) -> OutputValue {
            .integer(Int64(run.jobs.count { $0.state == state }))
        }
        return .object([
            ("nodes", .integer(Int64(run.snapshot.nodes.count))),
            ("pods", .integer(Int64(run.snapshot.pods.count))), ("jobsThatRun", count(.runs)),
            ("jobsThatStart", count(.starts)), ("jobsThatStartLater", count(.startsLater)),
            ("jobsThatWait", count(.waits)), ("jobsThatAreEvicted", count(.evicted)),
        ])
    }
}
