import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let zoneKey = "volcano.sh/revocable-zone"

private func tdm(_ compatibility: Compatibility, _ window: String = "10:00-14:00") -> SchedulerConfiguration {
    policy(compatibility, ["tdm tdm.revocable-zone.rz=\(window)"], ["predicates"])
}

/// A lent node `r`, and a node `a` that would otherwise be taken first.
private func lending(_ pods: [Pod], zone: String = "rz") -> ClusterSnapshot {
    ClusterSnapshot(nodes: [.of("a"), .of("r", labels: [zoneKey: zone])], pods: pods)
}

private let revocable = Pod.waiting("p").with { $0.annotations = [zoneKey: "*"] }

/// Where the one pod goes.
private func place(
    _ pod: Pod, _ configuration: SchedulerConfiguration = tdm(.volcano), at now: Timestamp?,
    utcOffsetSeconds: Int = 0, zone: String = "rz"
) throws -> String? {
    try schedule(
        configuration, lending([pod], zone: zone), at: now, utcOffsetSeconds: utcOffsetSeconds
    ).bound[pod.key.name]
}

@Suite("tdm lends nodes to revocable pods for a part of the day") struct TDMNodeTests {
    @Test("revocable pods prefer lent nodes, others never go there") func inside() throws {
        #expect(try place(revocable, at: .at(12)) == "r")
        #expect(try place(.waiting("p"), at: .at(12)) == "a")
    }

