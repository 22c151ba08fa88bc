internal import ClusterModel
internal import Documents

/// Settles, when everything has been read, what one object takes from another.
struct SnapshotAssembly {
    private let reader: ClusterReader
    private let priorities: PriorityResolver
    /// What was found on the way.
    private(set) var problems: [Problem] = []
    private var reportedClasses: Set<String> = []
    private var sums = AmountSums()

    init(reader: ClusterReader) {
        self.reader = reader
        priorities = PriorityResolver(classes: reader.priorityClasses.entries.map(\.value))
    }

    mutating func assemble() -> ClusterSnapshot {
        var instanceTypes = reader.instanceTypes.entries.map(\.value)
        if !instanceTypes.contains(where: { $0.name == InstanceType.defaultName }) {
            instanceTypes.append(reader.options.defaultInstanceType.instanceType)
        }
        var snapshot = ClusterSnapshot(
            nodes: reader.nodes.entries.map(\.value),
            queues: reader.queues.entries.map(\.value),
            priorityClasses: reader.priorityClasses.entries.map(\.value),
            instanceTypes: instanceTypes,
            newestTimestamp: reader.newestTimestamp)
        snapshot.podDisruptionBudgets = reader.podDisruptionBudgets.entries.map(\.value)
        snapshot.resourceQuotas = reader.resourceQuotas.entries.map(\.value)
        snapshot.hyperNodes = reader.hyperNodes.entries.map(\.value)
        snapshot.numatopologies = reader.numatopologies.entries.map(\.value)
        snapshot.namespaces = reader.namespaces.entries.map(\.value)
        snapshot.persistentVolumes = reader.persistentVolumes.entries.map(\.value)
        snapshot.persistentVolumeClaims = reader.persistentVolumeClaims.entries.map(\.value)
        snapshot.storageClasses = reader.storageClasses.entries.map(\.value)
        snapshot.csiNodes = reader.csiNodes.entries.map(\.value)
        snapshot.csiDrivers = reader.csiDrivers.entries.map(\.value)
        snapshot.csiStorageCapacities = reader.csiStorageCapacities.entries.map(\.value)
        snapshot.volumeAttachments = reader.volumeAttachments.entries.map(\.value)
        snapshot.pods = reader.pods.entries.map { entry in pod(entry) }
        snapshot.podGroups = reader.podGroups.entries.map { entry in podGroup(entry) }
        for entry in reader.amlJobs.entries where reader.podGroups[entry.value.key] == nil {
            snapshot.podGroups.append(entry.value)
        }
        snapshot.podGroups += qualifiedGangs(of: snapshot.pods)
        expandJobs(into: &snapshot)
        addUp()
        return snapshot
    }

    /// Reports amounts that cannot be added up.
    private mutating func addUp() {
        for entry in reader.nodes.entries {
            sums.offer(entry.value.allocatable, at: entry.place, field: "status.allocatable")
        }
        for entry in reader.pods.entries { sums.ask(entry.value, at: entry.place, field: "spec.containers") }
        for entry in podGroups {
            sums.ask(entry.value.minResources ?? [:], at: entry.place, field: "spec.minResources")
            sums.ask(entry.value.minQuotaResources, at: entry.place, field: "spec.minResources")
        }
        for entry in reader.resourceQuotas.entries {
            sums.ask(entry.value.used, at: entry.place, field: "status.used")
        }
        for entry in reader.queues.entries {
            sums.ask(entry.value.guarantee, at: entry.place, field: "spec.guarantee.resource")
            sums.ask(entry.value.deserved, at: entry.place, field: "spec.deserved")
        }
        for entry in reader.instanceTypes.entries {
            sums.ask(entry.value.requests, at: entry.place, field: "spec.resources")
        }
        if let problem = sums.problem { problems.append(problem) }
    }

    /// All PodGroups, whatever their API.
    private var podGroups: [Placed<PodGroup>] {
        reader.podGroups.entries
            + ObjectKind.allCases.flatMap { reader.qualifiedPodGroups[$0]?.entries ?? [] }
    }

    /// The gangs of other APIs than Volcano's.
    private mutating func qualifiedGangs(of pods: [Pod]) -> [PodGroup] {
        var gangs = QualifiedGangs()
        for entry in podGroups where entry.value.origin != .object { _ = gangs.set(podGroup(entry)) }
        for entry in reader.workloads.entries { _ = gangs.set(entry.value) }
        for pod in pods { _ = gangs.set(pod) }
        return gangs.all
    }

    private mutating func podGroup(_ entry: Placed<PodGroup>) -> PodGroup {
        checkClass(entry.value.priorityClassName, at: entry.place, field: "spec.priorityClassName")
        return entry.value
    }

    private mutating func pod(_ entry: Placed<Pod>) -> Pod {
        var pod = entry.value
        if pod.podGroup == nil {
            pod.podGroup = AmlJobReader.owner(of: pod) { reader.amlJobs[$0] != nil }
        }
        if pod.priority == nil {
            checkClass(pod.priorityClassName, at: entry.place, field: "spec.priorityClassName")
            priorities.resolve(&pod)
        }
        return pod
    }

    /// Warns of a priority class that does not exist, once a name: thousands of pods may share one.
    private mutating func checkClass(_ name: String, at place: Place, field: String) {
        guard !name.isEmpty, !priorities.knows(name), reportedClasses.insert(name).inserted else { return }
        let message = "found \(name.debugDescription), expected the name of a PriorityClass of the input"
        problems.append(place.problem(field, message, severity: .warning))
    }

    private mutating func expandJobs(into snapshot: inout ClusterSnapshot) {
        var types: [String: InstanceType] = [:]
        for type in snapshot.instanceTypes { types[type.name] = type }
        let defaultPriority = priorities.priority(ofClass: "")
        for entry in reader.jobs.entries {
            let job = entry.value
            let type = types[job.instanceType]
            do throws(ResourceOverflow) {
                var (group, pods) = try job.gang(of: type)
                if let taken = clash(of: group, pods) {
                    problems.append(entry.place.problem("name", taken))
                    continue
                }
                if type == nil {
                    let hint = Spelling.hint(for: job.instanceType, among: types.keys)
                    let message = "unknown instance type \(job.instanceType.debugDescription); \(hint)"
                    group.invalid = InvalidGang(reason: .unknownInstanceType, message: message)
                    let place = reader.instanceTypePlaces[job.key] ?? entry.place
                    problems.append(place.problem("resources.instance_type", message, severity: .warning))
                }
                for index in pods.indices { pods[index].priority = defaultPriority }
                sums.ask(group.minResources ?? [:], at: entry.place, field: "resources.instance_count")
                for pod in pods { sums.ask(pod, at: entry.place, field: "resources.instance_count") }
                snapshot.podGroups.append(group)
                snapshot.pods += pods
            } catch {
                problems.append(entry.place.problem("resources.instance_count", error.description))
            }
        }
    }

    /// Says which object already has a name that a job needs.
    private func clash(of group: PodGroup, _ pods: [Pod]) -> String? {
        if let taken = reader.podGroups[group.key] ?? reader.amlJobs[group.key] {
            let kind = taken.value.origin == .amlJob ? "AmlJob" : "PodGroup"
            return "\(kind) \(group.key) has the name of this job, at \(taken.place)"
        }
        for pod in pods {
            guard let taken = reader.pods[pod.key] else { continue }
            return "Pod \(pod.key) has the name of a pod of this job, at \(taken.place)"
        }
        return nil
    }
}
