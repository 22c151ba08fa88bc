import ClusterModel
import SchedulingPolicy
import Simulation
import TestSupport
import Testing

@Suite("The simulation engine") struct SimulationEngineTests {
    /// A change waits this long for others before a cycle looks at it. What is there at the start does not.
    private let debounce: Int64 = 10

    @Test("runs a job for as long as it takes, after the delays of a cluster") func single() throws {
        var builder = PlanBuilder(nodes: 1)
        builder.plan.delays.binding = 20
        builder.plan.delays.podStartup = 5_000
        builder.add("a", pods: 2, gpus: 4, at: 1_000, runs: 60_000)
        let job = try builder.run().jobs[0]
        #expect(job.state == .succeeded)
        #expect(job.started == 1_000 + debounce + 20 + 5_000)
        #expect(job.ended == 66_030)
        #expect(job.gpuTime == 8 * (20 + 5_000 + 60_000))
        #expect(job.expectedStart == job.started)
    }

    @Test("starts a gang when all of it fits, and counts why it waited") func gangWaits() throws {
        var builder = PlanBuilder(nodes: 2)
        builder.add("first", pods: 2, gpus: 8, runs: 100_000)
        let second = builder.add("second", pods: 2, gpus: 8, at: 1, runs: 50_000)
        let outcome = try builder.run()
        #expect(outcome.jobs[0].ended == 100_000)
        #expect(outcome.jobs[second].started == 100_000 + debounce)
        #expect(outcome.jobs[second].ended == 150_000 + debounce)
        #expect(outcome.waitByReason.values.reduce(0, +) == 100_000 - 1)
        #expect(outcome.duration == 150_020)
        // The end is a change, which a last cycle looks at.
        #expect(outcome.usefulGPUTime == 16 * 150_000)
        #expect(outcome.lostGPUTime == 0)
    }

    @Test("leaves a job that can never run waiting, and comes to an end") func neverFits() throws {
        var builder = PlanBuilder(nodes: 1)
        builder.add("large", pods: 3, gpus: 8, runs: 1_000)
        builder.add("small", gpus: 1, at: 5, runs: 1_000)
        let outcome = try builder.run()
        #expect(outcome.jobs[0].state == .waiting)
        #expect(outcome.jobs[0].started == nil)
        #expect(outcome.jobs[1].state == .succeeded)
    }

    @Test("stops at the end of its duration, and knows what runs and waits then") func duration() throws {
        var builder = PlanBuilder(nodes: 1)
        builder.plan.duration = 60_000
        builder.add("runs", gpus: 8, runs: 1_000_000)
        builder.add("waits", gpus: 8, at: 1_000, runs: 1_000)
        builder.add("later", gpus: 8, at: 60_001, runs: 1_000)
        let outcome = try builder.run()
        #expect(outcome.jobs.map(\.state) == [.running, .waiting, .notSubmitted])
        #expect(outcome.jobs[0].runs == [JobOutcome.Run(start: 0, end: 60_000, pods: 1)])
        #expect(outcome.jobs[0].gpuTime == 8 * 60_000)
        #expect(outcome.usefulGPUTime == 8 * 60_000)
        #expect(outcome.duration == 60_000)
    }

    @Test("begins a gang again when a node fails, from what it had saved") func nodeFails() throws {
        var builder = PlanBuilder(nodes: 3)
        builder.add("gang", pods: 2, gpus: 8, runs: 100_000) { $0.checkpointInterval = 30_000 }
        builder.plan.events = [
            PlannedEvent(at: 70_000, .nodesFail(["node-0"])),
            PlannedEvent(at: 80_000, .nodesReturn(["node-0"])),
        ]
        let outcome = try builder.run()
        let job = outcome.jobs[0]
        #expect(job.failures == 1)
        #expect(job.evictions == 0)
        // 70 s of work, of which 60 s were saved.
        #expect(job.lostWork == 10_000)
        #expect(outcome.lostGPUTime == 10_000 * 16)
        #expect(outcome.usefulGPUTime == 100_000 * 16)
        #expect(job.runs.count == 2)
        // The other member leaves within its grace period of a second, and is made again.
        #expect(job.runs[1].start == 71_010)
        #expect(job.ended == 111_010)
    }

    @Test("goes on with fewer pods where a job is elastic, and takes more when there is room") func elastic()
        throws
    {
        var builder = PlanBuilder(nodes: 2)
        builder.add("elastic", pods: 2, gpus: 8, runs: 100_000, minimum: 1) {
            $0.isElastic = true
            $0.checkpointInterval = 0
        }
        builder.plan.events = [
            PlannedEvent(at: 50_000, .nodesFail(["node-1"])),
            PlannedEvent(at: 70_000, .nodesReturn(["node-1"])),
        ]
        let outcome = try builder.run()
        // 50 s with both, 20 s and a moment with one, the rest with both.
        #expect(outcome.jobs[0].runs.count == 1)
        #expect(outcome.jobs[0].ended == 110_005)
        #expect(outcome.jobs[0].failures == 1)
        #expect(outcome.lostGPUTime == 0)
    }

