import ClusterModel
import KubernetesAPI
import Testing

@Suite("Volumes, claims and what makes them are read") struct StorageReaderTests {
    @Test("a volume, whole and bare") func volumes() {
        let result = read(
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv0, labels: {topology.kubernetes.io/zone: z1}}
            spec:
              capacity: {storage: 10Gi}
              accessModes: [ReadWriteOnce, ReadOnlyMany]
              volumeMode: Block
              storageClassName: fast
              claimRef: {namespace: ml, name: data, uid: 7c}
              csi: {driver: disk.csi.azure.com, volumeHandle: d-1}
              nodeAffinity:
                required:
                  nodeSelectorTerms:
                  - matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [z1]}]
            status: {phase: Bound}
            ---
            {apiVersion: v1, kind: PersistentVolume, metadata: {name: bare}, spec: {nfs: {server: s}}}
            ---
            {apiVersion: v1, kind: PersistentVolume, metadata: {name: old}, spec: {awsElasticBlockStore: {volumeID: v}}}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.persistentVolumes == [
                PersistentVolume(
                    name: "pv0", labels: ["topology.kubernetes.io/zone": "z1"], capacityBytes: 10 << 30,
                    accessModes: [.readWriteOnce, .readOnlyMany], volumeMode: .block,
                    storageClassName: "fast",
                    nodeAffinity: [
                        NodeSelectorTerm(matchExpressions: [
                            NodeSelectorRequirement(
                                key: "topology.kubernetes.io/zone", operator: .isIn, values: ["z1"])
                        ])
                    ],
                    claim: ClaimReference(key: ObjectKey(namespace: "ml", name: "data"), uid: "7c"),
                    source: .csi(driver: "disk.csi.azure.com", handle: "d-1"), phase: .bound),
                PersistentVolume(name: "bare"),
                PersistentVolume(
                    name: "old", source: .disk(InlineDisk(kind: .awsElasticBlockStore, id: "v"))),
            ])
        #expect(result.skippedKinds == [:])
    }

    @Test("a claim: whole, bare, and of no class") func claims() {
        let result = read(
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata:
              name: p-scratch
              namespace: ml
              uid: 7c
              ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: 1a, controller: true}]
              annotations: {pv.kubernetes.io/bind-completed: "yes", volume.kubernetes.io/selected-node: n1}
            spec:
              volumeName: pv0
              storageClassName: fast
              accessModes: [ReadWriteOncePod]
              resources: {requests: {storage: 1Gi}}
              selector: {matchLabels: {tier: a}}
            status: {phase: Bound}
            ---
            {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: bare}}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: none, deletionTimestamp: "2026-03-01T08:00:00Z"}
            spec: {storageClassName: ""}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.persistentVolumeClaims == [
                PersistentVolumeClaim(
                    key: ObjectKey(namespace: "ml", name: "p-scratch"), uid: "7c",
                    owners: [
                        OwnerReference(
                            apiVersion: "v1", kind: "Pod", name: "p", uid: "1a", isController: true)
                    ],
                    volumeName: "pv0", storageClassName: "fast", accessModes: [.readWriteOncePod],
                    requestBytes: 1 << 30, selector: LabelSelector(matchLabels: ["tier": "a"]),
                    selectedNode: "n1", isBindCompleted: true, phase: .bound),
                PersistentVolumeClaim(key: ObjectKey(namespace: "default", name: "bare")),
                PersistentVolumeClaim(
                    key: ObjectKey(namespace: "default", name: "none"), isTerminating: true,
                    storageClassName: ""),
            ])
    }

    @Test("storage classes, whole and bare") func classes() {
        let result = read(
            """
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: local, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
            provisioner: kubernetes.io/no-provisioner
            volumeBindingMode: WaitForFirstConsumer
            allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [a, b]}]}]
            ---
            {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: plain}, provisioner: example.com/d}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.storageClasses == [
                StorageClass(
                    name: "local", provisioner: StorageClass.noProvisioner,
                    bindingMode: .waitForFirstConsumer,
                    allowedTopologies: [.init(requirements: [.init(key: "zone", values: ["a", "b"])])],
                    isDefault: true),
                StorageClass(name: "plain", provisioner: "example.com/d"),
            ])
    }

    @Test("what CSI drivers can do, and where") func drivers() {
        let result = read(
            """
            apiVersion: storage.k8s.io/v1
            kind: CSINode
            metadata:
              name: n0
              annotations: {storage.alpha.kubernetes.io/migrated-plugins: "kubernetes.io/aws-ebs,kubernetes.io/gce-pd"}
            spec:
              drivers:
              - {name: ebs.csi.aws.com, nodeID: i-1, topologyKeys: [zone], allocatable: {count: 25}}
              - {name: nfs.csi.k8s.io, nodeID: n0}
            ---
            {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: a}, spec: {storageCapacity: true, attachRequired: false}}
            ---
            {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: b}}
            ---
            apiVersion: storage.k8s.io/v1
            kind: CSIStorageCapacity
            metadata: {name: c0, namespace: kube-system}
            storageClassName: local
            nodeTopology: {matchLabels: {zone: a}}
            capacity: 100Gi
            maximumVolumeSize: 1500m
            ---
            apiVersion: storage.k8s.io/v1
            kind: VolumeAttachment
            metadata: {name: va}
            spec: {attacher: ebs.csi.aws.com, nodeName: n0, source: {persistentVolumeName: pv0}}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.csiNodes == [
                CSINode(
                    name: "n0",
                    drivers: [
                        CSINode.Driver(name: "ebs.csi.aws.com", volumeLimit: 25, topologyKeys: ["zone"]),
                        CSINode.Driver(name: "nfs.csi.k8s.io"),
                    ], migratedPlugins: ["kubernetes.io/aws-ebs", "kubernetes.io/gce-pd"])
            ])
        #expect(
            result.snapshot.csiDrivers == [
                CSIDriver(name: "a", reportsCapacity: true, requiresAttachment: false), CSIDriver(name: "b"),
            ])
        #expect(
            result.snapshot.csiStorageCapacities == [
                CSIStorageCapacity(
                    key: ObjectKey(namespace: "kube-system", name: "c0"), storageClassName: "local",
                    nodeTopology: LabelSelector(matchLabels: ["zone": "a"]), capacityBytes: 100 << 30,
                    maximumVolumeBytes: 2)
            ])
        #expect(
            result.snapshot.volumeAttachments == [
                VolumeAttachment(
                    name: "va", attacher: "ebs.csi.aws.com", nodeName: "n0", volumeName: "pv0")
            ])
        #expect(result.skippedKinds == [:])
    }

    @Test("faults of volumes and claims") func volumeFaults() {
        let result = read(
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv0}
            spec:
              capacity: {storage: much}
              accessModes: [ReadWriteOnce, WriteNever]
              nodeAffinity: {}
              claimRef: {namespace: ml}
              csi: {driver: d}
            status: {phase: Lent}
            ---
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv1}
            spec: {nodeAffinity: {required: {nodeSelectorTerms: []}}, volumeMode: Tape}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: c0}
            spec: {resources: {requests: {storage: -1}}, selector: all, storageClassName: 7}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:5: spec.capacity.storage: \"much\" is not a quantity: "
                    + "expected a number and an optional suffix such as m, k, M, Gi or e3",
                "cluster.yaml:6: spec.accessModes: found \"WriteNever\" at 1, "
                    + "expected ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod",
                "cluster.yaml:7: spec.nodeAffinity.required: found nothing, expected node selector terms",
                "cluster.yaml:8: spec.claimRef.name: found nothing, expected a string",
                "cluster.yaml:9: spec.csi.volumeHandle: found nothing, expected a string",
                "cluster.yaml:10: status.phase: found \"Lent\", "
                    + "expected Pending, Available, Bound, Released or Failed",
                "cluster.yaml:15: spec.volumeMode: found \"Tape\", expected Filesystem or Block",
                "cluster.yaml:15: spec.nodeAffinity.required.nodeSelectorTerms: found no term, expected at least one",
                "cluster.yaml:20: spec.storageClassName: found an integer (7), expected a string (put it in quotes)",
                "cluster.yaml:20: spec.resources.requests.storage: found -1, "
                    + "expected an amount that is not negative",
                "cluster.yaml:20: spec.selector: found a string (\"all\"), expected a mapping",
            ])
        #expect(result.snapshot.persistentVolumes == [])
        #expect(result.snapshot.persistentVolumeClaims == [])
    }

    @Test("faults of classes and drivers") func driverFaults() {
        let result = read(
            """
            apiVersion: storage.k8s.io/v1
            kind: StorageClass
            metadata: {name: s}
            volumeBindingMode: Later
            allowedTopologies: [{matchLabelExpressions: [{key: zone}]}]
            ---
            apiVersion: storage.k8s.io/v1
            kind: CSINode
            metadata: {name: n0}
            spec: {drivers: [{name: a, allocatable: {count: -1}}, {name: a}]}
            ---
            apiVersion: storage.k8s.io/v1
            kind: CSIDriver
            metadata: {name: d}
            spec: {storageCapacity: maybe}
            ---
            apiVersion: storage.k8s.io/v1
            kind: CSIStorageCapacity
            metadata: {name: c}
            capacity: [1Gi]
            ---
            {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: v}}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:1: provisioner: found nothing, expected a string",
                "cluster.yaml:4: volumeBindingMode: found \"Later\", expected Immediate or WaitForFirstConsumer",
                "cluster.yaml:5: allowedTopologies[0].matchLabelExpressions[0].values: found no value, "
                    + "expected at least one",
                "cluster.yaml:10: spec.drivers[0].allocatable.count: found -1, "
                    + "expected an integer from 0 to 2147483647",
                "cluster.yaml:10: spec.drivers[1].name: found \"a\" a second time, expected a driver once",
                "cluster.yaml:15: spec.storageCapacity: found a string (\"maybe\"), expected true or false",
                "cluster.yaml:17: storageClassName: found nothing, expected a string",
                "cluster.yaml:20: capacity: found a list, expected an amount such as 500m, 2 or 64Gi",
                "cluster.yaml:22: spec: found nothing, expected an attacher, a node and a source",
            ])
    }
}
