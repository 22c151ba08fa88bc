public import ClusterModel

/// What a reader takes for granted where the input says nothing.
public struct ReadingOptions: Equatable, Sendable {
    /// The definition of `defaultinstancetype` unless an object of that name overrides it.
    public var defaultInstanceType: BuiltInInstanceType
    /// The namespace of objects and jobs that name none.
    public var namespace: String

    /// Options by value; by default the older Azure ML definition and the namespace `default`.
    public init(defaultInstanceType: BuiltInInstanceType = .azureml2022, namespace: String = "default") {
        self.defaultInstanceType = defaultInstanceType
        self.namespace = namespace
    }
}
