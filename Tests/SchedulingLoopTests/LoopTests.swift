import ClusterModel
import SchedulingLoop
import SchedulingPolicy
import TestSupport
import Testing

/// Milliseconds after some beginning.
private func at(_ milliseconds: Int64) -> LoopTime { LoopTime(milliseconds: milliseconds) }

/// Where pods were bound, by name.
private func bound(_ result: CycleResult) -> [String: String] {
    Dictionary(uniqueKeysWithValues: result.binds.map { ($0.pod.name, $0.node) })
}

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

@Suite("A loop says when a cycle is due") struct DueTests {
    @Test("nothing is due while nothing waits and nothing has happened") func idle() throws {
        let loop = SchedulingLoop(configuration: .default)
        #expect(loop.nextCycle == nil)
        try loop.receive(.change(.node(.of("n"))), at: at(1_000))
        _ = loop.runCycle(at: at(1_010))
        #expect(loop.nextCycle == nil)
    }

    @Test("a change waits for others to come, and the first one counts") func debounce() throws {
        let loop = SchedulingLoop(configuration: .default, timing: LoopTiming(debounce: 20))
        try loop.receive(.change(.pod(.waiting("a"))), at: at(1_000))
        try loop.receive(.change(.pod(.waiting("b"))), at: at(1_015))
        #expect(loop.nextCycle == at(1_020))
    }

    @Test("what waits is looked at once a schedule period") func period() throws {
        let loop = SchedulingLoop(configuration: .default, timing: LoopTiming(schedulePeriod: 500))
        try loop.receive(.change(.pod(.waiting("a"))), at: at(1_000))
        #expect(loop.runCycle(at: at(1_010)).pending.count == 1)
        #expect(loop.nextCycle == at(1_510))
    }

    @Test("a rule that depends on the time asks for a cycle when its time comes") func timed() throws {
        let text = """
            compatibility: gangwright
            actions: "allocate, shuffle"
            tiers: [{plugins: [{name: tdm, arguments: {tdm.revocable-zone.z: "10:00-14:00"}}, {name: predicates}]}]
            """
        let configuration = try #require(
            SchedulerConfiguration.read(Array(text.utf8), file: "configuration").configuration)
        let loop = SchedulingLoop(configuration: configuration)
        let noon = LoopTime(Timestamp.second(43_200))
        let node = Node.of("n", labels: ["volcano.sh/revocable-zone": "z"])
        try loop.receive(.change(.node(node)), at: noon)
        let pod = Pod.waiting("a").running(on: "n").with {
            $0.annotations = ["volcano.sh/preemptable": "true"]
        }
        try loop.receive(.change(.pod(pod)), at: noon)
        #expect(loop.runCycle(at: noon).evictions.isEmpty)
        let over = LoopTime(Timestamp.second(14 * 3_600 + 1))
        #expect(loop.nextCycle == over)
        #expect(loop.runCycle(at: over).evictions.map(\.pod) == [key("a")])
    }

    @Test("what waits for a time is not looked at later than anything else that waits") func timedAndWaiting()
        throws
    {
        let text = """
            compatibility: gangwright
            actions: "allocate"
            tiers: [{plugins: [{name: sla, arguments: {sla-waiting-time: 1h}}, {name: predicates}]}]
            """
        let configuration = try #require(
            SchedulerConfiguration.read(Array(text.utf8), file: "configuration").configuration)
        let loop = SchedulingLoop(
            configuration: configuration, timing: LoopTiming(schedulePeriod: 10_000_000))
        let start = LoopTime(Timestamp.second(0))
        try loop.receive(.change(.pod(Pod.waiting("a").with { $0.created = .second(0) })), at: start)
        _ = loop.runCycle(at: start)
        #expect(loop.nextCycle == start.advanced(by: 3_600_000))
        loop.timing.schedulePeriod = 1_000
        #expect(loop.nextCycle == start.advanced(by: 1_000))
    }

    @Test("a pod that goes on running asks for no cycle, one that ends does") func running() throws {
        let loop = SchedulingLoop(configuration: .default)
        let pod = Pod.waiting("a").running(on: "n")
        try loop.receive(.change(.pod(pod)), at: at(1_000))
        try loop.receive(.bound(key("a")), at: at(1_000))
        #expect(loop.nextCycle == nil)
        try loop.receive(.change(.pod(pod.with { $0.phase = .succeeded })), at: at(2_000))
        #expect(loop.nextCycle == at(2_010))
    }
}

