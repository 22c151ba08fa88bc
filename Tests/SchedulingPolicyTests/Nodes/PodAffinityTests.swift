import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let web = ["app": "web"]
private let cache = ["app": "cache"]

private func node(_ name: String, zone: String?, _ milliCPU: Int64 = 10_000) -> Node {
    var labels = ["kubernetes.io/hostname": name]
    labels["zone"] = zone
    return .of(name, milliCPU, labels: labels)
}

private let zones = [node("a1", zone: "a"), node("a2", zone: "a"), node("b1", zone: "b")]

@Suite("Pods seek and avoid each other's company") struct PodAffinityTests {
    private let affinity = "node(s) didn't match pod affinity rules"
    private let antiAffinity = "node(s) didn't match pod anti-affinity rules"
    private let existing = "node(s) didn't satisfy existing pods anti-affinity rules"

    @Test("a pod goes to the domain of one that it seeks") func seeks() throws {
        let pods = [
            Pod.waiting("holder").labelled(cache).running(on: "b1"), .waiting("p").near(cache),
        ]
        #expect(try schedule(plain(.volcano), nodes: zones, pods: pods).bound == ["p": "b1"])
    }

    @Test("nobody there is nobody to go to; a node without the label is in no domain") func nobody() throws {
        let pods = [Pod.waiting("holder").labelled(cache).running(on: "lost"), .waiting("p").near(cache)]
        let nodes = zones + [node("lost", zone: nil)]
        let result = try schedule(plain(.volcano), nodes: nodes, pods: pods)
        #expect(result.messages == ["p": "0/4 nodes are available: 4 \(affinity)"])
    }

    @Test("all terms must be met, each by a pod that all of them mean") func allTerms() throws {
        let both = ["app": "cache", "tier": "back"]
        let wanting = Pod.waiting("p").near(cache).near(["tier": "back"], by: "kubernetes.io/hostname")
        let apart = [
            Pod.waiting("one").labelled(cache).running(on: "a1"),
            Pod.waiting("two").labelled(["tier": "back"]).running(on: "a1"),
        ]
        #expect(try schedule(plain(.volcano), nodes: zones, pods: apart + [wanting]).bound == [:])
        let whole = [Pod.waiting("one").labelled(both).running(on: "a2")]
        #expect(try schedule(plain(.volcano), nodes: zones, pods: whole + [wanting]).bound == ["p": "a2"])
    }

    @Test("the first of a group that seeks its like may start anywhere; the rest follow it")
    func first() throws {
        let gang = Pod.members(of: "g", 3).map { $0.labelled(web).near(web) }
        let nodes = [node("a1", zone: "a", 1_000), node("b1", zone: "b", 4_000), node("lost", zone: nil)]
        let result = try schedule(
            plain(.gangwright), nodes: nodes, pods: gang, gangs: [.gang("g", min: 1)])
        #expect(result.bound == ["g-0": "a1"], "zone a has room for one")
        let packed = try schedule(
            plain(.gangwright), nodes: [nodes[1], nodes[2]], pods: gang, gangs: [.gang("g", min: 3)])
        #expect(packed.bound == ["g-0": "b1", "g-1": "b1", "g-2": "b1"])
        let other = try schedule(
            plain(.gangwright), nodes: nodes, pods: [.waiting("p").labelled(cache).near(web)])
        #expect(other.bound == [:], "it is not of those that it seeks")
    }

    @Test("a pod avoids the domains of those that it must not meet") func avoids() throws {
        let pods = [
            Pod.waiting("holder").labelled(web).running(on: "a1"),
            .waiting("p").apart(from: web), .waiting("q").apart(from: web, by: "kubernetes.io/hostname"),
        ]
        let result = try schedule(plain(.volcano), nodes: zones, pods: pods)
        #expect(result.bound == ["p": "b1", "q": "a2"])
        let alone = try schedule(plain(.volcano), nodes: [zones[0], zones[1]], pods: pods)
        #expect(alone.messages == ["p": "0/2 nodes are available: 2 \(antiAffinity)"])
    }

    @Test("those that are there keep away whom they must not meet") func avoided() throws {
        let pods = [Pod.waiting("holder").apart(from: web).running(on: "a1"), .waiting("p").labelled(web)]
        #expect(try schedule(plain(.volcano), nodes: zones, pods: pods).bound == ["p": "b1"])
        let alone = try schedule(plain(.volcano), nodes: [zones[0], zones[1]], pods: pods)
        #expect(alone.messages == ["p": "0/2 nodes are available: 2 \(existing)"])
    }

