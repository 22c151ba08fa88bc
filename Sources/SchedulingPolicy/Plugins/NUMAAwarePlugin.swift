import Allocator
import ClusterModel

/// Keeps pods off nodes whose kubelet would refuse them, and prefers those where their processors are together.
///
/// Source: Volcano's `numa-aware`. It looks at pods that get what they ask for and no more, container after container, as the
/// kubelet's topology manager does.
struct NUMAAwarePlugin: Plugin {
    static let name = "numa-aware"
    static let arguments = [ArgumentSchema(name: "weight", kind: .integer(default: 1))]

    private let weight: Int64

    init(_ arguments: Arguments) { weight = arguments.integer("weight") }

    func describeNodes(_ nodes: inout NodeDescriptions) { nodes.followsKubelet = true }

    func open(_ session: Session, _ points: inout PluginPoints) {
        points.filterNodes(by: NUMARule.self)
        points.scoreNodes { session, task in
            guard let wish = session.pins.wishes[task], wish.policy ?? .none != .none else { return nil }
            let question = session.pinQuestion(for: task)
            return NodeScore(points: { nodes in score(nodes, question, session) }, pins: question)
        }
        points.annotateBinds { session, task in session.pinAnnotations(of: task) }
    }

    /// Fewer NUMA nodes are better: 100 − 100 · *n* / most, in whole points.
    private func score(_ nodes: [Int], _ question: PinQuestion, _ session: Session) -> [Int64] {
        let counts = nodes.map { session.pinAnswer(question, on: $0).numaNodes }
        let most = counts.max() ?? 0
        return counts.map { count in
            let points = most == 0 ? 100 : 100 - 100 * count / most
            return points * weight * scoreUnit
        }
    }
}

/// Why a node's kubelet would not take a pod.
private final class NUMARule: NodeRule {
    private let session: Session
    private let question: PinQuestion

    var pins: PinQuestion? { question }
    /// Volcano evicts nobody for it.
    var isRoom: Bool { session.compatibility == .gangwright }

    /// `nil` for a pod that has nothing for itself.
    init?(_ task: Int, in session: Session) {
        if session.pins.wishes[task] == nil { return nil }
        self.session = session
        question = session.pinQuestion(for: task)
    }

    func refusal(_ node: Int) -> NodeRefusal? { session.pinAnswer(question, on: node).refusal }

    func lastingRefusal(_ node: Int) -> NodeRefusal? { session.lastingPinRefusal(question, on: node) }
}
