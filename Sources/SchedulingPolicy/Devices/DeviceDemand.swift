import ClusterModel

/// What a pod asks of cards that are shared out.
///
/// Sources: Volcano's `volcano.sh/gpu-…` and `volcano.sh/vgpu-…` limits; KAI's annotations `gpu-fraction`, `gpu-memory` and
/// `gpu-fraction-num-devices`; the annotations `alibabacloud.com/gpu-milli`, `…/gpu-count` and `…/gpu-card-model` of the
/// openb traces.
struct DeviceDemand: Equatable, Sendable {
    /// vGPUs of one container.
    struct VirtualCards: Equatable, Sendable {
        var count: Int
        /// In the unit of the node's cards, MiB as a rule; 0 where a percentage says it.
        var memory: Int64
        /// Percent of a card's memory, where `memory` is 0.
        var percentage: Int64
        /// Percent of a card's cores.
        var cores: Int64
    }

    /// A part of each of some cards of `nvidia.com/gpu`.
    struct Part: Equatable, Sendable {
        var cards = 1
        /// Thousandths of a card; 0 where memory says it.
        var milli: Int64 = 0
        /// MiB of a card's memory; 0 where thousandths say it.
        var memory: Int64 = 0
        /// The models that will do; empty for any.
        var models: [String] = []
        /// True where what is written makes no sense: then no node will do.
        var isUnreadable = false
    }

    /// vGPUs, by container.
    var virtual: [VirtualCards] = []
    /// Memory on one card.
    var cardMemory: Int64 = 0
    /// Whole cards.
    var cardCount = 0
    var part: Part?

    /// Labels and annotations that decide which cards will do.
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]

    /// `nil` for a pod that asks for nothing of the kind, as most do.
    init?(_ pod: Pod) {
        if pod.containerDevices.isEmpty, pod.annotations.isEmpty { return nil }
        for container in pod.containerDevices {
            cardMemory = Self.sum(cardMemory, container["volcano.sh/gpu-memory"] ?? 0)
            cardCount = Int(Self.sum(Int64(cardCount), container["volcano.sh/gpu-number"] ?? 0))
            if let cards = Self.virtualCards(container) { virtual.append(cards) }
        }
        if (pod.requests[.nvidiaGPU] ?? 0) == 0 { part = Self.part(pod.annotations) }
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

    // MARK: Parts of cards

    private static func part(_ annotations: [String: String]) -> Part? {
        if let text = annotations["gpu-fraction"] {
            var part = Part(cards: count(annotations))
            part.milli = (try? Quantity.milli(text)) ?? 0
            part.isUnreadable = !(1...1000).contains(part.milli) || part.cards < 1
            return part
        }
        if let text = annotations["gpu-memory"] {
            var part = Part(cards: count(annotations))
            part.memory = Int64(text) ?? 0
            part.isUnreadable = part.memory < 1 || part.cards < 1
            return part
        }
        guard let text = annotations["alibabacloud.com/gpu-milli"] else { return nil }
        let cards = annotations["alibabacloud.com/gpu-count"]
        var part = Part(cards: cards.map { Int($0) ?? -1 } ?? 1)
        part.milli = Int64(text) ?? -1
        if part.milli == 0 || part.cards == 0 { return nil }
        part.isUnreadable = !(1...1000).contains(part.milli) || part.cards < 1
        part.models =
            annotations["alibabacloud.com/gpu-card-model"]?.split(separator: "|").map(String.init) ?? []
        return part
    }

    private static func count(_ annotations: [String: String]) -> Int {
        annotations["gpu-fraction-num-devices"].map { Int($0) ?? 0 } ?? 1
    }
}
