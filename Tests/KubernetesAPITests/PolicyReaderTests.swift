import ClusterModel
import KubernetesAPI
import Testing

@Suite("Disruption budgets, quotas and namespaces are read") struct PolicyReaderTests {
    @Test("a disruption budget, whole and bare") func budgets() {
        let result = read(
            """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: db, namespace: ml}
            spec: {minAvailable: 2, selector: {matchLabels: {app: db}}}
            status: {disruptionsAllowed: 1, currentHealthy: 3, disruptedPods: {db-0: "2026-03-01T08:00:00Z"}}
            ---
            {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: bare}}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.podDisruptionBudgets == [
                PodDisruptionBudget(
                    key: ObjectKey(namespace: "ml", name: "db"),
                    selector: LabelSelector(matchLabels: ["app": "db"]), disruptionsAllowed: 1,
                    disruptedPods: ["db-0"]),
                PodDisruptionBudget(key: ObjectKey(namespace: "default", name: "bare")),
            ])
        #expect(result.skippedKinds == [:])
    }

    @Test("a quota, whole and bare, in the units of what its names repeat") func quotas() {
        let result = read(
            """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: team, namespace: ml}
            spec:
              hard: {requests.cpu: "10", limits.memory: 1Gi, pods: 5, count/pods: 7, requests.nvidia.com/gpu: 8}
              scopes: [NotTerminating]
            status:
              hard: {requests.cpu: 9500m}
              used: {requests.cpu: 1500m}
            ---
            {apiVersion: v1, kind: ResourceQuota, metadata: {name: bare}}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.resourceQuotas == [
                ResourceQuota(
                    key: ObjectKey(namespace: "ml", name: "team"),
                    hard: [
                        "requests.cpu": 10_000, "limits.memory": 1 << 30, .pods: 5, "count/pods": 7,
                        "requests.nvidia.com/gpu": 8,
                    ],
                    enforcedHard: ["requests.cpu": 9_500], used: ["requests.cpu": 1_500], isScoped: true),
                ResourceQuota(key: ObjectKey(namespace: "default", name: "bare")),
            ])
    }

    @Test("a namespace") func namespaces() {
        let result = read(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: ml, labels: {team: vision}, annotations: {scheduling.volcano.sh/queue-name: research}}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.namespaces == [
                Namespace(
                    name: "ml", labels: ["team": "vision"],
                    annotations: ["scheduling.volcano.sh/queue-name": "research"])
            ])
        #expect(result.skippedKinds == [:])
    }

    @Test("faults of each are named, and the object is left out") func faults() {
        let result = read(
            """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: b0}
            spec: {selector: {matchExpressions: [{key: a, operator: Some}]}}
            status: {disruptionsAllowed: many, disruptedPods: [db-0]}
            ---
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: q0}
            spec: {hard: {pods: 1.5, cpu: -1}, scopes: BestEffort}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {labels: {a: 1}}}
            """)
        #expect(
            result.messages == [
                "cluster.yaml:4: spec.selector.matchExpressions[0].operator: found \"Some\", "
                    + "expected In, NotIn, Exists or DoesNotExist",
                "cluster.yaml:5: status.disruptionsAllowed: found a string (\"many\"), "
                    + "expected an integer from -2147483648 to 2147483647",
                "cluster.yaml:5: status.disruptedPods: found a list, expected a mapping",
                "cluster.yaml:10: spec.hard.pods: found 1.5, expected a whole number",
                "cluster.yaml:10: spec.hard.cpu: found -1, expected an amount that is not negative",
                "cluster.yaml:10: spec.scopes: found a string (\"BestEffort\"), expected a list",
                "cluster.yaml:12: metadata.name: found nothing, expected a string",
                "cluster.yaml:12: metadata.labels.a: found an integer (1), expected a string (put it in quotes)",
            ])
        #expect(result.snapshot.podDisruptionBudgets == [])
        #expect(result.snapshot.resourceQuotas == [])
        #expect(result.snapshot.namespaces == [])
    }

    @Test("objects of one name that differ are a mistake, in two namespaces they are two") func duplicates() {
        let budget = { (namespace: String, allowed: Int) in
            """
            {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b, namespace: \(namespace)},
             status: {disruptionsAllowed: \(allowed)}}
            """
        }
        let result = read([budget("x", 1), budget("z", 2), budget("x", 3)].joined(separator: "\n---\n"))
        #expect(
            result.messages == [
                "cluster.yaml:7: metadata.name: PodDisruptionBudget x/b differs from the one at cluster.yaml:1"
            ])
        #expect(result.snapshot.podDisruptionBudgets.map(\.disruptionsAllowed) == [1, 2])
    }

    @Test("kinds of another group are passed over") func otherGroups() {
        let result = read(
            """
            {apiVersion: policy.example.com/v1, kind: PodDisruptionBudget, metadata: {name: a}}
            ---
            {apiVersion: example.com/v1, kind: HyperNode, metadata: {name: a}}
            """)
        #expect(result.messages == [])
        #expect(
            result.skippedKinds
                == ["PodDisruptionBudget.policy.example.com": 1, "HyperNode.example.com": 1])
    }
}