    @Test(
        "pods of a gang that avoid each other go to a node each, or not at all",
        arguments: Compatibility.allCases)
    func gang(compatibility: Compatibility) throws {
        func pods(_ count: Int) -> [Pod] {
            Pod.members(of: "g", count).map {
                $0.labelled(web).apart(from: web, by: "kubernetes.io/hostname")
            }
        }
        let three = try schedule(
            plain(compatibility), nodes: zones, pods: pods(3), gangs: [.gang("g", min: 3)])
        #expect(three.bound == ["g-0": "a1", "g-1": "a2", "g-2": "b1"])
        let small = Pod.waiting("small").labelled(web)
        let four = try schedule(
            plain(compatibility), nodes: zones, pods: pods(4) + [small],
            gangs: [.gang("g", min: 4).with { $0.created = nil }])
        #expect(four.bound == ["small": "a1"], "nothing is left of what was undone")
        #expect(
            four.messages["g-3"] == "0/3 nodes are available: 3 \(antiAffinity)")
    }

    @Test("leaving pods count until they have gone, finished ones do not") func leaving() throws {
        let holder = Pod.waiting("holder").labelled(web).running(on: "a1")
        let session = try Session(
            snapshot: ClusterSnapshot(nodes: [zones[0]], pods: [holder, .waiting("p").apart(from: web)]),
            configuration: plain(.gangwright))
        #expect(session.runCycle().bound == [:])
        try session.update(holder.with { $0.isTerminating = true })
        #expect(session.runCycle().bound == [:])
        try session.update(holder.with { $0.phase = .succeeded })
        #expect(session.runCycle().bound == ["p": "a1"])
    }

    @Test("a gang that waits for company is tried again when it comes") func retried() throws {
        let gang = Pod.members(of: "g", 2).map { $0.near(cache) }
        let session = try Session(
            snapshot: ClusterSnapshot(nodes: zones, pods: gang, podGroups: [.gang("g", min: 2)]),
            configuration: plain(.gangwright))
        #expect(session.runCycle().bound == [:])
        try session.update(Pod.waiting("new").labelled(cache).running(on: "b1"))
        #expect(session.runCycle().bound == ["g-0": "b1", "g-1": "b1"])
    }

    @Test("a node that moves to another domain takes its pods along") func relabelled() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [zones[0], zones[2]],
                pods: [
                    .waiting("holder").labelled(cache).running(on: "a1"), .waiting("p", 9_500).near(cache),
                ]),
            configuration: plain(.gangwright))
        #expect(session.runCycle().bound == [:], "zone a is full")
        try session.update(node("b1", zone: "a"))
        #expect(session.runCycle().bound == ["p": "b1"])
    }

    @Test("terms mean the pod's own namespace unless they name others, or select them by label")
    func namespaces() throws {
        func bound(_ change: (inout PodAffinityTerm) -> Void, _ spaces: [Namespace] = []) throws -> Bool {
            var term = PodAffinityTerm.of(cache)
            change(&term)
            let holder = Pod.waiting("holder").labelled(cache).running(on: "b1")
                .with { $0.key = ObjectKey(namespace: "other", name: "holder") }
            let pod = Pod.waiting("p").constrained { $0.podAffinity.required = [term] }
            var snapshot = ClusterSnapshot(nodes: zones, pods: [holder, pod])
            snapshot.namespaces = spaces
            let result = try Session(snapshot: snapshot, configuration: plain(.volcano)).runCycle()
            return result.bound == ["p": "b1"]
        }
        let team = LabelSelector(matchLabels: ["team": "x"])
        #expect(try !bound { _ in })
        #expect(try bound { $0.namespaces = ["elsewhere", "other"] })
        #expect(try bound { $0.namespaceSelector = LabelSelector() })
        #expect(try !bound { $0.namespaceSelector = team })
        #expect(
            try bound(
                { $0.namespaceSelector = team }, [Namespace(name: "other", labels: ["team": "x"])]))
        #expect(try !bound { $0.labelSelector = nil }, "no selector means no pod")
        #expect(
            try bound {
                $0.namespaceSelector = LabelSelector(
                    matchLabels: ["kubernetes.io/metadata.name": "other"])
            }, "the label that every namespace has")
    }

    @Test("labels of a namespace may change") func relabelledNamespace() throws {
        let term = PodAffinityTerm(
            labelSelector: LabelSelector(matchLabels: cache),
            namespaceSelector: LabelSelector(matchLabels: ["team": "x"]), topologyKey: "zone")
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: zones,
                pods: [
                    .waiting("holder").labelled(cache).running(on: "b1"),
                    .waiting("p").constrained { $0.podAffinity.required = [term] },
                ]), configuration: plain(.volcano))
        #expect(session.runCycle().bound == [:])
        try session.apply(.namespace(Namespace(name: testNamespace, labels: ["team": "x"])))
        #expect(session.runCycle().bound == ["p": "b1"])
    }

    @Test("predicate.PodAffinityEnable: false switches both off") func off() throws {
        let off = policy(.volcano, ["gang"], ["predicates predicate.PodAffinityEnable=false"])
        let pods = [
            Pod.waiting("holder").apart(from: web).running(on: "a1"),
            .waiting("p").labelled(web).near(cache).apart(from: [:]),
        ]
        #expect(try schedule(off, nodes: [zones[0]], pods: pods).bound == ["p": "a1"])
    }

    @Test("a pod may take the place of one that it must not meet, not that of one it seeks")
    func preemption() throws {
        let preempting = policy(
            .volcano, actions: "allocate, preempt", ["priority", "gang", "conformance"], ["predicates"])
        let victim = Pod.waiting("victim", of: "low").labelled(web).running(on: "a1")
        let stays = Pod.waiting("stays", of: "low").running(on: "a2")
        let low = PodGroup.gang("low", min: 1).with { $0.phase = .running }
        let high = PodGroup.gang("high", min: 1).with {
            $0.priorityClassName = "high"
            $0.phase = .inqueue
        }
        let classes = [PriorityClass(name: "high", value: 1_000)]
        let avoiding = Pod.waiting("p", of: "high").apart(from: web).with { $0.priority = 1_000 }
        let taken = try schedule(
            preempting, nodes: [zones[0], zones[1]], pods: [victim, stays, avoiding], gangs: [low, high],
            classes: classes)
        #expect(taken.evicted == ["victim"])
        #expect(taken.promised == ["p": "a1 eviction"])
        let seeking = Pod.waiting("p", of: "high").near(cache).with { $0.priority = 1_000 }
        let left = try schedule(
            preempting, nodes: [zones[0], zones[1]], pods: [victim, stays, seeking], gangs: [low, high],
            classes: classes)
        #expect(left.evicted == [])
    }
}

