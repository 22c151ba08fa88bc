import ClusterModel
import KubernetesAPI
import Testing

@Suite("Gangs of other APIs than Volcano's are read as their servers write them")
struct QualifiedGangReaderTests {
    /// A pod of the namespace `ml`.
    private func pod(_ name: String, _ metadata: String = "", spec: String = "{}", status: String = "{}")
        -> String
    {
        "\n---\n{apiVersion: v1, kind: Pod, metadata: {name: \(name), namespace: ml\(metadata)}, "
            + "spec: \(spec), status: \(status)}"
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ml", name: name) }

    @Test(
        "a PodGroup of scheduler-plugins, and the label that leads to it",
        arguments: [
            ("scheduling.x-k8s.io", "scheduling.x-k8s.io/pod-group"),
            ("scheduling.sigs.k8s.io", "pod-group.scheduling.sigs.k8s.io"),
        ])
    func schedulerPlugins(group: String, label: String) {
        let result = read(
            """
            apiVersion: \(group)/v1alpha1
            kind: PodGroup
            metadata: {name: train, namespace: ml, creationTimestamp: "2026-03-01T08:00:00Z"}
            spec: {minMember: 4, minResources: {cpu: 8, nvidia.com/gpu: "4"}, scheduleTimeoutSeconds: 60}
            status: {phase: PreScheduling, occupiedBy: ml/train, scheduled: 1}
            """ + pod("train-0", ", labels: {\(label): train}"))
        #expect(result.messages == [])
        #expect(result.skippedKinds == [:])
        #expect(result.snapshot.pods.map(\.podGroup) == ["\(group)/train"])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(
                    key: key("\(group)/train"), created: Timestamp(rfc3339: "2026-03-01T08:00:00Z"),
                    minMember: 4, minResources: [.cpu: 8000, .nvidiaGPU: 4], origin: .schedulerPlugins)
            ])
    }

    @Test(
        "a PodGroup of Kubernetes: 1.36 and 1.37 differ in words",
        arguments: [
            ("v1alpha2", "PodGroup"), ("v1alpha3", "{all: {}}"), ("v1beta1", "{all: {}}"),
        ])
    func kubernetes(version: String, disruptionMode: String) {
        let result = read(
            """
            apiVersion: scheduling.k8s.io/\(version)
            kind: PodGroup
            metadata:
              name: train
              namespace: ml
              labels: {volcano.sh/queue-name: research}
              finalizers: [scheduling.k8s.io/podgroup-protection]
            spec:
              workloadRef: {workloadName: train, templateName: workers}
              schedulingPolicy: {gang: {minCount: 4}}
              schedulingConstraints: {topology: [{key: topology.kubernetes.io/rack}]}
              disruptionMode: \(disruptionMode)
              priorityClassName: high
              priority: 1000
              preemptionPolicy: Never
            status:
              conditions:
              - {type: PodGroupScheduled, status: "False", reason: Unschedulable, message: no room,
                 lastTransitionTime: "2026-03-01T08:00:00Z", observedGeneration: 1}
            ---
            {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
            """ + pod("train-0", spec: "{schedulingGroup: {podGroupName: train}}"))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.map(\.podGroup) == ["scheduling.k8s.io/train"])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(
                    key: key("scheduling.k8s.io/train"), queue: "research", minMember: 4,
                    networkTopology: NetworkTopology(nodeLabel: "topology.kubernetes.io/rack"),
                    priorityClassName: "high", priority: 1000, preemptsNever: true, leavesWhole: true,
                    conditions: [
                        PodGroupCondition(
                            type: "PodGroupScheduled", status: .isFalse,
                            lastTransitionTime: Timestamp(rfc3339: "2026-03-01T08:00:00Z"),
                            reason: "Unschedulable", message: "no room")
                    ],
                    labels: ["volcano.sh/queue-name": "research"], origin: .kubernetes)
            ])
    }

    @Test(
        "pods may leave one by one unless the group says otherwise",
        arguments: ["", ", disruptionMode: Pod", ", disruptionMode: {single: {}}"])
    func single(mode: String) {
        let result = read(
            "{apiVersion: scheduling.k8s.io/v1beta1, kind: PodGroup, metadata: {name: g, namespace: ml}, "
                + "spec: {schedulingPolicy: {basic: {}}\(mode)}}")
        #expect(result.messages == [])
        #expect(
            result.snapshot.podGroups == [
                PodGroup(key: key("scheduling.k8s.io/g"), minMember: 1, origin: .kubernetes)
            ])
    }

    @Test("what is not honoured is said, and the group is read") func warnings() {
        let result = read(
            """
            apiVersion: scheduling.k8s.io/v1alpha3
            kind: PodGroup
            metadata: {name: g, namespace: ml}
            spec:
              parentCompositePodGroupName: whole
              schedulingPolicy: {gang: {minCount: 2}}
              disruptionMode: {quarter: {}}
              schedulingConstraints: {topology: [{key: rack}, {key: zone}]}
            """)
        #expect(
            result.messages == [
                "warning: cluster.yaml:5: spec.parentCompositePodGroupName: groups of PodGroups are not honoured: "
                    + "each PodGroup is placed on its own",
                "warning: cluster.yaml:7: spec.disruptionMode: not one of the modes that are known: "
                    + "pods may leave one by one",
                "warning: cluster.yaml:8: spec.schedulingConstraints.topology: found more than one key; "
                    + "only the first is honoured",
            ])
        #expect(result.snapshot.podGroups.map(\.networkTopology) == [NetworkTopology(nodeLabel: "rack")])
    }

    @Test("faults of groups, workloads and references") func faults() {
        let result = read(
            """
            {apiVersion: scheduling.x-k8s.io/v1alpha1, kind: PodGroup, metadata: {name: a}, spec: {minMember: -1}}
            ---
            {apiVersion: scheduling.k8s.io/v1beta1, kind: PodGroup, metadata: {name: b}}
            ---
            {apiVersion: scheduling.k8s.io/v1beta1, kind: PodGroup, metadata: {name: c}, spec: {}}
            ---
            {apiVersion: scheduling.k8s.io/v1beta1, kind: PodGroup, metadata: {name: d}, spec: {schedulingPolicy: {}}}
            ---
            {apiVersion: scheduling.k8s.io/v1beta1, kind: PodGroup, metadata: {name: e}, spec: {schedulingPolicy: {gang: {}, basic: {}}}}
            ---
            {apiVersion: scheduling.k8s.io/v1alpha1, kind: Workload, metadata: {name: f}, spec: {podGroups: [{policy: {gang: {minCount: 0}}}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: g}, spec: {workloadRef: {name: w}}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: h}, spec: {schedulingGroup: {podGroupName: a/b}}}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:1: spec.minMember: found -1, expected an integer from 0 to 2147483647",
                "cluster.yaml:3: spec: found nothing, expected a scheduling policy",
                "cluster.yaml:5: spec.schedulingPolicy: found nothing, expected basic or gang",
                "cluster.yaml:7: spec.schedulingPolicy: found neither of the policies basic and gang",
                "cluster.yaml:9: spec.schedulingPolicy: found both basic and gang, expected one of the two",
                "cluster.yaml:9: spec.schedulingPolicy.gang.minCount: found nothing, "
                    + "expected an integer from 1 to 2147483647",
                "cluster.yaml:11: spec.podGroups[0].name: found nothing, expected a string",
                "cluster.yaml:13: spec.workloadRef.podGroup: found nothing, expected a string",
                "cluster.yaml:15: spec.schedulingGroup.podGroupName: found \"a/b\", "
                    + "expected a name without '/', '%' and control characters",
            ])
        #expect(result.snapshot.podGroups == [])
    }

    private static let workload = """
        apiVersion: scheduling.k8s.io/v1alpha1
        kind: Workload
        metadata: {name: train, namespace: ml, creationTimestamp: "2026-03-01T08:00:00Z"}
        spec:
          controllerRef: {apiGroup: batch, kind: Job, name: train}
          podGroups:
          - {name: workers, policy: {gang: {minCount: 3}}}
          - {name: evaluation, policy: {basic: {}}}
        """

    @Test("a part of a Workload is a gang for each replica that pods name") func workload() {
        func reference(_ part: String, _ replica: String) -> String {
            "{priority: 5, workloadRef: {name: train, podGroup: \(part)\(replica)}}"
        }
        let result = read(
            pod("a", spec: reference("workers", ", podGroupReplicaKey: '0'")) + "\n---\n" + Self.workload
                + pod("b", spec: reference("workers", ", podGroupReplicaKey: '1'"))
                + pod("c", spec: reference("workers", ", podGroupReplicaKey: '1'"))
                + pod("d", spec: reference("evaluation", ""))
                + pod("e", spec: reference("unknown", "")))
        #expect(result.messages == [])
        #expect(
            result.snapshot.pods.map(\.podGroup) == [
                "workload/train/workers/0", "workload/train/workers/1", "workload/train/workers/1",
                "workload/train/evaluation", "workload/train/unknown",
            ])
        let created = Timestamp(rfc3339: "2026-03-01T08:00:00Z")
        func gang(_ name: String, _ minimum: Int) -> PodGroup {
            PodGroup(
                key: key("workload/train/\(name)"), created: created, minMember: minimum, priority: 5,
                origin: .workload)
        }
        #expect(
            result.snapshot.podGroups == [
                gang("evaluation", 1), gang("workers/0", 3), gang("workers/1", 3),
            ])
    }

    @Test("a Workload of later versions holds templates, which are no gangs") func templates() {
        let result = read(
            "{apiVersion: scheduling.k8s.io/v1beta1, kind: Workload, metadata: {name: w, namespace: ml}, "
                + "spec: {podGroupTemplates: [{name: t, schedulingPolicy: {gang: {minCount: 3}}}]}}"
                + pod("a", spec: "{schedulingGroup: {podGroupName: w-t-0}}"))
        #expect(result.messages == [])
        #expect(result.snapshot.podGroups == [])
        #expect(result.snapshot.pods.map(\.podGroup) == ["scheduling.k8s.io/w-t-0"])
    }

    @Test(
        "of several ways the first holds: annotation, schedulingGroup, workloadRef, label, older label, owner",
        arguments: [
            (0, "v"), (1, "scheduling.k8s.io/k"), (2, "workload/w/p"), (3, "scheduling.x-k8s.io/x"),
            (4, "scheduling.sigs.k8s.io/s"), (5, "job"),
        ])
    func precedence(missing: Int, gang: String) {
        var annotations = ["scheduling.k8s.io/group-name: \(missing > 0 ? "''" : "v")"]
        annotations.append("other: annotation")
        var spec: [String] = []
        if missing <= 1 { spec.append("schedulingGroup: {podGroupName: k}") }
        if missing <= 2 { spec.append("workloadRef: {name: w, podGroup: p}") }
        var labels: [String] = []
        if missing <= 3 { labels.append("scheduling.x-k8s.io/pod-group: x") }
        if missing <= 4 { labels.append("pod-group.scheduling.sigs.k8s.io: s") }
        let result = read(
            "{apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, metadata: {name: job, namespace: ml}}"
                + pod(
                    "p",
                    ", labels: {\(labels.joined(separator: ", "))}, "
                        + "annotations: {\(annotations.joined(separator: ", "))}, ownerReferences: "
                        + "[{apiVersion: amlarc.azureml.com/v1alpha1, kind: AmlJob, name: job, uid: u}]",
                    spec: "{\(spec.joined(separator: ", "))}"))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.map(\.podGroup) == [gang])
    }

    @Test("Volcano's annotation names no gang of another API, whatever it says") func disguise() {
        let result = read(
            pod("p", ", annotations: {scheduling.k8s.io/group-name: scheduling.k8s.io/train}"))
        #expect(result.snapshot.pods.map(\.podGroup) == ["scheduling.volcano.sh/scheduling.k8s.io/train"])
    }

    @Test("groups of one name and several APIs are several gangs") func namesakes() {
        let groups = ["scheduling.volcano.sh/v1beta1", "scheduling.x-k8s.io/v1alpha1"].map {
            "{apiVersion: \($0), kind: PodGroup, metadata: {name: train, namespace: ml}, spec: {minMember: 2}}"
        }
        let native =
            "{apiVersion: scheduling.k8s.io/v1beta1, kind: PodGroup, metadata: {name: train, namespace: ml}, "
            + "spec: {schedulingPolicy: {gang: {minCount: 3}}}}"
        let result = read((groups + [native]).joined(separator: "\n---\n"))
        #expect(result.messages == [])
        #expect(
            result.snapshot.podGroups.map(\.key.name) == [
                "train", "scheduling.k8s.io/train", "scheduling.x-k8s.io/train",
            ])
        #expect(read([("a", native), ("b", native)]).messages.map { $0.prefix(8) } == ["warning:"])
    }

    @Test("a group without queue or priority has those of its pods, the first queue and the highest priority")
    func fromPods() {
        let group =
            "{apiVersion: scheduling.x-k8s.io/v1alpha1, kind: PodGroup, metadata: {name: g, namespace: ml}, "
            + "spec: {minMember: 2}}"
        let label = "scheduling.x-k8s.io/pod-group: g"
        let result = read(
            group + pod("a", ", labels: {\(label), volcano.sh/queue-name: research}", spec: "{priority: 7}")
                + pod("b", ", labels: {\(label)}", spec: "{priority: 9}")
                + pod(
                    "c",
                    ", labels: {\(label)}, annotations: {scheduling.volcano.sh/queue-name: archive}",
                    spec: "{}"))
        #expect(result.messages == [])
        #expect(result.snapshot.podGroups.map(\.queue) == ["archive"])
        #expect(result.snapshot.podGroups.map(\.priority) == [9])
    }
}
