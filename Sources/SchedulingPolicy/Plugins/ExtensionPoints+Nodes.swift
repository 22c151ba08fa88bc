import Allocator
import ClusterModel

/// Rules on nodes that no index knows, of all plugins together.
extension ExtensionPoints {
    /// What the plugins say of the nodes of a pod; `nil` if none has anything to say, as for most pods.
    func nodeRules(for task: Int, in session: Session) -> NodeRules? {
        if nodeFilters.isEmpty, nodeScores.isEmpty { return nil }
        let checks = nodeFilters.compactMap { $0(session, task) }
        let scores = nodeScores.compactMap { $0(session, task) }
        return checks.isEmpty && scores.isEmpty ? nil : NodeRules(checks: checks, scores: scores)
    }

    /// The gang that nodes are locked for, as the first plugin says that has a say.
    func targetJob(among jobs: [Int], in session: Session) -> Int? { targetJobs.first?(session, jobs) }

    /// The next node to be locked, as the first plugin says that has a say.
    func reservedNode(in session: Session) -> Int? { reservedNodes.first?(session) }

    /// Tells the plugins that the actions have run.
    func notifyEnd(in session: Session) { for observer in closers { observer(session) } }
    /// Tells the plugins that a pod has got a place or lost it.
    func notify(_ task: Int, _ event: PlaceEvent, in session: Session) {
        for observer in observers { observer(session, task, event) }
    }

    /// Tells the plugins that a queue counts as holding so much more.
    func notifyShare(of queue: Int, _ change: [Int64], in session: Session) {
        for observer in shareObservers { observer(session, queue, change) }
    }

    /// The queues that hold what a queue holds: itself first, then those above it, as the first plugin says that knows.
    func holders(of queue: Int, in session: Session) -> [Int] {
        [queue] + (queuesAbove.first?(session, queue) ?? [])
    }
}

/// What plugins say of the nodes of one pod.
struct NodeRules {
    let checks: [NodeCheck]
    let scores: [NodeScore]

    /// Why a node cannot take the pod: what the first plugin that refuses it says.
    ///
    /// - Parameter looksAtRoom: whether to ask about what others may leave, too.
    func refusal(_ node: Int, looksAtRoom: Bool = true) -> NodeRefusal? {
        for check in checks {
            let asksAll = looksAtRoom || !check.isRoom
            if let refusal = asksAll ? check.refusal(node) : check.lastingRefusal(node) { return refusal }
        }
        return nil
    }

    /// Whether what they refuse they refuse to all pods of the shape, until something is given back.
    var isLasting: Bool { checks.allSatisfy(\.isLasting) }

    /// Whether one of them is about room that others may leave.
    var looksAtRoom: Bool { checks.contains(where: \.isRoom) }

    /// Whether a node cannot take the pod even if others left it.
    func isPastHelp(_ node: Int) -> Bool {
        checks.contains { $0.refusal(node).map { !$0.isResolvable } ?? false }
    }

    /// What all of them are decided by, where that is nothing but what the pod would get on the nodes.
    var pins: PinQuestion? {
        checks.allSatisfy { $0.pins != nil } && scores.allSatisfy { $0.pins != nil }
            ? checks.first?.pins ?? scores.first?.pins : nil
    }

    /// Why scores could not be had, so that the pod gets no node; `nil` if they could.
    var failure: String? { scores.lazy.compactMap { $0.failure() }.first }

    /// The points of nodes; `nil` where no plugin gives any.
    func points(_ nodes: [Int]) -> [Int64]? {
        if nodes.isEmpty { return scores.isEmpty ? nil : [] }
        guard var sum = scores.first?.points(nodes) else { return nil }
        for score in scores.dropFirst() {
            for (position, points) in score.points(nodes).enumerated() { sum[position] += points }
        }
        return sum
    }
}
