public import ClusterModel
public import Documents
import KubernetesAPI

/// What the agent has to say of its node.
public struct NodeReport: Hashable, Sendable {
    /// What the node is made of.
    public var topology: NodeTopology
    /// How its kubelet gives out processors.
    public var kubelet: KubeletSettings
    /// What it has given out; `nil` where that cannot be read.
    public var state: CPUManagerState?

    /// A report.
    public init(topology: NodeTopology, kubelet: KubeletSettings, state: CPUManagerState? = nil) {
        self.topology = topology
        self.kubelet = kubelet
        self.state = state
    }

    /// The `spec` of a Numatopology object, as Volcano's resource exporter writes it.
    ///
    /// `allocatable` is what no container has for itself. Where the kubelet's checkpoint cannot be read it is all that is not assigned as far as anybody knows:
    /// every processor under the policy `static`, none under `none`, as the kubelet itself would write.
    public var numatopologySpec: OutputValue {
        let all = CPUSet(topology.cpus.map(\.id))
        let free = state?.shared ?? (kubelet.cpuManagerPolicy == "static" ? all : CPUSet([]))
        var spec: [(String, OutputValue)] = [
            (
                "policies",
                [
                    "CPUManagerPolicy": .string(kubelet.cpuManagerPolicy),
                    "TopologyManagerPolicy": .string(kubelet.topologyManagerPolicy),
                ]
            ),
            ("resReserved", ["cpu": .string(Quantity.formatMilli(kubelet.reservedMilliCPU))]),
            (
                "numares",
                [
                    "cpu": [
                        "allocatable": .string(free.description), "capacity": .integer(Int64(all.ids.count)),
                    ]
                ]
            ),
            (
                "cpuDetail",
                .object(
                    topology.cpus.map { cpu in
                        let place: OutputValue = [
                            "numa": .integer(Int64(cpu.numaNode)), "socket": .integer(Int64(cpu.package)),
                            "core": .integer(Int64(cpu.core)),
                        ]
                        return (String(cpu.id), place)
                    })
            ),
        ]
        if let assignments = state?.assignments, !assignments.isEmpty {
            spec.append(("podAllocations", .list(Self.byPod(assignments))))
        }
        return .object(spec)
    }

    private static func byPod(_ assignments: [CPUManagerState.Assignment]) -> [OutputValue] {
        var pods: [(uid: String, containers: [OutputValue])] = []
        for assignment in assignments {
            let container: OutputValue = [
                "name": .string(assignment.container),
                "allocations": ["cpu": .string(assignment.cpus.description)],
            ]
            if pods.last?.uid == assignment.pod {
                pods[pods.count - 1].containers.append(container)
            } else {
                pods.append((assignment.pod, [container]))
            }
        }
        return pods.map { ["uid": .string($0.uid), "containerAllocations": .list($0.containers)] }
    }

    /// The labels that say which GPUs a node has, where all are of one model: those of NVIDIA's and AMD's own discovery.
    public var labels: [(key: String, value: String)] {
        var labels: [(key: String, value: String)] = []
        for (vendor, prefix, product) in [
            (NodeTopology.GPU.Vendor.nvidia, "nvidia.com/gpu", "product"),
            (.amd, "amd.com/gpu", "product-name"),
        ] {
            let gpus = topology.gpus.filter { $0.vendor == vendor }
            guard let first = gpus.first else { continue }
            labels.append(("\(prefix).count", String(gpus.count)))
            // NVIDIA's discovery says MiB, AMD's whole GiB under another name.
            if vendor == .nvidia, first.memoryBytes > 0,
                gpus.allSatisfy({ $0.memoryBytes == first.memoryBytes })
            {
                labels.append(("\(prefix).memory", String(first.memoryBytes >> 20)))
            }
            let model = Self.labelValue(first.model)
            if !model.isEmpty, gpus.allSatisfy({ $0.model == first.model }) {
                labels.append(("\(prefix).\(product)", model))
            }
        }
        return labels.sorted { $0.key < $1.key }
    }

    /// Text as the value of a label: 63 of letters, digits, `-`, `_` and `.`, and none of these at the ends.
    static func labelValue(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(63) {
            let isPlain = isAlphanumeric(byte) || byte == 0x2E || byte == 0x5F
            bytes.append(isPlain ? byte : 0x2D)
        }
        let kept = bytes.drop { !isAlphanumeric($0) }
        let count = kept.reversed().drop { !isAlphanumeric($0) }.count
        return String(decoding: kept.prefix(count), as: UTF8.self)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
