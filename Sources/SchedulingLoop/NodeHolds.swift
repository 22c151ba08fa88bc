public import ClusterModel

/// Nodes whose kubelets refused pods that had found room there: something holds what the API server does not show yet,
/// or a device is broken.
///
/// Such a node takes no new pods for a while, twice as long with every attempt that fails soon after, so that a job whose
/// controller makes its pod again does not run against it for ever.
struct NodeHolds {
    private struct Hold {
        /// The node as it would be without the hold.
        var node: Node
        var until: LoopTime
    }

    /// How long the first refusal holds a node, in milliseconds.
    static let shortest: Int64 = 10_000
    /// How long a node is held at most.
    static let longest: Int64 = 600_000
    /// Refusals that lie further apart than this, in milliseconds, are not in a row.
    static let memory: Int64 = 1_800_000

    private var holds: [String: Hold] = [:]
    private var refusals: [String: (count: Int, last: LoopTime)] = [:]

    /// When the hold of each node that is held is over.
    var ends: [String: LoopTime] { holds.mapValues(\.until) }

    /// When the first hold is over; `nil` if there is none.
    var nextEnd: LoopTime? { holds.values.map(\.until).min() }

    /// Takes note of a refusal. Those of pods that were bound before the hold tell nothing new.
    ///
    /// - Returns: The node as it is to be seen from now on; `nil` if it is held already.
    mutating func refuse(_ node: Node, at time: LoopTime) -> Node? {
        if holds[node.name] != nil { return nil }
        var count = 1
        if let before = refusals[node.name], time < before.last.advanced(by: Self.memory) {
            count = before.count + 1
        }
        refusals[node.name] = (count, time)
        let duration = min(Self.shortest << Int64(min(count - 1, 10)), Self.longest)
        holds[node.name] = Hold(node: node, until: time.advanced(by: duration))
        return Self.held(node)
    }

    /// A node that has changed, as it is to be seen.
    mutating func seen(_ node: Node) -> Node {
        guard holds[node.name] != nil else { return node }
        holds[node.name]?.node = node
        return Self.held(node)
    }

    /// Forgets a node that is gone: another one of its name is another machine.
    mutating func forget(_ name: String) {
        holds[name] = nil
        refusals[name] = nil
    }

    /// Ends the holds that are over. - Returns: Their nodes as they are, by name.
    mutating func end(by time: LoopTime) -> [Node] {
        if holds.isEmpty { return [] }
        let over = holds.values.filter { $0.until <= time }.map(\.node).sorted { $0.name.precedes($1.name) }
        for node in over { holds[node.name] = nil }
        return over
    }

    private static func held(_ node: Node) -> Node {
        var node = node
        node.isUnschedulable = true
        return node
    }
}

extension Pod {
    /// Whether the kubelet of its node refused to run it.
    ///
    /// Source: the reasons of the kubelet's admission handlers: `OutOfcpu` and its like, and managers of devices and CPUs.
    public var isRefusedByKubelet: Bool {
        phase == .failed
            && (statusReason.hasPrefix("OutOf") || Self.kubeletRefusals.contains(statusReason))
    }

    private static let kubeletRefusals: Set<String> = [
        "UnexpectedAdmissionError", "TopologyAffinityError", "SMTAlignmentError", "NodePorts",
    ]
}
