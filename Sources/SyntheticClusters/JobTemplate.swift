public import ClusterModel

/// Jobs of one instance type: gangs of equal workers.
public struct JobTemplate: Equatable, Sendable {
    /// What each worker asks for, and on which nodes.
    public var instanceType: InstanceType
    /// How many workers a gang has; each size is 1 or more.
    public var gangSizes: [Weighted<Int>]
    /// The taints that the workers tolerate.
    public var tolerations: [Toleration]

    /// Jobs of an instance type; all workers must run together.
    public init(instanceType: InstanceType, gangSizes: [Weighted<Int>], tolerations: [Toleration] = []) {
        precondition(gangSizes.allSatisfy { $0.value > 0 }, "a gang has at least one worker")
        self.instanceType = instanceType
        self.gangSizes = gangSizes
        self.tolerations = tolerations
    }
}

/// How much work waits in a synthetic cluster, beside what runs.
public enum PendingDemand: Equatable, Sendable {
    /// Exactly this many pods, the last gang cut to fit.
    case pods(Int)
    /// Gangs that ask for this part of the cluster's GPUs (of its CPU, if there are no GPUs or no job asks for them).
    ///
    /// The last gang is cut to fit. 100 is all of the capacity, whatever of it is in use.
    case percentOfCapacity(Int)
}
