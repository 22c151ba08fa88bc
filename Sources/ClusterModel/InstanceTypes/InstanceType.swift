/// A named kind of machine share: Azure ML's way to say what a pod needs.
///
/// Source: `amlarc.azureml.com/v1alpha1`.
public struct InstanceType: Equatable, Sendable {
    /// The name that jobs use.
    public var name: String
    /// Labels that the node must have.
    public var nodeSelector: [String: String]
    /// What a pod asks for. GPUs, which are given in limits only, are requests here as well.
    public var requests: ResourceList
    /// What a pod may use at most.
    public var limits: ResourceList

    /// An instance type; a limit without a request counts as the request, as the API server defaults it.
    public init(
        name: String, nodeSelector: [String: String] = [:], requests: ResourceList = [:],
        limits: ResourceList = [:]
    ) {
        self.name = name
        self.nodeSelector = nodeSelector
        self.requests = requests
        self.requests.fill(from: limits)
        self.limits = limits
    }

    /// A pod as a job of this type would make it, in no gang.
    public func pod(key: ObjectKey, tolerations: [Toleration] = Self.workloadTolerations) -> Pod {
        Pod(key: key, requests: requests, nodeSelector: nodeSelector, tolerations: tolerations)
    }

    /// What all of Azure ML's workload pods tolerate. Source: the extension's documents on dedicated nodes.
    public static let workloadTolerations = [
        Toleration(key: "ml.azure.com/amlarc", value: "true"),
        Toleration(key: "ml.azure.com/amlarc-workload", value: "true"),
    ]

    /// The name of the type that a job without `instance_type` gets.
    public static let defaultName = "defaultinstancetype"
}

/// The two definitions of `defaultinstancetype` that Azure ML's documents have had.
public enum BuiltInInstanceType: String, Sendable, CaseIterable {
    /// 0.6 cores and 1536Mi, requests and limits alike: the documents of 2022.
    case azureml2022 = "azureml-2022"
    /// Requests of 100m and 2Gi, limits of 2 cores and 2Gi: the documents since 2023.
    case azureml2023 = "azureml-2023"

    /// The definition.
    public var instanceType: InstanceType {
        let gibibyte: Int64 = 1 << 30
        switch self {
        case .azureml2022:
            let amounts: ResourceList = [.cpu: 600, .memory: 3 * gibibyte / 2]
            return InstanceType(name: InstanceType.defaultName, requests: amounts, limits: amounts)
        case .azureml2023:
            return InstanceType(
                name: InstanceType.defaultName, requests: [.cpu: 100, .memory: 2 * gibibyte],
                limits: [.cpu: 2000, .memory: 2 * gibibyte])
        }
    }
}
