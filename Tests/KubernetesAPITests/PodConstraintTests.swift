import ClusterModel
import KubernetesAPI
import Testing

@Suite("Tolerations are read, and refused as the API server refuses them") struct TolerationReaderTests {
    private func tolerations(_ text: String) -> (list: [Toleration]?, messages: [String]) {
        let result = read(podText("tolerations:\n- \(text)"))
        return (result.snapshot.pods.first?.tolerations, result.messages)
    }

    @Test("operator and effect have the API's defaults") func defaults() {
        #expect(tolerations("{key: a, value: b}").list == [Toleration(key: "a", value: "b")])
        #expect(tolerations("{operator: Exists}").list == [Toleration(operator: .exists)])
        #expect(
            tolerations("{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 300}").list
                == [Toleration(key: "a", operator: .exists, effect: .noExecute)])
        #expect(
            tolerations("{key: a, operator: Gt, value: '5', effect: ''}").list
                == [Toleration(key: "a", operator: .greaterThan, value: "5")])
    }

    @Test(
        "faults",
        arguments: [
            (
                "{key: a, operator: Exists, value: b}",
                "value: found \"b\", expected none with operator Exists"
            ),
            ("{value: b}", "operator: found Equal without a key, expected Exists"),
            ("{operator: Lt, value: '3'}", "operator: found Lt without a key, expected Exists"),
            (
                "{key: a, operator: Lt, value: x}",
                "value: found \"x\", expected an integer with operator Lt"
            ),
            ("{key: a, operator: Has}", "operator: found \"Has\", expected Equal, Exists, Lt or Gt"),
            (
                "{key: a, effect: Never}",
                "effect: found \"Never\", expected NoSchedule, PreferNoSchedule or NoExecute"
            ),
        ])
    func faults(text: String, message: String) {
        let found = tolerations(text)
        #expect(found.list == nil)
        #expect(found.messages == ["cluster.yaml:8: spec.tolerations[0].\(message)"])
    }
}

@Suite("Node affinity is read, and refused as the API server refuses it") struct NodeAffinityReaderTests {
    private func required(_ requirement: String) -> ReadResult {
        read(
            podText(
                """
                affinity:
                  nodeAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                      nodeSelectorTerms:
                      - \(requirement)
                """))
    }

