import Allocator
import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

private let late = StorageClass(
    name: "late", provisioner: "csi.example.com", bindingMode: .waitForFirstConsumer)
private let local = StorageClass(
    name: "local", provisioner: StorageClass.noProvisioner, bindingMode: .waitForFirstConsumer)
private let prompt = StorageClass(name: "prompt", provisioner: "csi.example.com")

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: testNamespace, name: name) }

private func claim(_ name: String, of storageClass: String, bytes: Int64 = gibibyte) -> PersistentVolumeClaim
{
    PersistentVolumeClaim(key: key(name), storageClassName: storageClass, requestBytes: bytes)
}

private func bound(_ name: String, to volume: String) -> PersistentVolumeClaim {
    PersistentVolumeClaim(key: key(name), volumeName: volume, isBindCompleted: true, phase: .bound)
}

private func inZone(_ zone: String) -> [NodeSelectorTerm] {
    [
        NodeSelectorTerm(matchExpressions: [
            NodeSelectorRequirement(key: "zone", operator: .isIn, values: [zone])
        ])
    ]
}

private func localVolume(_ name: String, zone: String, bytes: Int64 = gibibyte) -> PersistentVolume {
    PersistentVolume(
        name: name, capacityBytes: bytes, storageClassName: "local", nodeAffinity: inZone(zone),
        phase: .available)
}

extension Pod {
    fileprivate func mounting(_ claims: String...) -> Pod {
        constrained { $0.volumes += claims.map { .claim(name: $0, isReadOnly: false) } }
    }
}

private let nodes = [
    Node.of("a", labels: ["zone": "a", "topology.kubernetes.io/zone": "a"]),
    Node.of("b", labels: ["zone": "b", "topology.kubernetes.io/zone": "b"]),
]

private func run(
    _ pods: [Pod], gangs: [PodGroup] = [], on nodes: [Node] = nodes,
    _ configuration: SchedulerConfiguration = plain(.volcano),
    _ change: (inout ClusterSnapshot) -> Void
) throws -> CycleResult {
    var snapshot = ClusterSnapshot(nodes: nodes, pods: pods, podGroups: gangs)
    snapshot.storageClasses = [late, local, prompt]
    change(&snapshot)
    return try Session(snapshot: snapshot, configuration: configuration).runCycle()
}

