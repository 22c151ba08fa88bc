import ClusterModel
import SchedulingPolicy
import Simulation

/// What both sides of a comparison say of the same thing, side by side, in one order for tables and documents.
enum WhatIfRows {
    /// Pods that wait for each reason.
    static func pending(
        _ comparison: WhatIfComparison
    ) -> [(reason: PendingReason, before: Int, after: Int)] {
        let before = comparison.before.pendingByReason
        let after = comparison.after.pendingByReason
        return PendingReason.allCases.compactMap { reason in
            let counts = (
                before.first { $0.reason == reason }?.pods ?? 0,
                after.first { $0.reason == reason }?.pods ?? 0
            )
            return counts == (0, 0) ? nil : (reason, counts.0, counts.1)
        }
    }

    /// Pools of nodes.
    static func pools(
        _ comparison: WhatIfComparison
    ) -> [(name: String, before: WhatIfRun.Use, after: WhatIfRun.Use)] {
        let (before, after) = (comparison.before.pools, comparison.after.pools)
        return Set((before + after).map(\.name)).sorted { $0.precedes($1) }.map { name in
            (
                name, before.first { $0.name == name } ?? WhatIfRun.Use(name: name),
                after.first { $0.name == name } ?? WhatIfRun.Use(name: name)
            )
        }
    }

    /// Queues.
    static func queues(
        _ comparison: WhatIfComparison
    ) -> [(name: String, before: CycleResult.QueueUse?, after: CycleResult.QueueUse?)] {
        let (before, after) = (comparison.before.result.queues, comparison.after.result.queues)
        return Set((before + after).map(\.name)).sorted { $0.precedes($1) }.map { name in
            (name, before.first { $0.name == name }, after.first { $0.name == name })
        }
    }

    /// How many more pods of each instance type fit.
    static func headroom(_ comparison: WhatIfComparison) -> [(name: String, before: Int64?, after: Int64?)] {
        let (before, after) = (comparison.before.headroom, comparison.after.headroom)
        return Set((before + after).map(\.type)).sorted { $0.precedes($1) }.map { name in
            (name, before.first { $0.type == name }?.pods, after.first { $0.type == name }?.pods)
        }
    }

    /// The resources that tables show: GPUs of all makers, or CPU in a cluster that has none.
    static func resources(_ comparison: WhatIfComparison) -> [ResourceName] {
        var names: Set<ResourceName> = []
        for use in comparison.before.pools + comparison.after.pools {
            names.formUnion(
                use.allocatable.names.filter { $0.text.hasSuffix("/gpu") && use.allocatable[$0] != 0 })
        }
        return names.isEmpty ? [.cpu] : names.sorted()
    }
}
