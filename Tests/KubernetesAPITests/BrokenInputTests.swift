import ClusterModel
import Documents
import KubernetesAPI
import Testing

@Suite("Broken input is reported, never a trap") struct BrokenInputTests {
    /// One of everything.
    private static let sample = """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: Node
          metadata: {name: n0, creationTimestamp: "2026-03-01T08:00:00Z", labels: {pool: a}}
          spec: {unschedulable: false, taints: [{key: a, value: b, effect: NoSchedule}]}
          status:
            allocatable: {cpu: 96, memory: 880Gi, nvidia.com/gpu: "8", pods: 110}
            conditions: [{type: Ready, status: "True"}]
            images: [{names: [reg/a], sizeBytes: 5}]
        - apiVersion: v1
          kind: Pod
          metadata:
            name: p0
            annotations: {scheduling.k8s.io/group-name: g0, volcano.sh/task-spec: w}
            ownerReferences: [{apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, name: j0, controller: true}]
          spec:
            priorityClassName: high
            overhead: {cpu: 10m}
            resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}
            containers: [{name: c, image: i, ports: [{hostPort: 80}], resources: {limits: {nvidia.com/gpu: 1}}}]
            initContainers: [{name: d, restartPolicy: Always, resources: {requests: {cpu: 1.5, memory: 9E}}}]
            tolerations: [{key: a, operator: Exists}, {operator: Exists}]
            affinity:
              nodeAffinity:
                requiredDuringSchedulingIgnoredDuringExecution:
                  nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt, values: ["1"]}]}]
                preferredDuringSchedulingIgnoredDuringExecution:
                - {weight: 5, preference: {matchFields: [{key: metadata.name, operator: In, values: [a]}]}}
              podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a}]}
              podAntiAffinity:
                preferredDuringSchedulingIgnoredDuringExecution:
                - {weight: 1, podAffinityTerm: {topologyKey: a, labelSelector: {matchExpressions: [{key: a, operator: In, values: [x]}]}, matchLabelKeys: [a]}}
            topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]
            volumes: [{name: v, persistentVolumeClaim: {claimName: c}}, {name: w, ephemeral: {}}, {name: x, gcePersistentDisk: {pdName: d}}]
            schedulingGates: [{name: g}]
          status: {phase: Pending}
        ---
        {apiVersion: scheduling.volcano.sh/v1beta1, kind: PodGroup, metadata: {name: g0},
         spec: {minMember: 2, minTaskMember: {w: 2}, minResources: {cpu: 2}, queue: q0,
          networkTopology: {mode: soft, highestTierAllowed: 1}, subGroupPolicy: [{name: s, subGroupSize: 2, labelSelector: {}}]},
         status: {phase: Inqueue, conditions: [{type: Scheduled, status: "True"}]}}
        ---
        {apiVersion: scheduling.x-k8s.io/v1alpha1, kind: PodGroup, metadata: {name: g0}, spec: {minMember: 2, minResources: {cpu: 2}}}
        ---
        {apiVersion: scheduling.k8s.io/v1beta1, kind: PodGroup, metadata: {name: g0, labels: {volcano.sh/queue-name: q0}},
         spec: {schedulingPolicy: {gang: {minCount: 2}}, schedulingConstraints: {topology: [{key: rack}]}, disruptionMode: {all: {}},
          priority: 5, priorityClassName: high, preemptionPolicy: Never},
         status: {conditions: [{type: PodGroupInitiallyScheduled, status: "False", reason: Unschedulable}]}}
        ---
        {apiVersion: scheduling.k8s.io/v1alpha1, kind: Workload, metadata: {name: l0}, spec: {podGroups: [{name: a, policy: {gang: {minCount: 2}}}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: p1}, spec: {workloadRef: {name: l0, podGroup: a, podGroupReplicaKey: b}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: p2}, spec: {schedulingGroup: {podGroupName: g0}}}
        ---
        {apiVersion: scheduling.volcano.sh/v1beta1, kind: Queue, metadata: {name: q0},
         spec: {weight: 2, priority: 1, capability: {cpu: 5}, guarantee: {resource: {cpu: 1}},
          deserved: {cpu: 2}, reclaimable: false, parent: root, affinity: {nodeGroupAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [a]}}},
         status: {state: Open}}
        ---
        {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b0}, spec: {selector: {matchLabels: {a: b}}},
         status: {disruptionsAllowed: 1, disruptedPods: {p0: "2026-03-01T08:00:00Z"}}}
        ---
        {apiVersion: v1, kind: ResourceQuota, metadata: {name: r0}, spec: {hard: {cpu: 1}}, status: {hard: {cpu: 1}, used: {cpu: 1}}}
        ---
        {apiVersion: topology.volcano.sh/v1alpha1, kind: HyperNode, metadata: {name: h0}, spec: {tier: 1, tierName: rack,
          members: [{type: Node, selector: {regexMatch: {pattern: gpu-.}}}, {type: HyperNode, selector: {exactMatch: {name: h1}}}]}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {a: b}}}
        ---
        {apiVersion: v1, kind: PersistentVolume, metadata: {name: v0}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce],
          csi: {driver: d, volumeHandle: v}, claimRef: {namespace: default, name: c}}, status: {phase: Bound}}
        ---
        {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {volumeName: v0, resources: {requests: {storage: 1Gi}}}}
        ---
        {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: s0}, provisioner: d, volumeBindingMode: Immediate,
         allowedTopologies: [{matchLabelExpressions: [{key: a, values: [b]}]}]}
        ---
        {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: n0}, spec: {drivers: [{name: d, allocatable: {count: 3}}]}}
        ---
        {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: d}, spec: {storageCapacity: true}}
        ---
        {apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: k}, storageClassName: s0, capacity: 1Gi}
        ---
        {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: w}, spec: {attacher: d, nodeName: a, source: {persistentVolumeName: v0}}}
        ---
        {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 100}
        ---
        {apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, metadata: {name: j0},
         spec: {job: {options: {envs: {AZUREML_NODE_COUNT: 3}}}}}
        ---
        apiVersion: amlarc.azureml.com/v1alpha1
        kind: InstanceTypeList
        items: [{metadata: {name: t0}, spec: {nodeSelector: {a: b}, resources: {limits: {cpu: 2, nvidia.com/gpu: 1}}}}]
        ---
        {name: j1, command: x, compute: azureml:c, resources: {instance_type: t0, instance_count: 4},
         distribution: {type: tensorflow, worker_count: 2, parameter_server_count: 1}}

        """

