import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("A gang's phase when the cycle closes") struct PhaseTests {
    /// The phase of a gang of these pods; each waits unless changed.
    private func phase(
        _ compatibility: Compatibility, min: Int, was before: PodGroup.Phase = .inqueue,
        nodes: [Node] = [.of("n", 3_000)],
        _ pods: [Pod]
    ) throws -> PodGroup.Phase? {
        let gang = PodGroup.gang("g", min: min).with { $0.phase = before }
        return try schedule(plain(compatibility), nodes: nodes, pods: pods, gangs: [gang]).phases["g"]
    }

    private func pod(_ name: String, _ milliCPU: Int64 = 1_000) -> Pod { .waiting(name, milliCPU, of: "g") }
    private func running(_ name: String) -> Pod { pod(name).running(on: "n") }
    private func bound(_ name: String) -> Pod { pod(name).with { $0.nodeName = "n" } }
    private func succeeded(_ name: String) -> Pod { running(name).with { $0.phase = .succeeded } }
    private func failed(_ name: String) -> Pod { running(name).with { $0.phase = .failed } }
    private let tooLarge: Int64 = 50_000

    @Test("a gang bound in this cycle is still Inqueue for Volcano, Running for ours") func justBound() throws
    {
        #expect(try phase(.volcano, min: 2, [pod("a"), pod("b")]) == .inqueue)
        #expect(try phase(.gangwright, min: 2, [pod("a"), pod("b")]) == .running)
        // Where the minimum was there before, both say Running.
        #expect(try phase(.volcano, min: 2, [running("a"), bound("b"), pod("c")]) == .running)
        // One that is a bound pod short of its minimum is Pending for Volcano if it was not Inqueue.
        #expect(try phase(.volcano, min: 2, was: .running, [bound("a"), pod("b")]) == .pending)
        #expect(try phase(.gangwright, min: 2, was: .running, [bound("a"), pod("b")]) == .running)
    }

    @Test(
        "its minimum is bound, runs, has ended or is leaving: Running",
        arguments: Compatibility.withoutVolcano15)
    func isRunning(compatibility: Compatibility) throws {
        #expect(try phase(compatibility, min: 2, [running("a"), running("b")]) == .running)
        #expect(try phase(compatibility, min: 2, [bound("a"), bound("b")]) == .running)
        #expect(try phase(compatibility, min: 2, [running("a"), succeeded("b")]) == .running)
        #expect(try phase(compatibility, min: 2, [running("a"), failed("b")]) == .running)
        #expect(try phase(compatibility, min: 2, [running("a"), pod("b").leaving("n")]) == .running)
        #expect(try phase(compatibility, min: 1, [running("a"), pod("b", tooLarge)]) == .running)
        #expect(try phase(compatibility, min: 2, was: .pending, [running("a"), running("b")]) == .running)
    }

    @Test("all of at least the minimum have ended: Completed", arguments: Compatibility.withoutVolcano15)
    func isCompleted(compatibility: Compatibility) throws {
        #expect(
            try phase(compatibility, min: 2, was: .running, [succeeded("a"), succeeded("b")]) == .completed)
        #expect(try phase(compatibility, min: 2, was: .running, [succeeded("a"), failed("b")]) == .completed)
        #expect(try phase(compatibility, min: 2, was: .running, [succeeded("a")]) == .pending)
    }

    @Test("some run and the others find no place: Unknown", arguments: Compatibility.allCases)
    func isUnknown(compatibility: Compatibility) throws {
        #expect(
            try phase(compatibility, min: 2, was: .running, [running("a"), pod("b", tooLarge)]) == .unknown)
        #expect(
            try phase(compatibility, min: 3, was: .running, [running("a"), failed("b"), pod("c", tooLarge)])
                == .unknown)
        // Nothing waits, and what is left is below the minimum.
        #expect(try phase(compatibility, min: 2, was: .running, [running("a")]) == .unknown)
        // None runs.
        #expect(
            try phase(compatibility, min: 2, was: .running, [bound("a"), pod("b", tooLarge)]) == .pending)
    }

    @Test(
        "none runs and the minimum finds no place: what was Inqueue stays so, all else is Pending",
        arguments: Compatibility.allCases)
    func staysBehind(compatibility: Compatibility) throws {
        let pods = [pod("a", tooLarge), pod("b")]
        #expect(try phase(compatibility, min: 2, was: .inqueue, pods) == .inqueue)
        for before in [PodGroup.Phase.running, .unknown, .completed] {
            #expect(try phase(compatibility, min: 2, was: before, pods) == .pending)
        }
        // allocate admits what is Pending where enqueue is not among the actions.
        #expect(try phase(compatibility, min: 2, was: .pending, pods) == .inqueue)
    }

    @Test("a gang that holds places without being bound is not running", arguments: Compatibility.allCases)
    func promised(compatibility: Compatibility) throws {
        let other = Pod.waiting("old", 3_000).leaving("n")
        let gang = PodGroup.gang("g", min: 2).with { $0.phase = .inqueue }
        let result = try schedule(
            plain(compatibility), nodes: [.of("n", 3_000)], pods: [other, pod("a"), pod("b")], gangs: [gang])
        #expect(result.promised.count == 2)
        #expect(result.phases == ["g": .inqueue])
    }

    @Test("a gang of no pods: Completed for Volcano if its minimum is 0") func noPods() throws {
        #expect(try phase(.volcano, min: 0, []) == .completed)
        #expect(try phase(.gangwright, min: 0, []) == .inqueue)
        for compatibility in Compatibility.allCases {
            #expect(try phase(compatibility, min: 1, []) == .inqueue)
            #expect(try phase(compatibility, min: 1, was: .running, []) == .pending)
        }
    }

    @Test("a gang whose queue does not exist keeps its phase", arguments: PodGroup.Phase.allCases)
    func missingQueue(phase: PodGroup.Phase) throws {
        for compatibility in Compatibility.allCases {
            let gang = PodGroup.gang("g", min: 1, queue: "nowhere").with { $0.phase = phase }
            let result = try schedule(
                plain(compatibility), nodes: [.of("n")], pods: [running("a")], gangs: [gang])
            #expect(result.phases == ["g": phase])
        }
    }
}
