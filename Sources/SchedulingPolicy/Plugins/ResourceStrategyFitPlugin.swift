import Allocator
import ClusterModel
import Documents

/// Ranks nodes by fuller or emptier, resource by resource; keeps pods off scarce nodes; keeps CPU and memory for devices.
///
/// Source: Volcano's `resource-strategy-fit`. Scores of most pods are kernels of the allocator; pods with annotations of
/// their own, and pods that a proportion holds for, have every node looked at.
struct ResourceStrategyFitPlugin: Plugin {
    static let name = "resource-strategy-fit"
    static let arguments = [
        ArgumentSchema(name: "resourceStrategyFitWeight", kind: .integer(default: 10)),
        ArgumentSchema(
            name: "resources", kind: .structure(expected: "a mapping of resources to type and weight"),
            check: Self.checkResources),
        ArgumentSchema(
            name: "sra",
            kind: .structure(expected: "a mapping of enable, resources, weight and resourceWeight"),
            check: { Self.checkSwitched($0, "resourceWeight", \.isWholeNumber) }),
        ArgumentSchema(
            name: "proportional",
            kind: .structure(expected: "a mapping of enable, resources and resourceProportion"),
            check: { Self.checkSwitched($0, "resourceProportion", \.isNumber) }),
    ]

    private let weight: Int64
    private let kernel: ScoreKernel
    private let scarcity: ScoreKernel?
    private let proportions: ProportionRule?

    init(_ arguments: Arguments) {
        let weight = arguments.integer("resourceStrategyFitWeight")
        self.weight = weight < 0 ? 10 : weight
        var strategies = Self.strategies(arguments.structure("resources"))
        if arguments.structure("resources")?.count ?? 0 == 0 {
            strategies = [ResourceName.cpu, .memory].map {
                ScoreKernel.ResourceStrategy($0.text, prefersFull: false, weight: 1)
            }
        }
        kernel = .resourceStrategy(strategies, weight: self.weight)
        scarcity = arguments.structure("sra").flatMap(Self.scarcity)
        proportions = arguments.structure("proportional").flatMap(ProportionRule.init)
    }

    func describeNodes(_ nodes: inout NodeDescriptions) {
        if weight > 0 { nodes.kernels.append(kernel) }
        if let scarcity { nodes.kernels.append(scarcity) }
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        if let proportions { points.filterNodes { proportions.check(for: $1, in: $0) } }
        // Few pods say themselves how nodes are to be ranked for them.
        if weight == 0 || session.resourceStrategies.isEmpty { return }
        points.scoreNodes { [kernel, weight] session, task in
            guard let own = session.resourceStrategies[task], let shape = session.tasks[task].shape else {
                return nil
            }
            return NodeScore { nodes in
                let theirs = session.allocator.points(
                    of: .resourceStrategy(own, weight: weight), for: shape, on: nodes)
                let general = session.allocator.points(of: kernel, for: shape, on: nodes)
                return nodes.indices.map { theirs[$0] - general[$0] }
            }
        }
    }

    // MARK: Arguments

    private static func strategies(_ resources: Value?) -> [ScoreKernel.ResourceStrategy] {
        guard let resources else { return [] }
        return resources.members.compactMap { name, entry in
            guard let pattern = Pattern(name) else { return nil }
            let weight = entry["weight"]?.integer ?? 1
            return ScoreKernel.ResourceStrategy(
                pattern.name, isPrefix: pattern.isPrefix,
                prefersFull: entry["type"]?.string == "MostAllocated", weight: weight <= 0 ? 1 : weight)
        }
    }

    /// A resource's name, or what several begin with and a star.
    private struct Pattern {
        let name: String
        let isPrefix: Bool

        /// A lone star, or one that is not at the end, means nothing.
        init?(_ text: String) {
            isPrefix = text.hasSuffix("*")
            name = isPrefix ? String(text.dropLast()) : text
            if name.isEmpty || name.contains("*") { return nil }
        }
    }

    private static func scarcity(_ sra: Value) -> ScoreKernel? {
        let weight = sra["weight"]?.integer ?? 0
        guard sra["enable"]?.bool ?? false, weight > 0 else { return nil }
        let names = ResourceNames.list(sra["resources"]?.string ?? "")
        let weights = names.map { name in
            let weight = sra["resourceWeight"]?[name]?.integer ?? 1
            return ScoreKernel.WeightedResource(ResourceName(name), weight: weight < 0 ? 1 : weight)
        }
        return .scarcity(resources: weights, weight: weight)
    }

    @Sendable private static func checkResources(_ value: Value) -> String? {
        if value.kind != .mapping { return "found \(value.kindName), expected a mapping of resources" }
        for (name, entry) in value.members {
            if Pattern(name) == nil { return "found \(name), expected a resource, or a beginning and one *" }
            if entry.kind != .mapping {
                return "\(name): found \(entry.kindName), expected type and weight"
            }
            if let type = entry["type"],
                type.string.map({ !["MostAllocated", "LeastAllocated"].contains($0) }) ?? true
            {
                return "\(name).type: expected MostAllocated or LeastAllocated"
            }
            if let weight = entry["weight"], !weight.isWholeNumber {
                return "\(name).weight: found \(weight.kindName), expected an integer"
            }
        }
        return nil
    }

    private static func checkSwitched(
        _ value: Value, _ weights: String, _ isWeight: (Value) -> Bool
    ) -> String? {
        if value.kind != .mapping { return "found \(value.kindName), expected a mapping" }
        if let enable = value["enable"], enable.kind != .bool {
            return "enable: found \(enable.kindName), expected true or false"
        }
        if let resources = value["resources"], resources.kind != .string {
            return "resources: found \(resources.kindName), expected names separated by commas"
        }
        if let weight = value["weight"], !weight.isWholeNumber {
            return "weight: found \(weight.kindName), expected an integer"
        }
        for (name, entry) in value[weights]?.members.map({ $0 }) ?? [] where !isWeight(entry) {
            return "\(weights)[\(name)]: found \(entry.kindName), expected a number"
        }
        return nil
    }
}

/// Lists of resources in one text.
enum ResourceNames {
    /// The names in a text that separates them by commas.
    static func list(_ text: String) -> [String] {
        var names: [String] = []
        for name in text.split(separator: ",").map(Arguments.trimmed)
        where !name.isEmpty && !names.contains(name) {
            names.append(name)
        }
        return names
    }
}

extension Value {
    /// Whether it is an integer within the range of weights.
    var isWholeNumber: Bool { integer.map { (-1_000_000...1_000_000).contains($0) } ?? false }
    /// Whether it is a finite number.
    var isNumber: Bool { double?.isFinite ?? false }
}