@Suite("A pod goes where its volumes are or can be") struct VolumeBindingTests {
    @Test("a claim with a volume goes where the volume's node affinity allows") func boundClaim() throws {
        let volume = PersistentVolume(name: "v", nodeAffinity: inZone("b"), phase: .bound)
        let placed = try run([.waiting("p").mounting("data")]) {
            $0.persistentVolumeClaims = [bound("data", to: "v")]
            $0.persistentVolumes = [volume]
        }
        #expect(placed.bound == ["p": "b"])
        let alone = try run([.waiting("p").mounting("data")], on: [nodes[0]]) {
            $0.persistentVolumeClaims = [bound("data", to: "v")]
            $0.persistentVolumes = [volume]
        }
        #expect(
            alone.messages == [
                "p": "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity"
            ])
    }

    @Test(
        "a claim that cannot be had keeps the pod waiting, in kube-scheduler's words",
        arguments: [
            (nil, "persistentvolumeclaim \"data\" not found"),
            (
                bound("data", to: "v").with(phase: .lost),
                "persistentvolumeclaim \"data\" bound to non-existent persistentvolume \"v\""
            ),
            (claim("data", of: "late").terminating(), "persistentvolumeclaim \"data\" is being deleted"),
            (claim("data", of: "prompt"), "pod has unbound immediate PersistentVolumeClaims"),
            (claim("data", of: "unheard-of"), "pod has unbound immediate PersistentVolumeClaims"),
            (
                bound("data", to: "gone"),
                "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
            ),
            (
                claim("data", of: "local"),
                "node(s) didn't find available persistent volumes to bind"
            ),
        ] as [(PersistentVolumeClaim?, String)])
    func refusals(claim: PersistentVolumeClaim?, reason: String) throws {
        let result = try run([.waiting("p").mounting("data")]) {
            $0.persistentVolumeClaims = claim.map { [$0] } ?? []
        }
        #expect(result.messages == ["p": "0/2 nodes are available: 2 \(reason)"])
    }

    @Test("a claim made for the pod alone has yet to be made") func ephemeral() throws {
        let pod = Pod.waiting("p").constrained { $0.volumes = [.ephemeralClaim(name: "p-scratch")] }
        let reason =
            "waiting for ephemeral volume controller to create the persistentvolumeclaim \"p-scratch\""
        #expect(try run([pod]) { _ in }.messages == ["p": "0/2 nodes are available: 2 \(reason)"])
        #expect(
            try run([pod]) { $0.persistentVolumeClaims = [claim("p-scratch", of: "late")] }.bound == [
                "p": "a"
            ])
    }

    @Test("a volume is made only where the class allows it") func topologies() throws {
        var narrow = late
        narrow.allowedTopologies = [
            StorageClass.Topology(requirements: [.init(key: "zone", values: ["b", "c"])])
        ]
        let result = try run([.waiting("p").mounting("data")]) {
            $0.storageClasses = [narrow]
            $0.persistentVolumeClaims = [claim("data", of: "late")]
        }
        #expect(result.bound == ["p": "b"])
    }

    @Test("a driver that reports its room must have enough where the node reaches it") func capacity() throws
    {
        func result(_ bytes: Int64, reports: Bool = true) throws -> CycleResult {
            try run([.waiting("p").mounting("data")]) {
                $0.persistentVolumeClaims = [claim("data", of: "late", bytes: bytes)]
                $0.csiDrivers = [CSIDriver(name: "csi.example.com", reportsCapacity: reports)]
                $0.csiStorageCapacities = [
                    CSIStorageCapacity(
                        key: key("c"), storageClassName: "late",
                        nodeTopology: LabelSelector(matchLabels: ["zone": "b"]), capacityBytes: 2 * gibibyte)
                ]
            }
        }
        #expect(try result(gibibyte).bound == ["p": "b"])
        #expect(
            try result(3 * gibibyte).messages == [
                "p": "0/2 nodes are available: 2 node(s) did not have enough free storage"
            ])
        #expect(try result(3 * gibibyte, reports: false).bound == ["p": "a"])
    }

    @Test("each claim takes a free volume, the smallest that will do; nothing is taken twice")
    func freeVolumes() throws {
        let gang = Pod.members(of: "g", 2)
        let pods = [gang[0].mounting("one"), gang[1].mounting("two")]
        func result(_ volumes: [PersistentVolume]) throws -> [String: String] {
            try run(pods, gangs: [.gang("g", min: 2)]) {
                $0.persistentVolumeClaims = [claim("one", of: "local"), claim("two", of: "local")]
                $0.persistentVolumes = volumes
            }.bound
        }
        #expect(
            try result([localVolume("va", zone: "a"), localVolume("vb", zone: "b")]) == [
                "g-0": "a", "g-1": "b",
            ])
        #expect(try result([localVolume("va", zone: "a")]) == [:])
        #expect(try result([localVolume("va", zone: "a"), localVolume("vb", zone: "b", bytes: 1)]) == [:])
    }

    @Test("what a gang that did not come together had taken is free again") func rollback() throws {
        let gang = Pod.members(of: "g", 2).map { $0.with { $0.created = .second(0) } }
        let pods = [
            gang[0].mounting("one"), gang[1].mounting("two"),
            Pod.waiting("p").mounting("three").with { $0.created = .second(1) },
        ]
        let result = try run(pods, gangs: [.gang("g", min: 2).with { $0.created = .second(0) }]) {
            $0.persistentVolumeClaims = ["one", "two", "three"].map { claim($0, of: "local") }
            $0.persistentVolumes = [localVolume("va", zone: "a")]
        }
        #expect(result.bound == ["p": "a"])
    }

    @Test("pods that share a claim follow the first, or the node that was selected") func shared() throws {
        let pods = Pod.members(of: "g", 2, asking: [.cpu: 6_000]).map { $0.mounting("data") }
        let result = try run(pods, gangs: [.gang("g", min: 2)]) {
            $0.persistentVolumeClaims = [claim("data", of: "late")]
        }
        #expect(result.bound == [:], "node a holds one of them only")
        var selected = claim("data", of: "late")
        selected.selectedNode = "b"
        let single = try run([pods[0].with { $0.podGroup = nil }]) { $0.persistentVolumeClaims = [selected] }
        #expect(single.bound == ["g-0": "b"])
    }

    @Test("under gangwright, pods on several nodes share a claim that may be used on many") func shareable()
        throws
    {
        let pods = Pod.members(of: "g", 2, asking: [.cpu: 6_000]).map { $0.mounting("data") }
        func bound(_ configuration: SchedulerConfiguration, _ change: (inout ClusterSnapshot) -> Void) throws
            -> [String: String]
        {
            try run(pods, gangs: [.gang("g", min: 2)], configuration, change).bound
        }
        var data = claim("data", of: "late").with { $0.accessModes = [.readWriteMany] }
        let both = ["g-0": "a", "g-1": "b"]
        #expect(try bound(plain(.gangwright)) { $0.persistentVolumeClaims = [data] } == both)
        #expect(try bound(plain(.volcano)) { $0.persistentVolumeClaims = [data] } == [:])
        var narrow = late
        narrow.allowedTopologies = [StorageClass.Topology(requirements: [.init(key: "zone", values: ["a"])])]
        #expect(
            try bound(plain(.gangwright)) {
                $0.storageClasses = [narrow]
                $0.persistentVolumeClaims = [data]
            } == [:], "it can be made for one of the nodes only")
        // A scheduler that is gone has asked for it elsewhere: it may still be used from both.
        data.selectedNode = "b"
        #expect(try bound(plain(.gangwright)) { $0.persistentVolumeClaims = [data] } == both)
    }

    @Test("a decision says what is to be done for claims before the pod may run") func claimBindings() throws
    {
        let gang = Pod.members(of: "g", 3)
        let pods = [gang[0].mounting("made", "old"), gang[1].mounting("taken"), gang[2]]
        let result = try run(pods, gangs: [.gang("g", min: 3)]) {
            $0.persistentVolumeClaims = [
                claim("made", of: "late"), claim("taken", of: "local"), bound("old", to: "v"),
            ]
            $0.persistentVolumes = [
                localVolume("vb", zone: "b"), PersistentVolume(name: "v", phase: .bound),
            ]
        }
        #expect(
            result.binds.map(\.claims) == [
                [ClaimBinding(claim: key("made"))], [ClaimBinding(claim: key("taken"), volume: "vb")], [],
            ])
    }

    @Test("what a scheduler that is gone has asked for is gone on with") func takenOver() throws {
        var selected = claim("made", of: "late")
        selected.selectedNode = "b"
        var reserved = localVolume("vb", zone: "b")
        reserved.claim = ClaimReference(key: key("taken"))
        let result = try run([.waiting("p").mounting("made"), .waiting("q").mounting("taken")]) {
            $0.persistentVolumeClaims = [selected, claim("taken", of: "local")]
            // A free one of another place, and one that would do for what is being made.
            $0.persistentVolumes = [
                reserved, localVolume("va", zone: "a"),
                localVolume("late-b", zone: "b").with(storageClass: "late"),
            ]
        }
        #expect(result.bound == ["p": "b", "q": "b"])
        #expect(
            result.binds.map(\.claims) == [
                [ClaimBinding(claim: key("made"))], [ClaimBinding(claim: key("taken"), volume: "vb")],
            ])
    }

    @Test("under gangwright, pods whose volumes are somewhere go before those whose volumes can be anywhere")
    func tiedFirst() throws {
        let gang = Pod.members(of: "g", 2, asking: [.cpu: 6_000])
        func bound(_ compatibility: Compatibility, _ last: PersistentVolumeClaim) throws -> [String: String] {
            try run(
                [gang[0].mounting("free"), gang[1].mounting("tied")], gangs: [.gang("g", min: 2)],
                plain(compatibility)
            ) {
                $0.persistentVolumeClaims = [claim("free", of: "late"), last]
                $0.persistentVolumes = [
                    PersistentVolume(name: "v", nodeAffinity: inZone("a"), phase: .bound),
                    localVolume("disk", zone: "a"),
                ]
            }.bound
        }
        let boundToVolume = claim("tied", of: "late").with {
            ($0.volumeName, $0.isBindCompleted, $0.phase) = ("v", true, .bound)
        }
        let selected = claim("tied", of: "late").with { $0.selectedNode = "a" }
        for tied in [boundToVolume, claim("tied", of: "local"), selected] {
            #expect(try bound(.gangwright, tied) == ["g-0": "b", "g-1": "a"])
            #expect(try bound(.volcano, tied) == [:])
        }
    }

    @Test("a volume that is for one claim alone ties it, even where another could be made") func reserved()
        throws
    {
        var reserved = localVolume("vb", zone: "b").with(storageClass: "late")
        reserved.claim = ClaimReference(key: key("data"))
        let result = try run([.waiting("p").mounting("data")]) {
            $0.persistentVolumeClaims = [claim("data", of: "late")]
            $0.persistentVolumes = [reserved]
        }
        #expect(result.bound == ["p": "b"])
    }

    @Test("a claim keeps away from nodes where its volume could not be had, until told otherwise")
    func avoided() throws {
        var snapshot = ClusterSnapshot(nodes: nodes, pods: [.waiting("p").mounting("data")])
        snapshot.storageClasses = [late]
        snapshot.persistentVolumeClaims = [claim("data", of: "late")]
        for allocator in [AllocatorKind.indexed, .reference] {
            let session = try Session(
                snapshot: snapshot, configuration: plain(.gangwright),
                options: SessionOptions(allocator: allocator))
            session.avoid(["a"], for: key("data"))
            #expect(session.runCycle().bound == ["p": "b"])
            session.refuseBind(key("p"))
            session.avoid(["a", "b"], for: key("data"))
            #expect(
                session.runCycle().messages == [
                    "p": "0/2 nodes are available: 2 node(s) where a volume could not be had a moment ago"
                ])
            session.avoid([], for: key("data"))
            #expect(session.runCycle().bound == ["p": "a"])
        }
    }

    @Test("a decision that is taken back gives back the volume that it would have taken") func refused()
        throws
    {
        var snapshot = ClusterSnapshot(
            nodes: nodes, pods: [.waiting("p").mounting("one"), .waiting("q").mounting("two")])
        snapshot.storageClasses = [local]
        snapshot.persistentVolumeClaims = [claim("one", of: "local"), claim("two", of: "local")]
        snapshot.persistentVolumes = [localVolume("va", zone: "a")]
        let session = try Session(snapshot: snapshot, configuration: plain(.gangwright))
        #expect(session.runCycle().bound == ["p": "a"])
        #expect(session.runCycle().bound == [:])
        session.removePod(key("p"))
        #expect(session.runCycle().binds.map(\.claims) == [[ClaimBinding(claim: key("two"), volume: "va")]])
    }

    @Test("predicates says how long volumes may take") func timeout() {
        #expect(SchedulerConfiguration.default.volumeBindTimeout == .seconds(600))
        #expect(
            policy(.volcano, ["predicates volumebinding.bindTimeoutSeconds=7"]).volumeBindTimeout
                == .seconds(7))
        #expect(policy(.volcano15, ["predicates"]).volumeBindTimeout == .seconds(600))
        #expect(policy(.gangwright, ["gang"]).volumeBindTimeout == .seconds(600))
    }

    @Test("a pod is tried again when its claim comes") func retried() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(nodes: nodes, pods: [.waiting("p").mounting("data")]),
            configuration: plain(.gangwright))
        #expect(session.runCycle().bound == [:])
        try session.apply(.storageClass(late))
        try session.apply(.persistentVolumeClaim(claim("data", of: "late")))
        #expect(session.runCycle().bound == ["p": "a"])
    }

    @Test("predicate.VolumeBindingEnable: false switches it off") func off() throws {
        let off = policy(.volcano, ["gang"], ["predicates predicate.VolumeBindingEnable=false"])
        #expect(try run([.waiting("p").mounting("data")], off) { _ in }.bound == ["p": "a"])
    }
}

