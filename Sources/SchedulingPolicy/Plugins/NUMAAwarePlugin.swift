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
            return NodeScore { nodes in score(nodes, for: task, session) }
        }
        points.annotateBinds { session, task in session.pinAnnotations(of: task) }
    }

    /// Fewer NUMA nodes are better: 100 − 100 · *n* / most, in whole points.
    private func score(_ nodes: [Int], for task: Int, _ session: Session) -> [Int64] {
        let counts = nodes.map { node -> Int64 in
            guard let layout = session.layout(of: node),
                let cpus = session.pinChoice(for: task, on: node)?.cpus
            else { return 0 }
            return Int64(layout.cpus.countByNUMANode(cpus).count { $0 > 0 })
        }
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
    private let task: Int
    private let wish: PinTable.Wish
    /// Whether others leaving could help, where the node's settings stand in the way; Volcano thinks so.
    private let isResolvable: Bool

    /// `nil` for a pod that has nothing for itself.
    init?(_ task: Int, in session: Session) {
        guard let wish = session.pins.wishes[task] else { return nil }
        self.session = session
        self.task = task
        self.wish = wish
        isResolvable = session.compatibility.isVolcano
    }

    func refusal(_ node: Int) -> NodeRefusal? {
        let layout = session.layout(of: node)
        if let policy = wish.policy, policy != .none {
            guard let layout else { return .rule("numa info is empty", isResolvable: isResolvable) }
            if !layout.isStatic {
                return .rule("cpu manager policy isn't static", isResolvable: isResolvable)
            }
            let ofNode = layout.published.topologyManagerPolicy
            if policy.rawValue != ofNode {
                return .rule(
                    "task topology policy[\(policy.rawValue)] is different with node[\(ofNode)]",
                    isResolvable: isResolvable)
            }
            if session.pinRoom(on: node, layout).cpus.isEmpty {
                return .rule("cpu allocatable map is empty", isResolvable: isResolvable)
            }
        }
        guard let layout, session.isAligned(wish, layout) else { return nil }
        let gpus =
            session.nodeDescriptions.choosesGPUs && layout.gpus != nil ? session.wholeGPUs(of: task) : 0
        guard
            case .refused(let container) = session.alignedChoice(wish, gpus, for: task, on: node, layout)
        else { return nil }
        // Nobody knows which processors a leaving pod would set free until the exporter has said so.
        return .rule("container \(container) cannot be assigned by numa", isResolvable: false)
    }
}