    @Test("the sample itself is clean") func clean() {
        let result = read(Self.sample)
        #expect(result.messages == [])
        #expect(
            result.snapshot.pods.map(\.key.name) == [
                "p0", "p1", "p2", "j1-ps-0", "j1-worker-0", "j1-worker-1",
            ])
        #expect(
            result.snapshot.podGroups.map(\.key.name) == [
                "g0", "j0", "scheduling.k8s.io/g0", "scheduling.x-k8s.io/g0", "workload/l0/a/b", "j1",
            ])
        #expect(result.snapshot.volumeAttachments.map(\.name) == ["w"])
        #expect(result.skippedKinds == [:])
    }

    @Test("mutated text gives a result, and each problem has a place", arguments: 0..<8)
    func mutations(block: UInt64) {
        var random = SplitMix(state: 0x9E37 &+ block)
        let sample = Array(Self.sample.utf8)
        // Bytes that YAML, quantities and numbers react to.
        let spice = Array("{}[]:,-&*!|>'\"%@`#\n\t 0919eE.+mKiG~\u{0}\u{ff}".utf8)
        for round in 0..<60 {
            var bytes = sample
            for _ in 0...random.below(4) {
                let at = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[at] = spice[random.below(spice.count)]
                case 1: bytes.insert(spice[random.below(spice.count)], at: at)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(20)))
                default:
                    let from = random.below(bytes.count)
                    bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + random.below(40))], at: at)
                }
            }
            var reader = ClusterReader(options: ReadingOptions())
            reader.read(bytes, file: "mutated.yaml")
            let result = reader.finish()
            for problem in result.problems where problem.line < 1 || problem.message.isEmpty {
                Issue.record("block \(block), round \(round): \(problem)")
            }
            #expect(result.snapshot.instanceTypes.isEmpty == false)
        }
    }

    @Test(
        "any value in the place of any other",
        arguments: [
            "null", "true", "-1", "9223372036854775807", "1e400", ".nan", "''", "text", "[]", "{}", "[1, {}]",
        ])
    func replacements(value: String) {
        // Every scalar that stands at the end of a `key: value` pair is replaced, one at a time.
        let sample = Array(Self.sample.utf8)
        let ends = Set(",}]\n".utf8)
        var starts: [Int] = []
        for index in sample.indices.dropFirst(2)
        where sample[index - 1] == UInt8(ascii: " ") && sample[index - 2] == UInt8(ascii: ":") {
            starts.append(index)
        }
        #expect(starts.count > 100)
        for start in starts {
            let end = sample[start...].firstIndex(where: ends.contains) ?? sample.endIndex
            let bytes = Array(sample[..<start]) + Array(value.utf8) + Array(sample[end...])
            var reader = ClusterReader(options: ReadingOptions())
            reader.read(bytes, file: "replaced.yaml")
            for problem in reader.finish().problems where problem.line < 1 {
                Issue.record("\(value) at \(start): \(problem)")
            }
        }
    }
}