@Suite("A pod goes to the zone of its volumes") struct VolumeZoneTests {
    private func result(_ zone: String, on nodes: [Node] = nodes, _ switches: String = "") throws
        -> CycleResult
    {
        let volume = PersistentVolume(
            name: "v", labels: ["failure-domain.beta.kubernetes.io/zone": zone], phase: .bound)
        return try run(
            [.waiting("p").mounting("data")], on: nodes, policy(.volcano, ["gang"], ["predicates" + switches])
        ) {
            $0.persistentVolumeClaims = [bound("data", to: "v")]
            $0.persistentVolumes = [volume]
        }
    }

    @Test("the zone must be that of the node, under the label's old name or the new") func zone() throws {
        #expect(try result("b").bound == ["p": "b"])
        #expect(try result("c__b").bound == ["p": "b"])
        #expect(
            try result("c").messages == [
                "p": "0/2 nodes are available: 2 node(s) had no available volume zone"
            ])
        #expect(try result("c", " predicate.VolumeZoneEnable=false").bound == ["p": "a"])
    }

    @Test("a node in no zone takes every volume") func nowhere() throws {
        #expect(try result("c", on: [.of("plain")]).bound == ["p": "plain"])
    }
}

@Suite("A node holds so many volumes of a driver") struct VolumeLimitTests {
    private func volume(_ name: String) -> PersistentVolume {
        PersistentVolume(name: name, source: .csi(driver: "csi.example.com", handle: name), phase: .bound)
    }

