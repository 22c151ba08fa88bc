public import ClusterModel

/// What a node really uses, as somebody has measured it.
public struct NodeUsage: Equatable, Sendable {
    /// How much of its CPU, in percent.
    public var cpu: Double
    /// How much of its memory, in percent.
    public var memory: Double
    /// When it was measured.
    public var time: Timestamp

    /// A measurement.
    public init(cpu: Double, memory: Double, time: Timestamp) {
        self.cpu = cpu
        self.memory = memory
        self.time = time
    }
}

/// Says what nodes really use: asked by the plugin `usage` in the middle of a cycle.
///
/// Whoever provides it records its answers, as inputs like any other; within a cycle it always gives the same.
public protocol NodeUsageProvider: Sendable {
    /// What a node uses, on average over ten minutes; `nil` where nobody has measured it.
    func usage(ofNode name: String) -> NodeUsage?
}

/// Measurements that were taken before.
public struct RecordedNodeUsage: NodeUsageProvider {
    /// By the node's name.
    public var usages: [String: NodeUsage]

    /// Measurements by node.
    public init(_ usages: [String: NodeUsage]) { self.usages = usages }

    /// What was measured of a node.
    public func usage(ofNode name: String) -> NodeUsage? { usages[name] }
}
