import ClusterModel
import SchedulingPolicy
import Simulation

/// A comparison for people: jobs to which the change matters, pods that move, and what is in use before and after.
struct WhatIfTables {
    let comparison: WhatIfComparison
    let style: Style
    let isWide: Bool

    /// Jobs, and pods that move, are listed one by one up to this many.
    private static let mostRows = 40

    /// The sections below the answer, each after an empty line.
    var sections: [String] {
        [
            section("JOBS", jobs), section("PODS THAT MOVE", moves), section("BUDGETS", budgets),
            section("PODS THAT WAIT", pending), section("POOLS", pools), section("QUEUES", queues),
            section("ROOM FOR FURTHER PODS", headroom),
        ].filter { !$0.isEmpty }
    }

    private func section(_ title: String, _ table: TextTable) -> String {
        table.isEmpty ? "" : style.paint(title, .strong) + "\n" + table.text(style: style)
    }

    private var jobs: TextTable {
        var table = TextTable([
            .left("NAMESPACE"), .left("JOB"), .left("QUEUE"), .left("EFFECT"), .left("BEFORE"),
            .left("AFTER"),
            .left("WHY"),
        ])
        // That a job would have started elsewhere matters to few.
        let telling = comparison.jobs.filter { isWide || $0.effect != .startsElsewhere }
        let shown = isWide ? telling[...] : telling.prefix(Self.mostRows)
        for job in shown {
            let isBad = [.losesPlace, .startsNoMore, .shrinks, .isGone, .comesAndWaits].contains(job.effect)
            table.add([
                .init(job.key.namespace), .init((job.isGang ? "job/" : "pod/") + job.key.name),
                .init((job.after ?? job.before)?.queue ?? ""),
                .init(WhatIfText.word(job), isBad ? .bad : .good),
                .init(WhatIfText.state(job.before)), .init(WhatIfText.state(job.after)), .init(why(job)),
            ])
        }
        let left = comparison.jobs.count - shown.count
        if left > 0, !shown.isEmpty {
            let words = shown.count < telling.count ? "" : left == 1 ? "starts elsewhere" : "start elsewhere"
            table.add(["", .init(Count.of(left, "more job")), "", .init(words), "", "", "-o wide lists them"])
        }
        return table
    }

    /// Why a job waits; where it is otherwise.
    private func why(_ job: WhatIfComparison.Job) -> String {
        guard let after = job.after else { return "" }
        if after.state == .waits {
            let holds = comparison.after.holds(after).map(HoldText.sentence)
            if holds.isEmpty { return after.message }
            return (isWide ? holds[...] : holds.prefix(2)).joined(separator: "; ")
        }
        if after.state == .evicted {
            let eviction = comparison.after.result.evictions.first { after.pods.contains($0.pod) }
            return eviction?.preemptor.map { "its pods leave for \($0)" } ?? "its pods have to leave"
        }
        var counts: [String: Int] = [:]
        for node in after.nodes.values { counts[node, default: 0] += 1 }
        let places = counts.keys.sorted { $0.precedes($1) }.map { node in
            counts[node].map { $0 == 1 ? node : "\(node) ×\($0)" } ?? ""
        }
        let shown = isWide ? places[...] : places.prefix(4)
        let more = places.count > shown.count ? ", and \(places.count - shown.count) more nodes" : ""
        return "on " + shown.joined(separator: ", ") + more
    }

    private var moves: TextTable {
        var table = TextTable([.left("NAMESPACE"), .left("POD"), .left("FROM"), .left("TO")])
        let moves = comparison.moves
        for move in isWide ? moves[...] : moves.prefix(Self.mostRows) {
            table.add([.init(move.pod.namespace), .init(move.pod.name), .init(move.from), .init(move.to)])
        }
        if !isWide, moves.count > Self.mostRows {
            table.add([
                "", .init(Count.of(moves.count - Self.mostRows, "more pod")), "", "-o wide lists them",
            ])
        }
        return table
    }

    private var budgets: TextTable {
        var table = TextTable([
            .left("NAMESPACE"), .left("BUDGET"), .right("PODS TO GO"), .right("MAY GO NOW"), .left(""),
        ])
        for budget in comparison.departure.budgets {
            let word =
                budget.forbids ? "forbids it" : budget.allowed < budget.pods ? "one after the other" : ""
            table.add([
                .init(budget.key.namespace), .init(budget.key.name), "\(budget.pods)", "\(budget.allowed)",
                .init(word, budget.forbids ? .bad : .doubtful),
            ])
        }
        return table
    }

    // MARK: What is in use

    private func change(_ before: String, _ after: String) -> TextTable.Cell {
        before == after ? .init(before) : .init("\(before) → \(after)", .strong)
    }

    private var pending: TextTable {
        var table = TextTable([.left("REASON"), .right("PODS")])
        for row in WhatIfRows.pending(comparison) {
            table.add([.init(row.reason.rawValue), change("\(row.before)", "\(row.after)")])
        }
        return table
    }

    private var pools: TextTable {
        let resources = WhatIfRows.resources(comparison)
        var table = TextTable(
            [.left("POOL"), .right("NODES"), .right("TAKE PODS")]
                + resources.flatMap { [.right("\($0.text.uppercased()) USED"), .right("FREE")] })
        for row in WhatIfRows.pools(comparison) {
            let (before, after) = (row.before, row.after)
            if !isWide,
                resources.allSatisfy({ (before.allocatable[$0] ?? 0) + (after.allocatable[$0] ?? 0) == 0 }),
                before == after
            {
                continue
            }
            table.add(
                [
                    .init(row.name.isEmpty ? "-" : row.name), change("\(before.nodes)", "\(after.nodes)"),
                    change("\(before.usableNodes)", "\(after.usableNodes)"),
                ]
                    + resources.flatMap { resource in
                        [
                            change(text(before.allocated, resource), text(after.allocated, resource)),
                            change(text(before.free, resource), text(after.free, resource)),
                        ]
                    })
        }
        return table
    }

    private func text(_ list: ResourceList, _ resource: ResourceName) -> String {
        AmountText.rounded(list[resource] ?? 0, of: resource)
    }

    private var queues: TextTable {
        let resources = WhatIfRows.resources(comparison)
        var table = TextTable(
            [.left("QUEUE"), .right("WEIGHT")]
                + resources.flatMap { [.right("\($0.text.uppercased()) USED"), .right("DESERVED")] })
        for row in WhatIfRows.queues(comparison) {
            let isIdle = row.before?.request.isEmpty ?? true && row.after?.request.isEmpty ?? true
            if isIdle, !isWide { continue }
            func cell(_ text: (CycleResult.QueueUse) -> String) -> TextTable.Cell {
                change(row.before.map(text) ?? "-", row.after.map(text) ?? "-")
            }
            table.add(
                [.init(row.name), cell { "\($0.weight)" }]
                    + resources.flatMap { resource in
                        [
                            cell { self.text($0.allocated, resource) },
                            cell { use in
                                use.deservedMilli.first { $0.resource == resource }
                                    .map { AmountText.rounded(milli: $0.milli, of: resource) } ?? "-"
                            },
                        ]
                    })
        }
        return table
    }

    private var headroom: TextTable {
        var table = TextTable([.left("INSTANCE TYPE"), .right("PODS")])
        for row in WhatIfRows.headroom(comparison) where isWide || row.before != row.after {
            table.add([
                .init(row.name),
                change(row.before.map { "\($0)" } ?? "-", row.after.map { "\($0)" } ?? "-"),
            ])
        }
        return table
    }
}
