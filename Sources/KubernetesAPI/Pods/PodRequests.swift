internal import ClusterModel

/// The amounts that a pod's specification states, from which its effective request follows.
///
/// Source: `PodRequests` of Kubernetes' component-helpers, without the amounts that a running resize reports in
/// the status. Amounts are already rounded to the model's units, each container by itself.
struct PodRequests {
    /// What one container states.
    struct Container {
        /// Requests, with the limits for resources that have none, as the API server defaults them.
        var requests: ResourceList
        /// Limits, as they are written.
        var limits: ResourceList
        /// True for an init container with `restartPolicy: Always`: a sidecar, which runs as long as the pod.
        var isSidecar = false

        init(requests: ResourceList = [:], limits: ResourceList = [:], isSidecar: Bool = false) {
            self.requests = requests
            self.requests.fill(from: limits)
            self.limits = limits
            self.isSidecar = isSidecar
        }
    }

    /// The containers, which run side by side.
    var containers: [Container] = []
    /// The init containers, which run one after the other; sidecars among them stay.
    var initContainers: [Container] = []
    /// What the pod costs beside its containers.
    var overhead: ResourceList = [:]
    /// Requests of the pod as a whole (`spec.resources.requests`).
    var podRequests: ResourceList = [:]
    /// Limits of the pod as a whole (`spec.resources.limits`).
    var podLimits: ResourceList = [:]

    /// What a node must have free for the pod.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    func effective() throws(ResourceOverflow) -> ResourceList {
        var result = try aggregate()
        override(&result, with: defaultedPodRequests(containers: result))
        try result.add(overhead)
        return result
    }

    /// What the pod may use at most, of the resources that have a limit.
    ///
    /// Source: `PodLimits` of Kubernetes' component-helpers: containers add up as requests do, and what the pod costs
    /// beside them counts only where there is a limit.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    func effectiveLimits() throws(ResourceOverflow) -> ResourceList {
        var asRequests = PodRequests()
        asRequests.containers = containers.map { Container(requests: $0.limits) }
        asRequests.initContainers = initContainers.map {
            Container(requests: $0.limits, isSidecar: $0.isSidecar)
        }
        asRequests.podRequests = podLimits
        var limits = try asRequests.effective()
        var more = ResourceList()
        for (name, amount) in overhead.sorted where limits[name] ?? 0 > 0 { more[name] = amount }
        try limits.add(more)
        return limits
    }

    /// CPU and memory for scoring, where a container without a request counts as asking for a little.
    ///
    /// A pod with requests of its own gets that little only for what neither the pod nor a container names.
    /// A request of zero is a request. Source: kube-scheduler's `getNonMissingContainerRequests`.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    func nonZero() throws(ResourceOverflow) -> NonZeroRequests {
        let plain = try aggregate()
        let ofPod = defaultedPodRequests(containers: plain)
        var little: ResourceList = [
            .cpu: NonZeroRequests.defaultMilliCPU, .memory: NonZeroRequests.defaultMemory,
        ]
        if !ofPod.isEmpty {
            for name in [ResourceName.cpu, .memory]
            where plain[name] != nil || ofPod[name] != nil || overhead[name] != nil {
                little[name] = nil
            }
        }
        var result = try aggregate(filling: little)
        override(&result, with: ofPod)
        try result.add(overhead)
        return NonZeroRequests(milliCPU: result[.cpu] ?? 0, memory: result[.memory] ?? 0)
    }

    /// The most that the containers use at one time.
    ///
    /// Sidecars add to the containers. While an init container runs, the sidecars that started before it run too:
    /// the request is the larger of that and of the containers' sum, resource by resource.
    private func aggregate(filling little: ResourceList = [:]) throws(ResourceOverflow) -> ResourceList {
        var result = ResourceList()
        for container in containers {
            try result.add(container.requests.filled(from: little))
        }
        var sidecars = ResourceList()
        var peak = ResourceList()
        for container in initContainers {
            let requests = container.requests.filled(from: little)
            if container.isSidecar {
                try result.add(requests)
                try sidecars.add(requests)
                peak.raise(to: sidecars)
            } else {
                var running = sidecars
                try running.add(requests)
                peak.raise(to: running)
            }
        }
        result.raise(to: peak)
        return result
    }

    /// The requests of the pod as a whole after the API server's defaulting, for the resources that may have one.
    ///
    /// With limits of the pod, a request that is not given is what the containers request together, or else the
    /// limit; huge pages, which cannot be overcommitted, take the limit. Source: `defaultPodRequests`.
    private func defaultedPodRequests(containers sum: ResourceList) -> ResourceList {
        var requests = ResourceList()
        for (name, amount) in podRequests.sorted where Self.isPodLevel(name) {
            requests[name] = amount
        }
        guard !podLimits.isEmpty else { return requests }
        for name in [ResourceName.cpu, .memory] where requests[name] == nil {
            requests[name] = sum[name]
        }
        for (name, limit) in podLimits.sorted where Self.isPodLevel(name) && requests[name] == nil {
            requests[name] = limit
        }
        return requests
    }

    private func override(_ result: inout ResourceList, with ofPod: ResourceList) {
        for (name, amount) in ofPod.sorted {
            result[name] = amount
        }
    }

    private static func isPodLevel(_ name: ResourceName) -> Bool {
        name == .cpu || name == .memory || name.text.hasPrefix("hugepages-")
    }
}

extension ResourceList {
    fileprivate func filled(from other: ResourceList) -> ResourceList {
        if other.isEmpty { return self }
        var list = self
        list.fill(from: other)
        return list
    }
}
