import ClusterModel
import SchedulingPolicy
import Simulation
import SyntheticClusters

extension BenchmarkCase {
    /// Virtual time: uniform jobs, first come, first served.
    static let simulatedFIFO = BenchmarkCase(
        "simulate/fifo-uniform",
        "a cluster in virtual time: uniform gangs come evenly, first come, first served"
    ) { settings in
        try settings.simulatedEvents(gangSize: 1, jobs: settings.size(100_000, quick: 2_000), target: nil)
            + settings.simulatedEvents(
                gangSize: 64, jobs: settings.size(4_000, quick: 100), target: 1_000_000)
    }
}

extension BenchmarkSettings {
    fileprivate func simulatedEvents(gangSize: Int, jobs: Int, target: Double?) throws -> [Measurement] {
        let plan = Self.simulation(nodes: nodes, jobs: jobs, gangSize: gangSize)
        var samples: [Sample] = []
        var outcome = SimulationOutcome()
        for number in 0...count(atMost: 5) {
            let sample = try Sample.of {
                outcome = try SimulationEngine.run(plan)
                return outcome.events
            }
            if number > 0 { samples.append(sample) }
        }
        let conditions = "\(nodes) nodes of 8 GPUs, \(jobs) gangs of \(gangSize), 80 % busy"
        return [
            .rate("events", conditions, samples, target: target),
            .figure(
                "cycles a job", conditions, Double(outcome.cycles) / Double(jobs), unit: .ratio,
                better: .lower),
        ]
    }

    /// Jobs of a thousand seconds, one after the other at equal distances, that keep four fifths of the GPUs busy.
    private static func simulation(nodes: Int, jobs: Int, gangSize: Int) -> SimulationPlan {
        var plan = SimulationPlan()
        plan.configuration = firstComeFirstServed
        plan.cluster.nodes = (0..<nodes).map { number in
            Node(
                name: "node-\(String(number + 1_000_000).dropFirst())",
                allocatable: [.cpu: 96_000, .memory: 1 << 40, .nvidiaGPU: 8, .pods: 110])
        }
        let pod = Pod(
            key: ObjectKey(namespace: "", name: ""), requests: [.cpu: 8_000, .memory: 1 << 36, .nvidiaGPU: 1])
        let group = PodGroup(key: pod.key, minMember: gangSize)
        plan.shapes = [
            JobShape(podGroup: gangSize > 1 ? group : nil, pods: [JobShape.PodSet(pod: pod, count: gangSize)])
        ]
        let runTime: Int64 = 1_000_000
        let running = Int64(nodes * 8) * 8 / 10
        plan.jobs = (0..<jobs).map { number in
            let time = Int64(number) * Int64(gangSize) * runTime / running
            return SimulatedJob(
                key: ObjectKey(namespace: "default", name: "job-\(number)"), shape: 0, submitted: time,
                runTime: runTime)
        }
        return plan
    }

    private static let firstComeFirstServed: SchedulerConfiguration = {
        let text = """
            compatibility: gangwright
            actions: "allocate"
            tiers:
            - plugins: [{name: gang}, {name: predicates}]
            """
        guard let configuration = SchedulerConfiguration.read(Array(text.utf8), file: "fifo").0 else {
            preconditionFailure("the configuration is right")
        }
        return configuration
    }()
}
