/// Where a figure stands in a series that shows how a cost grows.
public struct GrowthPoint: Hashable, Sendable {
    /// What grows from one figure of the series to the next.
    public enum Axis: String, Sendable, CaseIterable {
        /// Nodes of the cluster.
        case nodes
        /// Pods that wait.
        case pods
        /// How far the cluster is filled, in percent of its gangs.
        case fill = "% of gangs"
        /// Shapes that compete for the same nodes.
        case shapes
        /// Node selectors, each of which picks nodes of its own.
        case selectors
    }

    /// What grows.
    public var axis: Axis
    /// How much of it there is.
    public var size: Int
}
