public import ClusterModel

/// A value that a test changes in a field or two, in the expression that makes it.
public protocol Adjustable {}

extension Adjustable {
    /// The same with a change.
    public func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Node: Adjustable {}
extension Pod: Adjustable {}
extension PodGroup: Adjustable {}
extension Queue: Adjustable {}
extension ClusterSnapshot: Adjustable {}

/// The namespace of everything that the builders make.
public let testNamespace = "ns"

/// Bytes of a gibibyte.
public let gibibyte: Int64 = 1 << 30

extension Node {
    /// A node of so many millicores, with 64 GiB, 110 slots and, if asked for, GPUs.
    public static func of(
        _ name: String, _ milliCPU: Int64 = 10_000, memory: Int64 = 64 * gibibyte, gpus: Int64? = nil,
        slots: Int64? = 110, labels: [String: String] = [:], taints: [Taint] = []
    ) -> Node {
        var amounts: ResourceList = [.cpu: milliCPU, .memory: memory]
        amounts[.nvidiaGPU] = gpus
        amounts[.pods] = slots
        return Node(name: name, labels: labels, taints: taints, allocatable: amounts)
    }
}

extension Pod {
    /// A pod that waits, asking for so many millicores.
    public static func waiting(
        _ name: String, _ milliCPU: Int64 = 1_000, of gang: String? = nil, role: String = ""
    ) -> Pod {
        waiting(name, asking: [.cpu: milliCPU], of: gang, role: role)
    }

    /// A pod that waits.
    public static func waiting(
        _ name: String, asking requests: ResourceList, of gang: String? = nil, role: String = ""
    ) -> Pod {
        Pod(
            key: ObjectKey(namespace: testNamespace, name: name), podGroup: gang, role: role,
            schedulerName: "gangwright", requests: requests)
    }

    /// The same pod, running on a node.
    public func running(on node: String) -> Pod {
        with {
            $0.nodeName = node
            $0.phase = .running
        }
    }

    /// The same pod, on its way off a node.
    public func leaving(_ node: String) -> Pod { running(on: node).with { $0.isTerminating = true } }

    /// Equal pods of a gang: `name-0`, `name-1` and so on.
    public static func members(
        of gang: String, _ count: Int, asking requests: ResourceList = [.cpu: 1_000], role: String = ""
    ) -> [Pod] {
        (0..<count).map { .waiting("\(gang)-\(role)\($0)", asking: requests, of: gang, role: role) }
    }
}

extension Pod {
    /// The same pod with labels.
    public func labelled(_ labels: [String: String]) -> Pod { with { $0.labels = labels } }

    /// The same pod with constraints that few pods have.
    public func constrained(_ change: (inout PodConstraints) -> Void) -> Pod {
        with {
            var constraints = $0.constraints ?? PodConstraints()
            change(&constraints)
            $0.constraints = constraints
        }
    }

    /// The same pod, seeking the company of pods with labels.
    public func near(_ labels: [String: String], by key: String = "zone") -> Pod {
        constrained { $0.podAffinity.required.append(.of(labels, by: key)) }
    }

    /// The same pod, avoiding the company of pods with labels.
    public func apart(from labels: [String: String], by key: String = "zone") -> Pod {
        constrained { $0.podAntiAffinity.required.append(.of(labels, by: key)) }
    }

    /// The same pod, to be spread with those with labels.
    public func spread(
        _ labels: [String: String], over key: String = "zone", skew: Int = 1,
        _ action: TopologySpreadConstraint.UnsatisfiableAction = .doNotSchedule,
        _ change: (inout TopologySpreadConstraint) -> Void = { _ in }
    ) -> Pod {
        var constraint = TopologySpreadConstraint(
            maxSkew: skew, topologyKey: key, whenUnsatisfiable: action,
            labelSelector: LabelSelector(matchLabels: labels))
        change(&constraint)
        return constrained { $0.topologySpread.append(constraint) }
    }
}

extension PodAffinityTerm {
    /// A term that means pods with labels, of the same namespace.
    public static func of(_ labels: [String: String], by key: String = "zone") -> PodAffinityTerm {
        PodAffinityTerm(labelSelector: LabelSelector(matchLabels: labels), topologyKey: key)
    }
}

extension PodGroup {
    /// A gang that waits for admission.
    public static func gang(
        _ name: String, min: Int, roles: [(String, Int)] = [], queue: String = "default",
        minResources: ResourceList? = nil
    ) -> PodGroup {
        PodGroup(
            key: ObjectKey(namespace: testNamespace, name: name), queue: queue, minMember: min,
            minTaskMember: roles.map { RoleMinimum(role: $0.0, minimum: $0.1) }, minResources: minResources)
    }
}

extension Timestamp {
    /// A moment of the tests' day, so many seconds in.
    public static func second(_ seconds: Int64) -> Timestamp {
        Timestamp(secondsSinceEpoch: 1_767_225_600 + seconds)
    }
}
