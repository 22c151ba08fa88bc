import Allocator
import ClusterModel

/// Ranks nodes by kube-scheduler's scores, each with a weight; 0 switches one off.
///
/// Source: Volcano's `nodeorder`. The allocator knows most scores; pod affinity and topology spread are computed for those
/// few pods that they concern.
struct NodeOrderPlugin: Plugin {
    static let name = "nodeorder"
    static let arguments = arguments(under: .volcano)
    private static let weights: ClosedRange<Int64> = 0...1_000_000

    /// The weights of Volcano 1.5 were other ones, and it did not rank by spread.
    static func arguments(under compatibility: Compatibility) -> [ArgumentSchema] {
        let isOld = compatibility == .volcano15
        let defaults: [(name: String, weight: Int64)] = [
            ("leastrequested", 1), ("mostrequested", 0), ("balancedresource", 1),
            ("nodeaffinity", isOld ? 1 : 2), ("tainttoleration", isOld ? 1 : 3), ("imagelocality", 1),
            ("podaffinity", isOld ? 1 : 2), ("podtopologyspread", isOld ? 0 : 2),
        ]
        return defaults.map { name, weight in
            ArgumentSchema(name: name + ".weight", kind: .integer(default: weight), range: weights)
        }
    }

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func describeNodes(_ nodes: inout NodeDescriptions) {
        let is15 = nodes.compatibility == .volcano15
        let balanced: [ResourceName] = is15 ? [.cpu, .memory] : [.cpu, .memory, .nvidiaGPU]
        let kernels: [(String, (Int64) -> ScoreKernel)] = [
            ("imagelocality", { .imageLocality(weight: $0) }),
            ("leastrequested", { .leastAllocated(weight: $0) }),
            ("mostrequested", { .mostAllocated(weight: $0) }),
            ("balancedresource", { .balancedAllocation(resources: balanced, weight: $0) }),
            ("nodeaffinity", { is15 ? .rawNodeAffinity(weight: $0) : .nodeAffinity(weight: $0) }),
            ("tainttoleration", { .taintToleration(weight: $0) }),
        ]
        for (name, kernel) in kernels {
            let weight = arguments.integer(name + ".weight")
            if weight != 0 { nodes.kernels.append(kernel(weight)) }
        }
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        if !session.neighbours.isInUse { return }
        // Volcano leaves kube-scheduler's `hardPodAffinityWeight` at 0; kube-scheduler's own default is 1.
        let required: Int64 = session.compatibility.isVolcano ? 0 : 1
        let company = arguments.integer("podaffinity.weight")
        if company != 0 {
            points.scoreNodes { session, task in
                PodAffinityScore(task, requiredWeight: required, in: session).map { score in
                    NodeScore { score.points($0).map { $0 * company * scoreUnit } }
                }
            }
        }
        let spread = arguments.integer("podtopologyspread.weight")
        if spread != 0, session.compatibility != .volcano15 {
            points.scoreNodes { session, task in
                TopologySpreadScore(task, in: session).map { score in
                    NodeScore { score.points($0).map { $0 * spread * scoreUnit } }
                }
            }
        }
    }
}
