import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("Objects that are only kept come, change and go") struct ObjectChangeTests {
    private let key = ObjectKey(namespace: "ns", name: "a")

    @Test("each kind comes with a change and goes with another") func comeAndGo() throws {
        let session = Session(configuration: plain(.volcano))
        let changes: [(came: ClusterChange, gone: ClusterChange)] = [
            (.podDisruptionBudget(PodDisruptionBudget(key: key)), .podDisruptionBudgetRemoved(key)),
            (.resourceQuota(ResourceQuota(key: key)), .resourceQuotaRemoved(key)),
            (.hyperNode(HyperNode(name: "a", tier: 1)), .hyperNodeRemoved("a")),
            (.numatopology(Numatopology(name: "a")), .numatopologyRemoved("a")),
            (.namespace(Namespace(name: "a")), .namespaceRemoved("a")),
            (.persistentVolume(PersistentVolume(name: "a")), .persistentVolumeRemoved("a")),
            (.persistentVolumeClaim(PersistentVolumeClaim(key: key)), .persistentVolumeClaimRemoved(key)),
            (.storageClass(StorageClass(name: "a", provisioner: "d")), .storageClassRemoved("a")),
            (.csiNode(CSINode(name: "a")), .csiNodeRemoved("a")),
            (.csiDriver(CSIDriver(name: "a")), .csiDriverRemoved("a")),
            (
                .csiStorageCapacity(CSIStorageCapacity(key: key, storageClassName: "s")),
                .csiStorageCapacityRemoved(key)
            ),
            (
                .volumeAttachment(VolumeAttachment(name: "a", attacher: "d", nodeName: "n")),
                .volumeAttachmentRemoved("a")
            ),
        ]
        for (came, _) in changes { try session.apply(came) }
        #expect(counts(session.objects) == [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
        for (number, change) in changes.enumerated() {
            let before = session.roomVersion
            try session.apply(change.gone)
            #expect(counts(session.objects).firstIndex(of: 1) ?? 12 == number + 1)
            #expect(session.roomVersion.changed == before.changed + 1)
            #expect(session.roomVersion.freed == before.freed + 1)
        }
    }

    @Test("an object of a name takes the place of the one before") func replaced() throws {
        let session = Session(configuration: plain(.volcano))
        try session.apply(.podDisruptionBudget(PodDisruptionBudget(key: key)))
        try session.apply(.podDisruptionBudget(PodDisruptionBudget(key: key, disruptionsAllowed: 2)))
        #expect(session.objects.podDisruptionBudgets.values.map(\.disruptionsAllowed) == [2])
    }

    @Test("a snapshot brings all its objects") func snapshot() throws {
        var snapshot = ClusterSnapshot()
        snapshot.hyperNodes = [HyperNode(name: "a", tier: 1), HyperNode(name: "b", tier: 2)]
        snapshot.persistentVolumeClaims = [PersistentVolumeClaim(key: key)]
        let session = try Session(snapshot: snapshot, configuration: plain(.volcano))
        #expect(counts(session.objects) == [0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    }

    @Test("deserved shares that do not add up are refused, and nothing has changed") func deserved() throws {
        let session = Session(configuration: plain(.volcano))
        try session.apply(.queue(Queue(name: "a", deserved: [.cpu: .max - 10], guarantee: [.cpu: 10])))
        #expect(throws: ResourceOverflow(resource: .cpu)) {
            try session.apply(.queue(Queue(name: "b", deserved: [.cpu: 1])))
        }
        try session.apply(.queueRemoved("a"))
        try session.apply(.queue(Queue(name: "b", deserved: [.cpu: 1])))
        #expect(throws: ResourceOverflow(resource: .cpu)) {
            try session.apply(.queue(Queue(name: "c", deserved: [.cpu: .max], guarantee: [.cpu: 1])))
        }
    }

    private func counts(_ objects: ClusterObjects) -> [Int] {
        [
            objects.podDisruptionBudgets.count, objects.resourceQuotas.count, objects.hyperNodes.count,
            objects.numatopologies.count,
            objects.namespaces.count, objects.persistentVolumes.count, objects.persistentVolumeClaims.count,
            objects.storageClasses.count, objects.csiNodes.count, objects.csiDrivers.count,
            objects.csiStorageCapacities.count, objects.volumeAttachments.count,
        ]
    }
}
