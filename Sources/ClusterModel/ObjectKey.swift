/// Namespace and name of an object; the namespace is empty for kinds that have none.
public struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The namespace.
    public var namespace: String
    /// The name.
    public var name: String

    /// A key by namespace and name.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`, or the name alone.
    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    /// Byte-wise by namespace, then by name.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.namespace == right.namespace
            ? left.name.precedes(right.name) : left.namespace.precedes(right.namespace)
    }
}

/// A reference from an object to one that owns it.
public struct OwnerReference: Hashable, Sendable {
    /// Group and version, such as `amlarc.azureml.com/v1alpha1`.
    public var apiVersion: String
    /// The owner's kind.
    public var kind: String
    /// The owner's name, in the owned object's namespace.
    public var name: String
    /// The owner's UID, empty if not given.
    public var uid: String
    /// True for the one owner that manages the object.
    public var isController: Bool

    /// A reference to an owner.
    public init(apiVersion: String, kind: String, name: String, uid: String = "", isController: Bool = false)
    {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
    }
}
