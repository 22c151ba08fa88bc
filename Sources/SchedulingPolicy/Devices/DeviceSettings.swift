/// Which ways of sharing GPUs are in force, as a configuration says.
struct DeviceSettings: Equatable, Sendable {
    /// Which of the GPUs that a part of one fits on is taken.
    enum CardChoice: String, Sendable, CaseIterable {
        /// The one with the least room that is enough.
        case tightest
        /// The one whose rest is of most use to the pods that are expected.
        case fragmentation
    }

    /// Volcano's memory of one card, `volcano.sh/gpu-memory`.
    var sharesMemory = false
    /// Volcano's whole cards, `volcano.sh/gpu-number`.
    var countsCards = false
    /// Volcano's vGPUs, `volcano.sh/vgpu-…`.
    var virtual = false
    /// Parts of the cards that a node offers as `nvidia.com/gpu`.
    var parts = false
    /// How a card is chosen for a part of one.
    var choice = CardChoice.tightest
    /// How cards are chosen for vGPUs: `binpack`, `spread`, or neither.
    var schedulePolicy = ""
    /// What the score of a node's cards counts.
    var scheduleWeight: Int64 = 0
    /// Pods whose labels match the same rule share no card.
    var exclusiveRules: [[String: String]] = []

    /// Whether anything is shared.
    var isActive: Bool { sharesMemory || countsCards || virtual || parts }
}
