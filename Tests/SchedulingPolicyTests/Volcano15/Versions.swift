import ClusterModel
import SchedulingPolicy
import TestSupport

/// What the two versions of Volcano make of the same cluster.
struct Versions<Outcome: Equatable>: Equatable {
    let head: Outcome
    let old: Outcome

    init(_ outcome: (Compatibility) throws -> Outcome) rethrows {
        head = try outcome(.volcano)
        old = try outcome(.volcano15)
    }

    init(head: Outcome, old: Outcome) {
        self.head = head
        self.old = old
    }
}

/// Pods of a namespace, which each are their own gang.
func single(
    _ name: String, _ requests: ResourceList = [.cpu: 1_000], in namespace: String = testNamespace
) -> Pod {
    Pod(
        key: ObjectKey(namespace: namespace, name: name), schedulerName: "gangwright", requests: requests)
}

extension PodGroup {
    /// A gang that has been admitted, or runs.
    static func admitted(
        _ name: String, min: Int, roles: [(String, Int)] = [], queue: String = "default", priority: String = "",
        minResources: ResourceList? = nil, as phase: PodGroup.Phase = .inqueue
    ) -> PodGroup {
        gang(name, min: min, roles: roles, queue: queue, minResources: minResources).with {
            $0.phase = phase
            $0.priorityClassName = priority
        }
    }
}

/// Three priorities.
let threeClasses = [
    PriorityClass(name: "low", value: 10), PriorityClass(name: "middle", value: 20),
    PriorityClass(name: "high", value: 100),
]
