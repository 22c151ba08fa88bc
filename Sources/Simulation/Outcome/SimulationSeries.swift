/// The cluster over time: means over equal spans, so that a run of any length keeps a bounded number of points.
public struct SimulationSeries: Sendable, Equatable {
    /// The length of a span, in milliseconds.
    public var span: Int64 = 0
    /// Spans from the start on; the last may be cut by the end of the run.
    public var points: [Point] = []
    /// The queues, in byte-wise order; each point has a value for each.
    public var queues: [String] = []
    /// The GPU models, in byte-wise order (empty string: GPUs of no known model); each point has a value for each.
    public var models: [String] = []

    /// Means over one span.
    public struct Point: Sendable, Equatable {
        /// GPUs of the nodes that take pods.
        public var gpuCapacity: Double = 0
        /// GPUs that pods hold.
        public var gpuAllocated: Double = 0
        /// Idle GPUs that the workload cannot use, as Fragmentation Gradient Descent counts them, at the end of the span.
        public var gpuFragmented: Double = 0
        /// Cores of the nodes that take pods, and those that pods hold.
        public var cpuCapacity: Double = 0
        /// Cores that pods hold.
        public var cpuAllocated: Double = 0
        /// Jobs that run.
        public var runningJobs: Double = 0
        /// Jobs that wait.
        public var waitingJobs: Double = 0
        /// GPUs that waiting jobs ask for.
        public var waitingGPUs: Double = 0
        /// GPUs that the pods of each queue hold.
        public var queueAllocated: [Double] = []
        /// GPUs that each queue is entitled to, where the configuration shares any out; otherwise 0.
        public var queueDeserved: [Double] = []
        /// GPUs that waiting jobs of each queue ask for.
        public var queueWaiting: [Double] = []
        /// GPUs in use of each model.
        public var modelAllocated: [Double] = []
        /// GPUs of each model on nodes that take pods.
        public var modelCapacity: [Double] = []

        /// A point at which all is 0.
        public init() {}
    }

    /// No points.
    public init() {}
}
