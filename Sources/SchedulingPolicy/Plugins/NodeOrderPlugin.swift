import Allocator
import ClusterModel

/// Ranks nodes by kube-scheduler's scores, each with a weight; 0 switches one off.
///
/// Source: Volcano's `nodeorder`. Pod affinity and topology spread are read and rank nothing, since pods that prefer by
/// them are placed without regard to it.
struct NodeOrderPlugin: Plugin {
    static let name = "nodeorder"
    static let arguments = [
        ArgumentSchema(name: "leastrequested.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "mostrequested.weight", kind: .integer(default: 0), range: weights),
        ArgumentSchema(name: "balancedresource.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "nodeaffinity.weight", kind: .integer(default: 2), range: weights),
        ArgumentSchema(name: "tainttoleration.weight", kind: .integer(default: 3), range: weights),
        ArgumentSchema(name: "imagelocality.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "podaffinity.weight", kind: .integer(default: 2), range: weights),
        ArgumentSchema(name: "podtopologyspread.weight", kind: .integer(default: 2), range: weights),
    ]
    /// Volcano 1.5 has other defaults, and does not rank by topology spread.
    private static let arguments15 = [
        ArgumentSchema(name: "leastrequested.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "mostrequested.weight", kind: .integer(default: 0), range: weights),
        ArgumentSchema(name: "balancedresource.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "nodeaffinity.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "tainttoleration.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "imagelocality.weight", kind: .integer(default: 1), range: weights),
        ArgumentSchema(name: "podaffinity.weight", kind: .integer(default: 1), range: weights),
    ]
    private static let weights: ClosedRange<Int64> = 0...1_000_000

    static func arguments(under compatibility: Compatibility) -> [ArgumentSchema] {
        compatibility == .volcano15 ? arguments15 : arguments
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
}