    private func result(
        limit: Int?, holder: String, _ compatibility: Compatibility = .volcano, _ switches: String = "",
        attached: [VolumeAttachment] = []
    ) throws -> CycleResult {
        try run(
            [.waiting("holder").mounting(holder).running(on: "a"), .waiting("p").mounting("new")],
            on: [nodes[0]], policy(compatibility, ["gang"], ["predicates" + switches])
        ) {
            $0.persistentVolumeClaims = [bound("old", to: "v1"), bound("new", to: "v2")]
            $0.persistentVolumes = [volume("v1"), volume("v2"), volume("v3")]
            $0.csiNodes = [
                CSINode(name: "a", drivers: [CSINode.Driver(name: "csi.example.com", volumeLimit: limit)])
            ]
            $0.volumeAttachments = attached
        }
    }

    @Test("a volume counts once, however many pods use it; what is still attached counts") func limits()
        throws
    {
        #expect(try result(limit: 2, holder: "old").bound == ["p": "a"])
        #expect(try result(limit: nil, holder: "old").bound == ["p": "a"])
        #expect(
            try result(limit: 1, holder: "old").messages == [
                "p": "0/1 nodes are available: 1 node(s) exceed max volume count"
            ])
        #expect(try result(limit: 1, holder: "new").bound == ["p": "a"])
        let attached = VolumeAttachment(
            name: "x", attacher: "csi.example.com", nodeName: "a", volumeName: "v3")
        #expect(try result(limit: 2, holder: "old", attached: [attached]).bound == [:])
        #expect(
            try result(limit: 1, holder: "old", .volcano, " predicate.NodeVolumeLimitsEnable=false").bound
                == ["p": "a"])
    }
}

