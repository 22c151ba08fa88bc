import ClusterModel
import KubernetesAPI
import Testing

@Suite("Pod affinity is read, and refused as the API server refuses it") struct PodAffinityReaderTests {
    private func required(_ term: String) -> ReadResult {
        read(
            podText(
                """
                affinity:
                  podAntiAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                    - \(term)
                """, metadata: "labels: {app: train, track: canary}"))
    }

    @Test("terms that hold and terms that are wishes, for company and against it") func whole() {
        let result = read(
            podText(
                """
                affinity:
                  podAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                    - labelSelector: {matchLabels: {app: data}}
                      namespaces: [ml, etl]
                      namespaceSelector: {matchExpressions: [{key: team, operator: Exists}]}
                      topologyKey: zone
                  podAntiAffinity:
                    preferredDuringSchedulingIgnoredDuringExecution:
                    - weight: 7
                      podAffinityTerm: {topologyKey: kubernetes.io/hostname, namespaceSelector: {}}
                """))
        #expect(result.messages == [])
        #expect(
            result.snapshot.pods.first?.constraints
                == PodConstraints(
                    podAffinity: PodAffinity(required: [
                        PodAffinityTerm(
                            labelSelector: LabelSelector(matchLabels: ["app": "data"]),
                            namespaces: ["ml", "etl"],
                            namespaceSelector: LabelSelector(matchExpressions: [
                                LabelSelectorRequirement(key: "team", operator: .exists)
                            ]), topologyKey: "zone")
                    ]),
                    podAntiAffinity: PodAffinity(preferred: [
                        WeightedPodAffinityTerm(
                            weight: 7,
                            term: PodAffinityTerm(
                                namespaceSelector: LabelSelector(), topologyKey: "kubernetes.io/hostname"))
                    ])))
        #expect(result.snapshot.pods.first?.unsupportedConstraints == [])
    }

    @Test("label keys complete the selector, once, where the pod has the labels") func labelKeys() {
        let expected = PodAffinityTerm(
            labelSelector: LabelSelector(
                matchLabels: ["tier": "a"],
                matchExpressions: [
                    LabelSelectorRequirement(key: "app", operator: .isIn, values: ["train"]),
                    LabelSelectorRequirement(key: "track", operator: .notIn, values: ["canary"]),
                ]),
            topologyKey: "zone", matchLabelKeys: ["app", "absent"], mismatchLabelKeys: ["track"])
        let keys = "matchLabelKeys: [app, absent], mismatchLabelKeys: [track], topologyKey: zone"
        let byHand = required("{labelSelector: {matchLabels: {tier: a}}, \(keys)}")
        #expect(byHand.messages == [])
        #expect(byHand.snapshot.pods.first?.constraints?.podAntiAffinity.required == [expected])
        let byServer = required(
            """
            {labelSelector: {matchLabels: {tier: a}, matchExpressions: [
              {key: app, operator: In, values: [train]}, {key: track, operator: NotIn, values: [canary]}]}, \(keys)}
            """)
        #expect(byServer.messages == [])
        #expect(byServer.snapshot.pods.first?.constraints?.podAntiAffinity.required == [expected])
    }

    @Test(
        "faults of a term",
        arguments: [
            ("{labelSelector: {}}", "topologyKey: found nothing, expected a string"),
            ("{topologyKey: ''}", "topologyKey: found an empty string, expected one that is not"),
            ("{topologyKey: zone, namespaces: ml}", "namespaces: found a string (\"ml\"), expected a list"),
            (
                "{topologyKey: zone, labelSelector: {matchExpressions: [{key: a, operator: In}]}}",
                "labelSelector.matchExpressions[0].values: found no value, expected at least one with operator In"
            ),
            (
                "{topologyKey: zone, namespaceSelector: [ml]}",
                "namespaceSelector: found a list, expected a mapping"
            ),
            (
                "{topologyKey: zone, matchLabelKeys: [app]}",
                "matchLabelKeys: found keys, expected none without a labelSelector"
            ),
            (
                "{topologyKey: zone, labelSelector: {}, matchLabelKeys: [app], mismatchLabelKeys: [b, app]}",
                "mismatchLabelKeys: found \"app\" in matchLabelKeys too, expected it in one of the two"
            ),
        ])
    func faults(term: String, message: String) {
        let result = required(term)
        #expect(
            result.messages == [
                "cluster.yaml:10: spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
                    + ".\(message)"
            ])
        #expect(result.snapshot.pods == [])
    }

    @Test("faults of wishes") func wishes() {
        let result = read(
            podText(
                """
                affinity:
                  podAffinity:
                    preferredDuringSchedulingIgnoredDuringExecution:
                    - {weight: 0, podAffinityTerm: {topologyKey: zone}}
                    - {}
                """))
        let path = "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution"
        #expect(
            result.messages == [
                "cluster.yaml:10: \(path)[0].weight: found 0, expected an integer from 1 to 100",
                "cluster.yaml:11: \(path)[1].weight: found nothing, expected an integer from 1 to 100",
                "cluster.yaml:11: \(path)[1].podAffinityTerm: found nothing, expected a pod affinity term",
            ])
    }
}