@Suite("A pod that was bound is assumed to be there until somebody says otherwise") struct AssumedTests {
    private let loop: SchedulingLoop

    init() throws {
        loop = SchedulingLoop(configuration: .default)
        try loop.receive(.change(.node(.of("n", 1_500))), at: at(0))
        try loop.receive(.change(.pod(.waiting("a"))), at: at(0))
        #expect(bound(loop.runCycle(at: at(10))) == ["a": "n"])
        #expect(loop.assumed == [key("a")])
    }

    @Test("the next cycle neither binds it again nor gives its place away") func held() throws {
        try loop.receive(.change(.pod(.waiting("b"))), at: at(20))
        let result = loop.runCycle(at: at(30))
        #expect(bound(result) == [:])
        #expect(result.pending.map(\.pod.name) == ["b"])
    }

    @Test("news from before the binding change nothing") func olderNews() throws {
        let older = Pod.waiting("a").with { $0.labels = ["touched": "yes"] }
        try loop.receive(.change(.pod(older)), at: at(20))
        #expect(loop.assumed == [key("a")])
        #expect(loop.runCycle(at: at(30)).binds == [])
        try loop.receive(.bindRefused(key("a")), at: at(40))
        #expect(bound(loop.runCycle(at: at(50))) == ["a": "n"])
    }

    @Test("news from before the binding change nothing even after it was confirmed") func olderNewsLater()
        throws
    {
        try loop.receive(.bound(key("a")), at: at(20))
        try loop.receive(.change(.pod(.waiting("a"))), at: at(25))
        #expect(loop.runCycle(at: at(30)).binds == [])
        try loop.receive(.change(.pod(Pod.waiting("a").running(on: "n"))), at: at(40))
        // Now the API server has spoken, and whatever it says next holds.
        try loop.receive(.change(.pod(.waiting("a"))), at: at(50))
        #expect(bound(loop.runCycle(at: at(60))) == ["a": "n"])
    }

    @Test("a pod of the same name that came after it waits anew") func anotherPod() throws {
        try loop.receive(.change(.pod(Pod.waiting("a").with { $0.uid = "2" })), at: at(20))
        #expect(bound(loop.runCycle(at: at(30))) == ["a": "n"])
    }

    @Test("a refused binding frees its place, and the pod is tried again") func refused() throws {
        try loop.receive(.change(.pod(Pod.waiting("b").with { $0.priority = 5 })), at: at(20))
        try loop.receive(.bindRefused(key("a")), at: at(20))
        #expect(loop.assumed.isEmpty)
        #expect(loop.nextCycle == at(30))
        #expect(loop.runCycle(at: at(30)).binds.count == 1)
    }

