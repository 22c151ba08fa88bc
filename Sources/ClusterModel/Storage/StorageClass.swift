/// A way to make volumes. Source: `storage.k8s.io/v1`.
public struct StorageClass: Equatable, Sendable {
    /// When a claim gets its volume.
    public enum BindingMode: String, Sendable, CaseIterable {
        /// At once.
        case immediate = "Immediate"
        /// When a pod that names it has been given a node.
        case waitForFirstConsumer = "WaitForFirstConsumer"
    }

    /// Labels of nodes, and the values of which each must have one.
    public struct Topology: Hashable, Sendable {
        /// A node label and the values that will do.
        public struct Requirement: Hashable, Sendable {
            /// The label.
            public var key: String
            /// The values that will do.
            public var values: [String]

            /// A label and the values that will do.
            public init(key: String, values: [String]) {
                self.key = key
                self.values = values
            }
        }

        /// Requirements that a node must meet all together.
        public var requirements: [Requirement]

        /// A topology by its requirements.
        public init(requirements: [Requirement]) { self.requirements = requirements }

        /// Whether a node with these labels meets every requirement.
        public func matches(_ labels: [String: String]) -> Bool {
            requirements.allSatisfy { requirement in
                labels[requirement.key].map(requirement.values.contains) ?? false
            }
        }
    }

    /// The value of `provisioner` with which no volume is ever made.
    public static let noProvisioner = "kubernetes.io/no-provisioner"

    /// The class's name.
    public var name: String
    /// What makes the volumes.
    public var provisioner: String
    /// When a claim gets its volume.
    public var bindingMode: BindingMode
    /// The topologies of which a node must match one; none given means that every node will do.
    public var allowedTopologies: [Topology]
    /// True for the class of claims that name none.
    public var isDefault: Bool

    /// A class by name and provisioner, which binds at once unless told otherwise.
    public init(
        name: String, provisioner: String, bindingMode: BindingMode = .immediate,
        allowedTopologies: [Topology] = [], isDefault: Bool = false
    ) {
        self.name = name
        self.provisioner = provisioner
        self.bindingMode = bindingMode
        self.allowedTopologies = allowedTopologies
        self.isDefault = isDefault
    }
}
