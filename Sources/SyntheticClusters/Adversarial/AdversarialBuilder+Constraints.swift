import ClusterModel

extension AdversarialBuilder {
    /// What a pod asks of other pods, and the volumes that it mounts; `nil` for most pods.
    mutating func constraints() -> PodConstraints? {
        var constraints = PodConstraints()
        while happens(.podAffinity, in: 8) {
            switch random.integer(in: 0...3) {
            case 0: constraints.podAffinity.required.append(affinityTerm())
            case 1: constraints.podAntiAffinity.required.append(affinityTerm())
            case 2: constraints.podAffinity.preferred.append(affinityWish())
            default: constraints.podAntiAffinity.preferred.append(affinityWish())
            }
        }
        while happens(.topologySpread, in: 10) {
            constraints.topologySpread.append(
                TopologySpreadConstraint(
                    maxSkew: random.integer(in: 1...2), topologyKey: topologyKey(),
                    whenUnsatisfiable: random.choice([.doNotSchedule, .scheduleAnyway]),
                    labelSelector: podSelector(), nodeTaintsPolicy: random.choice([.honor, .ignore])))
        }
        if happens(.volumeClaims, in: 10) {
            constraints.volumes = [
                .claim(name: random.choice(["bound", "late", "missing"]), isReadOnly: false)
            ]
        }
        return constraints.isEmpty ? nil : constraints
    }

    private mutating func affinityWish() -> WeightedPodAffinityTerm {
        WeightedPodAffinityTerm(weight: Int64(random.integer(in: 1...100)), term: affinityTerm())
    }

    private mutating func affinityTerm() -> PodAffinityTerm {
        PodAffinityTerm(
            labelSelector: podSelector(), namespaceSelector: random.chance(1, in: 4) ? LabelSelector() : nil,
            topologyKey: topologyKey())
    }

    private mutating func topologyKey() -> String {
        random.choice([NodePool.zoneLabel, NodePool.zoneLabel, "pool", "generation"])
    }

    private mutating func podSelector() -> LabelSelector {
        if random.chance(1, in: 10) { return LabelSelector() }
        return LabelSelector(matchLabels: ["app": random.choice(["a", "b", "c"])])
    }

    /// The claims that pods mount, in every namespace: one whose volume is in a zone, and one that waits for its first pod.
    mutating func addVolumes() {
        if !happens(.volumeClaims, in: 1) { return }
        snapshot.storageClasses = [
            StorageClass(name: "late", provisioner: "csi.example.com", bindingMode: .waitForFirstConsumer)
        ]
        for namespace in ["team-a", "team-b", "shared", "kube-system"] {
            let volume = "volume-\(namespace)"
            let zone = random.choice(["zone-1", "zone-2"])
            let inZone = NodeSelectorRequirement(key: NodePool.zoneLabel, operator: .isIn, values: [zone])
            snapshot.persistentVolumes.append(
                PersistentVolume(
                    name: volume, nodeAffinity: [NodeSelectorTerm(matchExpressions: [inZone])], phase: .bound)
            )
            snapshot.persistentVolumeClaims += [
                PersistentVolumeClaim(
                    key: ObjectKey(namespace: namespace, name: "bound"), volumeName: volume,
                    isBindCompleted: true, phase: .bound),
                PersistentVolumeClaim(
                    key: ObjectKey(namespace: namespace, name: "late"), storageClassName: "late",
                    accessModes: namespace == "shared" ? [.readWriteMany] : [.readWriteOnce]),
            ]
        }
    }
}