    @Test("all operators, on labels and on the node's name") func whole() {
        let result = read(
            podText(
                """
                affinity:
                  nodeAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                      nodeSelectorTerms:
                      - matchExpressions:
                        - {key: a, operator: In, values: [x, "1"]}
                        - {key: b, operator: NotIn, values: [z]}
                        - {key: c, operator: Exists}
                        - {key: d, operator: DoesNotExist, values: []}
                      - matchExpressions: [{key: e, operator: Gt, values: ["8"]}, {key: f, operator: Lt, values: ["-1"]}]
                        matchFields: [{key: metadata.name, operator: In, values: [n1]}]
                    preferredDuringSchedulingIgnoredDuringExecution:
                    - {weight: 100, preference: {matchExpressions: [{key: g, operator: Exists}]}}
                """))
        #expect(result.messages == [])
        #expect(
            result.snapshot.pods.first?.nodeAffinity
                == NodeAffinity(
                    required: [
                        NodeSelectorTerm(matchExpressions: [
                            NodeSelectorRequirement(key: "a", operator: .isIn, values: ["x", "1"]),
                            NodeSelectorRequirement(key: "b", operator: .notIn, values: ["z"]),
                            NodeSelectorRequirement(key: "c", operator: .exists),
                            NodeSelectorRequirement(key: "d", operator: .doesNotExist),
                        ]),
                        NodeSelectorTerm(
                            matchExpressions: [
                                NodeSelectorRequirement(key: "e", operator: .greaterThan, values: ["8"]),
                                NodeSelectorRequirement(key: "f", operator: .lessThan, values: ["-1"]),
                            ],
                            matchFields: [
                                NodeSelectorRequirement(key: "metadata.name", operator: .isIn, values: ["n1"])
                            ]),
                    ],
                    preferred: [
                        PreferredSchedulingTerm(
                            weight: 100,
                            preference: NodeSelectorTerm(matchExpressions: [
                                NodeSelectorRequirement(key: "g", operator: .exists)
                            ]))
                    ]))
    }

    @Test(
        "faults of a requirement",
        arguments: [
            (
                "matchExpressions: [{key: a, operator: Like, values: [x]}]",
                "matchExpressions[0].operator: found \"Like\", expected In, NotIn, Exists, DoesNotExist, Gt or Lt"
            ),
            (
                "matchExpressions: [{key: a, operator: In}]",
                "matchExpressions[0].values: found no value, expected at least one with operator In"
            ),
            (
                "matchExpressions: [{key: a, operator: Exists, values: [x]}]",
                "matchExpressions[0].values: found \"x\", expected none with operator Exists"
            ),
            (
                "matchExpressions: [{key: a, operator: Gt, values: ['1', '2']}]",
                "matchExpressions[0].values: found \"1\", \"2\", expected exactly one integer with operator Gt"
            ),
            (
                "matchExpressions: [{key: a, operator: Lt, values: [many]}]",
                "matchExpressions[0].values: found \"many\", expected exactly one integer with operator Lt"
            ),
            (
                "matchExpressions: [{operator: Exists}]",
                "matchExpressions[0].key: found nothing, expected a string"
            ),
            (
                "matchFields: [{key: metadata.uid, operator: In, values: [x]}]",
                "matchFields[0].key: found \"metadata.uid\", expected metadata.name"
            ),
            (
                "matchFields: [{key: metadata.name, operator: Exists}]",
                "matchFields[0].operator: found Exists, expected In or NotIn for a field"
            ),
            (
                "matchFields: [{key: metadata.name, operator: In, values: [x, z]}]",
                "matchFields[0].values: found 2 values, expected one for a field"
            ),
        ])
    func faults(requirement: String, message: String) {
        let result = required(requirement)
        #expect(
            result.messages == [
                "cluster.yaml:11: spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
                    + ".nodeSelectorTerms[0].\(message)"
            ])
        #expect(result.snapshot.pods == [])
    }

    @Test("required affinity without a term, and weights out of range") func terms() {
        let result = read(
            podText(
                """
                affinity:
                  nodeAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}
                    preferredDuringSchedulingIgnoredDuringExecution:
                    - {weight: 101, preference: {}}
                    - {}
                """))
        let path = "spec.affinity.nodeAffinity"
        #expect(
            result.messages == [
                "cluster.yaml:9: \(path).requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: "
                    + "found no term, expected at least one",
                "cluster.yaml:11: \(path).preferredDuringSchedulingIgnoredDuringExecution[0].weight: "
                    + "found 101, expected an integer from 1 to 100",
                "cluster.yaml:12: \(path).preferredDuringSchedulingIgnoredDuringExecution[1].weight: "
                    + "found nothing, expected an integer from 1 to 100",
                "cluster.yaml:12: \(path).preferredDuringSchedulingIgnoredDuringExecution[1].preference: "
                    + "found nothing, expected a node selector term",
            ])
    }
}

@Suite("The ports of its node that a pod uses") struct HostPortReaderTests {
    @Test(
        "what counts",
        arguments: [
            ("containers: [{name: a, ports: [{containerPort: 80}]}]", []),
            ("containers: [{name: a, ports: [{containerPort: 80, hostPort: 8080}]}]", [HostPort(8080)]),
            (
                "containers: [{name: a, ports: [{hostPort: 53, protocol: UDP, hostIP: 10.0.0.1}, {hostPort: 1}]}]",
                [HostPort(53, .udp, hostIP: "10.0.0.1"), HostPort(1)]
            ),
            // What initialises a pod is gone when it runs; sidecars stay.
            ("initContainers: [{name: a, ports: [{hostPort: 80}]}]", []),
            ("initContainers: [{name: a, restartPolicy: Always, ports: [{hostPort: 80}]}]", [HostPort(80)]),
            // The API server makes container ports host ports on the host's network.
            ("hostNetwork: true\ncontainers: [{name: a, ports: [{containerPort: 80}]}]", [HostPort(80)]),
            ("hostNetwork: true", []),
        ] as [(String, [HostPort])])
    func found(spec: String, ports: [HostPort]) {
        let result = read(podText(spec))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.first?.hostPorts == ports)
    }

    @Test("a protocol that there is not is a mistake") func unknownProtocol() {
        let result = read(podText("containers: [{name: a, ports: [{hostPort: 80, protocol: HTTP}]}]"))
        #expect(
            result.messages == [
                "cluster.yaml:7: spec.containers[0].ports[0].protocol: found \"HTTP\", expected TCP, UDP or SCTP"
            ])
    }
}

@Suite("Constraints that are not evaluated are noted") struct UnsupportedConstraintTests {
    @Test(
        "what counts",
        arguments: [
            ("resourceClaims: [{name: gpu, resourceClaimName: x}]", [.resourceClaims]),
            ("resourceClaims: []", []),
            (
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]",
                []
            ),
            (
                "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: x}]}}",
                []
            ),
        ] as [(String, [UnsupportedConstraint])])
    func found(spec: String, constraints: [UnsupportedConstraint]) {
        let result = read(podText(spec))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.first?.unsupportedConstraints == constraints)
    }
}
