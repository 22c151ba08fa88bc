extension Metrics {
    /// Powers, from the first bound on.
    private static func powers(from first: Double, factor: Double, count: Int) -> [Double] {
        var bounds: [Double] = []
        var bound = first
        for _ in 0..<count {
            bounds.append(bound)
            bound *= factor
        }
        return bounds
    }

    /// All metrics, in the order in which they are printed.
    static let all: [Definition] = volcano + own + shadow

    /// Source: Volcano's metrics; the ones that have a counterpart here.
    private static let volcano = [
        Definition(
            name: "e2e_scheduling_latency_milliseconds", kind: .histogram,
            help: "Time of a scheduling cycle, from the first decision to the last",
            buckets: powers(from: 1, factor: 1.6, count: 20)),
        Definition(
            name: "task_scheduling_latency_milliseconds", kind: .histogram,
            help: "Time from when a pod was created until it was bound", labels: ["stage"],
            buckets: powers(from: 50, factor: 1.45, count: 20)),
        Definition(
            name: "schedule_attempts_total", kind: .counter,
            help: "Attempts to schedule pods, by what came of them", labels: ["result"]),
        Definition(
            name: "pod_preemption_victims", kind: .gauge, help: "Pods that the last preemption evicted"),
        Definition(
            name: "total_preemption_attempts", kind: .counter, help: "Gangs for which pods were evicted"),
        Definition(
            name: "unschedule_task_count", kind: .gauge, help: "Pods of a gang that wait", labels: ["job_id"]),
        Definition(name: "unschedule_job_count", kind: .gauge, help: "Gangs that wait"),
        Definition(
            name: "queue_allocated_milli_cpu", kind: .gauge, help: "CPU that a queue's pods hold",
            labels: ["queue_name"]),
        Definition(
            name: "queue_allocated_memory_bytes", kind: .gauge, help: "Memory that a queue's pods hold",
            labels: ["queue_name"]),
        Definition(
            name: "queue_allocated_scalar_resources", kind: .gauge,
            help: "Other resources that a queue's pods hold",
            labels: ["queue_name", "resource"]),
        Definition(
            name: "queue_request_milli_cpu", kind: .gauge, help: "CPU that a queue's pods hold or wait for",
            labels: ["queue_name"]),
        Definition(
            name: "queue_request_memory_bytes", kind: .gauge,
            help: "Memory that a queue's pods hold or wait for",
            labels: ["queue_name"]),
        Definition(
            name: "queue_request_scalar_resources", kind: .gauge,
            help: "Other resources that a queue's pods hold or wait for", labels: ["queue_name", "resource"]),
        Definition(
            name: "queue_deserved_milli_cpu", kind: .gauge, help: "CPU that a queue is entitled to",
            labels: ["queue_name"]),
        Definition(
            name: "queue_deserved_memory_bytes", kind: .gauge, help: "Memory that a queue is entitled to",
            labels: ["queue_name"]),
        Definition(
            name: "queue_deserved_scalar_resources", kind: .gauge,
            help: "Other resources that a queue is entitled to", labels: ["queue_name", "resource"]),
        Definition(name: "idle_gpus", kind: .gauge, help: "GPUs that are idle, parts of them added up"),
        Definition(
            name: "fragmented_gpus", kind: .gauge,
            help: "Idle GPUs that the pods which are expected cannot use"),
        Definition(name: "queue_weight", kind: .gauge, help: "Weight of a queue", labels: ["queue_name"]),
    ]

    private static let own = [
        Definition(
            name: "cycle_duration_seconds", kind: .histogram, help: "Time of a scheduling cycle, by phase",
            labels: ["phase"], buckets: powers(from: 0.0001, factor: 2, count: 18)),
        Definition(
            name: "bind_duration_seconds", kind: .histogram,
            help: "Time from a decision until the API server has accepted the binding",
            buckets: powers(from: 0.001, factor: 2, count: 15)),
        Definition(
            name: "binds_total", kind: .counter, help: "Bindings, by what came of them", labels: ["result"]),
        Definition(
            name: "volume_bindings_total", kind: .counter,
            help: "Claims that had to get a volume before their pods were bound, by what came of them",
            labels: ["result"]),
        Definition(
            name: "gangs_waiting_for_volumes", kind: .gauge,
            help: "Gangs that have places and wait for the volumes of their claims"),
        Definition(
            name: "evictions_total", kind: .counter, help: "Evictions, by what came of them",
            labels: ["result"]),
        Definition(
            name: "kubelet_refusals_total", kind: .counter,
            help: "Pods that the kubelet of their node refused, by its reason", labels: ["reason"]),
        Definition(
            name: "held_nodes", kind: .gauge,
            help:
                "Nodes that take no new pods for a while, because their kubelets refused some for which they had room"
        ),
        Definition(
            name: "gangs_released_total", kind: .counter,
            help: "Gangs that had to give their places back, since they did not come together"),
        Definition(
            name: "pending_pods", kind: .gauge, help: "Pods that wait, by reason", labels: ["reason"]),
        Definition(name: "paused", kind: .gauge, help: "1 while an admin has stopped decisions"),
        Definition(name: "leader", kind: .gauge, help: "1 while this process decides"),
        Definition(name: "cache_objects", kind: .gauge, help: "Objects that are known", labels: ["kind"]),
        Definition(
            name: "cache_comparisons_total", kind: .counter,
            help: "Comparisons of all objects of a kind with the API server's", labels: ["kind"]),
        Definition(
            name: "cache_drift_total", kind: .counter,
            help: "Objects that differed from the API server's when they were compared", labels: ["kind"]),
        Definition(
            name: "unreadable_objects_total", kind: .counter, help: "Objects that could not be read",
            labels: ["kind"]),
        Definition(
            name: "watch_failures_total", kind: .counter, help: "Watches and lists that failed",
            labels: ["kind"]),
        Definition(
            name: "status_writes_total", kind: .counter, help: "Statuses and events that were written",
            labels: ["kind", "result"]),
        Definition(name: "events_dropped_total", kind: .counter, help: "Events that were too many"),
        Definition(
            name: "configuration_reloads_total", kind: .counter, help: "Configurations that were read anew",
            labels: ["result"]),
        Definition(
            name: "configuration_last_reload_successful", kind: .gauge,
            help: "1 unless the last configuration was bad and the one before it is still in force"),
        Definition(name: "recording", kind: .gauge, help: "1 while a recording is written"),
        Definition(name: "recording_bytes", kind: .gauge, help: "Length of the recording's file"),
        Definition(
            name: "recording_failures_total", kind: .counter,
            help: "Recordings that ended before the process did"),
    ]

    private static let shadow = [
        Definition(
            name: "shadow_pods_total", kind: .counter,
            help: "Pods that a shadow decided about or another scheduler bound, by how the two agree",
            labels: ["outcome"]),
        Definition(
            name: "shadow_gangs_total", kind: .counter,
            help: "Gangs that a shadow decided about or another scheduler bound, by how the two agree",
            labels: ["outcome"]),
        Definition(
            name: "shadow_evictions_total", kind: .counter,
            help: "Pods that a shadow would have evicted, by whether they left", labels: ["outcome"]),
        Definition(
            name: "shadow_lead_seconds", kind: .histogram,
            help: "By how much who was first had a place for a gang before the other", labels: ["first"],
            buckets: powers(from: 0.01, factor: 2.5, count: 12)),
    ]
}
