/// The CSI drivers of a node. Source: `storage.k8s.io/v1`.
public struct CSINode: Equatable, Sendable {
    /// A driver as it is on one node.
    public struct Driver: Hashable, Sendable {
        /// The driver's name.
        public var name: String
        /// How many of its volumes the node can hold; `nil` for any number.
        public var volumeLimit: Int?
        /// The node labels by which the driver tells places apart.
        public var topologyKeys: [String]

        /// A driver without a limit unless given.
        public init(name: String, volumeLimit: Int? = nil, topologyKeys: [String] = []) {
            self.name = name
            self.volumeLimit = volumeLimit
            self.topologyKeys = topologyKeys
        }
    }

    /// The node's name.
    public var name: String
    /// Its drivers.
    public var drivers: [Driver]
    /// Names of the plugins once built into Kubernetes that CSI drivers have replaced there.
    public var migratedPlugins: Set<String>

    /// The drivers of a node; by default none.
    public init(name: String, drivers: [Driver] = [], migratedPlugins: Set<String> = []) {
        self.name = name
        self.drivers = drivers
        self.migratedPlugins = migratedPlugins
    }
}
