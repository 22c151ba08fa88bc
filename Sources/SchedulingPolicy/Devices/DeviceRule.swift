import Allocator
import ClusterModel

/// Which nodes have cards for a pod.
struct DeviceRule: NodeRule {
    static let parts = NodeRefusal.noPartOfGPU.description
    private static let memory = "node(s) had not enough memory on one GPU"
    private static let whole = "node(s) had not enough empty GPUs"
    private static let virtual = "node(s) had not enough vGPUs that fit"

    private let task: Int
    private let session: Session
    private let refusal: NodeRefusal
    /// False for vGPUs: which of them share a card depends on whose they are. All else is a part of the shape.
    let isLasting: Bool
    /// Volcano evicts nobody for what it shares of cards itself.
    let isRoom: Bool
    /// The thousandths of one card of any model, where nothing else is asked for and whole ones are chosen for nobody.
    private let milli: Int64?

    init?(_ task: Int, in session: Session) {
        let settings = session.devices.settings
        guard let demand = session.devices.demand(of: task) else { return nil }
        let text: String
        if settings.virtual, !demand.virtual.isEmpty {
            text = Self.virtual
        } else if settings.sharesMemory, demand.cardMemory > 0 {
            text = Self.memory
        } else if settings.countsCards, demand.cardCount > 0 {
            text = Self.whole
        } else if settings.parts, let part = demand.part {
            text = part.mistake.map { "node(s) had no such part of a GPU: \($0)" } ?? Self.parts
        } else {
            return nil
        }
        isLasting = text != Self.virtual
        isRoom = text == Self.parts || session.compatibility == .gangwright
        refusal = .rule(text, isResolvable: isRoom)
        let plain = demand.part.flatMap { part in
            part.cards == 1 && part.milli > 0 && part.models.isEmpty && !part.isUnreadable ? part.milli : nil
        }
        milli = text == Self.parts && session.pins.isEmpty ? plain : nil
        self.task = task
        self.session = session
    }

    /// Why a node has none; `nil` if it has.
    func refusal(_ node: Int) -> NodeRefusal? {
        let fits =
            milli.flatMap { session.hasCard(withFree: $0, on: node) }
            ?? (session.chosenCards(for: task, on: node) != nil)
        return fits ? nil : refusal
    }
}
