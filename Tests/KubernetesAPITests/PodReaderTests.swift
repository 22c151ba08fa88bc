import ClusterModel
import KubernetesAPI
import Testing

@Suite("Pods are read as the API server knows them") struct PodReaderTests {
    @Test("all that scheduling looks at") func whole() {
        let result = read(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: train-0
              namespace: ml
              uid: 6f1
              creationTimestamp: "2026-03-01T08:00:00Z"
              deletionTimestamp: "2026-03-01T09:00:00Z"
              labels: {app: train, volcano.sh/task-spec: ignored}
              annotations: {scheduling.k8s.io/group-name: train, volcano.sh/task-spec: worker}
              ownerReferences:
              - {apiVersion: batch.volcano.sh/v1alpha1, kind: Job, name: train, uid: 7a, controller: true}
            spec:
              schedulerName: volcano
              nodeName: n1
              priority: 7
              priorityClassName: high
              preemptionPolicy: Never
              activeDeadlineSeconds: 3600
              schedulingGates: [{name: a}, {name: b}]
              nodeSelector: {pool: a100}
              containers:
              - name: main
                image: reg/train:1
                resources:
                  requests: {cpu: 500m}
                  limits: {nvidia.com/gpu: 2, memory: 1Gi}
              - {name: side, image: reg/side:1}
              initContainers:
              - {name: setup, image: reg/setup:1, resources: {requests: {cpu: 2}}}
              volumes:
              - {name: x, emptyDir: {}}
              - {name: y, persistentVolumeClaim: {claimName: data}}
            status:
              phase: Running
              nominatedNodeName: n2
              startTime: "2026-03-01T08:30:00Z"
              conditions:
              - {type: PodScheduled, status: "True", lastTransitionTime: "2026-03-01T08:29:58Z"}
              - {type: DisruptionTarget, status: "True", reason: PreemptionByScheduler}
              - {type: Ready, status: "False", lastTransitionTime: "2026-03-01T08:31:00Z"}
            """)
        #expect(result.messages == [])
        var expected = Pod(key: ObjectKey(namespace: "ml", name: "train-0"), uid: "6f1")
        expected.created = Timestamp(rfc3339: "2026-03-01T08:00:00Z")
        expected.isTerminating = true
        expected.labels = ["app": "train", "volcano.sh/task-spec": "ignored"]
        expected.annotations = ["scheduling.k8s.io/group-name": "train", "volcano.sh/task-spec": "worker"]
        expected.owners = [
            OwnerReference(
                apiVersion: "batch.volcano.sh/v1alpha1", kind: "Job", name: "train", uid: "7a",
                isController: true)
        ]
        expected.podGroup = "train"
        expected.role = "worker"
        expected.schedulerName = "volcano"
        expected.nodeName = "n1"
        expected.nominatedNodeName = "n2"
        expected.phase = .running
        expected.started = Timestamp(rfc3339: "2026-03-01T08:30:00Z")
        expected.scheduledTime = Timestamp(rfc3339: "2026-03-01T08:29:58Z")
        expected.isDisruptionTarget = true
        expected.activeDeadlineSeconds = 3600
        expected.preemptsNever = true
        expected.priority = 7
        expected.priorityClassName = "high"
        expected.schedulingGates = ["a", "b"]
        expected.requests = [.cpu: 2000, .memory: 1 << 30, .nvidiaGPU: 2]
        expected.limits = [.memory: 1 << 30, .nvidiaGPU: 2]
        expected.nonZeroRequests = NonZeroRequests(milliCPU: 2000, memory: (1 << 30) + (200 << 20))
        expected.nodeSelector = ["pool": "a100"]
        expected.images = ["reg/train:1", "reg/side:1", "reg/setup:1"]
        expected.constraints = PodConstraints(volumes: [.claim(name: "data", isReadOnly: false)])
        #expect(result.snapshot.pods == [expected])
        #expect(result.snapshot.newestTimestamp?.rfc3339 == "2026-03-01T08:30:00Z")
    }

    @Test("a bare pod is pending, in the default namespace, and asks for nothing") func bare() {
        let result = read(podText("nodeName: ''"), options: .init(namespace: "team"))
        #expect(result.messages == [])
        let expected = Pod(
            key: ObjectKey(namespace: "team", name: "p"),
            nonZeroRequests: NonZeroRequests(milliCPU: 0, memory: 0))
        #expect(result.snapshot.pods == [expected])
    }

    @Test("the role is the annotation's, or else the label's") func role() {
        let label = read(podText("nodeName: n0", metadata: "labels: {volcano.sh/task-spec: ps}"))
        #expect(label.snapshot.pods.first?.role == "ps")
    }

    @Test("sidecars, overhead and resources of the pod make its request; pods is not asked for")
    func requests() {
        let result = read(
            podText(
                """
                overhead: {cpu: 10m}
                resources: {requests: {memory: 1Ki}}
                containers:
                - name: a
                  resources: {requests: {cpu: 100m, memory: 10, pods: 1}}
                initContainers:
                - {name: b, restartPolicy: Always, resources: {requests: {cpu: 50m}}}
                - {name: c, resources: {requests: {cpu: 0.2}}}
                """))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.first?.requests == [.cpu: 260, .memory: 1024])
    }

    @Test("limits add up as requests do, and overhead counts where there is a limit") func limits() {
        let result = read(
            podText(
                """
                overhead: {cpu: 10m, memory: 5}
                resources: {limits: {memory: 1Ki}}
                containers:
                - {name: a, resources: {limits: {nvidia.com/gpu: 2, memory: 10}}}
                - {name: b, resources: {limits: {nvidia.com/gpu: 1}}}
                initContainers:
                - {name: c, resources: {limits: {nvidia.com/gpu: 4}}}
                """))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.first?.limits == [.memory: 1029, .nvidiaGPU: 4])
    }

    @Test("conditions that do not hold say nothing; states and times must be such") func conditions() {
        let pod = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {}
            status: {conditions: [{type: PodScheduled, status: "False", lastTransitionTime: "2026-03-01T08:29:58Z"}]}
            """
        let unscheduled = read(pod)
        #expect(unscheduled.messages == [])
        #expect(unscheduled.snapshot.pods.first?.scheduledTime == nil)
        #expect(unscheduled.snapshot.pods.first?.isDisruptionTarget == false)
        #expect(
            read(pod.replacing("False", with: "Maybe")).messages == [
                "cluster.yaml:5: status.conditions[0].status: found \"Maybe\", expected True, False or Unknown"
            ])
        #expect(
            read(pod.replacing("False", with: "True").replacing("2026-03-01T08", with: "today")).messages == [
                "cluster.yaml:5: status.conditions[0].lastTransitionTime: found \"today:29:58Z\", "
                    + "expected a time such as 2026-03-01T08:00:00Z"
            ])
    }

    @Test("faults of what limits a pod in time and in right")
    func rights() {
        let result = read(podText("preemptionPolicy: Sometimes\nactiveDeadlineSeconds: 0"))
        #expect(
            result.messages == [
                "cluster.yaml:7: spec.preemptionPolicy: found \"Sometimes\", "
                    + "expected PreemptLowerPriority or Never",
                "cluster.yaml:8: spec.activeDeadlineSeconds: found 0, expected an integer from 1 to 2147483647",
            ])
    }

    @Test("a class that preempts nobody makes its pods so, unless their priority is settled")
    func classPolicy() {
        let result = read(
            """
            {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: meek}, value: 5, preemptionPolicy: Never}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {priorityClassName: meek}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {priorityClassName: meek, priority: 5}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: c}, spec: {}}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.priorityClasses == [PriorityClass(name: "meek", value: 5, preemptsNever: true)])
        #expect(result.snapshot.pods.map(\.preemptsNever) == [true, false, false])
    }

    @Test("a sum beyond 63 bits is reported") func overflow() {
        let result = read(
            podText(
                """
                containers:
                - {name: a, resources: {requests: {memory: 9223372036854775807}}}
                - {name: b, resources: {requests: {memory: 1}}}
                """))
        #expect(
            result.messages == [
                "cluster.yaml:8: spec.containers: the amounts of memory add up to more than 2^63"
            ])
        #expect(result.snapshot.pods == [])
    }

    @Test("every fault is named, and the pod is left out") func faults() {
        let result = read(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: ""
              creationTimestamp: yesterday
            spec:
              priority: 3000000000
              containers: {}
            status:
              phase: Sleeping
            """)
        #expect(result.snapshot.pods == [])
        #expect(
            result.messages == [
                "cluster.yaml:4: metadata.name: found an empty string, expected one that is not",
                "cluster.yaml:5: metadata.creationTimestamp: found \"yesterday\", "
                    + "expected a time such as 2026-03-01T08:00:00Z",
                "cluster.yaml:7: spec.priority: found 3000000000, expected an integer from -2147483648 to 2147483647",
                "cluster.yaml:8: spec.containers: found a mapping, expected a list",
                "cluster.yaml:10: status.phase: found \"Sleeping\", "
                    + "expected Pending, Running, Succeeded, Failed or Unknown",
            ])
    }

    @Test("a pod without metadata or specification is refused") func missingParts() {
        let result = read("{apiVersion: v1, kind: Pod}")
        #expect(
            result.messages == [
                "cluster.yaml:1: metadata: found nothing, expected a mapping with a name",
                "cluster.yaml:1: spec: found nothing, expected a pod specification",
            ])
    }
}

