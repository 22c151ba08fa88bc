/// How a node and a GPU are chosen for a pod that may ask for a part of a GPU.
///
/// Source: Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent",
/// USENIX ATC 2023, and its simulator.
public enum DevicePolicy: String, Sendable, CaseIterable {
    /// Any node on which the pod fits.
    case random = "Random"
    /// The node whose free amounts point least in the direction of what the pod asks for.
    case dotProd = "DotProd"
    /// Pods of one kind together.
    case gpuClustering = "GpuClustering"
    /// GPUs in use before idle ones, nodes in use before idle ones.
    case gpuPacking = "GpuPacking"
    /// The node on which least is left.
    case bestFit = "BestFit"
    /// The node on which the fragments for a typical workload grow least.
    case fgd = "FGD"
    /// The node and GPU whose rest is worth most: GPUs by the patterns that sizes make, nodes by what their CPU lets run together.
    case patternPricing = "PatternPricing"
}