@Suite("Topology spread is read, and refused as the API server refuses it") struct TopologySpreadReaderTests {
    private func constraints(_ text: String) -> (list: [TopologySpreadConstraint]?, messages: [String]) {
        let result = read(
            podText("topologySpreadConstraints: \(text)", metadata: "labels: {app: train}"))
        return (result.snapshot.pods.first?.constraints?.topologySpread, result.messages)
    }

    @Test("all fields, and the API's defaults") func whole() {
        let found = constraints(
            """
            [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 3,
              labelSelector: {matchLabels: {a: b}}, nodeAffinityPolicy: Ignore, nodeTaintsPolicy: Honor,
              matchLabelKeys: [app, absent]},
             {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]
            """)
        #expect(found.messages == [])
        #expect(
            found.list == [
                TopologySpreadConstraint(
                    maxSkew: 2, topologyKey: "zone", whenUnsatisfiable: .doNotSchedule,
                    labelSelector: LabelSelector(
                        matchLabels: ["a": "b"],
                        matchExpressions: [
                            LabelSelectorRequirement(key: "app", operator: .isIn, values: ["train"])
                        ]),
                    minDomains: 3, nodeAffinityPolicy: .ignore, nodeTaintsPolicy: .honor,
                    matchLabelKeys: ["app", "absent"]),
                TopologySpreadConstraint(
                    maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: .scheduleAnyway),
            ])
    }

    @Test(
        "faults",
        arguments: [
            (
                "{topologyKey: zone, whenUnsatisfiable: DoNotSchedule}",
                "[0].maxSkew: found nothing, expected an integer from 1 to 2147483647"
            ),
            (
                "{maxSkew: 0, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}",
                "[0].maxSkew: found 0, expected an integer from 1 to 2147483647"
            ),
            (
                "{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}",
                "[0].topologyKey: found nothing, expected a string"
            ),
            (
                "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: Never}",
                "[0].whenUnsatisfiable: found \"Never\", expected DoNotSchedule or ScheduleAnyway"
            ),
            (
                "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 2}",
                "[0].minDomains: found a number, expected none with ScheduleAnyway"
            ),
            (
                "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, nodeTaintsPolicy: Mind}",
                "[0].nodeTaintsPolicy: found \"Mind\", expected Honor or Ignore"
            ),
            (
                "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [app]}",
                "[0].matchLabelKeys: found keys, expected none without a labelSelector"
            ),
            (
                "{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}, "
                    + "{maxSkew: 2, topologyKey: z, whenUnsatisfiable: DoNotSchedule}",
                "[1].topologyKey: found \"z\" a second time with DoNotSchedule, expected one constraint for both"
            ),
        ])
    func faults(text: String, message: String) {
        let found = constraints("[\(text)]")
        #expect(found.list == nil)
        #expect(found.messages == ["cluster.yaml:7: spec.topologySpreadConstraints\(message)"])
    }
}

