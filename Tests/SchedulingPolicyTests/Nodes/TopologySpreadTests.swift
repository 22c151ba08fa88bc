import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let web = ["app": "web"]

private func node(_ name: String, zone: String?, _ milliCPU: Int64 = 10_000) -> Node {
    var labels = ["kubernetes.io/hostname": name]
    labels["zone"] = zone
    return .of(name, milliCPU, labels: labels)
}

private func running(_ count: Int, on node: String) -> [Pod] {
    (0..<count).map { Pod.waiting("\(node)-\($0)", 100).labelled(web).running(on: node) }
}

@Suite("Pods that are alike are spread over domains") struct TopologySpreadTests {
    private let skew = "node(s) didn't match pod topology spread constraints"
    private let missing = "node(s) didn't match pod topology spread constraints (missing required label)"
    private let zones = [node("a1", zone: "a"), node("a2", zone: "a"), node("b1", zone: "b")]

    @Test("no domain exceeds the one with the fewest by more than maxSkew", arguments: [1, 2])
    func maxSkew(maxSkew: Int) throws {
        // Two in zone a, none in zone b, which has no room: a third in zone a would be three more than in b.
        let nodes = Array(zones[0...1]) + [node("b1", zone: "b", 500)]
        func result(_ skew: Int) throws -> CycleResult {
            let pod = Pod.waiting("p").labelled(web).spread(web, skew: skew)
            return try schedule(plain(.volcano), nodes: nodes, pods: running(2, on: "a1") + [pod])
        }
        let refused = try result(maxSkew)
        #expect(refused.bound == [:])
        let reasons = refused.pending.first?.nodeReasons.map { "\($0.count) \($0.reason)" }
        #expect(reasons == ["2 \(self.skew)", "1 Insufficient cpu"])
        #expect(try result(3).bound == ["p": "a1"])
    }

    @Test("a gang is spread evenly, or not placed", arguments: Compatibility.withoutVolcano15)
    func gang(compatibility: Compatibility) throws {
        let pods = Pod.members(of: "g", 4).map { $0.labelled(web).spread(web) }
        let result = try schedule(plain(compatibility), nodes: zones, pods: pods, gangs: [.gang("g", min: 4)])
        #expect(result.bound == ["g-0": "a1", "g-1": "b1", "g-2": "a1", "g-3": "b1"])
        let narrow = [zones[0], node("b1", zone: "b", 1_000)]
        let failed = try schedule(
            plain(compatibility), nodes: narrow, pods: pods, gangs: [.gang("g", min: 4)])
        #expect(failed.bound == [:])
    }

    @Test("a node without the label takes no such pod") func unlabelled() throws {
        let result = try schedule(
            plain(.volcano), nodes: [node("lost", zone: nil)],
            pods: [.waiting("p").labelled(web).spread(web)])
        #expect(result.messages == ["p": "0/1 nodes are available: 1 \(missing)"])
    }

    @Test("with fewer domains than minDomains, the fewest counts as none") func minDomains() throws {
        let pods = running(1, on: "a1") + running(1, on: "b1")
        for (minimum, isBound) in [(nil, true), (2, true), (3, false)] as [(Int?, Bool)] {
            let pod = Pod.waiting("p").labelled(web).spread(web) { $0.minDomains = minimum }
            let result = try schedule(plain(.volcano), nodes: zones, pods: pods + [pod])
            #expect(result.bound == (isBound ? ["p": "a1"] : [:]))
        }
    }

    @Test("leaving pods and those of other namespaces do not count; a selector of everything counts nobody")
    func counted() throws {
        let nodes = [node("a1", zone: "a"), node("b1", zone: "b", 500)]
        let pod = Pod.waiting("p").labelled(web).spread(web)
        let there = Pod.waiting("x", 100).labelled(web).running(on: "a1")
        #expect(try schedule(plain(.volcano), nodes: nodes, pods: [there, pod]).bound == [:])
        let leaving = there.with { $0.isTerminating = true }
        #expect(try schedule(plain(.volcano), nodes: nodes, pods: [leaving, pod]).bound == ["p": "a1"])
        let foreign = there.with { $0.key = ObjectKey(namespace: "other", name: "x") }
        #expect(try schedule(plain(.volcano), nodes: nodes, pods: [foreign, pod]).bound == ["p": "a1"])
        let everything = Pod.waiting("p").labelled(web).spread([:])
        #expect(try schedule(plain(.volcano), nodes: nodes, pods: [there, everything]).bound == ["p": "a1"])
        let nothing = Pod.waiting("p").labelled(web).spread([:]) { $0.labelSelector = nil }
        #expect(try schedule(plain(.volcano), nodes: nodes, pods: [there, nothing]).bound == ["p": "a1"])
    }

