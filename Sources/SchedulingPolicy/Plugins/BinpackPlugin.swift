import Allocator
import ClusterModel

/// Fills nodes up, so that whole nodes stay free for large pods.
///
/// Source: Volcano's `binpack`. CPU and memory count always, other resources where `binpack.resources` lists them.
struct BinpackPlugin: Plugin {
    static let name = "binpack"
    static let arguments = [
        ArgumentSchema(name: "binpack.weight", kind: .integer(default: 1)),
        ArgumentSchema(name: "binpack.cpu", kind: .integer(default: 1)),
        ArgumentSchema(name: "binpack.memory", kind: .integer(default: 1)),
        ArgumentSchema(name: "binpack.resources", kind: .names),
        ArgumentSchema(name: "binpack.resources.*", kind: .integer(default: 1)),
    ]

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func describeNodes(_ nodes: inout NodeDescriptions) {
        let weight = arguments.integer("binpack.weight")
        if weight == 0 { return }
        var weights: [ResourceName: Int64] = [
            .cpu: arguments.integer("binpack.cpu"), .memory: arguments.integer("binpack.memory"),
        ]
        for name in arguments.names("binpack.resources") {
            weights[ResourceName(name)] = arguments.integer("binpack.resources." + name)
        }
        let weighted = weights.sorted { $0.key < $1.key }.map { name, weight in
            // A negative weight counts as 1, as in Volcano.
            ScoreKernel.WeightedResource(name, weight: weight < 0 ? 1 : weight)
        }
        nodes.kernels.append(
            nodes.compatibility == .volcano15
                ? .binpackEach(resources: weighted, weight: weight)
                : .binpack(resources: weighted, weight: weight))
    }
}