@Suite("Volumes of pods are read as far as they tie pods to places") struct PodVolumeReaderTests {
    @Test(
        "what counts",
        arguments: [
            ("{name: v, persistentVolumeClaim: {claimName: data}}", .claim(name: "data", isReadOnly: false)),
            (
                "{name: v, persistentVolumeClaim: {claimName: data, readOnly: true}}",
                .claim(name: "data", isReadOnly: true)
            ),
            ("{name: scratch, ephemeral: {volumeClaimTemplate: {}}}", .ephemeralClaim(name: "p-scratch")),
            ("{name: v, csi: {driver: secrets.csi.example.com}}", .csi(driver: "secrets.csi.example.com")),
            (
                "{name: v, gcePersistentDisk: {pdName: d1, readOnly: true}}",
                .disk(InlineDisk(kind: .gcePersistentDisk, id: "d1", isReadOnly: true))
            ),
            (
                "{name: v, awsElasticBlockStore: {volumeID: vol-1}}",
                .disk(InlineDisk(kind: .awsElasticBlockStore, id: "vol-1"))
            ),
            (
                "{name: v, azureDisk: {diskName: d, diskURI: /subscriptions/d}}",
                .disk(InlineDisk(kind: .azureDisk, id: "/subscriptions/d"))
            ),
            ("{name: v, emptyDir: {}}", nil), ("{name: v, hostPath: {path: /data}}", nil),
        ] as [(String, PodVolume?)])
    func found(text: String, volume: PodVolume?) {
        let result = read(podText("volumes:\n- \(text)"))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.first?.constraints?.volumes ?? [] == [volume].compactMap { $0 })
    }

    @Test(
        "faults",
        arguments: [
            (
                "{name: v, persistentVolumeClaim: {}}",
                "persistentVolumeClaim.claimName: found nothing, expected a string"
            ),
            (
                "{name: v, persistentVolumeClaim: data}",
                "persistentVolumeClaim: found a string (\"data\"), expected a mapping"
            ),
            (
                "{name: v, persistentVolumeClaim: {claimName: data, readOnly: 1}}",
                "persistentVolumeClaim.readOnly: found an integer (1), expected true or false"
            ),
            ("{ephemeral: {}}", "name: found nothing, expected a string"),
            ("{name: v, csi: {}}", "csi.driver: found nothing, expected a string"),
            ("{name: v, azureDisk: {diskName: d}}", "azureDisk.diskURI: found nothing, expected a string"),
        ])
    func faults(text: String, message: String) {
        let result = read(podText("volumes:\n- \(text)"))
        #expect(result.messages == ["cluster.yaml:8: spec.volumes[0].\(message)"])
        #expect(result.snapshot.pods == [])
    }

    @Test("a pod that asks for nothing of the kind has no constraints") func none() {
        let result = read(podText("affinity: {podAffinity: {}}\nvolumes: [{name: v, emptyDir: {}}]"))
        #expect(result.messages == [])
        #expect(result.snapshot.pods.first?.constraints == nil)
    }
}

@Suite("Devices that Volcano shares out are read container by container") struct SharedDeviceReaderTests {
    @Test("limits under volcano.sh count, one entry a container") func devices() {
        let result = read(
            podText(
                """
                containers:
                - {name: a, resources: {limits: {volcano.sh/vgpu-number: 1, volcano.sh/vgpu-memory: 4096, cpu: 1}}}
                - {name: b}
                """))
        #expect(result.messages == [])
        #expect(
            result.snapshot.pods.first?.containerDevices
                == [["volcano.sh/vgpu-number": 1, "volcano.sh/vgpu-memory": 4096], [:]])
        let plain = read(podText("containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]"))
        #expect(plain.snapshot.pods.first?.containerDevices == [])
    }
}
