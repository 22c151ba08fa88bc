/// A namespace, as far as selectors and queues are concerned with it.
public struct Namespace: Equatable, Sendable {
    /// The namespace's name.
    public var name: String
    /// Labels.
    public var labels: [String: String]
    /// Annotations.
    public var annotations: [String: String]

    /// A namespace without labels and annotations unless given.
    public init(name: String, labels: [String: String] = [:], annotations: [String: String] = [:]) {
        self.name = name
        self.labels = labels
        self.annotations = annotations
    }
}