    @Test("one whose volume could not be had there is placed elsewhere, and may come back later")
    func avoided()
        throws
    {
        let loop = SchedulingLoop(configuration: .default)
        let data = key("data")
        for node in ["a", "b"] { try loop.receive(.change(.node(.of(node))), at: at(0)) }
        let late = StorageClass(
            name: "late", provisioner: "csi.example.com", bindingMode: .waitForFirstConsumer)
        try loop.receive(.change(.storageClass(late)), at: at(0))
        let claim = PersistentVolumeClaim(key: data, storageClassName: "late")
        try loop.receive(.change(.persistentVolumeClaim(claim)), at: at(0))
        let pod = Pod.waiting("p").constrained { $0.volumes = [.claim(name: "data", isReadOnly: false)] }
        try loop.receive(.change(.pod(pod)), at: at(0))
        let first = loop.runCycle(at: at(10))
        #expect(bound(first) == ["p": "a"])
        #expect(first.binds.map(\.claims) == [[ClaimBinding(claim: data)]])
        try loop.receive(.claimAvoids(data, nodes: ["a"]), at: at(20))
        #expect(loop.nextCycle == at(20 + loop.timing.debounce))
        #expect(bound(loop.runCycle(at: at(30))) == [:], "it is assumed to be where it was put")
        try loop.receive(.bindRefused(key("p")), at: at(40))
        #expect(bound(loop.runCycle(at: at(50))) == ["p": "b"])
        try loop.receive(.claimAvoids(data, nodes: []), at: at(60))
        try loop.receive(.bindRefused(key("p")), at: at(60))
        #expect(bound(loop.runCycle(at: at(70))) == ["p": "a"])
        #expect(loop.audit() == [])
    }

    @Test("a loop knows which nodes reach a volume") func reach() throws {
        let loop = SchedulingLoop(configuration: .default)
        for zone in ["a", "b"] {
            try loop.receive(.change(.node(.of("node-\(zone)", labels: ["zone": zone]))), at: at(0))
        }
        #expect(loop.isVolume("v", reachableFrom: "node-a") == nil)
        let term = NodeSelectorTerm(matchExpressions: [
            NodeSelectorRequirement(key: "zone", operator: .isIn, values: ["a"])
        ])
        try loop.receive(
            .change(.persistentVolume(PersistentVolume(name: "v", nodeAffinity: [term]))), at: at(0))
        #expect(loop.isVolume("v", reachableFrom: "node-a") == true)
        #expect(loop.isVolume("v", reachableFrom: "node-b") == false)
        #expect(loop.isVolume("v", reachableFrom: "node-c") == nil)
    }

    @Test("a confirmed one is not assumed any more, and goes on holding its place") func confirmed() throws {
        try loop.receive(.bound(key("a")), at: at(20))
        #expect(loop.assumed.isEmpty)
        try loop.receive(.change(.pod(.waiting("b"))), at: at(20))
        #expect(loop.runCycle(at: at(30)).binds == [])
    }

    @Test("one that is gone holds nothing") func gone() throws {
        try loop.receive(.change(.podRemoved(key("a"))), at: at(20))
        try loop.receive(.change(.pod(.waiting("b"))), at: at(20))
        #expect(bound(loop.runCycle(at: at(30))) == ["b": "n"])
    }
}

/// What could help a gang of three that found room for two.
enum Help: String, CaseIterable, CustomTestStringConvertible {
    case podEnds, podLeaves, nodeComes, nodeGrows, nodeUncordoned, smallerMinimum, smallerPods

    var testDescription: String { rawValue }

    var inputs: [LoopInput] {
        switch self {
        case .podEnds: [.change(.pod(Pod.waiting("other").running(on: "n").with { $0.phase = .succeeded }))]
        case .podLeaves: [.change(.podRemoved(key("other")))]
        case .nodeComes: [.change(.node(.of("m", 1_000)))]
        case .nodeGrows: [.change(.node(.of("n", 4_000)))]
        case .nodeUncordoned: [.change(.node(.of("spare", 1_000)))]
        case .smallerMinimum: [.change(.podGroup(.gang("g", min: 2)))]
        case .smallerPods:
            Pod.members(of: "g", 3, asking: [.cpu: 500]).map { .change(.pod($0)) }
        }
    }
}