@Suite("Nodes rank by the company that pods prefer") struct PodAffinityScoreTests {
    private let only =
        "nodeorder leastrequested.weight=0 balancedresource.weight=0 nodeaffinity.weight=0 "
        + "tainttoleration.weight=0 imagelocality.weight=0"

    private func wish(_ weight: Int64, _ labels: [String: String]) -> WeightedPodAffinityTerm {
        WeightedPodAffinityTerm(weight: weight, term: .of(labels))
    }

    @Test("a pod goes where more weight is met, and not where it would rather not be") func own() throws {
        let configuration = policy(.volcano, ["gang"], ["predicates", only])
        let there = [
            Pod.waiting("one").labelled(cache).running(on: "a1"),
            Pod.waiting("two").labelled(cache).running(on: "b1"),
            Pod.waiting("three").labelled(web).running(on: "a2"),
        ]
        let pod = Pod.waiting("p").constrained {
            $0.podAffinity.preferred = [wish(10, cache)]
            $0.podAntiAffinity.preferred = [wish(5, web)]
        }
        #expect(try schedule(configuration, nodes: zones, pods: there + [pod]).bound == ["p": "b1"])
        let off = policy(.volcano, ["gang"], ["predicates", only + " podaffinity.weight=0"])
        #expect(try schedule(off, nodes: zones, pods: there + [pod]).bound == ["p": "a1"])
    }

    @Test("a pod goes where it is welcome; required terms count under gangwright only, as in kube-scheduler")
    func others() throws {
        let welcoming = Pod.waiting("one").constrained { $0.podAffinity.preferred = [wish(1, web)] }
        let requiring = Pod.waiting("one").near(web)
        for (there, compatibility, expected) in [
            (welcoming, Compatibility.volcano, "b1"), (welcoming, .gangwright, "b1"),
            (requiring, .volcano, "a1"), (requiring, .gangwright, "b1"),
        ] {
            let configuration = policy(compatibility, ["gang"], ["predicates", only])
            let pods = [there.running(on: "b1"), .waiting("p").labelled(web)]
            #expect(try schedule(configuration, nodes: zones, pods: pods).bound == ["p": expected])
        }
    }

    @Test("points are scaled over the nodes that can take the pod, and weighed") func scaled() throws {
        // Node b1 is the fuller one: 50 points of most requested for it, 100 × 2 points of company for zone a.
        let configuration = policy(
            .volcano, ["gang"], ["predicates", only + " mostrequested.weight=1 podaffinity.weight=2"])
        let pods = [
            Pod.waiting("one").labelled(cache).running(on: "a1"),
            Pod.waiting("two", 9_000).running(on: "b1"),
            .waiting("p").constrained { $0.podAffinity.preferred = [wish(1, cache)] },
        ]
        #expect(try schedule(configuration, nodes: zones, pods: pods).bound == ["p": "a1"])
    }
}
