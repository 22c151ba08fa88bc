import Allocator
import ClusterModel
import Documents

/// Pods that say themselves how nodes are to be ranked for them.
extension Session {
    private static let typeKey = "volcano.sh/resource-strategy-scoring-type"
    private static let weightKey = "volcano.sh/resource-strategy-weight"

    /// Keeps a pod's own strategy, if it has one.
    ///
    /// Source: Volcano's `resource-strategy-fit`: one type for all resources, and a JSON object of weights. Without a
    /// usable one no resource has a strategy, and every node scores the same.
    func noteResourceStrategy(of pod: Pod, _ task: Int) {
        guard let type = pod.annotations[Self.typeKey] else { return }
        guard type == "MostAllocated" || type == "LeastAllocated",
            let text = pod.annotations[Self.weightKey]
        else {
            resourceStrategies[task] = []
            return
        }
        let parsed = DocumentParser.parse(Array(text.utf8), file: "")
        guard parsed.problems.isEmpty, let weights = parsed.documents.first, weights.kind == .mapping,
            !weights.members.contains(where: { $0.value.integer == nil })
        else {
            resourceStrategies[task] = []
            return
        }
        resourceStrategies[task] = weights.members.map { name, weight in
            let weight = weight.integer ?? 1
            return ScoreKernel.ResourceStrategy(
                name, prefersFull: type == "MostAllocated", weight: weight <= 0 ? 1 : weight)
        }
    }
}