@Suite("A pod's priority is its own, its class's or the default's") struct PodPriorityTests {
    private static let classes = """
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClassList
        items:
        - {metadata: {name: high}, value: 1000}
        - {metadata: {name: normal}, value: 10, globalDefault: true}
        ---

        """

    @Test(
        "resolved after everything is read",
        arguments: [
            ("priority: 5\npriorityClassName: high", 5),
            ("priorityClassName: high", 1000),
            ("priorityClassName: system-node-critical", 2_000_001_000),
            ("priorityClassName: system-cluster-critical", 2_000_000_000),
            ("schedulerName: x", 10),
        ] as [(String, Int32)])
    func resolved(spec: String, priority: Int32) {
        let result = read([("pods.yaml", podText(spec)), ("classes.yaml", Self.classes)])
        #expect(result.messages == [])
        #expect(result.snapshot.pods.first?.priority == priority)
    }

    @Test("without classes there is none") func none() {
        #expect(read(podText("schedulerName: x")).snapshot.pods.first?.priority == nil)
    }

    @Test("an unknown class is a warning, once, and counts as none") func unknown() {
        let pods = """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Pod
              metadata: {name: a}
              spec: {priorityClassName: urgent}
            - apiVersion: v1
              kind: Pod
              metadata: {name: b}
              spec: {priorityClassName: urgent}
            """
        let result = read([("pods.yaml", pods), ("classes.yaml", Self.classes)])
        #expect(
            result.messages == [
                "warning: pods.yaml:4: items[0].spec.priorityClassName: found \"urgent\", "
                    + "expected the name of a PriorityClass of the input"
            ])
        #expect(result.snapshot.pods.map(\.priority) == [10, 10])
    }

    @Test("of several defaults the lowest holds") func severalDefaults() {
        let result = read(
            podText("schedulerName: x") + """

                ---
                {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}, value: 3, globalDefault: true}
                ---
                {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: b}, value: -2, globalDefault: true}
                """)
        #expect(result.snapshot.pods.first?.priority == -2)
        #expect(
            result.snapshot.priorityClasses == [
                PriorityClass(name: "a", value: 3, isGlobalDefault: true),
                PriorityClass(name: "b", value: -2, isGlobalDefault: true),
            ])
    }

    @Test("a class needs a value that fits") func faults() {
        let result = read(
            """
            apiVersion: scheduling.k8s.io/v1
            kind: PriorityClass
            metadata: {name: a}
            """)
        #expect(result.messages == ["cluster.yaml:1: value: found nothing, expected an integer"])
        #expect(result.snapshot.priorityClasses == [])
    }
}
