internal import ClusterModel
internal import Documents

/// Reads from a pod's specification what the pod asks for.
enum PodRequestsReader {
    /// Sets the requests of a pod; sums that do not fit are reported.
    static func read(
        _ spec: FieldReader, containers: [FieldReader], initContainers: [FieldReader], into pod: inout Pod
    ) {
        var stated = PodRequests()
        stated.containers = containers.map(container)
        pod.containerDevices = sharedDevices(stated.containers)
        stated.initContainers = initContainers.map(container)
        stated.overhead = spec.resourceList("overhead") ?? [:]
        if let resources = spec.object("resources") {
            stated.podRequests = resources.resourceList("requests") ?? [:]
            stated.podLimits = resources.resourceList("limits") ?? [:]
        }
        pod.guaranteedContainers = guaranteed(containers, stated)
        do throws(ResourceOverflow) {
            pod.requests = try stated.effective()
            // The slot on the node is not asked for, every pod takes one.
            pod.requests[.pods] = nil
            pod.limits = try stated.effectiveLimits()
            pod.limits[.pods] = nil
            pod.nonZeroRequests = try stated.nonZero()
        } catch {
            spec.report("containers", error.description)
        }
    }

    /// What each container may use of devices that Volcano shares out; empty if none says anything of them.
    private static func sharedDevices(_ containers: [PodRequests.Container]) -> [ResourceList] {
        let devices = containers.map { container in
            container.limits.keeping { $0.text.hasPrefix("volcano.sh/") }
        }
        return devices.allSatisfy(\.isEmpty) ? [] : devices
    }

    /// The containers of a pod of Kubernetes' class `Guaranteed`; empty for one of another class.
    ///
    /// Source: Kubernetes' `ComputePodQOS`: of CPU and memory every container has a limit above zero and asks for no
    /// less; where the pod as a whole says what it uses, that alone counts.
    private static func guaranteed(
        _ containers: [FieldReader], _ stated: PodRequests
    ) -> [GuaranteedContainer] {
        func isGuaranteed(_ requests: ResourceList, _ limits: ResourceList) -> Bool {
            [ResourceName.cpu, .memory].allSatisfy { name in
                guard let limit = limits[name], limit > 0 else { return false }
                return (requests[name] ?? limit) == limit
            }
        }
        let isWhole =
            stated.podRequests.isEmpty && stated.podLimits.isEmpty
            ? (stated.containers + stated.initContainers).allSatisfy { isGuaranteed($0.requests, $0.limits) }
            : isGuaranteed(stated.podRequests, stated.podLimits)
        if !isWhole { return [] }
        return zip(containers, stated.containers).map { reader, container in
            let milliCPU = container.requests[.cpu] ?? 0
            return GuaranteedContainer(
                name: reader.value("name")?.string ?? "",
                wholeCPUs: milliCPU % 1000 == 0 ? Int(min(milliCPU / 1000, Int64(CPUSet.greatestID))) : 0,
                gpus: container.requests.wholeGPUs)
        }
    }

    private static func container(_ container: FieldReader) -> PodRequests.Container {
        let isSidecar = container.string("restartPolicy") == "Always"
        guard let resources = container.object("resources") else {
            return PodRequests.Container(isSidecar: isSidecar)
        }
        return PodRequests.Container(
            requests: resources.resourceList("requests") ?? [:],
            limits: resources.resourceList("limits") ?? [:],
            isSidecar: isSidecar)
    }
}

extension ResourceList {
    /// The amounts of the resources that are wanted.
    fileprivate func keeping(_ isWanted: (ResourceName) -> Bool) -> ResourceList {
        var kept = ResourceList()
        forEach { name, amount in
            if isWanted(name) { kept[name] = amount }
        }
        return kept
    }
}
