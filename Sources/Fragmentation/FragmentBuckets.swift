/// What is idle on a node, in milli-GPU, by whether the target workload could use it: each class counts as much as it is likely.
public struct FragmentBuckets: Sendable, Equatable {
    /// Too few GPUs are free enough, and there is too little CPU.
    public var lackBoth = 0.0
    /// There is CPU, and too few GPUs are free enough; of a node on which the class fits, the GPUs that it could not use.
    public var lackGPU = 0.0
    /// What the classes that fit could use.
    public var satisfied = 0.0
    /// GPUs are free, and there is too little CPU.
    public var lackCPU = 0.0
    /// Idle for classes without GPUs that fit.
    public var withoutGPUSatisfied = 0.0
    /// Idle for classes without GPUs that do not fit.
    public var withoutGPULackCPU = 0.0
    /// The model will not do.
    public var noAccess = 0.0

    /// Nothing idle.
    public init() {}

    /// All but what the classes that fit could use.
    ///
    /// The order of the sum decides its last bit, and with it scores.
    public var fragments: Double {
        lackBoth + lackGPU + lackCPU + withoutGPUSatisfied + withoutGPULackCPU + noAccess
    }

    /// Adds another node's.
    public static func += (left: inout FragmentBuckets, right: FragmentBuckets) {
        left.lackBoth += right.lackBoth
        left.lackGPU += right.lackGPU
        left.satisfied += right.satisfied
        left.lackCPU += right.lackCPU
        left.withoutGPUSatisfied += right.withoutGPUSatisfied
        left.withoutGPULackCPU += right.withoutGPULackCPU
        left.noAccess += right.noAccess
    }
}
