import CNuma
public import ClusterModel
import Glibc

/// Which part of the machine this process keeps to.
public struct ProcessPlacement: Hashable, Sendable {
    /// The NUMA node whose processors it runs on, and whose memory it takes first.
    public var numaNode: Int?
    /// The processors that it runs on, instead of all of the node's.
    public var cpus: CPUSet?
    /// The NUMA node whose memory it takes first, where that is another one.
    public var memoryNode: Int?

    /// A process that runs anywhere, until told otherwise.
    public init(numaNode: Int? = nil, cpus: CPUSet? = nil, memoryNode: Int? = nil) {
        self.numaNode = numaNode
        self.cpus = cpus
        self.memoryNode = memoryNode
    }

    /// Why a process cannot be placed so.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The machine has no such NUMA node, with those that it has.
        case noNode(Int, known: CPUSet)
        /// The machine has no such processor, with those that it has.
        case noCPU(Int, known: CPUSet)
        /// The list has nothing in it.
        case noCPUs
        /// The kernel refuses, with its reason; processes may be kept to a part of the machine.
        case refused(String)

        /// One line.
        public var description: String {
            switch self {
            case .noNode(let node, let known):
                "found NUMA node \(node), expected one of this machine's: \(known)"
            case .noCPU(let cpu, let known): "found CPU \(cpu), expected some of this machine's: \(known)"
            case .noCPUs: "found no CPU, expected some such as 0-3,8"
            case .refused(let reason): "the kernel refuses: \(reason)"
            }
        }
    }

    /// Places the thread that calls, and all that it starts from then on: call it before any other thread runs.
    ///
    /// Memory that is there already stays where it is.
    public func apply() throws(Failure) {
        if let numaNode { try Self.check(numaNode) }
        if let memoryNode { try Self.check(memoryNode) }
        if let cpus {
            try run(on: cpus)
        } else if let numaNode, Self.hasNUMA, numa_run_on_node(Int32(numaNode)) != 0 {
            throw .refused(String(cString: strerror(errno)))
        }
        if let node = memoryNode ?? numaNode, Self.hasNUMA { numa_set_preferred(Int32(node)) }
    }

    /// How many processors it has to run on.
    public var processorCount: Int {
        if let cpus { return cpus.ids.count }
        if let numaNode, Self.hasNUMA, let mask = numa_allocate_cpumask() {
            defer { numa_bitmask_free(mask) }
            if numa_node_to_cpus(Int32(numaNode), mask) == 0 { return max(1, Int(numa_bitmask_weight(mask))) }
        }
        return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// What to say beside a measurement: where it ran, or how to measure what far memory costs.
    ///
    /// - Parameter program: The command that measures.
    public func note(program: String) -> String {
        let nodes = Self.nodes.ids
        guard nodes.count > 1, let first = nodes.first, let last = nodes.last else {
            return "this machine has one NUMA node: no memory is nearer than other memory"
        }
        if let numaNode {
            return "ran on NUMA node \(numaNode) with the memory of NUMA node \(memoryNode ?? numaNode)"
        }
        return """
            this machine has \(nodes.count) NUMA nodes; what far memory costs:
              \(program) --numa-node \(first) -o json > near.json
              \(program) --numa-node \(first) --memory-node \(last) --compare near.json
            """
    }

    /// The NUMA nodes of this machine; node 0 alone where the kernel knows of none.
    public static var nodes: CPUSet {
        guard hasNUMA else { return CPUSet([0]) }
        return CPUSet((0...max(0, Int(numa_max_node()))).filter { cnuma_has_node(Int32($0)) != 0 })
    }

    private static var hasNUMA: Bool { numa_available() >= 0 }

    private static func check(_ node: Int) throws(Failure) {
        let nodes = nodes
        if !nodes.contains(node) { throw .noNode(node, known: nodes) }
    }

    private func run(on cpus: CPUSet) throws(Failure) {
        guard !cpus.isEmpty else { throw .noCPUs }
        let count = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
        guard let mask = numa_bitmask_alloc(UInt32(count)) else { throw .refused("no memory") }
        defer { numa_bitmask_free(mask) }
        for cpu in cpus.ids {
            guard cpu < count else { throw .noCPU(cpu, known: CPUSet(0..<count)) }
            numa_bitmask_setbit(mask, UInt32(cpu))
        }
        guard numa_sched_setaffinity(0, mask) >= 0 else { throw .refused(String(cString: strerror(errno))) }
    }
}
