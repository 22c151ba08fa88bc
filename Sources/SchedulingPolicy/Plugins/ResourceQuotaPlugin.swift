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
final class QuotaLedger {
    private var quotas: [String: [ResourceQuota]] = [:]
    private var admitted: [String: ResourceList] = [:]
    private let isVolcano: Bool
    /// By namespace, what its pods hold of parts of GPUs, in thousandths: the API server counts whole ones alone.
    private let parts: [String: Int64]

    init(_ session: Session) {
        isVolcano = session.compatibility.isVolcano
        parts = isVolcano ? [:] : session.partsHeldByNamespace()
        for quota in session.objects.resourceQuotas.values.sorted(by: { $0.key < $1.key }) {
            // Nobody knows yet which of a gang's pods a scope means; the API server will when they are created.
            if quota.isScoped, !isVolcano { continue }
            quotas[quota.key.namespace, default: []].append(quota)
        }
    }

    /// A limit that a gang's minimum would pass.
    struct Shortage {
        let name: ResourceName
        let asked: Int64
        let used: Int64
        let limit: Int64
        /// In which scale; that of the name as a rule.
        var scale: ResourceScale { isInThousandths ? .milli : name.scale }
        var isInThousandths = false
    }

    func vote(on job: Int, _ session: Session) -> Vote {
        guard let (_, short) = shortage(of: job, session) else { return .permit }
        func list(_ amount: KeyPath<Shortage, Int64>) -> String {
            short.map { "\($0.name)=\($0.scale.text($0[keyPath: amount]))" }.joined(separator: ",")
        }
        return .reject(
            "\(EnqueueRejection.quota), requested: \(list(\.asked)), used: \(list(\.used)), limited: \(list(\.limit))"
        )
    }

    /// The first quota that leaves too little for a gang's minimum, and what it leaves too little of; `nil` if none does.
    func shortage(of job: Int, _ session: Session) -> (quota: ResourceQuota, short: [Shortage])? {
        let namespace = session.jobs[job].key.namespace
        guard let quotas = quotas[namespace], session.jobs[job].hasMinResources else { return nil }
        let asked = minimum(of: job, session)
        let admitted = admitted[namespace] ?? [:]
        for quota in quotas {
            let short = limits(of: quota).sorted.compactMap { name, limit -> Shortage? in
                let used = quota.used[name] ?? 0
                if !isVolcano, Self.gpuNames.contains(name), let amount = asked[.sharedGPU] {
                    let used = Self.sum(Self.thousandths(used), parts[namespace] ?? 0)
                    let limit = Self.thousandths(limit)
                    return Self.sum(Self.sum(used, admitted[.sharedGPU] ?? 0), amount) > limit
                        ? Shortage(
                            name: name, asked: amount, used: used, limit: limit, isInThousandths: true) : nil
                }
                guard let amount = asked[name] else { return nil }
                return Self.sum(Self.sum(used, admitted[name] ?? 0), amount) > limit
                    ? Shortage(name: name, asked: amount, used: used, limit: limit) : nil
            }
            if !short.isEmpty { return (quota, short) }
        }
        return nil
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
    func minimum(of job: Int, _ session: Session) -> ResourceList {
        var asked = session.gangNotes[job]?.minQuotaResources ?? [:]
        for (name, amount) in session.resources.list(Array(session.jobMinimum[job])).sorted {
            asked[name] = amount
            let synonym = ResourceName("requests.\(name)")
            if !isVolcano, name != .pods, asked[synonym] == nil { asked[synonym] = amount }
        }
        return asked
    }

    /// What quotas call GPUs, with which parts of them count.
    private static let gpuNames: Set<ResourceName> = [.nvidiaGPU, "requests.nvidia.com/gpu"]

    private static func thousandths(_ whole: Int64) -> Int64 {
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : product
    }

    /// A sum, at most what 63 bits hold.
    static func sum(_ left: Int64, _ right: Int64) -> Int64 {
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
