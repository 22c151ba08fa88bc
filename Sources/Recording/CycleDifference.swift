internal import ClusterModel

/// Finds what two records of the same cycle do not share.
enum CycleDifference {
    /// The first difference, in the order in which a cycle is looked at; nil for none.
    static func find(
        _ recorded: CycleRecord, _ replayed: CycleRecord
    ) -> (pod: ObjectKey?, recorded: String, replayed: String)? {
        if recorded == replayed { return nil }
        if recorded.number != replayed.number {
            return (nil, "cycle \(recorded.number)", "cycle \(replayed.number)")
        }
        let pod =
            first(recorded.binds, replayed.binds)?.pod
            ?? first(recorded.evictions, replayed.evictions)?.pod
            ?? first(recorded.pipelined, replayed.pipelined)?.pod
            ?? first(recorded.waits, replayed.waits)?.pod
        if let pod {
            let (before, now) = (fate(of: pod, in: recorded), fate(of: pod, in: replayed))
            // The same decisions in another order.
            return before == now
                ? (pod, "\(before), in another order", now) : (pod, before, now)
        }
        if recorded.pendingDigest != replayed.pendingDigest || recorded.pendingCount != replayed.pendingCount
        {
            return (
                nil, "\(recorded.pendingCount) pods wait",
                "\(replayed.pendingCount) pods wait, for reasons in other words"
            )
        }
        return (nil, "how gangs and queues stand", "how they stand otherwise")
    }

    /// The first entry that is not the same in both lists, from either.
    private static func first<Entry: Equatable>(_ left: [Entry], _ right: [Entry]) -> Entry? {
        for (one, other) in zip(left, right) where one != other { return one }
        if left.count == right.count { return nil }
        return left.count > right.count ? left[right.count] : right[left.count]
    }

    /// What a cycle decided about a pod.
    private static func fate(of pod: ObjectKey, in cycle: CycleRecord) -> String {
        if let bind = cycle.binds.first(where: { $0.pod == pod }) {
            let texts = bind.annotations.sorted { $0.key.precedes($1.key) }.map { "\($0.key)=\($0.value)" }
            return "bound to \(bind.node)" + (texts.isEmpty ? "" : " with \(texts.joined(separator: ", "))")
        }
        if let eviction = cycle.evictions.first(where: { $0.pod == pod }) {
            let purpose = eviction.preemptor.map { " for \($0)" } ?? ""
            return "evicted from \(eviction.node) (\(eviction.reason)\(purpose))"
        }
        if let held = cycle.pipelined.first(where: { $0.pod == pod }) {
            return "promised \(held.node) (\(held.waitsFor))"
        }
        if let wait = cycle.waits.first(where: { $0.pod == pod }) { return "waits (\(wait.reason))" }
        return "nothing new"
    }
}
