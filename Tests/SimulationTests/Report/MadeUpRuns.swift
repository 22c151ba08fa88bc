import ClusterModel
import SchedulingPolicy
import SyntheticClusters

@testable import Simulation

/// Runs as an engine could have made them, from a seed: for tests of what is told of a run.
///
/// Jobs are served first come, first served, on a count of GPUs without nodes: simple enough to be believed, and full of waits, evictions
/// and failures.
struct MadeUpRuns {
    var jobs = 120
    var nodes = 12
    var gpusPerNode: Int64 = 8
    var variant = ""
    var seed: UInt64 = 1
    /// How long the run lasts, in milliseconds.
    var duration: Int64 = 8 * 3_600_000
    /// Every so many-th job is given its place later than it could have it.
    var sluggishness = 0
    var queues = ["research", "production", "batch"]
    var prices = true

    static let reasons: [PendingReason] = [.unschedulable, .gangNotReady, .queueOverused, .notEnqueued]

    var plan: SimulationPlan {
        var random = SeededGenerator(seed: seed)
        var plan = SimulationPlan()
        plan.name = "made-up"
        plan.variant = variant
        plan.seed = seed
        plan.duration = duration
        plan.cluster.nodes = (0..<nodes).map { index in
            Node(
                name: "node-\(index / 10)\(index % 10)", labels: ["nvidia.com/gpu.product": model(ofNode: index)],
                taints: [], allocatable: [.cpu: 64_000, .nvidiaGPU: gpusPerNode])
        }
        if prices { for node in plan.cluster.nodes { plan.pricePerHour[node.name] = 12.5 } }
        plan.cluster.queues = queues.sorted { $0.precedes($1) }.enumerated().map { index, name in
            Queue(name: name, weight: Int64(index + 1))
        }
        plan.shapes = [(1, 1), (1, 4), (2, 8), (4, 8), (9, 8), (1, 0)].map { pods, gpus in
            var pod = Pod(
                key: ObjectKey(namespace: "", name: ""), requests: [.cpu: 4_000, .nvidiaGPU: Int64(gpus)])
            if gpus == 4 { pod.nodeSelector["nvidia.com/gpu.product"] = "A100" }
            var shape = JobShape(
                podGroup: PodGroup(key: ObjectKey(namespace: "", name: ""), minMember: pods),
                pods: [JobShape.PodSet(pod: pod, count: pods)])
            shape.instanceType = gpus == 0 ? "cpu-small" : "gpu-\(gpus)"
            return shape
        }
        var time: Int64 = 0
        for index in 0..<jobs {
            time += Int64(random.integer(in: 1_000...400_000)) * Int64(120) / Int64(max(jobs, 1))
            let shape = random.integer(in: 0...9)
            var job = SimulatedJob(
                key: ObjectKey(namespace: "team-\(index % 3)", name: "job-\(index)"),
                shape: [0, 0, 0, 1, 1, 2, 2, 3, 4, 5][shape], submitted: time,
                runTime: Int64(random.integer(in: 5...100)) * Int64(random.integer(in: 1...40)) * 1_000)
            job.queue = random.choice(queues)
            job.user = "user-\(random.integer(in: 1...6))"
            plan.jobs.append(job)
        }
        plan.pictures = [duration / 4, duration / 2, duration * 3 / 4]
        return plan
    }

    private func model(ofNode index: Int) -> String { index % 3 == 2 ? "H100" : "A100" }

    /// What came of the plan.
    func outcome(of plan: SimulationPlan) -> SimulationOutcome {
        var random = SeededGenerator(seed: seed &+ 77)
        var outcome = SimulationOutcome()
        outcome.duration = duration
        let capacity = Int64(nodes) * gpusPerNode
        var held: [(end: Int64, gpus: Int64)] = []
        var now: Int64 = 0
        for (index, job) in plan.jobs.enumerated() {
            var result = JobOutcome()
            let gpus = plan.shapes[job.shape].total(.nvidiaGPU)
            defer { outcome.jobs.append(result) }
            if job.submitted >= duration { continue }
            outcome.events += 1
            result.state = .waiting
            now = max(now, job.submitted)
            held.removeAll { $0.end <= now }
            held.sort { $0.end < $1.end }
            while held.reduce(0, { $0 + $1.gpus }) + gpus > capacity, !held.isEmpty {
                now = max(now, held.removeFirst().end)
                held.removeAll { $0.end <= now }
            }
            if sluggishness > 0, index % sluggishness == 0 { now += 240_000 }
            let reason = Self.reasons[index % Self.reasons.count]
            if now > job.submitted { result.lastReason = reason }
            outcome.waitByReason[reason, default: 0] += max(0, min(now, duration) - job.submitted)
            if now >= duration || gpus > capacity { continue }
            let start = now + 2_000
            result.started = start
            result.expectedStart = start + Int64(random.integer(in: -60...90)) * 1_000
            var end = start + job.runTime
            let pods = plan.shapes[job.shape].podCount
            if random.chance(1, in: 9), job.runTime > 60_000 {
                let middle = start + job.runTime / 3
                result.runs.append(JobOutcome.Run(start: start, end: min(middle, duration), pods: pods))
                result.lostWork = job.runTime / 10
                if random.chance(1, in: 2) { result.evictions = 1 } else { result.failures = 1 }
                outcome.evictions += result.evictions * pods
                outcome.lostGPUTime += result.lostWork * gpus
                end += result.lostWork + 90_000
                result.runs.append(JobOutcome.Run(start: middle + 90_000, end: min(end, duration), pods: pods))
            } else {
                result.runs.append(JobOutcome.Run(start: start, end: min(end, duration), pods: pods))
            }
            result.runs.removeAll { $0.start >= duration }
            result.state = end <= duration ? .succeeded : .running
            result.ended = end <= duration ? end : nil
            result.gpuTime = gpus * result.runs.reduce(0) { $0 + $1.end - $1.start }
            outcome.usefulGPUTime += max(0, result.gpuTime - result.lostWork * gpus)
            outcome.binds += pods
            outcome.cycles += 1
            outcome.events += 3
            held.append((end, gpus))
        }
        outcome.cost = prices ? Double(nodes) * 12.5 * Double(duration) / 3_600_000 : 0
        outcome.series = series(plan, outcome)
        outcome.pictures = plan.pictures.map { picture(at: $0, plan, outcome) }
        return outcome
    }

