import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let key = "volcano.sh/cooldown-time"

/// A pod that was given its node at ten, and one of a more important gang that wants its place.
private func rivals(
    labels: [String: String] = [:], annotations: [String: String] = [:], scheduled: Timestamp? = .at(10)
) -> ClusterSnapshot {
    let victim = Pod.waiting("low-0", of: "low").running(on: "n").with {
        $0.labels = labels
        $0.annotations = annotations
        $0.scheduledTime = scheduled
    }
    return ClusterSnapshot(
        nodes: [.of("n", 1_000)], pods: [victim, .waiting("high-0", of: "high")],
        podGroups: [
            .gang("low", min: 1).with { $0.phase = .running },
            PodGroup.gang("high", min: 1).with {
                $0.priorityClassName = "high"
                $0.phase = .inqueue
            },
        ], priorityClasses: [PriorityClass(name: "high", value: 100)])
}

private func preempting(_ compatibility: Compatibility = .volcano) -> SchedulerConfiguration {
    policy(
        compatibility, actions: "allocate, preempt", ["priority", "gang enablePreemptable=false", "cdp"],
        ["predicates"])
}

private func evicted(_ snapshot: ClusterSnapshot, at now: Timestamp?) throws -> [String] {
    try schedule(preempting(), snapshot, at: now).evicted
}

@Suite("cdp leaves pods alone for a while") struct CDPPluginTests {
    @Test("until so long after they were given their node") func protects() throws {
        let snapshot = rivals(labels: [key: "10m"])
        #expect(try evicted(snapshot, at: .at(10, 9, 59)) == [])
        #expect(try evicted(snapshot, at: .at(10, 10)) == ["low-0"])
        #expect(try evicted(rivals(), at: .at(10)) == ["low-0"])
    }

    @Test("the label counts, or else the annotation") func both() throws {
        #expect(try evicted(rivals(annotations: [key: "10m"]), at: .at(10, 5)) == [])
        #expect(
            try evicted(rivals(labels: [key: "1m"], annotations: [key: "10m"]), at: .at(10, 5)) == ["low-0"])
        #expect(
            try evicted(rivals(labels: [key: "?"], annotations: [key: "10m"]), at: .at(10, 5)) == ["low-0"])
    }

    @Test("what is no time above zero protects nobody", arguments: ["", "10", "1d", "-10m", "0s", "10 m"])
    func malformed(_ text: String) throws {
        #expect(try evicted(rivals(labels: [key: text]), at: .at(10)) == ["low-0"])
    }

    @Test("a part of a second counts as a whole one") func fractions() throws {
        #expect(try evicted(rivals(labels: [key: "500ms"]), at: .at(10)) == [])
        #expect(try evicted(rivals(labels: [key: "500ms"]), at: .at(10, 0, 1)) == ["low-0"])
    }

    @Test("a pod of which nobody says since when it has its node is not protected") func unknown() throws {
        #expect(try evicted(rivals(labels: [key: "10m"], scheduled: nil), at: .at(10)) == ["low-0"])
    }

    @Test("where nobody knows the time it has no opinion") func timeless() throws {
        #expect(try evicted(rivals(labels: [key: "10m"]), at: nil) == ["low-0"])
    }

    @Test("only pods that run are protected") func bound() throws {
        var snapshot = rivals(labels: [key: "10m"])
        snapshot.pods[0].phase = .pending
        #expect(try evicted(snapshot, at: .at(10, 5)) == ["low-0"])
    }

    @Test("it says when a pod may leave, and then it does") func wakes() throws {
        let session = try Session(
            snapshot: rivals(labels: [key: "10m"]), configuration: preempting(.gangwright))
        #expect(session.runCycle(now: .at(10, 5)).evicted == [])
        #expect(session.nextChange == .at(10, 10))
        #expect(session.runCycle(now: .at(10, 10)).evicted == ["low-0"])
    }

    @Test("a pod that this session has bound counts from then on") func assumed() throws {
        var snapshot = rivals()
        let high = snapshot.podGroups.removeLast()
        let waiting = snapshot.pods.removeLast()
        snapshot.pods[0] = Pod.waiting("low-0", of: "low").with { $0.annotations = [key: "10m"] }
        snapshot.podGroups[0].phase = .inqueue
        let session = try Session(snapshot: snapshot, configuration: preempting())
        #expect(session.runCycle(now: .at(10)).bound == ["low-0": "n"])
        session.confirmBind(ObjectKey(namespace: testNamespace, name: "low-0"))
        try session.update(high)
        try session.update(waiting)
        #expect(session.runCycle(now: .at(10, 5)).evicted == [])
        #expect(session.runCycle(now: .at(10, 10)).evicted == ["low-0"])
    }
}
