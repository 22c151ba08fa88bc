import Allocator
import ClusterModel

/// Admits gangs while their minimum resources fit the ResourceQuotas of their namespace.
///
/// Source: Volcano's `resourcequota`: `used + admitted in this cycle + minResources ≤ hard`, on what both a quota and the gang
/// name.
struct ResourceQuotaPlugin: Plugin {
    static let name = "resourcequota"

    init(_ arguments: Arguments) {}

    func open(_ session: Session, _ points: inout PluginPoints) {
        if session.objects.resourceQuotas.isEmpty { return }
        let ledger = QuotaLedger(session)
        points.gateEnqueue { session, job in
            ledger.vote(on: job, session)
        } admitted: { session, job in
            ledger.admit(job, session)
        }
    }
}

/// The quotas, and what this cycle has admitted to each namespace.
private final class QuotaLedger {
    private var quotas: [String: [ResourceQuota]] = [:]
    private var admitted: [String: ResourceList] = [:]
    private let isVolcano: Bool

    init(_ session: Session) {
        isVolcano = session.compatibility.isVolcano
        for quota in session.objects.resourceQuotas.values.sorted(by: { $0.key < $1.key }) {
            // Nobody knows yet which of a gang's pods a scope means; the API server will when they are created.
            if quota.isScoped, !isVolcano { continue }
            quotas[quota.key.namespace, default: []].append(quota)
        }
    }

    func vote(on job: Int, _ session: Session) -> Vote {
        let namespace = session.jobs[job].key.namespace
        guard let quotas = quotas[namespace], session.jobs[job].hasMinResources else { return .permit }
        let asked = minimum(of: job, session)
        let admitted = admitted[namespace] ?? [:]
        for quota in quotas {
            var short: [(name: ResourceName, asked: Int64, used: Int64, limit: Int64)] = []
            for (name, limit) in limits(of: quota).sorted {
                guard let amount = asked[name] else { continue }
                let used = quota.used[name] ?? 0
                if Self.sum(Self.sum(used, admitted[name] ?? 0), amount) > limit {
                    short.append((name, amount, used, limit))
                }
            }
            if short.isEmpty { continue }
            func list(_ amount: KeyPath<(name: ResourceName, asked: Int64, used: Int64, limit: Int64), Int64>)
                -> String
            {
                short.map { "\($0.name)=\($0.name.scale.text($0[keyPath: amount]))" }.joined(separator: ",")
            }
            return .reject(
                "resource quota insufficient, requested: \(list(\.asked)), used: \(list(\.used)), limited: \(list(\.limit))"
            )
        }
        return .permit
    }

    func admit(_ job: Int, _ session: Session) {
        let namespace = session.jobs[job].key.namespace
        guard quotas[namespace] != nil, session.jobs[job].hasMinResources else { return }
        for (name, amount) in minimum(of: job, session).sorted {
            let before = admitted[namespace]?[name] ?? 0
            admitted[namespace, default: [:]][name] = Self.sum(before, amount)
        }
    }

    /// The limits that hold; where nobody has written them down yet, those that are wished for.
    private func limits(of quota: ResourceQuota) -> ResourceList {
        isVolcano || !quota.enforcedHard.isEmpty ? quota.enforcedHard : quota.hard
    }

    /// What a gang's minimum says in the words of quotas.
    ///
    /// Volcano compares names as they are written. For a quota `requests.cpu` is the same as `cpu`.
    private func minimum(of job: Int, _ session: Session) -> ResourceList {
        var asked = session.gangNotes[job]?.minQuotaResources ?? [:]
        for (name, amount) in session.resources.list(Array(session.jobMinimum[job])).sorted {
            asked[name] = amount
            let synonym = ResourceName("requests.\(name)")
            if !isVolcano, name != .pods, asked[synonym] == nil { asked[synonym] = amount }
        }
        return asked
    }

    /// A sum, at most what 63 bits hold.
    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

extension ResourceScale {
    /// An amount as Kubernetes writes it.
    func text(_ amount: Int64) -> String {
        switch self {
        case .milli: Quantity.formatMilli(amount)
        case .bytes: Quantity.formatBytes(amount)
        case .count: Quantity.formatUnits(amount)
        }
    }
}
