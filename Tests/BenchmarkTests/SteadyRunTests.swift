import SchedulingPolicy
import SyntheticClusters
import Testing

@testable import BenchmarkCases

@Suite("In the steady state as many pods leave as come") struct SteadyRunTests {
    @Test("the cluster stays as full as it was, and what comes is bound") func steady() throws {
        var recipe = SyntheticCluster.mixed(nodes: 200)
        recipe.pending = .percentOfCapacity(180)
        let workload = SessionWorkload(recipe, seed: 7)
        var run = try SteadyRun(workload, seed: 7)
        let before = run.runningPods
        #expect(before > 0)
        let latencies = try run.rounds(50, pods: 100)
        #expect(latencies.count == 50)
        // Every round at least 100 pods come, the last gang may be as large as 64.
        #expect(run.arrived >= 5_000 && run.arrived < 50 * 164)
        #expect(Double(run.bound) > 0.9 * Double(run.arrived))
        // A gang that leaves may be larger than what comes; the next rounds make up for it.
        #expect(abs(run.runningPods - before) < before / 4, "\(before) pods became \(run.runningPods)")
    }

    @Test("pods that come and go leave a session as it was") func comeAndGo() throws {
        var recipe = SyntheticCluster.mixed(nodes: 50)
        recipe.pending = .pods(500)
        let workload = SessionWorkload(recipe, seed: 7)
        let session = try workload.session()
        try workload.arriveAll(session)
        let first = session.runCycle()
        #expect(first.podCount == 500)
        workload.leaveAll(session)
        #expect(session.runCycle().podCount == 0)
        try workload.arriveAll(session)
        #expect(session.runCycle().binds.map(\.pod) == first.binds.map(\.pod))
    }
}