@Suite("A gang that found no room is tried again when something could help it") struct MemoTests {
    private static func loop() throws -> SchedulingLoop {
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 3_000), Node.of("spare", 1_000).with { $0.isUnschedulable = true }],
            pods: Pod.members(of: "g", 3) + [Pod.waiting("other").running(on: "n")],
            podGroups: [.gang("g", min: 3)])
        let loop = try SchedulingLoop(snapshot: snapshot, configuration: .default)
        #expect(loop.runCycle(at: at(0)).binds == [])
        #expect(loop.runCycle(at: at(1_000)).binds == [])
        return loop
    }

    @Test("each of these helps", arguments: Help.allCases)
    func helps(help: Help) throws {
        let loop = try Self.loop()
        for input in help.inputs { try loop.receive(input, at: at(1_500)) }
        let result = loop.runCycle(at: at(2_000))
        #expect(result.binds.count >= 2)
        #expect(result.podGroups.first?.phase == .running)
    }

    @Test("its reason stays what it was while nothing helps") func reason() throws {
        let loop = try Self.loop()
        let before = loop.runCycle(at: at(2_000))
        try loop.receive(.change(.pod(.waiting("tiny", 1))), at: at(2_500))
        let after = loop.runCycle(at: at(3_000))
        #expect(bound(after) == ["tiny": "n"])
        #expect(after.pending == before.pending)
        #expect(after.podGroups.map(\.message) == before.podGroups.map(\.message))
        #expect(after.podGroups.first?.reason == .unschedulable)
    }
}

@Suite("Another configuration holds from the next cycle on") struct ReconfigurationTests {
    @Test("scores, filters and whose semantics hold change; what runs stays where it is") func configured()
        throws
    {
        func volcano(_ arguments: String) throws -> SchedulerConfiguration {
            let text = """
                actions: "allocate"
                tiers:
                - plugins: [{name: gang}, {name: predicates}]
                - plugins: [{name: nodeorder, arguments: {\(arguments), balancedresource.weight: 0}}]
                """
            return try #require(SchedulerConfiguration.read(Array(text.utf8), file: "volcano").0)
        }
        let snapshot = ClusterSnapshot(
            nodes: [.of("a"), .of("b"), Node.of("c", 20_000).with { $0.ready = .isFalse }],
            pods: [Pod.waiting("first").running(on: "b"), .waiting("spread")])
        let loop = try SchedulingLoop(
            snapshot: snapshot, configuration: try volcano("leastrequested.weight: 1"))
        // Volcano looks at no condition, so the node that is not ready, and largest, is the emptiest.
        #expect(bound(loop.runCycle(at: at(0))) == ["spread": "c"])
        try loop.receive(
            .configuration(try volcano("leastrequested.weight: 0, mostrequested.weight: 1")), at: at(10))
        try loop.receive(.change(.pod(.waiting("packed"))), at: at(10))
        #expect(bound(loop.runCycle(at: at(20))) == ["packed": "b"])
        try loop.receive(.configuration(.default), at: at(30))
        try loop.receive(.change(.pod(.waiting("large", 12_000))), at: at(30))
        #expect(loop.runCycle(at: at(40)).pending.map(\.pod.name) == ["large"])
        try loop.receive(.change(.node(.of("c", 20_000))), at: at(50))
        #expect(bound(loop.runCycle(at: at(60))) == ["large": "c"])
    }
}

@Suite("Amounts that would overflow are refused, and nothing is lost") struct OverflowTests {
    @Test("of a pod, new or changed, of a node, a gang and a queue") func refused() throws {
        let most = Int64.max / 2 + 1
        let loop = SchedulingLoop(configuration: .default)
        try loop.receive(.change(.node(.of("n"))), at: at(0))
        try loop.receive(.change(.pod(.waiting("a"))), at: at(0))
        let memory: ResourceList = [.memory: most]
        let tooMuch: [ClusterChange] = [
            .pod(.waiting("big", asking: memory)), .pod(.waiting("a", asking: memory)),
            .node(.of("n", memory: .max)), .podGroup(.gang("g", min: 1, minResources: memory)),
            .queue(Queue(name: "q", guarantee: memory)),
        ]
        for half in [
            ClusterChange.pod(.waiting("half", asking: memory, of: "g")), .node(.of("m", memory: most)),
        ] {
            try loop.receive(.change(half), at: at(0))
        }
        for change in tooMuch {
            #expect(throws: ResourceOverflow(resource: .memory)) {
                try loop.receive(.change(change), at: at(0))
            }
        }
        #expect(loop.runCycle(at: at(10)).binds.map(\.pod.name) == ["a"])
    }
}