@Suite("HyperNodes are read, and refused as their admission refuses them") struct HyperNodeReaderTests {
    private func hyperNode(members: String) -> ReadResult {
        read(
            """
            apiVersion: topology.volcano.sh/v1alpha1
            kind: HyperNode
            metadata: {name: h}
            spec: {tier: 1, members: [\(members)]}
            """)
    }

    @Test("tier and all kinds of members") func whole() {
        let result = read(
            """
            apiVersion: topology.volcano.sh/v1alpha1
            kind: HyperNode
            metadata: {name: spine}
            spec:
              tier: 2
              tierName: spine
              members:
              - {type: HyperNode, selector: {exactMatch: {name: rack-1}}}
              - {type: Node, selector: {exactMatch: {name: gpu-0}}}
              - {type: Node, selector: {regexMatch: {pattern: "^gpu-[0-9]+$"}}}
              - {type: Node, selector: {labelMatch: {matchLabels: {rack: a}}}}
            status: {nodeCount: 12}
            """)
        #expect(result.messages == [])
        #expect(
            result.snapshot.hyperNodes == [
                HyperNode(
                    name: "spine", tier: 2, tierName: "spine",
                    members: [
                        .hyperNode("rack-1"), .nodes(.exact("gpu-0")), .nodes(.regex("^gpu-[0-9]+$")),
                        .nodes(.labels(LabelSelector(matchLabels: ["rack": "a"]))),
                    ])
            ])
    }

    @Test(
        "faults of a member",
        arguments: [
            ("{selector: {exactMatch: {name: a}}}", "type: found nothing, expected Node or HyperNode"),
            (
                "{type: Pod, selector: {exactMatch: {name: a}}}",
                "type: found \"Pod\", expected Node or HyperNode"
            ),
            ("{type: Node}", "selector: found nothing, expected exactMatch, regexMatch or labelMatch"),
            (
                "{type: Node, selector: {}}",
                "selector: found nothing, expected one of exactMatch, regexMatch or labelMatch"
            ),
            (
                "{type: Node, selector: {exactMatch: {name: a}, labelMatch: {}}}",
                "selector: found exactMatch and labelMatch, expected one of exactMatch, regexMatch or labelMatch"
            ),
            (
                "{type: HyperNode, selector: {regexMatch: {pattern: rack}}}",
                "selector.regexMatch: found for a HyperNode, expected exactMatch"
            ),
            (
                "{type: Node, selector: {exactMatch: {}}}",
                "selector.exactMatch.name: found nothing, expected a string"
            ),
            (
                "{type: Node, selector: {regexMatch: {pattern: '(gpu'}}}",
                "selector.regexMatch.pattern: found \"(gpu\", expected a regular expression"
            ),
        ])
    func faults(member: String, message: String) {
        let result = hyperNode(members: member)
        #expect(result.messages == ["cluster.yaml:4: spec.members[0].\(message)"])
        #expect(result.snapshot.hyperNodes == [])
    }

    @Test("a tier must be there") func tier() {
        let header = "apiVersion: topology.volcano.sh/v1alpha1\nkind: HyperNode\nmetadata: {name: h}\n"
        #expect(
            read(header).messages == ["cluster.yaml:1: spec: found nothing, expected a tier and members"])
        #expect(
            read(header + "spec: {}").messages
                == ["cluster.yaml:4: spec.tier: found nothing, expected an integer from 0 to 2147483647"])
        #expect(
            read(header + "spec: {tier: -1}").messages
                == ["cluster.yaml:4: spec.tier: found -1, expected an integer from 0 to 2147483647"])
    }
}
