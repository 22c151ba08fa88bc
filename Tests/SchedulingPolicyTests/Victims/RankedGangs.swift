import ClusterModel
import SchedulingPolicy
import TestSupport

/// The ranks, as priority classes.
let rankClasses = [
    PriorityClass(name: "low", value: 10), PriorityClass(name: "middle", value: 50),
    PriorityClass(name: "high", value: 100),
]

/// A gang of one of three ranks: low, middle or high.
func gang(
    _ name: String, min: Int, _ priority: String, _ phase: PodGroup.Phase = .running,
    queue: String = "default"
) -> PodGroup {
    .gang(name, min: min, queue: queue).with {
        $0.priorityClassName = priority
        $0.phase = phase
    }
}

/// Runs a cycle over gangs of those ranks.
func run(
    _ nodes: [Node], _ gangs: [PodGroup], _ pods: [Pod], queues: [Queue] = [],
    _ configuration: SchedulerConfiguration
) throws -> CycleResult {
    try schedule(
        configuration, nodes: nodes, pods: pods, gangs: gangs, queues: queues, classes: rankClasses)
}