    @Test("nodes that node affinity or taints rule out count as the policies say") func policies() throws {
        let disk = Node.of(
            "c1", labels: ["zone": "c", "disk": "ssd"], taints: [Taint(key: "x", effect: .noSchedule)])
        let nodes = [
            Node.of("a1", labels: ["zone": "a", "disk": "ssd"]), .of("b1", labels: ["zone": "b"]), disk,
        ]
        let there = running(1, on: "a1")
        func bound(_ change: (inout TopologySpreadConstraint) -> Void) throws -> Bool {
            let pod = Pod.waiting("p").labelled(web).with { $0.nodeSelector = ["disk": "ssd"] }
                .spread(web) { change(&$0) }
            return try schedule(plain(.volcano), nodes: nodes, pods: there + [pod]).bound == ["p": "a1"]
        }
        #expect(try !bound { _ in }, "node c1 counts although its taint keeps the pod away")
        #expect(try bound { $0.nodeTaintsPolicy = .honor }, "then zone a is the only one")
        #expect(
            try !bound {
                $0.nodeTaintsPolicy = .honor
                $0.nodeAffinityPolicy = .ignore
            }, "then zone b counts, which the pod cannot use")
    }

    @Test("several constraints hold together; counted are nodes with all the labels") func several() throws {
        let pods = running(1, on: "a1") + running(1, on: "b1")
        let pod = Pod.waiting("p").labelled(web).spread(web).spread(web, over: "kubernetes.io/hostname")
        #expect(try schedule(plain(.volcano), nodes: zones, pods: pods + [pod]).bound == ["p": "a2"])
    }

    @Test("predicate.PodTopologySpreadEnable: false switches it off") func off() throws {
        let off = policy(.volcano, ["gang"], ["predicates predicate.PodTopologySpreadEnable=false"])
        let result = try schedule(
            off, nodes: [node("lost", zone: nil)], pods: [.waiting("p").labelled(web).spread(web)])
        #expect(result.bound == ["p": "lost"])
    }
}

@Suite("Nodes rank by how even the spread would be") struct TopologySpreadScoreTests {
    private let only =
        "nodeorder leastrequested.weight=0 balancedresource.weight=0 nodeaffinity.weight=0 "
        + "tainttoleration.weight=0 imagelocality.weight=0"
    private let zones = [node("a1", zone: "a"), node("a2", zone: "a"), node("b1", zone: "b")]

    @Test("the domain with fewer pods is better, and a node without the label is worst") func zone() throws {
        let configuration = policy(.volcano, ["gang"], ["predicates", only])
        let pod = Pod.waiting("p").labelled(web).spread(web, .scheduleAnyway)
        let nodes = [node("0", zone: nil)] + zones
        let result = try schedule(configuration, nodes: nodes, pods: running(1, on: "a1") + [pod])
        #expect(result.bound == ["p": "b1"])
        let level = try schedule(
            configuration, nodes: nodes, pods: running(1, on: "a1") + running(1, on: "b1") + [pod])
        #expect(level.bound == ["p": "a1"])
        let off = policy(.volcano, ["gang"], ["predicates", only + " podtopologyspread.weight=0"])
        #expect(try schedule(off, nodes: nodes, pods: running(1, on: "a1") + [pod]).bound == ["p": "0"])
    }

    @Test("by hostname, every node is a domain") func hostname() throws {
        let configuration = policy(.volcano, ["gang"], ["predicates", only])
        let pods = Pod.members(of: "g", 3).map {
            $0.labelled(web).spread(web, over: "kubernetes.io/hostname", .scheduleAnyway)
        }
        let result = try schedule(configuration, nodes: zones, pods: pods, gangs: [.gang("g", min: 3)])
        #expect(result.bound == ["g-0": "a1", "g-1": "a2", "g-2": "b1"])
    }

    @Test("it wishes and does not refuse") func wishes() throws {
        let configuration = policy(.volcano, ["gang"], ["predicates", only])
        let pods = Pod.members(of: "g", 5).map { $0.labelled(web).spread(web, .scheduleAnyway) }
        let result = try schedule(
            configuration, nodes: [node("a1", zone: "a"), node("b1", zone: "b", 1_000)], pods: pods,
            gangs: [.gang("g", min: 5)])
        #expect(result.bound.count == 5)
    }
}