@Suite("Several cycles in a row are reported as one") struct CyclesTests {
    @Test("each pod is there once, with the cycle that decided it") func merged() throws {
        // The second gang is admitted only once the first one's reservation has become pods.
        let snapshot = ClusterSnapshot(
            nodes: [.of("n", 4_000)],
            pods: Pod.members(of: "a", 2) + Pod.members(of: "b", 2) + Pod.members(of: "c", 4),
            podGroups: [.gang("a", min: 2), .gang("b", min: 2), .gang("c", min: 4)])
        let loop = try SchedulingLoop(snapshot: snapshot, configuration: .default)
        let result = loop.run(cycles: 3, from: at(0))
        #expect(result.cycle == 3)
        #expect(result.binds.map(\.pod.name).sorted() == ["a-0", "a-1", "b-0", "b-1"])
        #expect(result.pending.map(\.pod.name).sorted() == ["c-0", "c-1", "c-2", "c-3"])
        #expect(result.podGroups.map(\.key.name) == ["a", "b", "c"])
        #expect(result.podGroups.map(\.phase) == [.running, .running, .inqueue])
        #expect(result.boundBefore == 0)
    }

    @Test("a gang that Volcano counts as running only once it is bound is running in the second")
    func phases() throws {
        let text = """
            actions: "enqueue, allocate, backfill"
            tiers:
            - plugins: [{name: priority}, {name: gang}]
            - plugins: [{name: predicates}]
            """
        let (configuration, _) = SchedulerConfiguration.read(Array(text.utf8), file: "volcano")
        let snapshot = ClusterSnapshot(
            nodes: [.of("n")], pods: Pod.members(of: "g", 2), podGroups: [.gang("g", min: 2)])
        func phase(cycles: Int) throws -> PodGroup.Phase? {
            let loop = try SchedulingLoop(snapshot: snapshot, configuration: try #require(configuration))
            return loop.run(cycles: cycles, from: at(0)).podGroups.first?.phase
        }
        #expect(try phase(cycles: 1) == .inqueue)
        #expect(try phase(cycles: 2) == .running)
    }
}

@Suite("A node whose kubelet refused a pod is left alone for a while") struct KubeletRefusalTests {
    /// A loop with one node, on which a pod was bound that the kubelet then refuses.
    private func loop() throws -> SchedulingLoop {
        let loop = SchedulingLoop(configuration: .default)
        try loop.receive(.change(.node(.of("n", 2_000))), at: at(0))
        return loop
    }

    /// Places a pod, and lets the kubelet refuse it.
    private func placeAndRefuse(_ name: String, _ loop: SchedulingLoop, at time: LoopTime) throws {
        try loop.receive(.change(.pod(.waiting(name, 500))), at: time)
        #expect(bound(loop.runCycle(at: time)) == [name: "n"])
        try loop.receive(.change(.pod(refused(name))), at: time)
    }

    private func refused(_ name: String) -> Pod {
        Pod.waiting(name, 500).with {
            ($0.nodeName, $0.phase, $0.statusReason) = ("n", .failed, "OutOfcpu")
        }
    }

