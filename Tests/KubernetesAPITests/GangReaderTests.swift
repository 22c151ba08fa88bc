import ClusterModel
import KubernetesAPI
import Testing

@Suite("PodGroups and queues are read as Volcano writes them") struct GangReaderTests {
    @Test("a whole pod group") func podGroup() {
        let result = read(
            """
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: PodGroup
            metadata:
              name: train
              namespace: ml
              creationTimestamp: "2026-03-01T08:00:00Z"
              labels: {team: vision}
              annotations: {sla-waiting-time: 1h}
            spec:
              minMember: 4
              minTaskMember: {worker: 3, ps: 1}
              minResources: {cpu: 8, nvidia.com/gpu: "4", pods: 4, count/pods: 4, requests.cpu: 8, limits.memory: 1Gi}
              queue: research
              priorityClassName: high
              networkTopology: {mode: soft, highestTierAllowed: 2}
              subGroupPolicy:
              - name: workers
                networkTopology: {highestTierName: rack}
                subGroupSize: 2
                minSubGroups: 3
                labelSelector: {matchLabels: {volcano.sh/task-spec: worker}}
                matchLabelKeys: [volcano.sh/partition-id]
              - {name: rest}
            status:
              phase: Inqueue
              running: 2
              conditions:
              - type: Unschedulable
                status: "True"
                transitionID: 5e
                lastTransitionTime: "2026-03-01T08:00:10Z"
                reason: NotEnoughResources
                message: 2/4 tasks in gang unschedulable
            ---
            {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(
                    key: ObjectKey(namespace: "ml", name: "train"),
                    created: Timestamp(rfc3339: "2026-03-01T08:00:00Z"), queue: "research", minMember: 4,
                    minTaskMember: [
                        RoleMinimum(role: "ps", minimum: 1), RoleMinimum(role: "worker", minimum: 3),
                    ],
                    minResources: [.cpu: 8000, .nvidiaGPU: 4, .pods: 4],
                    minQuotaResources: ["count/pods": 4, "limits.memory": 1 << 30, "requests.cpu": 8000],
                    networkTopology: NetworkTopology(mode: .soft, highestTierAllowed: 2),
                    subGroupPolicies: [
                        SubGroupPolicy(
                            name: "workers", networkTopology: NetworkTopology(highestTierName: "rack"),
                            subGroupSize: 2, minSubGroups: 3,
                            labelSelector: LabelSelector(matchLabels: ["volcano.sh/task-spec": "worker"]),
                            matchLabelKeys: ["volcano.sh/partition-id"]),
                        SubGroupPolicy(name: "rest"),
                    ],
                    priorityClassName: "high", phase: .inqueue,
                    conditions: [
                        PodGroupCondition(
                            type: "Unschedulable", status: .isTrue,
                            lastTransitionTime: Timestamp(rfc3339: "2026-03-01T08:00:10Z"),
                            reason: "NotEnoughResources",
                            message: "2/4 tasks in gang unschedulable")
                    ],
                    labels: ["team": "vision"], annotations: ["sla-waiting-time": "1h"])
            ])
    }

    @Test("a bare pod group is no gang, pending, in the default queue") func barePodGroup() {
        let result = read(
            "{apiVersion: scheduling.volcano.sh/v1beta1, kind: PodGroup, metadata: {name: g}, spec: {queue: ''}}"
        )
        #expect(result.messages == [])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(key: ObjectKey(namespace: "default", name: "g"), queue: "default", minMember: 0)
            ])
    }

    @Test("faults of a pod group, and an unknown class as a warning") func podGroupFaults() {
        let result = read(
            """
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: PodGroup
            metadata: {name: g}
            spec:
              minMember: -1
              minTaskMember: {worker: some}
              minResources: {cpu: lots}
            status: {phase: Gone}
            ---
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: PodGroup
            metadata: {name: h}
            spec: {priorityClassName: nope}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:5: spec.minMember: found -1, expected an integer from 0 to 2147483647",
                "cluster.yaml:6: spec.minTaskMember.worker: found a string (\"some\"), expected an integer from 0 to 2147483647",
                "cluster.yaml:7: spec.minResources.cpu: \"lots\" is not a quantity: "
                    + "expected a number and an optional suffix such as m, k, M, Gi or e3",
                "cluster.yaml:8: status.phase: found \"Gone\", "
                    + "expected Pending, Inqueue, Running, Unknown or Completed",
                "warning: cluster.yaml:10: spec.priorityClassName: found \"nope\", "
                    + "expected the name of a PriorityClass of the input",
            ])
        #expect(result.snapshot.podGroups.map(\.key.name) == ["h"])
    }

    @Test("faults of a network topology and of parts") func topologyFaults() {
        let result = read(
            """
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: PodGroup
            metadata: {name: g}
            spec:
              networkTopology: {mode: firm, highestTierAllowed: 1, highestTierName: rack}
              subGroupPolicy:
              - {name: a, networkTopology: {highestTierAllowed: -1}, subGroupSize: 0}
              - {name: a, minSubGroups: two, matchLabelKeys: zone}
              - {labelSelector: []}
              - rest
            status: {conditions: [{status: "True"}]}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:5: spec.networkTopology.highestTierName: found \"rack\" beside highestTierAllowed, "
                    + "expected one of the two",
                "cluster.yaml:5: spec.networkTopology.mode: found \"firm\", expected hard or soft",
                "cluster.yaml:7: spec.subGroupPolicy[0].networkTopology.highestTierAllowed: found -1, "
                    + "expected an integer from 0 to 2147483647",
                "cluster.yaml:7: spec.subGroupPolicy[0].subGroupSize: found 0, "
                    + "expected an integer from 1 to 2147483647",
                "cluster.yaml:8: spec.subGroupPolicy[1].name: found \"a\" a second time, "
                    + "expected a name of its own",
                "cluster.yaml:8: spec.subGroupPolicy[1].minSubGroups: found a string (\"two\"), "
                    + "expected an integer from 0 to 2147483647",
                "cluster.yaml:8: spec.subGroupPolicy[1].matchLabelKeys: found a string (\"zone\"), expected a list",
                "cluster.yaml:9: spec.subGroupPolicy[2].name: found nothing, expected a string",
                "cluster.yaml:10: spec.subGroupPolicy[3]: found a string (\"rest\"), expected a mapping",
                "cluster.yaml:11: status.conditions[0].type: found nothing, expected a string",
            ])
        #expect(result.snapshot.podGroups == [])
    }

    @Test("queues, whole and bare") func queues() {
        let result = read(
            """
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: Queue
            metadata:
              name: research
              creationTimestamp: "2026-03-01T08:00:00Z"
              annotations: {volcano.sh/hierarchy: root/sci/research}
            spec:
              parent: sci
              type: lab
              deserved: {cpu: 40, nvidia.com/gpu: 4}
              dequeueStrategy: fifo
              affinity:
                nodeGroupAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution: [a100]
                  preferredDuringSchedulingIgnoredDuringExecution: [h100, v100]
                nodeGroupAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [t4]}
              weight: 4
              priority: 10
              capability: {cpu: 100, nvidia.com/gpu: 8}
              guarantee: {resource: {cpu: 1500m}}
              reclaimable: false
            status: {state: Closing}
            ---
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: Queue
            metadata: {name: bare}
            ---
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: Queue
            metadata: {name: empty}
            spec: {capability: {}, affinity: {}, reclaimable: null}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.queues == [
                Queue(
                    name: "research", created: Timestamp(rfc3339: "2026-03-01T08:00:00Z"),
                    annotations: ["volcano.sh/hierarchy": "root/sci/research"], parent: "sci", weight: 4,
                    priority: 10,
                    capability: [.cpu: 100_000, .nvidiaGPU: 8],
                    deserved: [.cpu: 40_000, .nvidiaGPU: 4], guarantee: [.cpu: 1500],
                    isReclaimable: false,
                    affinity: QueueAffinity(
                        nodeGroupAffinity: .init(required: ["a100"], preferred: ["h100", "v100"]),
                        nodeGroupAntiAffinity: .init(preferred: ["t4"])),
                    type: "lab", state: .closing),
                Queue(name: "bare", state: .open),
                Queue(name: "empty", capability: [:], affinity: QueueAffinity()),
            ])
    }

    @Test("faults of a queue") func queueFaults() {
        let result = read(
            """
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: Queue
            metadata: {name: q}
            spec: {weight: 0}
            status: {state: Ajar}
            ---
            apiVersion: scheduling.volcano.sh/v1beta1
            kind: Queue
            metadata: {name: r}
            spec:
              deserved: {cpu: some}
              reclaimable: "yes"
              parent: [root]
              affinity: {nodeGroupAffinity: a100}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:4: spec.weight: found 0, expected an integer from 1 to 65535",
                "cluster.yaml:5: status.state: found \"Ajar\", expected Open, Closed, Closing or Unknown",
                "cluster.yaml:11: spec.deserved.cpu: \"some\" is not a quantity: "
                    + "expected a number and an optional suffix such as m, k, M, Gi or e3",
                "cluster.yaml:12: spec.reclaimable: found a string (\"yes\"), expected true or false",
                "cluster.yaml:13: spec.parent: found a list, expected a string",
                "cluster.yaml:14: spec.affinity.nodeGroupAffinity: found a string (\"a100\"), expected a mapping",
            ])
    }
}

@Suite("An AmlJob gives a gang its size and takes its pods by ownership") struct AmlJobReaderTests {
    private func job(_ envs: String, metadata: String = "") -> String {
        """
        apiVersion: amlarc.azureml.com/v1alpha1
        kind: AmlJob
        metadata: {name: job, namespace: ml\(metadata)}
        spec: {job: {options: {envs: \(envs)}}}
        """
    }

    private func pod(owner: String) -> String {
        """
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: ml, ownerReferences: [\(owner)]}
        spec: {}
        """
    }

    @Test(
        "the size is an integer, the text of one, or 1",
        arguments: [
            ("{AZUREML_NODE_COUNT: 4}", 4), ("{AZUREML_NODE_COUNT: '4'}", 4), ("{OTHER: x}", 1),
            ("{AZUREML_NODE_COUNT: null}", 1), ("null", 1),
        ])
    func size(envs: String, count: Int) {
        let result = read(job(envs, metadata: ", annotations: {scheduling.volcano.sh/queue-name: research}"))
        #expect(result.messages == [])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(
                    key: ObjectKey(namespace: "ml", name: "job"), queue: "research", minMember: count,
                    annotations: ["scheduling.volcano.sh/queue-name": "research"], origin: .amlJob)
            ])
    }

    @Test(
        "anything else is an error",
        arguments: [
            ("{AZUREML_NODE_COUNT: 0}", "0"), ("{AZUREML_NODE_COUNT: four}", "\"four\""),
            ("{AZUREML_NODE_COUNT: 2.5}", "2.5"), ("{AZUREML_NODE_COUNT: [1]}", "a list"),
        ])
    func faults(envs: String, found: String) {
        let result = read(job(envs))
        #expect(
            result.messages == [
                "cluster.yaml:4: spec.job.options.envs.AZUREML_NODE_COUNT: found \(found), "
                    + "expected a number of nodes from 1 to 2147483647"
            ])
        #expect(result.snapshot.podGroups == [])
    }

    @Test("pods name the job as their owner, whichever comes first") func ownership() {
        let owner = "{apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, name: job, uid: u}"
        for text in [job("{}") + "\n" + pod(owner: owner), pod(owner: owner) + "\n---\n" + job("{}")] {
            let result = read(text)
            #expect(result.messages == [])
            #expect(result.snapshot.pods.first?.podGroup == "job")
            #expect(result.snapshot.podGroups.map(\.queue) == ["default"])
        }
    }

    @Test(
        "other owners, and jobs that were not read, give no gang",
        arguments: [
            "{apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, name: other}",
            "{apiVersion: example.com/v1, kind: AmlJob, name: job}",
            "{apiVersion: batch/v1, kind: Job, name: job}",
        ])
    func noOwnership(owner: String) {
        #expect(read(job("{}") + "\n" + pod(owner: owner)).snapshot.pods.first?.podGroup == nil)
    }

    @Test("a PodGroup of the same name wins, and the pods are its") func podGroupWins() {
        let owner = "{apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, name: job}"
        let result = read(
            job("{AZUREML_NODE_COUNT: 4}") + "\n" + pod(owner: owner) + """

                ---
                apiVersion: scheduling.volcano.sh/v1beta1
                kind: PodGroup
                metadata: {name: job, namespace: ml}
                spec: {minMember: 2}
                """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(key: ObjectKey(namespace: "ml", name: "job"), minMember: 2)
            ])
        #expect(result.snapshot.pods.first?.podGroup == "job")
    }
}
