import ClusterModel

/// What a pod asks of cards that are shared out.
///
/// Source: Volcano's `volcano.sh/gpu-…` and `volcano.sh/vgpu-…` limits; parts of cards are `GPUPart`'s.
struct DeviceDemand: Hashable, Sendable {
    /// vGPUs of one container.
    struct VirtualCards: Hashable, Sendable {
        var count: Int
        /// In the unit of the node's cards, MiB as a rule; 0 where a percentage says it.
        var memory: Int64
        /// Percent of a card's memory, where `memory` is 0.
        var percentage: Int64
        /// Percent of a card's cores.
        var cores: Int64
    }

    /// vGPUs, by container.
    var virtual: [VirtualCards] = []
    /// Memory on one card.
    var cardMemory: Int64 = 0
    /// Whole cards.
    var cardCount = 0
    /// A part of cards that are offered whole.
    var part: GPUPart?

    /// Labels and annotations that decide which cards will do.
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]

    /// `nil` for a pod that asks for nothing of the kind, as most do.
    init?(_ pod: Pod) {
        for container in pod.containerDevices {
            cardMemory = Self.sum(cardMemory, container["volcano.sh/gpu-memory"] ?? 0)
            cardCount = Int(Self.sum(Int64(cardCount), container["volcano.sh/gpu-number"] ?? 0))
            if let cards = Self.virtualCards(container) { virtual.append(cards) }
        }
        part = GPUPart(pod)
        if virtual.isEmpty, cardMemory == 0, cardCount == 0, part == nil { return nil }
        if !virtual.isEmpty {
            labels = pod.labels
            annotations = pod.annotations.filter { Self.constraints.contains($0.key) }
        }
    }

    /// The annotations that constrain vGPUs.
    private static let constraints: Set<String> = [
        "nvidia.com/use-gputype", "nvidia.com/nouse-gputype", "volcano.sh/vgpu-use-gpuuuid",
        "volcano.sh/vgpu-nouse-gpuuuid", "volcano.sh/vgpu-mode", "volcano.sh/vgpu-podgroup-policy",
    ]

    /// A sum that no card can hold in place of one that does not fit into 63 bits.
    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, isOverflow) = left.addingReportingOverflow(right)
        return isOverflow ? .max : sum
    }

    private static func virtualCards(_ limits: ResourceList) -> VirtualCards? {
        let memory = limits["volcano.sh/vgpu-memory"]
        guard let count = limits["volcano.sh/vgpu-number"] ?? memory.map({ _ in 1 }), count > 0 else {
            return nil
        }
        let percentage = limits["volcano.sh/vgpu-memory-percentage"]
        return VirtualCards(
            count: Int(count), memory: percentage == nil ? memory ?? 0 : 0,
            percentage: percentage ?? ((memory ?? 0) == 0 ? 100 : 0),
            cores: limits["volcano.sh/vgpu-cores"] ?? 0)
    }
}
