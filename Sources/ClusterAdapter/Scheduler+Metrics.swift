import ClusterModel
import Recording
import SchedulingLoop
import SchedulingPolicy

// What a cycle adds to the metrics.
extension Scheduler {
    func measure(_ result: CycleResult, took: Duration, toHandOut: Duration) {
        metrics.observe("cycle_duration_seconds", ["decide"], took / .seconds(1))
        metrics.observe("cycle_duration_seconds", ["hand-out"], toHandOut / .seconds(1))
        metrics.observe("e2e_scheduling_latency_milliseconds", [], took / .milliseconds(1))
        metrics.add("schedule_attempts_total", ["scheduled"], by: Double(result.binds.count))
        metrics.add("schedule_attempts_total", ["unschedulable"], by: Double(result.pending.count))
        var waiting: [[String]: Double] = [:]
        for pending in result.pending { waiting[[pending.reason.rawValue], default: 0] += 1 }
        metrics.replace("pending_pods", waiting)
        let gangs = result.podGroups.filter { $0.reason != nil }
        metrics.set("unschedule_job_count", to: Double(gangs.count))
        metrics.replace(
            "unschedule_task_count",
            Dictionary(uniqueKeysWithValues: gangs.map { (["\($0.key)"], Double($0.pods - $0.placed)) }))
        if !result.evictions.isEmpty {
            metrics.set("pod_preemption_victims", to: Double(result.evictions.count))
            metrics.add(
                "total_preemption_attempts", by: Double(Set(result.evictions.compactMap(\.preemptor)).count))
        }
        noteHeldNodes()
        if let idle = result.idleMilliGPU, let fragmented = result.fragmentedMilliGPU {
            metrics.set("idle_gpus", to: Double(idle) / 1_000)
            metrics.set("fragmented_gpus", to: fragmented / 1_000)
        }
        measure(result.queues)
    }

    private func noteHeldNodes() {
        let held = driver.heldNodes
        metrics.set("held_nodes", to: Double(held.count))
        for (node, end) in held.sorted(by: { $0.key.precedes($1.key) }) where heldNodes[node] != end {
            let seconds = max(0, end.milliseconds - WallClock.now.loopTime.milliseconds) / 1_000
            log.warning(
                "a node takes no new pods for a while: its kubelet refused one for which it had room",
                ["node": node, "seconds": "\(seconds)"])
        }
        heldNodes = held
    }

    /// Queues that are gone leave no series behind.
    private func measure(_ queues: [CycleResult.QueueUse]) {
        var series: [String: [[String]: Double]] = ["queue_weight": [:]]
        for what in ["allocated", "request", "deserved"] {
            for amount in ["milli_cpu", "memory_bytes", "scalar_resources"] {
                series["queue_\(what)_\(amount)"] = [:]
            }
        }
        func set(_ what: String, _ queue: String, _ resource: ResourceName, _ value: Double) {
            switch resource {
            case .sharedGPU:
                series["queue_\(what)_scalar_resources"]?[[queue, resource.text]] = value / 1_000
            case .cpu: series["queue_\(what)_milli_cpu"]?[[queue]] = value
            case .memory: series["queue_\(what)_memory_bytes"]?[[queue]] = value
            default: series["queue_\(what)_scalar_resources"]?[[queue, resource.text]] = value
            }
        }
        for queue in queues {
            series["queue_weight"]?[[queue.name]] = Double(queue.weight)
            queue.allocated.forEach { set("allocated", queue.name, $0, Double($1)) }
            queue.request.forEach { set("request", queue.name, $0, Double($1)) }
            for amount in queue.deservedMilli {
                set("deserved", queue.name, amount.resource, Double(amount.milli) / 1_000)
            }
        }
        for (name, values) in series { metrics.replace(name, values) }
    }

    /// Counts the objects that are known.
    func measureCache() {
        metrics.set("cache_objects", ["Node"], to: Double(nodes.count))
        metrics.set("cache_objects", ["Pod"], to: Double(pods.facts.count))
        metrics.set("cache_objects", ["PodGroup"], to: Double(podGroups.count))
    }
}
