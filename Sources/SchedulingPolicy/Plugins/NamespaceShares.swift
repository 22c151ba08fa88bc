import ClusterModel

/// What the gangs of each namespace hold together, measured against the namespace's weight.
///
/// Source: `drf` of Volcano 1.5. The weight is what a resource quota of the namespace says under
/// `volcano.sh/namespace.weight`, of several the highest; else 1.
final class NamespaceShares {
    private let total: DominantShare
    private var held: [String: [Int64]] = [:]
    private var weights: [String: Double] = [:]

    init(_ session: Session, _ total: DominantShare) {
        self.total = total
        let none = [Int64](repeating: 0, count: session.total.count)
        for job in session.jobs.indices where session.jobs[job].origin != nil {
            var sum = held[session.jobs[job].key.namespace] ?? none
            for column in sum.indices { sum[column] += session.jobAllocated[job, column] }
            held[session.jobs[job].key.namespace] = sum
        }
        for quota in session.objects.resourceQuotas.values {
            guard let weight = quota.hard[Self.weightKey], weight > 0 else { continue }
            weights[quota.key.namespace] = max(weights[quota.key.namespace] ?? 0, Double(weight))
        }
    }

    private static let weightKey: ResourceName = "volcano.sh/namespace.weight"

    private func weightedShare(_ amounts: [Int64], _ namespace: String) -> Double {
        total.share(amounts) / (weights[namespace] ?? 1)
    }

    private func amounts(_ namespace: String) -> [Int64] {
        held[namespace] ?? [Int64](repeating: 0, count: total.total.count)
    }

    /// Negative if the first namespace holds less for its weight.
    func order(_ left: String, _ right: String) -> Int {
        let shares = (weightedShare(amounts(left), left), weightedShare(amounts(right), right))
        return shares.0 == shares.1 ? 0 : (shares.0 < shares.1 ? -1 : 1)
    }

    /// Follows a pod that gets a place, loses it, is evicted or stays after all.
    func note(_ task: Int, _ event: PlaceEvent, _ session: Session) {
        let namespace = session.tasks[task].key.namespace
        var sum = amounts(namespace)
        session.change(&sum, by: task, sign: event.gains ? 1 : -1)
        held[namespace] = sum
    }

    /// What the namespaces alone say of the pods that could leave for a pod.
    ///
    /// Those of namespaces that would still hold more for their weight leave; those of namespaces that would hold less
    /// stay; of the others, and of the pod's own namespace, the gangs decide.
    func judge(
        _ candidates: [Int], for task: Int, _ session: Session
    ) -> (victims: [Int], undecided: [Int]) {
        let namespace = session.tasks[task].key.namespace
        var own = amounts(namespace)
        session.change(&own, by: task, sign: 1)
        let ownShare = weightedShare(own, namespace)
        var left: [String: [Int64]] = [:]
        var (victims, undecided): ([Int], [Int]) = ([], [])
        for victim in candidates {
            let other = session.tasks[victim].key.namespace
            if other == namespace {
                undecided.append(victim)
                continue
            }
            var rest = left[other] ?? amounts(other)
            session.change(&rest, by: victim, sign: -1)
            left[other] = rest
            let restShare = weightedShare(rest, other)
            if ownShare < restShare {
                victims.append(victim)
            } else if ownShare - restShare <= DRFPlugin.tolerance {
                undecided.append(victim)
            }
        }
        return (victims, undecided)
    }
}

extension PlaceEvent {
    /// Whether the pod's gang holds more after it.
    var gains: Bool {
        switch self {
        case .placed, .restored: true
        case .unplaced, .evicted: false
        }
    }
}