@Suite("Volumes that pods cannot share, under gangwright") struct VolumeRestrictionTests {
    @Test(
        "a claim with ReadWriteOncePod is for one pod",
        arguments: [(Compatibility.gangwright, false), (.volcano, true)])
    func oncePod(compatibility: Compatibility, isBound: Bool) throws {
        var shared = bound("data", to: "v")
        shared.accessModes = [.readWriteOncePod]
        let result = try run(
            [.waiting("holder").mounting("data").running(on: "a"), .waiting("p").mounting("data")],
            plain(compatibility)
        ) {
            $0.persistentVolumeClaims = [shared]
            $0.persistentVolumes = [PersistentVolume(name: "v", phase: .bound)]
        }
        #expect(result.bound == (isBound ? ["p": "a"] : [:]))
    }

    @Test("a disk is for one pod of a node, unless both read only") func disks() throws {
        func pod(_ name: String, _ kind: InlineDisk.Kind, isReadOnly: Bool) -> Pod {
            Pod.waiting(name).constrained {
                $0.volumes = [.disk(InlineDisk(kind: kind, id: "d", isReadOnly: isReadOnly))]
            }
        }
        for (kind, isReadOnly, expected) in [
            (InlineDisk.Kind.gcePersistentDisk, true, "a"), (.gcePersistentDisk, false, "b"),
            (.awsElasticBlockStore, true, "b"), (.azureDisk, false, "a"),
        ] {
            let holder = pod("holder", kind, isReadOnly: isReadOnly).running(on: "a")
            let result = try run([holder, pod("p", kind, isReadOnly: isReadOnly)], plain(.gangwright)) { _ in
            }
            #expect(result.bound == ["p": expected])
        }
    }
}

extension PersistentVolumeClaim {
    fileprivate func with(_ change: (inout PersistentVolumeClaim) -> Void) -> PersistentVolumeClaim {
        var copy = self
        change(&copy)
        return copy
    }

    fileprivate func with(phase: Phase) -> PersistentVolumeClaim {
        var copy = self
        copy.phase = phase
        return copy
    }

    fileprivate func terminating() -> PersistentVolumeClaim {
        var copy = self
        copy.isTerminating = true
        return copy
    }
}

extension PersistentVolume {
    fileprivate func with(storageClass: String) -> PersistentVolume {
        var copy = self
        copy.storageClassName = storageClass
        return copy
    }
}
