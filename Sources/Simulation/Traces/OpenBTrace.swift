/// The openb trace: a cluster of GPU nodes and the tasks that were to be placed on it, many on parts of a GPU.
///
/// Source: Weng, Yang et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient
/// Descent", USENIX ATC 2023; the files of `cluster-trace-gpu-v2023` in alibaba/clusterdata.
public struct OpenBTrace: Equatable, Sendable {
    /// A row of the node list.
    public struct Node: Equatable, Sendable {
        /// The node's name (`sn`).
        public var name: String
        /// Millicores (`cpu_milli`).
        public var milliCPU: Int64
        /// Mebibytes of memory (`memory_mib`).
        public var memoryMiB: Int64
        /// GPUs (`gpu`).
        public var gpus: Int64
        /// The GPUs' model, empty for a node without (`model`).
        public var model: String
    }

    /// A row of the pod list.
    public struct Task: Equatable, Sendable {
        /// The task's name (`name`).
        public var name: String
        /// Millicores (`cpu_milli`).
        public var milliCPU: Int64
        /// Mebibytes of memory (`memory_mib`).
        public var memoryMiB: Int64
        /// How many GPUs the task uses (`num_gpu`).
        public var gpus: Int64
        /// Thousandths of each of them (`gpu_milli`), 1000 where there are several.
        public var milliGPU: Int64
        /// The models that will do, all if empty (`gpu_spec`, where the trace has it).
        public var models: [String]
        /// The quality of service, such as `LS` or `BE`; empty where the trace has none (`qos`).
        public var qos: String
        /// Seconds after the trace's begin (`creation_time`); nil where the trace has no times.
        public var creationSeconds: Int64?
        /// Seconds after the trace's begin at which it was given a node (`scheduled_time`); nil where it was not.
        public var scheduledSeconds: Int64?
        /// Seconds after the trace's begin at which it was gone (`deletion_time`); nil where it was not.
        public var deletionSeconds: Int64?

        /// How a task uses GPUs.
        public enum GPUUse: Equatable, Sendable {
            /// Not at all.
            case none
            /// This many thousandths of one GPU.
            case part(milliGPU: Int64)
            /// This many whole GPUs.
            case whole(gpus: Int64)
        }

        /// How the task uses GPUs.
        public var gpuUse: GPUUse {
            if gpus == 0 { return .none }
            return gpus == 1 && milliGPU < 1000 ? .part(milliGPU: milliGPU) : .whole(gpus: gpus)
        }
    }

    /// The nodes in the order of the list.
    public var nodes: [Node]
    /// The tasks in the order of the list.
    public var tasks: [Task]

    /// A trace of nodes and tasks.
    public init(nodes: [Node] = [], tasks: [Task] = []) {
        self.nodes = nodes
        self.tasks = tasks
    }
}
