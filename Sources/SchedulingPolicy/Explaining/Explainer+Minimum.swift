import ClusterModel

/// A gang that would start with fewer pods.
extension Explainer {
    /// The largest minimum below its own with which a gang would run.
    ///
    /// What admission reserves shrinks with it, as Volcano's job controller derives it from the minimum.
    func minimumRemedies(_ job: Job, _ index: Int) -> [Remedy] {
        guard let group = group(job), group.minMember > 1 else { return [] }
        let remedy = smallest(1...group.minMember - 1) { fewer in
            let minimum = group.minMember - fewer
            guard let changed = lowered(group, to: minimum) else { return nil }
            let kind = Remedy.Kind.minMember(from: group.minMember, to: minimum)
            return proven(kind, [.podGroup(changed)], for: job)
        }
        return [remedy].compactMap(\.self)
    }

    /// The gang with a lower minimum, its largest role lower by as much; `nil` if the roles leave no room for that.
    private func lowered(_ group: PodGroup, to minimum: Int) -> PodGroup? {
        var lowered = group
        lowered.minMember = minimum
        let sum = group.minTaskMember.reduce(0) { $0 + $1.minimum }
        let excess = sum - minimum
        if excess > 0 {
            let largest = group.minTaskMember.indices.max { left, right in
                group.minTaskMember[left].minimum < group.minTaskMember[right].minimum
            }
            guard let largest, lowered.minTaskMember[largest].minimum >= excess else { return nil }
            lowered.minTaskMember[largest].minimum -= excess
        }
        for (name, amount) in group.minResources?.sorted ?? [] {
            lowered.minResources?[name] = Self.part(amount, minimum, of: group.minMember)
        }
        for (name, amount) in group.minQuotaResources.sorted {
            lowered.minQuotaResources[name] = Self.part(amount, minimum, of: group.minMember)
        }
        return lowered
    }

    /// So many parts of an amount, rounded up.
    private static func part(_ amount: Int64, _ parts: Int, of whole: Int) -> Int64 {
        let product = Int128(amount) * Int128(parts) + Int128(whole - 1)
        return Int64(clamping: product / Int128(whole))
    }
}
