import ClusterModel
import Documents
import SchedulingLoop
import SchedulingPolicy
import SyntheticClusters
import TestSupport
import Testing

@testable import Simulation

@Suite("A simulation of a snapshot begins with the decisions that the scheduler would take")
struct
    SnapshotDecisionTests
{
    private struct Decisions: Equatable {
        var nodes: [ObjectKey: String] = [:]
        var evictions = 0
        /// Why gangs and pods of their own wait that the simulation has made jobs of.
        var reasons: [ObjectKey: PendingReason] = [:]
    }

    private static func plan(_ snapshot: ClusterSnapshot, _ configuration: SchedulerConfiguration)
        -> SimulationPlan
    {
        var builder = Simulation.PlanBuilder(
            ScenarioDocument(), ScenarioSources(MemoryFiles(), scenario: "s.yaml"), variant: "", seed: 1)
        builder.plan.start = snapshot.newestTimestamp.map { LoopTime($0) } ?? LoopTimeOf.newYear
        builder.plan.configuration = configuration
        builder.plan.cluster = snapshot
        builder.addSnapshotJobs()
        builder.plan.shapes = builder.shapes.shapes
        builder.plan.delays.timing.debounce = 0
        builder.plan.duration = 0
        return builder.plan
    }

    /// What the first cycle of a simulation decides.
    private static func simulated(_ plan: SimulationPlan) throws -> Decisions {
        let cluster = try SimulatedCluster(plan)
        var first: Decisions?
        cluster.onCycle = { cluster in
            guard first == nil else { return }
            var decisions = Decisions()
            for slot in cluster.slots where slot.state == .binding {
                decisions.nodes[slot.key] = cluster.nodes.entries[Int(slot.node)].node.name
            }
            decisions.evictions = cluster.outcome.evictions
            for index in cluster.jobs.positions {
                decisions.reasons[plan.jobs[index].key] = cluster.jobs[index]?.reason
            }
            first = decisions
        }
        _ = try cluster.run()
        return first ?? Decisions()
    }

    /// What `gangwright schedule` decides.
    private static func scheduled(_ snapshot: ClusterSnapshot, _ plan: SimulationPlan) throws -> Decisions {
        let result = try SchedulingLoop(snapshot: snapshot, configuration: plan.configuration)
            .run(cycles: 1, from: plan.start)
        var decisions = Decisions()
        for bind in result.binds { decisions.nodes[bind.pod] = bind.node }
        decisions.evictions = result.evictions.count
        let gangs = Dictionary(result.podGroups.map { ($0.key, $0.reason) }) { first, _ in first }
        let pods = Dictionary(
            result.pending.filter { $0.podGroup == nil }.map { ($0.pod, $0.reason) }
        ) { first, _ in first }
        for job in plan.jobs {
            let isGang = plan.shapes[job.shape].podGroup != nil
            decisions.reasons[job.key] = isGang ? gangs[job.key] ?? nil : pods[job.key]
        }
        return decisions
    }

    private static let volcano = """
        actions: "enqueue, allocate, preempt, reclaim, backfill"
        tiers:
        - plugins: [{name: priority}, {name: gang}, {name: conformance}]
        - plugins: [{name: drf}, {name: predicates}, {name: proportion}, {name: nodeorder}]
        """

    @Test("whatever the snapshot holds", arguments: [false, true]) func decisions(isVolcano: Bool) throws {
        let configuration =
            isVolcano
            ? SchedulerConfiguration.read(Array(Self.volcano.utf8), file: "volcano").0 ?? .default : .default
        var (binds, waits) = (0, 0)
        for seed in Seeds.first(150) {
            let snapshot = AdversarialCluster().snapshot(seed: seed)
            let plan = Self.plan(snapshot, configuration)
            let (found, expected) = (try Self.simulated(plan), try Self.scheduled(snapshot, plan))
            binds += expected.nodes.count
            waits += expected.reasons.count
            #expect(found.nodes == expected.nodes, "seed \(seed)")
            #expect(found.evictions == expected.evictions, "seed \(seed)")
            #expect(found.reasons == expected.reasons, "seed \(seed)")
        }
        // The clusters are such that both happen.
        #expect(binds > 100 && waits > 100)
    }
}