    @Test("outside the window nobody goes there, and is told so") func outside() throws {
        #expect(try place(revocable, at: .at(9)) == "a")
        let snapshot = ClusterSnapshot(nodes: [.of("r", labels: [zoneKey: "rz"])], pods: [revocable])
        let result = try schedule(tdm(.volcano), snapshot, at: .at(9))
        #expect(
            result.messages["p"]
                == "0/1 nodes are available: 1 node(s) were outside the time of their revocable zone")
        let other = try schedule(tdm(.volcano), snapshot.with { $0.pods = [.waiting("p")] }, at: .at(12))
        #expect(
            other.messages["p"] == "0/1 nodes are available: 1 node(s) were lent to revocable pods only")
    }

    @Test("both ends belong to the window") func ends() throws {
        #expect(try place(revocable, at: .at(9, 59, 59)) == "a")
        #expect(try place(revocable, at: .at(10)) == "r")
        #expect(try place(revocable, at: .at(14)) == "r")
        #expect(try place(revocable, at: .at(14, 0, 1)) == "a")
    }

    @Test("the time of day is the local one") func local() throws {
        #expect(try place(revocable, at: .at(8), utcOffsetSeconds: 7_200) == "r")
        #expect(try place(revocable, at: .at(13), utcOffsetSeconds: 7_200) == "a")
        // One in the morning is eight in the evening, of the day before.
        #expect(
            try place(revocable, tdm(.volcano, "20:00-21:00"), at: .at(1), utcOffsetSeconds: -18_000) == "r")
        #expect(try place(revocable, at: .at(8), utcOffsetSeconds: .max) == "a")
    }

    @Test("what lies after midnight is never reached in Volcano, and is in ours") func overnight() throws {
        for (now, volcano, ours) in [
            (Timestamp.at(21, 59), "a", "a"), (.at(22), "r", "r"), (.at(23, 59), "r", "r"),
            (.at(3), "a", "r"),
            (.at(6), "a", "r"), (.at(6, 0, 1), "a", "a"),
        ] {
            #expect(try place(revocable, tdm(.volcano, "22:00-06:00"), at: now) == volcano)
            #expect(try place(revocable, tdm(.gangwright, "22:00-06:00"), at: now) == ours)
        }
        // An end at the start is a day later.
        #expect(try place(revocable, tdm(.volcano, "10:00-10:00"), at: .at(9)) == "a")
        #expect(try place(revocable, tdm(.gangwright, "10:00-10:00"), at: .at(9)) == "r")
    }

    @Test("a pod is revocable by `*`, or by calling itself preemptable and naming no zone") func who() throws
    {
        func place(_ annotations: [String: String], labels: [String: String] = [:]) throws -> String? {
            try SchedulingPolicyTests.place(
                Pod.waiting("p").with {
                    $0.annotations = annotations
                    $0.labels = labels
                }, at: .at(12))
        }
        #expect(try place([zoneKey: "rz"]) == "a")
        #expect(try place([zoneKey: ""]) == "a")
        #expect(try place(["volcano.sh/preemptable": "true"]) == "r")
        #expect(try place(["volcano.sh/preemptable": "true", zoneKey: "rz"]) == "a")
        #expect(try place(["volcano.sh/preemptable": "yes"]) == "a")
        #expect(try place([:], labels: ["volcano.sh/preemptable": "true"]) == "a")
    }

    @Test("a zone without a window is never open, and an empty one is none") func zones() throws {
        #expect(try place(revocable, at: .at(12), zone: "other") == "a")
        let pods = [Pod.waiting("p", 10_000), .waiting("q", 10_000)]
        #expect(try schedule(tdm(.volcano), lending(pods, zone: ""), at: .at(12)).binds.count == 2)
    }

    @Test("where nobody knows the time the windows have no say") func timeless() throws {
        let full = Pod.waiting("full", 10_000).running(on: "a")
        let result = try schedule(tdm(.volcano), lending([revocable, full]), at: nil)
        #expect(result.bound == ["p": "r"])
        #expect(try place(.waiting("p"), at: nil) == "a")
    }

    @Test("a pod that waited is placed when the window opens") func opens() throws {
        let snapshot = ClusterSnapshot(nodes: [.of("r", labels: [zoneKey: "rz"])], pods: [revocable])
        let session = try Session(snapshot: snapshot, configuration: tdm(.gangwright))
        #expect(session.runCycle(now: .at(9)).binds.isEmpty)
        #expect(session.nextChange == .at(10))
        #expect(session.runCycle(now: .at(9, 30)).binds.isEmpty)
        #expect(session.runCycle(now: .at(10)).bound == ["p": "r"])
        #expect(session.nextChange == .at(14, 0, 1))
    }

    @Test("gangs that are not preemptable go first") func order() throws {
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 1_000)], pods: Pod.members(of: "a", 1) + Pod.members(of: "b", 1),
            podGroups: [
                .gang("a", min: 1).with { $0.annotations = ["volcano.sh/preemptable": "true"] },
                .gang("b", min: 1),
            ])
        #expect(try schedule(tdm(.volcano), snapshot, at: .at(12)).bound == ["b-0": "n"])
    }

    @Test("a window that cannot be read is a mistake") func mistakes() {
        for text in [
            "10:00", "10:00-24:00", "10-14", "10:00-14:60", "1000-1400", "a:00-b:00", "-", "10:0-14:00",
        ] {
            let file = """
                compatibility: gangwright
                actions: "allocate"
                tiers: [{plugins: [{name: tdm, arguments: {tdm.revocable-zone.rz: "\(text)"}}]}]
                """
            #expect(SchedulerConfiguration.read(Array(file.utf8), file: "f").problems.count == 1, "\(text)")
        }
    }
}

/// Pods of one gang that run, on a lent node or not, and others that want their place.
private struct Tenants {
    var compatibility = Compatibility.volcano
    var annotations: [String: String] = [:]
    var minMember = 1
    var count = 4

    func snapshot(node: Node) -> ClusterSnapshot {
        let pods = Pod.members(of: "g", count).map { pod in
            pod.running(on: node.name).with { $0.annotations = ["volcano.sh/preemptable": "true"] }
        }
        let gang = PodGroup.gang("g", min: minMember).with {
            $0.phase = .running
            $0.annotations = annotations
        }
        return ClusterSnapshot(nodes: [node], pods: pods, podGroups: [gang])
    }

