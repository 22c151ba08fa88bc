import ClusterModel
import SchedulingLoop
import Simulation
import TestSupport

/// Small plans for tests: nodes of 8 GPUs, gangs of equal pods, a cluster without delays unless a test gives it some.
struct PlanBuilder {
    var plan = SimulationPlan()

    init(nodes: Int, gpus: Int64 = 8) {
        plan.cluster.nodes = (0..<nodes).map {
            .of("node-\($0)", 96_000, memory: 900 * gibibyte, gpus: gpus)
        }
        plan.delays.binding = 0
        plan.delays.eviction = 1_000
        plan.delays.recreation = 0
        plan.start = LoopTimeOf.newYear
    }

    /// Adds a gang. - Returns: its position in the plan.
    @discardableResult mutating func add(
        _ name: String, pods: Int = 1, gpus: Int64 = 1, at time: Int64 = 0, runs: Int64, minimum: Int? = nil,
        _ change: (inout SimulatedJob) -> Void = { _ in }
    ) -> Int {
        let pod = Pod.waiting("", asking: [.cpu: gpus * 4_000, .nvidiaGPU: gpus])
        let group = PodGroup.gang("", min: minimum ?? pods, queue: "default")
        plan.shapes.append(JobShape(podGroup: group, pods: [JobShape.PodSet(pod: pod, count: pods)]))
        var job = SimulatedJob(
            key: ObjectKey(namespace: "default", name: name), shape: plan.shapes.count - 1, submitted: time,
            runTime: runs)
        change(&job)
        plan.jobs.append(job)
        plan.jobs.sort { $0.submitted < $1.submitted }
        return plan.jobs.firstIndex { $0.key.name == name } ?? 0
    }

    func run() throws -> SimulationOutcome { try SimulationEngine.run(plan) }
}

enum LoopTimeOf {
    /// 2026-01-01T00:00:00Z.
    static let newYear = SimulationPlan().start.advanced(by: 1_767_225_600_000)
}
