/// What is published of a node's inside: how its kubelet hands out processors, which are left, and where they are.
///
/// Source: `nodeinfo.volcano.sh/v1alpha1`, an object of the node's name, by Volcano's resource exporter or our node agent.
public struct Numatopology: Equatable, Sendable {
    /// A pod that has got processors, as the exporter names it; empty where it does not say.
    public struct PodAllocation: Hashable, Sendable {
        /// The pod's UID.
        public var uid: String
        /// The pod's namespace and name.
        public var key: ObjectKey

        /// A pod by its UID, its name, or both.
        public init(uid: String = "", key: ObjectKey = ObjectKey(namespace: "", name: "")) {
            self.uid = uid
            self.key = key
        }
    }

    /// The node's name.
    public var name: String
    /// The kubelet's policy for processors, `static` where it hands them out; empty where nobody has said.
    public var cpuManagerPolicy: String
    /// The kubelet's policy for NUMA nodes, as `TopologyPolicy` spells it; empty where nobody has said.
    public var topologyManagerPolicy: String
    /// Thousandths of processors that are kept for the system.
    public var reservedMilliCPU: Int64
    /// The processors that no container has for itself, those of the system among them; `nil` where nobody has said.
    public var allocatableCPUs: CPUSet?
    /// The logical processors, by number.
    public var cpus: [NodeTopology.CPU]
    /// The pods that have got processors of their own; empty where nobody has said.
    public var podAllocations: [PodAllocation]
    /// All that the node agent knows of the node; `nil` where there is none.
    public var topology: NodeTopology?

    /// What is published of a node.
    public init(
        name: String, cpuManagerPolicy: String = "", topologyManagerPolicy: String = "",
        reservedMilliCPU: Int64 = 0, allocatableCPUs: CPUSet? = nil, cpus: [NodeTopology.CPU] = [],
        podAllocations: [PodAllocation] = [], topology: NodeTopology? = nil
    ) {
        self.name = name
        self.cpuManagerPolicy = cpuManagerPolicy
        self.topologyManagerPolicy = topologyManagerPolicy
        self.reservedMilliCPU = reservedMilliCPU
        self.allocatableCPUs = allocatableCPUs
        self.cpus = cpus
        self.podAllocations = podAllocations
        self.topology = topology
    }
}

/// What the kubelet makes of NUMA nodes, and what pods want of it.
public enum TopologyPolicy: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// As few NUMA nodes as there are, and any if need be.
    case bestEffort = "best-effort"
    /// As few NUMA nodes as the amount needs, or the pod is refused.
    case restricted
    /// One NUMA node, or the pod is refused.
    case singleNUMANode = "single-numa-node"

    /// The annotation by which a pod says what it wants.
    public static let annotation = "volcano.sh/numa-topology-policy"
}
