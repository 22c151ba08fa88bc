import ClusterModel
import Documents
import KubernetesAPI
import Testing

@Suite("Any mix of documents, lists and kinds is read") struct ClusterReaderTests {
    @Test("what kubectl prints: a List of several kinds, items with their own type") func kubectlList() {
        let result = read(
            """
            {
                "apiVersion": "v1",
                "items": [
                    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "managedFields": [{"manager": "x"}]}},
                    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "a"}, "spec": {}},
                    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}}
                ],
                "kind": "List",
                "metadata": {"resourceVersion": "", "selfLink": ""}
            }
            """, file: "dump.json")
        #expect(result.messages == [])
        #expect(result.snapshot.nodes.map(\.name) == ["n"])
        #expect(result.snapshot.pods.map(\.key.description) == ["a/p"])
        #expect(result.skippedKinds == ["Deployment": 1])
    }

    @Test("items of a typed list take their kind from it") func typedLists() {
        let result = read(
            """
            {apiVersion: v1, kind: PodList, metadata: {}, items: [{metadata: {name: p}, spec: {}}]}
            ---
            {apiVersion: v1, kind: NodeList, items: [{metadata: {name: n0}}, {metadata: {name: m}}]}
            ---
            {apiVersion: scheduling.volcano.sh/v1beta1, kind: PodGroupList, items: [{metadata: {name: g}}]}
            ---
            {apiVersion: apps/v1, kind: DeploymentList, items: [{}, {}]}
            ---
            {apiVersion: v1, kind: PodList, items: null}
            ---
            {apiVersion: example.com/v1, kind: WhiteList, metadata: {name: w}}
            """)
        #expect(result.messages == [])
        #expect(result.snapshot.pods.count == 1)
        #expect(result.snapshot.nodes.map(\.name) == ["n0", "m"])
        #expect(result.snapshot.podGroups.count == 1)
        #expect(result.skippedKinds == ["Deployment": 2, "WhiteList": 1])
    }

    @Test("lists of any kind that is read, in JSON as in YAML") func otherTypedLists() {
        let result = read(
            """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "policy/v1", "kind": "PodDisruptionBudgetList", "items": [{"metadata": {"name": "b"}}]},
              {"apiVersion": "v1", "kind": "NamespaceList", "items": [{"metadata": {"name": "default"}}]},
              {"apiVersion": "v1", "kind": "PersistentVolumeClaimList", "items": [
                {"metadata": {"name": "c"}}, {"metadata": {"name": "c", "namespace": "ml"}}]},
              {"apiVersion": "storage.k8s.io/v1", "kind": "CSINodeList", "items": [{"metadata": {"name": "a"}}]},
              {"apiVersion": "topology.volcano.sh/v1alpha1", "kind": "HyperNodeList", "items": [
                {"metadata": {"name": "h"}, "spec": {"tier": 1}}]}
            ]}
            """, file: "dump.json")
        #expect(result.messages == [])
        #expect(result.snapshot.podDisruptionBudgets.map(\.key.description) == ["default/b"])
        #expect(result.snapshot.namespaces.map(\.name) == ["default"])
        #expect(result.snapshot.persistentVolumeClaims.map(\.key.description) == ["default/c", "ml/c"])
        #expect(result.snapshot.csiNodes.map(\.name) == ["a"])
        #expect(result.snapshot.hyperNodes.map(\.name) == ["h"])
        #expect(result.skippedKinds == [:])
    }

