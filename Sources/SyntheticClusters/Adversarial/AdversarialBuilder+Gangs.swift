import ClusterModel

extension AdversarialBuilder {
    /// Adds a pod group and its pods, in any state that a cluster may have brought them to.
    mutating func addGang(_ number: Int, sizes: ClosedRange<Int>) {
        var key = ObjectKey(
            namespace: random.choice(["team-a", "team-b"]), name: "job-\(paddedNumber(number))")
        if let previous = snapshot.podGroups.last?.key, previous.name == "job-\(paddedNumber(number - 1))",
            happens(.sameNameInTwoNamespaces, in: 4)
        {
            key = ObjectKey(
                namespace: previous.namespace == "team-a" ? "team-b" : "team-a", name: previous.name)
        }
        let size = happens(.emptyGangs, in: 8) ? 0 : random.integer(in: sizes)
        let members = makeMembers(of: key, count: size)
        snapshot.pods += members
        snapshot.podGroups.append(makePodGroup(key, members: members))
    }

    /// Adds pods outside the gangs: bound by other schedulers, without a group, of groups that do not exist.
    mutating func addLoosePods() {
        for number in 0..<random.integer(in: 0...(2 * snapshot.nodes.count)) {
            var pod = makePod(
                ObjectKey(namespace: "shared", name: "service-\(paddedNumber(number))"), created: creation())
            pod.schedulerName = "default-scheduler"
            bind(&pod)
            // A pod that found no room would wait, and whether pods wait outside a gang has a switch of its own.
            if pod.nodeName == nil { continue }
            if happens(.finishedPods, in: 6) { finish(&pod) }
            if happens(.systemPods, in: 4) {
                pod.key.namespace = "kube-system"
                pod.priorityClassName = random.choice(["system-node-critical", "system-cluster-critical"])
                pod.priority = 2_000_000_000
            }
            snapshot.pods.append(pod)
        }
        for number in 0..<8 where happens(.podsWithoutGroup, in: 3) {
            addPendingPod("single-\(paddedNumber(number))", podGroup: nil)
        }
        for number in 0..<4 where happens(.missingPodGroups, in: 3) {
            addPendingPod("orphan-\(paddedNumber(number))", podGroup: Self.unknownPodGroup)
        }
    }

    private mutating func addPendingPod(_ name: String, podGroup: String?) {
        var pod = makePod(
            ObjectKey(namespace: random.choice(["team-a", "team-b"]), name: name), created: creation())
        pod.podGroup = podGroup
        addState(to: &pod)
        snapshot.pods.append(pod)
    }

    private mutating func makeMembers(of key: ObjectKey, count: Int) -> [Pod] {
        let roles = random.chance(1, in: 2) ? ["worker"] : ["", "ps", "worker"]
        let created = creation()
        let isPartlyBound = happens(.partlyBoundGangs, in: 3)
        var pods: [Pod] = []
        var pod = makePod(key, created: created)
        for index in 0..<count {
            if happens(.unequalMembers, in: 3) { pod = makePod(key, created: creation()) }
            pod.podGroup = key.name
            pod.role = random.choice(roles)
            pod.key.name = "\(key.name)-\(pod.role.isEmpty ? "pod" : pod.role)-\(index)"
            var member = pod
            addState(to: &member)
            if isPartlyBound, member.isPending, random.chance(1, in: 2) { bind(&member) }
            pods.append(member)
        }
        return pods
    }

    private mutating func makePodGroup(_ key: ObjectKey, members: [Pod]) -> PodGroup {
        var group = PodGroup(
            key: key, created: members.first?.created ?? creation(), queue: queueName(),
            minMember: members.isEmpty ? random.integer(in: 0...3) : members.count,
            priorityClassName: members.first?.priorityClassName ?? "",
            phase: random.choice([.pending, .inqueue]))
        if happens(.elasticGangs, in: 3), !members.isEmpty {
            group.minMember = random.choice([1, random.integer(in: 1...members.count)])
        }
        if happens(.minMemberZero, in: 8) { group.minMember = 0 }
        if happens(.minMemberAbovePods, in: 8) {
            group.minMember = members.count + random.integer(in: 1...3)
        }
        addRoleMinimums(to: &group, members: members)
        addMinResources(to: &group, members: members)
        if happens(.oddPhases, in: 3) { group.phase = random.choice(PodGroup.Phase.allCases) }
        if happens(.invalidGangs, in: 8) {
            group.origin = .jobFile
            group.invalid = InvalidGang(
                reason: .unknownInstanceType, message: "there is no instance type gpu-900")
        } else if happens(.invalidGangs, in: 4) {
            group.origin = random.choice([.amlJob, .jobFile])
        }
        return group
    }

    private mutating func addRoleMinimums(to group: inout PodGroup, members: [Pod]) {
        let counts = Dictionary(members.map { ($0.role, 1) }, uniquingKeysWith: +).filter { !$0.key.isEmpty }
        if happens(.roleMinimums, in: 2) {
            var left = group.minMember
            for role in counts.keys.sorted(by: { $0.precedes($1) }) {
                let minimum = random.integer(in: 0...min(left, counts[role] ?? 0))
                left -= minimum
                if minimum > 0 { group.minTaskMember.append(RoleMinimum(role: role, minimum: minimum)) }
            }
        }
        if happens(.inconsistentRoleMinimums, in: 6) {
            group.minTaskMember = random.choice([
                [RoleMinimum(role: "chief", minimum: 1)],
                [RoleMinimum(role: "worker", minimum: (counts["worker"] ?? 0) + 1)],
                [
                    RoleMinimum(role: "ps", minimum: group.minMember),
                    RoleMinimum(role: "worker", minimum: 1),
                ],
            ])
        }
    }

    private mutating func addMinResources(to group: inout PodGroup, members: [Pod]) {
        guard happens(.minResources, in: 2) else { return }
        var sum: ResourceList = [:]
        for pod in members.prefix(group.minMember) {
            for (name, amount) in pod.requests.sorted { sum[name] = (sum[name] ?? 0) + amount }
        }
        group.minResources = random.choice([
            sum, sum, [:], [.cpu: sum[.cpu] ?? 100], [.cpu: 1_000_000, .memory: 1 << 50],
        ])
    }
}
