import Allocator
import ClusterModel
import Documents
import Fragmentation

/// Places pods where the GPUs that stay idle are of most use to the pods that are expected.
///
/// Ours. Sources: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, for `fgd`; `docs/fragmentation.md` for
/// `pattern-pricing`. Every node is looked at for every pod: what a placement does to a node's cards is no score that an
/// index could keep.
struct FragmentationPlugin: Plugin {
    static let name = "fragmentation"
    static let arguments = [
        ArgumentSchema(name: "policy", kind: .string(default: "fgd")) { value in
            FragmentScorer.Policy(rawValue: value.string ?? "") == nil
                ? "expected fgd or pattern-pricing" : nil
        },
        ArgumentSchema(name: "weight", kind: .integer(default: 1), range: 0...1_000),
        ArgumentSchema(name: "workload", kind: .string(default: "recent")) { value in
            FragmentSettings.Workload(rawValue: value.string ?? "") == nil
                ? "expected instance-types or recent" : nil
        },
    ]

    private let settings: FragmentSettings

    init(_ arguments: Arguments) {
        settings = FragmentSettings(
            policy: arguments.string("policy").flatMap(FragmentScorer.Policy.init) ?? .fgd,
            workload: arguments.string("workload").flatMap(FragmentSettings.Workload.init) ?? .recent,
            weight: arguments.integer("weight"))
    }

    func describeNodes(_ nodes: inout NodeDescriptions) { nodes.fragments = settings }

    func open(_ session: Session, _ points: inout PluginPoints) {
        let weight = settings.weight
        if weight == 0 || session.fragments.scorer == nil { return }
        points.scoreNodes { session, task in
            NodeScore { nodes in
                nodes.map { Int64(session.fragmentScore(of: task, on: $0)) * weight * scoreUnit }
            }
        }
    }
}