    @Test("evicts for a higher priority as the configuration says, and the victim runs again") func preempts()
        throws
    {
        var builder = PlanBuilder(nodes: 1)
        builder.plan.cluster.priorityClasses = [
            PriorityClass(name: "low", value: 1), PriorityClass(name: "high", value: 100),
        ]
        builder.add("low", gpus: 8, runs: 100_000) { $0.priorityClassName = "low" }
        let high = builder.add("high", gpus: 8, at: 50_000, runs: 10_000) { $0.priorityClassName = "high" }
        let outcome = try builder.run()
        #expect(outcome.evictions == 1)
        #expect(outcome.jobs[0].evictions == 1)
        #expect(outcome.jobs[0].lostWork == 50_000 + debounce)
        #expect(outcome.jobs[high].runs.count == 1)
        #expect(outcome.jobs[0].runs.count == 2)
        #expect(outcome.jobs[0].state == .succeeded)
        #expect((outcome.jobs[0].ended ?? 0) > (outcome.jobs[high].ended ?? 0) + 99_000)
    }

    @Test("drains nodes, adds and removes them, and cancels jobs when told to") func events() throws {
        var builder = PlanBuilder(nodes: 1)
        builder.add("moved", gpus: 8, runs: 100_000)
        builder.add("cancelled", gpus: 8, at: 1, runs: 100_000)
        let new = Node.of("new", 96_000, memory: 900 * gibibyte, gpus: 8)
        builder.plan.events = [
            PlannedEvent(at: 10_000, .nodesDrain(["node-0"])),
            PlannedEvent(at: 20_000, .nodesAdded([new])),
            PlannedEvent(at: 30_000, .jobCancelled(ObjectKey(namespace: "default", name: "cancelled"))),
            PlannedEvent(at: 50_000, .nodesRemoved(["new"])),
            PlannedEvent(at: 60_000, .nodesReturn(["node-0"])),
        ]
        let outcome = try builder.run()
        #expect(outcome.jobs[1].state == .cancelled)
        #expect(outcome.jobs[1].ended == 30_000)
        #expect(outcome.jobs[0].state == .succeeded)
        #expect(outcome.jobs[0].failures >= 1)
        let capacity = outcome.series.points.map(\.gpuCapacity)
        #expect(capacity.max() == 16)
    }

    @Test("counts the time between starts and ends of GPUs in use, by span") func series() throws {
        var builder = PlanBuilder(nodes: 1)
        builder.plan.duration = 240_000
        builder.add("half", gpus: 4, runs: 120_000)
        let series = try builder.run().series
        #expect(series.points.count == 240)
        #expect(series.points[..<120].allSatisfy { $0.gpuAllocated == 4 })
        #expect(series.points[120...].allSatisfy { $0.gpuAllocated == 0 })
        #expect(series.points.allSatisfy { $0.gpuCapacity == 8 })
    }

    @Test("keeps what was there at the start until it ends, and takes pictures of it") func residents() throws
    {
        var builder = PlanBuilder(nodes: 1)
        let pod = Pod.members(of: "old", 1, asking: [.cpu: 8_000, .nvidiaGPU: 8])[0].with {
            $0.nodeName = "node-0"
            $0.phase = .running
        }
        builder.plan.cluster.pods = [pod]
        builder.plan.cluster.podGroups = [PodGroup.gang("old", min: 1, queue: "default")]
        builder.plan.remainingRunTimes[pod.key] = 30_000
        builder.plan.pictures = [0, 30_001]
        builder.add("new", gpus: 8, runs: 1_000)
        let outcome = try builder.run()
        #expect(outcome.jobs[0].started == 30_000 + debounce)
        #expect(outcome.pictures.map { $0.nodes.map(\.used) } == [[8], [0]])
    }

    @Test("a run says how far it is, always further, and no more often than it has points in its series")
    func progress() throws {
        var builder = PlanBuilder(nodes: 1)
        for number in 0..<400 { builder.add("job-\(number)", at: Int64(number) * 10_000, runs: 5_000) }
        for duration in [nil, 4_000_000] as [Int64?] {
            builder.plan.duration = duration
            var told: [SimulationEngine.Progress] = []
            let outcome = try SimulationEngine.run(builder.plan) { told.append($0) }
            #expect(outcome == (try builder.run()))
            #expect(told.count > 50 && told.count < 2_000)
            #expect(zip(told, told.dropFirst()).allSatisfy { $0.time <= $1.time && $0.part <= $1.part })
            #expect(told.allSatisfy { $0.part >= 0 && $0.part <= 1 && $0.jobs == 400 })
            #expect((told.last?.part ?? 0) > 0.95)
        }
    }
}