    /// Who leaves when the window of the node is over.
    func evicted() throws -> [String] {
        let configuration = policy(
            compatibility, actions: "allocate, shuffle", ["tdm tdm.revocable-zone.rz=10:00-14:00"],
            ["predicates"])
        return try schedule(
            configuration, snapshot(node: .of("r", labels: [zoneKey: "rz"])), at: .at(15)
        ).evicted
    }

    /// Who leaves for a pod of so many millicores that nobody may take off its node.
    func preempted(_ milliCPU: Int64, preemptor: [String: String] = ["volcano.sh/preemptable": "false"])
        throws -> [String]
    {
        let configuration = policy(
            compatibility, actions: "allocate, preempt", ["tdm tdm.revocable-zone.rz=10:00-14:00"],
            ["predicates"])
        var snapshot = snapshot(node: .of("n", 4_000))
        snapshot.pods.append(
            Pod.waiting("new-0", milliCPU, of: "new").with { $0.annotations = preemptor })
        snapshot.podGroups.append(PodGroup.gang("new", min: 1).with { $0.phase = .inqueue })
        return try schedule(configuration, snapshot, at: .at(12)).evicted
    }
}

@Suite("tdm takes pods off nodes within the budget of their gang") struct TDMVictimTests {
    @Test(
        "a budget says how many may leave at a time",
        arguments: [
            ([:], 1, 1), (["max-unavailable": "2"], 2, 2), (["max-unavailable": "30%"], 2, 2),
            (["max-unavailable": "200%"], 4, 4), (["max-unavailable": "0"], 0, 0),
            (["max-unavailable": "-1"], 0, 0), (["max-unavailable": "-50%"], 0, 0),
            (["max-unavailable": "many"], 0, 0), (["max-unavailable": "99999999999999999999"], 0, 0),
            (["min-available": "3"], 1, 1), (["min-available": "30%"], 2, 2),
            // As few run as must.
            (["min-available": "4"], 1, 0), (["min-available": "200%"], 1, 0),
            (["min-available": "half"], 4, 0), (["min-available": "-3"], 4, 4),
            (["min-available": "3", "max-unavailable": "4"], 1, 1),
        ] as [([String: String], Int, Int)])
    func budgets(_ budget: [String: String], volcano: Int, ours: Int) throws {
        var tenants = Tenants()
        for (key, value) in budget { tenants.annotations["volcano.sh/jdb-\(key)"] = value }
        #expect(try tenants.evicted().count == volcano)
        tenants.compatibility = .gangwright
        #expect(try tenants.evicted().count == ours)
    }

    @Test("the least important pods leave, and those that are missing already count") func which() throws {
        var tenants = Tenants()
        tenants.annotations = ["volcano.sh/jdb-max-unavailable": "2"]
        #expect(Set(try tenants.evicted()) == ["g-2", "g-3"])
        var snapshot = tenants.snapshot(node: .of("r", labels: [zoneKey: "rz"]))
        snapshot.pods[0].phase = .pending
        let configuration = policy(
            .volcano, actions: "shuffle", ["tdm tdm.revocable-zone.rz=10:00-14:00"], ["predicates"])
        let result = try schedule(configuration, snapshot, at: .at(15))
        #expect(result.evicted == ["g-3"])
        #expect(result.evictions.map(\.reason) == [.shuffle])
        #expect(result.evictions.map(\.preemptor) == [nil])
        #expect(try schedule(configuration, snapshot, at: .at(12)).evicted == [])
        #expect(try schedule(configuration, snapshot, at: nil).evicted == [])
    }