    @Test("the pod that its controller makes anew goes there only when the hold is over") func hold() throws {
        let loop = try loop()
        try placeAndRefuse("a", loop, at: at(1_000))
        #expect(Array(loop.heldNodes.keys) == ["n"])
        try loop.receive(.change(.pod(.waiting("b", 500))), at: at(1_100))
        #expect(loop.runCycle(at: at(1_200)).binds.isEmpty)
        // News of the node does not end it, and is not lost.
        try loop.receive(.change(.node(.of("n", 400))), at: at(2_000))
        #expect(loop.runCycle(at: at(10_999)).binds.isEmpty)
        #expect(loop.runCycle(at: at(11_000)).binds.isEmpty)
        #expect(loop.heldNodes.isEmpty)
        try loop.receive(.change(.node(.of("n", 2_000))), at: at(12_000))
        #expect(bound(loop.runCycle(at: at(12_000))) == ["b": "n"])
    }

    @Test("refusals in a row hold it twice as long each, up to ten minutes") func row() throws {
        let loop = try loop()
        var time = at(0)
        for seconds: Int64 in [10, 20, 40, 80, 160, 320, 600, 600] {
            let name = "pod-\(seconds)-\(time.milliseconds)"
            try placeAndRefuse(name, loop, at: time)
            try loop.receive(.change(.podRemoved(key(name))), at: time)
            time = time.advanced(by: seconds * 1_000 - 1)
            _ = loop.runCycle(at: time)
            #expect(Array(loop.heldNodes.keys) == ["n"])
            time = time.advanced(by: 1)
            _ = loop.runCycle(at: time)
            #expect(loop.heldNodes.isEmpty)
        }
    }

    @Test("a pod that was refused before anybody looked, or ends otherwise, holds nothing") func others()
        throws
    {
        let loop = try loop()
        try loop.receive(.change(.pod(refused("old"))), at: at(0))
        #expect(loop.heldNodes.isEmpty)
        try loop.receive(.change(.pod(Pod.waiting("a").running(on: "n"))), at: at(0))
        let ended = Pod.waiting("a").with {
            ($0.nodeName, $0.phase, $0.statusReason) = ("n", .failed, "Error")
        }
        try loop.receive(.change(.pod(ended)), at: at(1))
        #expect(loop.heldNodes.isEmpty)
    }

    @Test("a place that two schedulers gave away holds nothing: what is on the node is known")
    func knownFull() throws {
        let loop = try loop()
        try loop.receive(.change(.pod(.waiting("ours", 1_500))), at: at(0))
        #expect(bound(loop.runCycle(at: at(0))) == ["ours": "n"])
        let theirs = Pod.waiting("theirs", 1_000).running(on: "n")
        try loop.receive(.change(.pod(theirs)), at: at(1))
        let refused = Pod.waiting("ours", 1_500).with {
            ($0.nodeName, $0.phase, $0.statusReason) = ("n", .failed, "OutOfcpu")
        }
        try loop.receive(.change(.pod(refused)), at: at(2))
        #expect(loop.heldNodes.isEmpty)
        // The next one finds what is left at once.
        try loop.receive(.change(.pod(.waiting("small", 1_000))), at: at(3))
        #expect(bound(loop.runCycle(at: at(3))) == ["small": "n"])
    }

    @Test("several that were bound before the hold, and are refused one after the other, do not prolong it")
    func together() throws {
        let loop = try loop()
        for name in ["a", "b", "c"] { try loop.receive(.change(.pod(.waiting(name, 500))), at: at(0)) }
        #expect(bound(loop.runCycle(at: at(0))).count == 3)
        for (second, name) in ["a", "b", "c"].enumerated() {
            try loop.receive(.change(.pod(refused(name))), at: at(Int64(second) * 1_000))
        }
        #expect(loop.heldNodes == ["n": at(10_000)])
    }

    @Test("another node of the name begins anew") func replaced() throws {
        let loop = try loop()
        try placeAndRefuse("a", loop, at: at(0))
        try loop.receive(.change(.nodeRemoved("n")), at: at(1))
        try loop.receive(.change(.node(.of("n", 2_000))), at: at(2))
        #expect(loop.heldNodes.isEmpty)
    }
}