@Suite("What no cluster can hold is refused with its place") struct ImpossibleInputTests {
    @Test("a text that holds nothing is an error when there is no other, and a warning beside others")
    func emptiness() {
        let expected = "found nothing, expected a Kubernetes object or an Azure ML job"
        for text in ["", " \n\n", "# a comment\n", "---\n---\n", "null"] {
            #expect(read(text).messages == ["cluster.yaml:1: \(expected)"])
            #expect(read(text).hasErrors)
        }
        let node = "{apiVersion: v1, kind: Node, metadata: {name: a}}"
        let result = read([("a.yaml", "# nothing here"), ("b.yaml", node)])
        #expect(result.messages == ["warning: a.yaml:1: \(expected)"])
        #expect(!result.hasErrors)
        // An empty list is what kubectl prints for an empty namespace.
        #expect(read("{apiVersion: v1, kind: List, items: []}").messages == [])
    }

    @Test(
        "a name that the API server cannot hold in a path",
        arguments: [
            ("a/b", "found \"a/b\""), ("..", "found \"..\""), ("\"a%2Fb\"", "found \"a%2Fb\""),
            ("\"a\\e[31m\"", "found \"a\\u{1B}[31m\""),
        ])
    func names(text: String, found: String) {
        let expected = "\(found), expected a name without '/', '%' and control characters"
        #expect(
            read("{apiVersion: v1, kind: Node, metadata: {name: \(text)}}").messages
                == ["cluster.yaml:1: metadata.name: \(expected)"])
        #expect(
            read("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: \(text)}, spec: {}}").messages
                == ["cluster.yaml:1: metadata.namespace: \(expected)"])
        #expect(read("{command: c, name: \(text)}").messages == ["cluster.yaml:1: name: \(expected)"])
    }

    @Test("a name that is too long") func longNames() {
        let name = String(repeating: "x", count: 254)
        #expect(
            read("{apiVersion: v1, kind: Node, metadata: {name: \(name)}}").messages
                == ["cluster.yaml:1: metadata.name: found a name of 254 bytes, expected at most 253"])
    }

    @Test("the object that takes a sum beyond 63 bits is named")
    func sums() {
        let node = { (name: String) in
            "{apiVersion: v1, kind: Node, metadata: {name: \(name)}, status: {allocatable: {memory: 5E}}}"
        }
        #expect(
            read([node("a"), node("b"), node("c")].joined(separator: "\n---\n")).messages
                == [
                    "cluster.yaml:3: status.allocatable: the amounts of memory add up to more than 2^63, "
                        + "in all nodes so far"
                ])
        // A pod without a gang is its own minimum, so half is too much already.
        #expect(
            read(podText("containers: [{name: c, resources: {limits: {cpu: 5P}}}]")).messages
                == [
                    "cluster.yaml:1: spec.containers: the amounts of cpu add up to more than 2^63, "
                        + "in all that is asked for so far"
                ])
        let group = "{apiVersion: scheduling.volcano.sh/v1beta1, kind: PodGroup, metadata: {name: g}, "
        let queue = "{apiVersion: scheduling.volcano.sh/v1beta1, kind: Queue, metadata: {name: q}, "
        #expect(
            read(
                group + "spec: {minResources: {nvidia.com/gpu: 5E}}}\n---\n" + queue
                    + "spec: {guarantee: {resource: {nvidia.com/gpu: 5E}}}}"
            ).messages
                == [
                    "cluster.yaml:3: spec.guarantee.resource: the amounts of nvidia.com/gpu add up to "
                        + "more than 2^63, in all that is asked for so far"
                ])
        #expect(
            read(queue + "spec: {guarantee: {resource: {memory: 5E}}, deserved: {memory: 5E}}}").messages
                == [
                    "cluster.yaml:1: spec.deserved: the amounts of memory add up to more than 2^63, "
                        + "in all that is asked for so far"
                ])
    }
}

/// A small seeded generator (SplitMix64).
private struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(max(bound, 1)))
    }
}