    private func gpus(_ plan: SimulationPlan, _ job: SimulatedJob) -> Double {
        Double(plan.shapes[job.shape].total(.nvidiaGPU))
    }

    private func series(_ plan: SimulationPlan, _ outcome: SimulationOutcome) -> SimulationSeries {
        var series = SimulationSeries()
        let count = 200
        series.span = (duration + Int64(count) - 1) / Int64(count)
        series.queues = queues.sorted { $0.precedes($1) }
        series.models = ["A100", "H100"]
        let capacity = Double(nodes) * Double(gpusPerNode)
        for index in 0..<count {
            let time = Int64(index) * series.span
            var point = SimulationSeries.Point()
            let isBroken = (90..<110).contains(index)
            point.gpuCapacity = capacity - (isBroken ? Double(gpusPerNode) : 0)
            point.cpuCapacity = Double(nodes) * 64
            point.queueAllocated = Array(repeating: 0, count: queues.count)
            point.queueWaiting = point.queueAllocated
            point.queueDeserved = series.queues.indices.map {
                capacity * Double($0 + 1) / Double(queues.count * (queues.count + 1) / 2)
            }
            for (job, result) in zip(plan.jobs, outcome.jobs) where job.submitted <= time {
                let queue = series.queues.firstIndex(of: job.queue) ?? 0
                if result.runs.contains(where: { $0.start <= time && time < $0.end }) {
                    point.gpuAllocated += gpus(plan, job)
                    point.queueAllocated[queue] += gpus(plan, job)
                    point.runningJobs += 1
                } else if result.ended == nil || result.ended ?? 0 > time {
                    point.waitingJobs += 1
                    point.waitingGPUs += gpus(plan, job)
                    point.queueWaiting[queue] += gpus(plan, job)
                }
            }
            point.gpuAllocated = min(point.gpuAllocated, point.gpuCapacity)
            point.gpuFragmented = min(point.gpuCapacity - point.gpuAllocated, Double(index % 7))
            point.modelAllocated = [point.gpuAllocated * 2 / 3, point.gpuAllocated / 3]
            point.modelCapacity = [point.gpuCapacity * 2 / 3, point.gpuCapacity / 3]
            series.points.append(point)
        }
        return series
    }

    private func picture(
        at time: Int64, _ plan: SimulationPlan, _ outcome: SimulationOutcome
    ) -> OccupancyPicture {
        var left = zip(plan.jobs, outcome.jobs).reduce(0.0) { sum, pair in
            sum + (pair.1.runs.contains { $0.start <= time && time < $0.end } ? gpus(plan, pair.0) : 0)
        }
        let nodes = plan.cluster.nodes.enumerated().map { index, node in
            let isUp = !(index == 3 && time == duration / 2)
            let used = isUp ? min(gpusPerNode, Int64(left)) : 0
            left -= Double(used)
            return OccupancyPicture.Node(
                name: node.name, model: model(ofNode: index), gpus: gpusPerNode, used: used, isUp: isUp)
        }
        return OccupancyPicture(time: time, nodes: nodes)
    }

    /// The run, as much of it as is asked for.
    func run(keeping detail: SimulationRun.Detail = .jobs) -> SimulationRun {
        let plan = plan
        return SimulationRun(plan, outcome(of: plan), keeping: detail)
    }

    /// A report of two variants, the second a little slower.
    static func report(variants: [String] = ["", "slow"], seeds: [UInt64] = [1, 2, 3, 4, 5]) -> SimulationReport {
        var report = SimulationReport(scenario: "made-up", variants: variants, seeds: seeds)
        for run in runs(variants: variants, seeds: seeds) { report.add(run) }
        return report
    }

    /// The runs of such a report.
    static func runs(variants: [String], seeds: [UInt64]) -> [SimulationRun] {
        variants.enumerated().flatMap { index, variant in
            seeds.map { seed in
                MadeUpRuns(variant: variant, seed: seed, sluggishness: index == 0 ? 0 : 9 - index)
                    .run(keeping: seed == seeds[0] ? .charts : .figures)
            }
        }
    }
}
