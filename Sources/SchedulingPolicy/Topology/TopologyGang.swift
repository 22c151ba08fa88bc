import Allocator
import ClusterModel

/// What a session knows of a gang that wishes for nearness or has rules for parts, beyond what it knows of any.
final class TopologyGang {
    /// How close together all its pods are to run.
    var wish: NetworkTopology?
    /// The rules by which its pods form parts.
    var policies: [SubGroupPolicy] = []
    /// The domain that its pods hold places in, Volcano's `AllocatedHyperNode`; empty if none.
    var hyperNode = ""
    /// Its parts, in the order in which they were heard of; none for a gang without rules.
    var subGroups: [SubGroup] = []

    /// True for a gang whose pods form parts.
    var isDivided: Bool { !policies.isEmpty }

    /// True where the gang or a part of it wishes for nearness.
    var hasWish: Bool { wish != nil || policies.contains { $0.networkTopology != nil } }

    /// The wish that holds for a part; for the gang as a whole if none is given.
    ///
    /// Source: Volcano. Pods that no rule means are held to the gang's own wish, others only to their rule's; since parts
    /// are placed in the domain of their gang, they are within its limits all the same.
    func wish(of subGroup: Int?) -> NetworkTopology? {
        guard let subGroup, let policy = subGroups[subGroup].policy else { return wish }
        return policies[policy].networkTopology
    }

    /// Puts a pod into the part that its labels say. - Returns: The part.
    func enter(_ task: Int, labels: [String: String]) -> Int {
        let (policy, values) = part(of: labels)
        let known = subGroups.firstIndex { $0.policy == policy && $0.values == values }
        let index = known ?? subGroups.count
        if known == nil { subGroups.append(SubGroup(policy: policy, values: values)) }
        subGroups[index].tasks.append(task)
        return index
    }

    /// The first rule that means a pod, and the values of its labels.
    ///
    /// Source: Volcano. A pod that lacks one of the labels, or has it without a value, is not meant.
    private func part(of labels: [String: String]) -> (policy: Int?, values: [String]) {
        for (position, policy) in policies.enumerated() {
            if let selector = policy.labelSelector, !selector.matches(labels) { continue }
            let values = policy.matchLabelKeys.compactMap { labels[$0] }.filter { !$0.isEmpty }
            if values.count == policy.matchLabelKeys.count { return (position, values) }
        }
        return (nil, [])
    }

    /// The pods of a part that must run together.
    func size(of subGroup: Int) -> Int { subGroups[subGroup].policy.map { policies[$0].subGroupSize } ?? 1 }
}

/// A part of a gang, Volcano's SubJob.
struct SubGroup: Sendable {
    /// The rule that makes it; `nil` for the pods that no rule means.
    let policy: Int?
    /// The values of the rule's labels.
    let values: [String]
    /// Its pods by state.
    var counts = PodCounts()
    /// All its pods, in no particular order.
    var tasks: [Int] = []

    /// The number that the first label gives it, for the order; 0 where that is none. Source: Volcano's `MatchIndex`.
    let index: Int

    /// A part without pods.
    init(policy: Int?, values: [String]) {
        self.policy = policy
        self.values = values
        index = values.first.flatMap { Int($0) } ?? 0
    }
}

/// A gang as a whole, or a part of it.
struct SubGroupID: Hashable, Sendable {
    /// The gang.
    let job: Int
    /// The part; `nil` for the whole of a gang without rules.
    let index: Int?
}

/// A search for domains.
struct DomainSearch {
    /// What for.
    enum Purpose {
        /// To place pods.
        case place
        /// To make room for them.
        case evict
        /// To keep places for them until they are free.
        case keep
    }

    /// The gang.
    let job: Int
    /// The part that is to be placed; `nil` for the gang.
    let subGroup: Int?
    /// The domain to search in.
    let start: Int
    /// The domain of the places that it has; `nil` if it has none.
    let held: Int?
    let purpose: Purpose
    /// What a domain must have room for, where counting places tells; `nil` where it does not.
    var need: RoomNeed?
}

/// Places that a domain must have for pods of one shape.
struct RoomNeed: Hashable {
    let shape: ShapeID
    let places: Int
}