    @Test("many documents, empty ones, a sequence, and lists in lists") func shapes() {
        let result = read(
            """
            ---
            ---
            {apiVersion: v1, kind: Node, metadata: {name: a}}
            ---
            - {apiVersion: v1, kind: Node, metadata: {name: b}}
            - {apiVersion: v1, kind: Node, metadata: {name: ''}}
            ---
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: List
              items: [{apiVersion: v1, kind: Node, metadata: {name: c}}, {apiVersion: v1, kind: Node, metadata: []}]
            """)
        #expect(result.snapshot.nodes.map(\.name) == ["a", "b", "c"])
        #expect(
            result.messages == [
                "cluster.yaml:6: [1].metadata.name: found an empty string, expected one that is not",
                "cluster.yaml:13: items[0].items[1].metadata: found a list, expected a mapping",
            ])
    }

    @Test("a scenario that lies beside the objects is none of them") func scenario() {
        let result = read(
            """
            {apiVersion: gangwright.io/v1alpha1, kind: Scenario, name: starvation}
            ---
            {apiVersion: example.com/v1, kind: Scenario, metadata: {name: theirs}}
            """)
        #expect(result.messages == [])
        #expect(result.skippedKinds == ["Scenario": 1])
    }

    @Test("kinds that do not matter are counted, namesakes with their group") func skipped() {
        let result = read(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
            ---
            {apiVersion: example.com/v1alpha1, kind: PodGroup, metadata: {name: g}}
            ---
            {apiVersion: amlarc.azureml.com/v1, kind: QuotaOverride, metadata: {name: q}}
            ---
            {apiVersion: longhorn.io/v1beta2, kind: Node, metadata: {name: n0}}
            """)
        #expect(result.messages == [])
        #expect(
            result.skippedKinds == [
                "ConfigMap": 2, "PodGroup.example.com": 1, "QuotaOverride": 1, "Node.longhorn.io": 1,
            ])
        #expect(result.snapshot.nodes == [])
    }

    @Test("what is neither an object nor a job is refused") func strangers() {
        let result = read(
            """
            just text
            ---
            {metadata: {name: x}}
            ---
            [1, [2]]
            ---
            {kind: Pod, metadata: {name: x}}
            ---
            {apiVersion: v1, kind: [Pod]}
            ---
            {apiVersion: v1, kind: List, items: {}}
            ---
            {apiVersion: v1, kind: List, items: [null, {metadata: {name: x}}, {apiVersion: v1, kind: ''}]}
            ---
            {apiVersion: v1, command: x}
            """)
        let expected = "a Kubernetes object or an Azure ML job"
        #expect(
            result.messages == [
                "cluster.yaml:1: found a string, expected \(expected)",
                "cluster.yaml:3: kind: missing; expected \(expected)",
                "cluster.yaml:5: [0]: found an integer, expected \(expected)",
                "cluster.yaml:5: [1]: found a list, expected \(expected)",
                "cluster.yaml:7: apiVersion: found nothing, expected a string",
                "cluster.yaml:9: kind: found a list, expected a string",
                "cluster.yaml:11: items: found a mapping, expected a list of objects",
                "cluster.yaml:13: items[0]: found null, expected \(expected)",
                "cluster.yaml:13: items[1].kind: missing; expected \(expected)",
                "cluster.yaml:13: items[2].kind: found an empty string, expected one that is not",
                "cluster.yaml:15: kind: missing; expected \(expected)",
            ])
    }

    @Test("a repeated object is a warning, a contradiction an error that names the first place")
    func duplicates() {
        let first = """
            {apiVersion: v1, kind: Node, metadata: {name: n0, labels: {a: b}}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {}}
            """
        let second = """
            {apiVersion: v1, kind: Node, metadata: {name: n0, labels: {a: b}, resourceVersion: "7"}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, spec: {nodeName: n0}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: other}, spec: {}}
            """
        let result = read([("a.yaml", first), ("b.yaml", second)])
        #expect(
            result.messages == [
                "warning: b.yaml:1: metadata.name: Node n0 repeats the one at a.yaml:1 and is ignored",
                "b.yaml:3: metadata.name: Pod default/p differs from the one at a.yaml:3",
            ])
        #expect(result.snapshot.nodes.count == 1)
        #expect(result.snapshot.pods.map(\.nodeName) == [nil, nil])
        #expect(result.hasErrors)
    }

    @Test("job files of one name contradict each other") func duplicateJobs() {
        let result = read([
            ("x/job.yml", "command: a\n"), ("y/job.yml", "command: a\nresources: {instance_count: 2}\n"),
        ])
        #expect(result.messages == ["y/job.yml:1: name: job default/job differs from the one at x/job.yml:1"])
        #expect(result.snapshot.pods.count == 1)
    }

    @Test("JSON and YAML say the same") func forms() {
        let yaml = read(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]}
            """)
        let json = read(
            """
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
             "spec": {"containers": [{"name": "a", "resources": {"limits": {"nvidia.com/gpu": 1}}}]}}
            """)
        #expect(yaml.messages == [] && json.messages == [])
        #expect(yaml.snapshot == json.snapshot)
        #expect(yaml.snapshot.pods.first?.requests == [.nvidiaGPU: 1])
    }

    @Test("YAML 1.1 booleans are no labels, as the API server has it") func yamlBooleans() {
        let result = read("{apiVersion: v1, kind: Node, metadata: {name: n0, labels: {ok: yes}}}")
        #expect(
            result.messages == [
                "cluster.yaml:1: metadata.labels.ok: found a boolean (true), expected a string (put it in quotes)"
            ])
    }

    @Test("problems come in the order of the input, those found at the end too") func order() {
        let result = read([
            ("z.yaml", "{name: j, command: x, resources: {instance_type: nope}}\n---\n{a: b}\n"),
            ("a.yaml", "{c: d}\n"),
        ])
        #expect(result.problems.map(\.file) == ["z.yaml", "z.yaml", "a.yaml"])
        #expect(result.problems.map(\.line) == [1, 3, 1])
    }

    @Test("the newest time is that of nodes, pods, gangs and queues") func newest() {
        let result = read(
            """
            {apiVersion: v1, kind: Node, metadata: {name: n0, creationTimestamp: "2026-03-01T08:00:00Z"}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: p, creationTimestamp: "2026-03-01T08:00:02+00:00"}, spec: {}}
            ---
            {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, value: 1,
             metadata: {name: c, creationTimestamp: "2027-03-01T08:00:00Z"}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: q, creationTimestamp: null}, spec: {}}
            """)
        #expect(result.messages == [])
        #expect(result.snapshot.newestTimestamp?.rfc3339 == "2026-03-01T08:00:02Z")
    }
}
