/// What the cluster knows of a CSI driver. Source: `storage.k8s.io/v1`.
public struct CSIDriver: Equatable, Sendable {
    /// The driver's name.
    public var name: String
    /// True when it says how much room it has, and where.
    public var reportsCapacity: Bool
    /// True when its volumes are attached to nodes before they are mounted.
    public var requiresAttachment: Bool

    /// A driver with the API's defaults.
    public init(name: String, reportsCapacity: Bool = false, requiresAttachment: Bool = true) {
        self.name = name
        self.reportsCapacity = reportsCapacity
        self.requiresAttachment = requiresAttachment
    }
}
