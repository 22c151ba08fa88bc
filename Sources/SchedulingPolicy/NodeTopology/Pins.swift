import ClusterModel

/// The GPUs and processors of its node that a pod has been given, by their numbers there.
struct Pins: Equatable, Sendable {
    /// The GPUs, as device plugins count them.
    var gpus = CPUSet()
    /// The processors that are the pod's own.
    var cpus = CPUSet()
    /// Whether the processors were chosen as the kubelet would choose them, so that Volcano's annotation says so too.
    var followsKubelet = false

    /// Whether nothing was given.
    var isEmpty: Bool { gpus.isEmpty && cpus.isEmpty }

    /// The annotation with the GPUs' numbers.
    static let gpuIndices = "gangwright.io/gpu-indices"
    /// The annotation with the GPUs' UUIDs.
    static let gpuUUIDs = "gangwright.io/gpu-uuids"
    /// The annotation with the processors.
    static let cpuNumbers = "gangwright.io/cpus"
    /// The annotation with the network cards.
    static let nicNames = "gangwright.io/nics"
    /// Volcano's annotation: what comes from which NUMA node.
    static let decision = "volcano.sh/topology-decision"

    init(gpus: CPUSet = CPUSet(), cpus: CPUSet = CPUSet(), followsKubelet: Bool = false) {
        self.gpus = gpus
        self.cpus = cpus
        self.followsKubelet = followsKubelet
    }

    /// What a pod's annotations say; `nil` if they say nothing, or what is no set of numbers.
    init?(_ annotations: [String: String]) {
        if annotations.isEmpty { return nil }
        let (gpuText, cpuText) = (annotations[Self.gpuIndices], annotations[Self.cpuNumbers])
        if gpuText == nil, cpuText == nil { return nil }
        guard let gpus = CPUSet(gpuText ?? ""), let cpus = CPUSet(cpuText ?? "") else { return nil }
        self.init(gpus: gpus, cpus: cpus, followsKubelet: annotations[Self.decision] != nil)
        if isEmpty { return nil }
    }

    /// What is written on the pod.
    ///
    /// - Parameter layout: the node's; `nil` where it is not known any more.
    func annotations(on layout: NodeLayout?) -> [String: String] {
        var texts: [String: String] = [:]
        if !gpus.isEmpty {
            texts[Self.gpuIndices] = gpus.ids.map(String.init).joined(separator: ",")
            if let layout, let machine = layout.gpus {
                let set = machine.set(of: gpus)
                let (uuids, nics) = (layout.uuids(of: set), layout.nics(near: set))
                if !uuids.isEmpty { texts[Self.gpuUUIDs] = uuids.joined(separator: ",") }
                if !nics.isEmpty { texts[Self.nicNames] = nics.joined(separator: ",") }
            }
        }
        if !cpus.isEmpty {
            texts[Self.cpuNumbers] = cpus.description
            if followsKubelet, let layout { texts[Self.decision] = decision(on: layout.cpus) }
        }
        return texts
    }

    /// Volcano's form: `{"numa":{"0":{"cpu":"4"}}}`, NUMA nodes in the order of their texts, as Go writes maps.
    private func decision(on layout: CPULayout) -> String {
        let parts = zip(layout.numaNodes, layout.countByNUMANode(cpus)).filter { $0.1 > 0 }
            .map { (name: "\($0.0)", count: $0.1) }.sorted { $0.name.precedes($1.name) }
            .map { "\"\($0.name)\":{\"cpu\":\"\($0.count)\"}" }
        return "{\"numa\":{\(parts.joined(separator: ","))}}"
    }
}
