import ClusterModel
import Documents
import Recording
import SchedulingLoop

/// A shadow's report for machines.
enum ShadowReportDocument {
    static func make(_ report: ShadowReport) -> OutputValue {
        let figures = ShadowFigures(report)
        let names = report.header.schedulerNames.map { OutputValue.string($0) }
        var members: [(String, OutputValue)] = [("schedulerNames", .list(names))]
        members.append(("from", time(report.period?.lowerBound)))
        members.append(("to", time(report.period?.upperBound)))
        members.append(("agreement", agreement(figures, report)))
        members.append(
            ("lead", .object([("ours", lead(figures.ours)), ("theirs", lead(figures.theirs))])))
        members.append(("nodesPerGang", spread(figures)))
        members.append(("gangs", .list(report.gangs.map(gang))))
        let evictions = report.evictions.map(eviction) + report.theirEvictions.map(eviction)
        members.append(("evictions", .list(evictions)))
        members.append(("undecided", .integer(Int64(report.undecided))))
        members.append(("isCut", .bool(report.warning != nil)))
        return .object(members)
    }

    private static func time(_ time: LoopTime?) -> OutputValue {
        time.map { .string("\($0.timestamp)") } ?? .null
    }

    private static func agreement(_ figures: ShadowFigures, _ report: ShadowReport) -> OutputValue {
        let queues = figures.queues.map { ($0.name, counts($0.counts)) }
        return .object([
            ("all", counts(figures.all)), ("queues", .object(queues)), ("pods", counts(report.pods)),
        ])
    }

    private static func spread(_ figures: ShadowFigures) -> OutputValue {
        guard let spread = figures.nodesPerGang else { return .null }
        return .object([
            ("gangs", .integer(Int64(spread.gangs))), ("ours", .number(spread.ours)),
            ("theirs", .number(spread.theirs)),
        ])
    }

    private static func counts(_ counts: ShadowFigures.Counts) -> OutputValue {
        .object(ShadowAgreement.allCases.map { ($0.rawValue, .integer(Int64(counts[$0] ?? 0))) })
    }

    /// Percentiles in milliseconds.
    private static func lead(_ times: [Int64]) -> OutputValue {
        var members: [(String, OutputValue)] = [("gangs", .integer(Int64(times.count)))]
        let parts: [(String, Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("most", 1)]
        for (name, part) in parts {
            let number = ShadowFigures.percentile(part, of: times)
            members.append((name, times.isEmpty ? .null : .integer(number)))
        }
        return .object(members)
    }

    private static func gang(_ verdict: GangVerdict) -> OutputValue {
        func places(_ binds: [CycleRecord.Bind]) -> OutputValue {
            .list(binds.map { .object([("pod", .string($0.pod.name)), ("node", .string($0.node))]) })
        }
        return .object([
            ("kind", .string(verdict.gang.isGang ? "job" : "pod")),
            ("namespace", .string(verdict.gang.key.namespace)), ("name", .string(verdict.gang.key.name)),
            ("queue", .string(verdict.queue)), ("minMember", .integer(Int64(verdict.minMember))),
            ("outcome", .string(verdict.agreement.rawValue)),
            ("leadMilliseconds", verdict.lead.map { .integer($0) } ?? .null),
            ("reason", verdict.reason.map { .string($0) } ?? .null),
            ("ours", places(verdict.ours)), ("theirs", places(verdict.theirs)),
        ])
    }

    private static func eviction(_ verdict: EvictionVerdict) -> OutputValue {
        let eviction = verdict.eviction
        return .object([
            ("by", .string(verdict.hasLeft ? "both" : "ours")),
            ("namespace", .string(eviction.pod.namespace)), ("pod", .string(eviction.pod.name)),
            ("node", .string(eviction.node)), ("reason", .string(eviction.reason)),
        ])
    }

    private static func eviction(_ eviction: ShadowReport.TheirEviction) -> OutputValue {
        .object([
            ("by", "theirs"), ("namespace", .string(eviction.pod.namespace)),
            ("pod", .string(eviction.pod.name)), ("node", .string(eviction.node)),
            ("reason", .string(eviction.message)),
        ])
    }
}
