import ClusterModel
import KubernetesAPI
import Testing

@Suite("Nodes are read as the API server knows them") struct NodeReaderTests {
    @Test("all that scheduling looks at") func whole() {
        let result = read(
            """
            apiVersion: v1
            kind: Node
            metadata:
              name: gpu-0
              creationTimestamp: "2026-03-01T08:00:00Z"
              labels: {pool: a100, kubernetes.io/hostname: gpu-0}
            spec:
              unschedulable: true
              podCIDR: 10.0.0.0/24
              taints:
              - {key: sku, value: gpu, effect: NoSchedule}
              - {key: node.kubernetes.io/unschedulable, effect: NoExecute, timeAdded: null}
            status:
              capacity: {cpu: "96", memory: 900Gi}
              allocatable:
                cpu: 95500m
                memory: 880Gi
                ephemeral-storage: 1e12
                hugepages-2Mi: "0"
                nvidia.com/gpu: 8
                nvidia.com/mig-1g.5gb: "2"
                pods: "110"
              conditions:
              - {type: MemoryPressure, status: "False"}
              - {type: Ready, status: "True"}
              images:
              - names: ["reg/train@sha256:0", "reg/train:1"]
                sizeBytes: 1234
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.nodes == [
                Node(
                    name: "gpu-0", labels: ["pool": "a100", "kubernetes.io/hostname": "gpu-0"],
                    taints: [
                        Taint(key: "sku", value: "gpu", effect: .noSchedule),
                        Taint(key: "node.kubernetes.io/unschedulable", effect: .noExecute),
                    ],
                    isUnschedulable: true, ready: .isTrue,
                    allocatable: [
                        .cpu: 95_500, .memory: 944_892_805_120, .ephemeralStorage: 1_000_000_000_000,
                        "hugepages-2Mi": 0, .nvidiaGPU: 8, "nvidia.com/mig-1g.5gb": 2, .pods: 110,
                    ],
                    images: [ContainerImage(names: ["reg/train@sha256:0", "reg/train:1"], sizeBytes: 1234)])
            ])
        #expect(result.snapshot.newestTimestamp?.rfc3339 == "2026-03-01T08:00:00Z")
    }

    @Test("without allocatable the capacity counts") func capacity() {
        let result = read(
            """
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
             "status": {"capacity": {"cpu": 2, "memory": 1.5, "nvidia.com/gpu": "1"}}}
            """)
        #expect(result.messages == [])
        #expect(result.snapshot.nodes.first?.allocatable == [.cpu: 2000, .memory: 2, .nvidiaGPU: 1])
        #expect(result.snapshot.nodes.first?.ready == nil)
    }

    @Test("what is lent out beside is added where the label says so") func oversubscription() {
        func node(_ label: String, cpu: String, memory: String = "1e3") -> ReadResult {
            read(
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: n0
                  labels: {volcano.sh/oversubscription: "\(label)"}
                  annotations:
                    volcano.sh/oversubscription-cpu: "\(cpu)"
                    volcano.sh/oversubscription-memory: "\(memory)"
                    volcano.sh/offline-job-evicting: "true"
                status: {allocatable: {cpu: 2, memory: 10}}
                """)
        }
        let lending = node("true", cpu: "1500.7")
        #expect(lending.messages == [])
        #expect(lending.snapshot.nodes.first?.allocatable == [.cpu: 3_500, .memory: 1_010])
        #expect(lending.snapshot.nodes.first?.isOversubscribed == true)
        #expect(lending.snapshot.nodes.first?.isEvictingOfflinePods == true)
        let other = node("false", cpu: "a lot")
        #expect(other.messages == [])
        #expect(other.snapshot.nodes.first?.allocatable == [.cpu: 2_000, .memory: 10])
        #expect(other.snapshot.nodes.first?.isOversubscribed == false)
        let path = "metadata.annotations[volcano.sh/oversubscription"
        let broken = node("T", cpu: "-1", memory: "9223372036854774784")
        #expect(
            broken.messages == [
                "warning: cluster.yaml:7: \(path)-cpu]: found \"-1\", expected a number from 0; it is ignored"
            ])
        #expect(
            broken.snapshot.nodes.first?.allocatable == [.cpu: 2_000, .memory: 9_223_372_036_854_774_794])
        #expect(
            node("1", cpu: "9223372036854774784").messages == [
                "cluster.yaml:7: \(path)-cpu]: found \"9223372036854774784\", "
                    + "too much to add to what the node has"
            ])
    }

    @Test("a bare name is a node that offers nothing") func bare() {
        let result = read("{apiVersion: v1, kind: Node, metadata: {name: n0}}")
        #expect(result.messages == [])
        #expect(result.snapshot.nodes == [Node(name: "n0")])
    }

    @Test("CPU rounds up to thousandths, everything else to whole units") func rounding() {
        let result = read(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: n0}
            status:
              allocatable: {cpu: 100u, memory: 1500m, ephemeral-storage: 0.1Ki, hugepages-1Gi: null, pods: 5.0}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.nodes.first?.allocatable
                == [.cpu: 1, .memory: 2, .ephemeralStorage: 103, .pods: 5])
    }

    @Test("every fault is named, and the node is left out") func faults() {
        let result = read(
            """
            apiVersion: v1
            kind: Node
            metadata:
              name: n0
            spec:
              taints:
              - {key: a, effect: NoWay}
              - {value: b}
            status:
              allocatable:
                cpu: "-1"
                memory: 64Gib
                nvidia.com/gpu: 0.5
                ephemeral-storage: true
                pods: 99999999999999999999
              conditions:
              - {type: Ready, status: "Yes"}
            """)
        #expect(result.snapshot.nodes == [])
        #expect(
            result.messages == [
                "cluster.yaml:7: spec.taints[0].effect: found \"NoWay\", "
                    + "expected NoSchedule, PreferNoSchedule or NoExecute",
                "cluster.yaml:8: spec.taints[1].key: found nothing, expected a string",
                "cluster.yaml:8: spec.taints[1].effect: found nothing, "
                    + "expected NoSchedule, PreferNoSchedule or NoExecute",
                "cluster.yaml:11: status.allocatable.cpu: found -1, expected an amount that is not negative",
                "cluster.yaml:12: status.allocatable.memory: \"64Gib\" is not a quantity: "
                    + "expected a number and an optional suffix such as m, k, M, Gi or e3",
                "cluster.yaml:13: status.allocatable[nvidia.com/gpu]: found 0.5, expected a whole number",
                "cluster.yaml:14: status.allocatable.ephemeral-storage: found a boolean, "
                    + "expected an amount such as 500m, 2 or 64Gi",
                "cluster.yaml:15: status.allocatable.pods: \"99999999999999999999\" is out of range: "
                    + "expected a value below 2^63 in whole units (thousandths for CPU)",
                "cluster.yaml:17: status.conditions[0].status: found \"Yes\", expected True, False or Unknown",
            ])
    }
}
