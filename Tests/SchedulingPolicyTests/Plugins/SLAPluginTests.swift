import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

/// Reference 6.12: A was created at 10:00 and waits for an hour, B at 10:30 and for ten minutes.
private func gang(_ name: String, _ created: Timestamp, waits: String?, min: Int = 1) -> PodGroup {
    PodGroup.gang(name, min: min, minResources: [.cpu: 100_000]).with {
        $0.created = created
        if let waits { $0.annotations["volcano.sh/sla-waiting-time"] = waits }
    }
}

private let permissive = policy(
    .volcano, actions: "enqueue, allocate", ["sla"], ["gang", "overcommit"], ["predicates"])

/// A gang of three on a node with room for two, with far more minimum resources than there are.
private func tooLarge(waits: String?) -> ClusterSnapshot {
    ClusterSnapshot(
        nodes: [.of("n", 2_000)], pods: Pod.members(of: "a", 3),
        podGroups: [gang("a", .at(10), waits: waits, min: 3)])
}

@Suite("sla: a gang that has waited its time passes the gates") struct SLAPluginTests {
    @Test("the earliest end of a waiting time goes first, and gangs without one last") func order() throws {
        func bound(_ waiting: [String: String], at now: Timestamp) throws -> Set<String> {
            let configuration = policy(.volcano, ["sla"], ["gang"], ["predicates"])
            let snapshot = ClusterSnapshot(
                nodes: [.of("n", 1_000)], pods: Pod.members(of: "a", 1) + Pod.members(of: "b", 1),
                podGroups: [
                    gang("a", .at(10), waits: waiting["a"]), gang("b", .at(10, 30), waits: waiting["b"]),
                ])
            return Set(try schedule(configuration, snapshot, at: now).bound.keys)
        }
        #expect(try bound(["a": "1h", "b": "10m"], at: .at(10, 35)) == ["b-0"])
        #expect(try bound([:], at: .at(10, 35)) == ["a-0"])
        #expect(try bound(["b": "10m"], at: .at(10, 35)) == ["b-0"])
        // The order does not depend on what time it is.
        #expect(try bound(["a": "1h", "b": "10m"], at: .at(23)) == ["b-0"])
    }

    @Test("once due it is admitted regardless of resources, and keeps the places that it finds")
    func permits() throws {
        let early = try schedule(permissive, tooLarge(waits: "1h"), at: .at(10, 59, 59))
        #expect(early.reasons["a-0"] == .notEnqueued)
        #expect(early.phases["a"] == .pending)
        for now in [Timestamp.at(11), .at(11, 1)] {
            let late = try schedule(permissive, tooLarge(waits: "1h"), at: now)
            #expect(late.phases["a"] == .inqueue)
            #expect(late.binds.isEmpty)
            #expect(late.promised == ["a-0": "n gang", "a-1": "n gang"])
        }
    }

    @Test("it overrides nothing that an earlier tier rejects") func below() throws {
        let configuration = policy(
            .volcano, actions: "enqueue, allocate", ["gang", "overcommit"], ["sla"], ["predicates"])
        let result = try schedule(configuration, tooLarge(waits: "1h"), at: .at(12))
        #expect(result.reasons["a-0"] == .notEnqueued)
    }

    @Test("where nobody knows the time it has no opinion") func timeless() throws {
        let result = try schedule(permissive, tooLarge(waits: "1h"), at: nil)
        #expect(result.reasons["a-0"] == .notEnqueued)
    }

    @Test("the argument holds for gangs that say nothing, or nothing that makes sense") func general() throws
    {
        let configuration = policy(
            .volcano, actions: "enqueue, allocate", ["sla sla-waiting-time=30m"], ["gang", "overcommit"],
            ["predicates"])
        for waits in [nil, "soon", "", "-1h", "0s", "1d", "99999999h"] {
            let snapshot = tooLarge(waits: waits)
            #expect(try schedule(configuration, snapshot, at: .at(10, 29)).phases["a"] == .pending)
            #expect(try schedule(configuration, snapshot, at: .at(10, 30)).phases["a"] == .inqueue)
        }
        #expect(try schedule(configuration, tooLarge(waits: "2h"), at: .at(11)).phases["a"] == .pending)
    }

    @Test("a gang that does not say when it was created is overdue") func ageless() throws {
        var snapshot = tooLarge(waits: "1h")
        snapshot.podGroups[0].created = nil
        #expect(try schedule(permissive, snapshot, at: .at(1)).phases["a"] == .inqueue)
    }

    @Test("Volcano 1.5 knows the older annotation only; its main branch both, the newer first")
    func annotations() throws {
        func phase(_ compatibility: Compatibility, _ annotations: [String: String]) throws
            -> PodGroup.Phase?
        {
            let configuration = policy(
                compatibility, actions: "enqueue, allocate", ["sla"], ["gang", "overcommit"], ["predicates"])
            var snapshot = tooLarge(waits: nil)
            snapshot.podGroups[0].annotations = annotations
            return try schedule(configuration, snapshot, at: .at(11)).phases["a"]
        }
        #expect(try phase(.volcano15, ["volcano.sh/sla-waiting-time": "1h"]) == .pending)
        #expect(try phase(.volcano15, ["sla-waiting-time": "1h"]) == .inqueue)
        #expect(try phase(.volcano, ["sla-waiting-time": "1h"]) == .inqueue)
        #expect(
            try phase(.volcano, ["volcano.sh/sla-waiting-time": "2h", "sla-waiting-time": "1h"]) == .pending)
    }

    @Test("a gang that found no room is tried again when its time has come") func wakes() throws {
        let configuration = policy(.gangwright, ["sla"], ["gang"], ["predicates"])
        let session = try Session(snapshot: tooLarge(waits: "1h"), configuration: configuration)
        #expect(session.runCycle(now: .at(10, 10)).promised == [:])
        #expect(session.nextChange == .at(11))
        #expect(session.runCycle(now: .at(10, 59, 59)).promised == [:])
        #expect(session.runCycle(now: .at(11)).promised == ["a-0": "n gang", "a-1": "n gang"])
        #expect(session.nextChange == nil)
    }

    @Test("a waiting time that is not above zero is a mistake") func mistakes() {
        for text in ["0s", "-1h", "often"] {
            let file = """
                compatibility: gangwright
                actions: "allocate"
                tiers: [{plugins: [{name: sla, arguments: {sla-waiting-time: "\(text)"}}]}]
                """
            #expect(SchedulerConfiguration.read(Array(file.utf8), file: "f").problems.count == 1)
        }
    }
}