    @Test("at most once a period") func period() throws {
        let configuration = policy(
            .volcano, actions: "shuffle",
            ["tdm tdm.revocable-zone.rz=10:00-14:00 tdm.evict.period=90s"], ["predicates"])
        let snapshot = Tenants().snapshot(node: .of("r", labels: [zoneKey: "rz"]))
        let session = try Session(snapshot: snapshot, configuration: configuration)
        #expect(session.runCycle(now: .at(15)).evicted == ["g-3"])
        #expect(session.nextChange == .at(15, 1, 30))
        session.removePod(ObjectKey(namespace: testNamespace, name: "g-3"))
        #expect(session.runCycle(now: .at(15, 1, 29)).evicted == [])
        #expect(session.runCycle(now: .at(15, 1, 30)).evicted == ["g-2"])
    }

    @Test("preempt takes pods off ordinary nodes, as many as the budget allows") func preempts() throws {
        var tenants = Tenants()
        #expect(try tenants.preempted(1_000) == ["g-3"])
        #expect(try tenants.preempted(2_000) == [])
        tenants.annotations = ["volcano.sh/jdb-max-unavailable": "50%"]
        #expect(Set(try tenants.preempted(2_000)) == ["g-2", "g-3"])
    }

    @Test("a pod that is preemptable or revocable itself lets nobody leave") func humble() throws {
        #expect(try Tenants().preempted(1_000, preemptor: [:]) == [])
        #expect(try Tenants().preempted(1_000, preemptor: ["volcano.sh/preemptable": "true"]) == [])
        let revocable = ["volcano.sh/preemptable": "false", zoneKey: "*"]
        #expect(try Tenants().preempted(1_000, preemptor: revocable) == [])
    }

    @Test("Volcano 1.5 evicts at the end of preempt") func older() throws {
        let configuration = policy(
            .volcano15, actions: "allocate, preempt", ["tdm tdm.revocable-zone.rz=10:00-14:00"],
            ["predicates"])
        let snapshot = Tenants().snapshot(node: .of("r", labels: [zoneKey: "rz"]))
        let result = try schedule(configuration, snapshot, at: .at(15))
        #expect(result.evicted == ["g-3"])
        #expect(result.evictions.map(\.reason) == [.evict])
        let later = policy(
            .volcano, actions: "allocate, preempt", ["tdm tdm.revocable-zone.rz=10:00-14:00"],
            ["predicates"])
        #expect(try schedule(later, snapshot, at: .at(15)).evicted == [])
    }
}

@Suite("shuffle evicts what plugins name") struct ShuffleTests {
    @Test("Volcano breaks a gang pod by pod, ours lets it leave as a whole") func whole() throws {
        var tenants = Tenants(minMember: 4)
        #expect(try tenants.evicted() == ["g-3"])
        tenants.compatibility = .gangwright
        #expect(Set(try tenants.evicted()) == ["g-0", "g-1", "g-2", "g-3"])
    }

    @Test("what a gang can spare leaves alone") func surplus() throws {
        let tenants = Tenants(compatibility: .gangwright, minMember: 3)
        #expect(try tenants.evicted() == ["g-3"])
    }

    @Test("a budget that forbids a whole gang to leave keeps it together") func budget() throws {
        var tenants = Tenants(minMember: 4)
        tenants.annotations = ["volcano.sh/jdb-max-unavailable": "2"]
        #expect(try tenants.evicted().count == 2)
        tenants.compatibility = .gangwright
        #expect(try tenants.evicted() == [])
        tenants.minMember = 3
        #expect(try tenants.evicted() == ["g-3"])
    }

    @Test("a gang with a pod that has to stay keeps its minimum") func staying() throws {
        var snapshot = Tenants(minMember: 4).snapshot(node: .of("r", labels: [zoneKey: "rz"]))
        snapshot.pods[0].annotations = ["volcano.sh/preemptable": "false"]
        let configuration = policy(
            .gangwright, actions: "shuffle", ["tdm tdm.revocable-zone.rz=10:00-14:00"], ["predicates"])
        #expect(try schedule(configuration, snapshot, at: .at(15)).evicted == [])
        snapshot.podGroups[0].minMember = 3
        #expect(try schedule(configuration, snapshot, at: .at(15)).evicted == ["g-3"])
    }
}
