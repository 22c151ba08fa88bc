public import ClusterModel
public import Documents

/// Which processors the kubelet has given to whom: its checkpoint `cpu_manager_state`.
public struct CPUManagerState: Hashable, Sendable {
    /// A container that has processors of its own.
    public struct Assignment: Hashable, Sendable {
        /// The pod's UID.
        public var pod: String
        /// The container's name.
        public var container: String
        /// Its processors.
        public var cpus: CPUSet
    }

    /// The policy that wrote it.
    public var policy: String
    /// The processors that no container has for itself; empty under the policy `none`.
    public var shared: CPUSet
    /// Containers with processors of their own, by pod and name.
    public var assignments: [Assignment]

    /// Reads the checkpoint.
    ///
    /// - Returns: `nil` where the text is none, with the reasons in `sink`.
    public init?(_ text: [UInt8], file: String, sink: ProblemSink) {
        let parsed = DocumentParser.parseJSON(text, file: file)
        for problem in parsed.problems { sink.report(problem) }
        guard parsed.problems.allSatisfy({ $0.severity != .error }), let document = parsed.documents.first
        else {
            return nil
        }
        let state = FieldReader(document, sink: sink)
        policy = state.string("policyName") ?? ""
        shared = CPUSet([])
        assignments = []
        func cpus(_ reader: FieldReader, _ key: String) -> CPUSet {
            let text = reader.string(key) ?? ""
            if let set = CPUSet(text) { return set }
            reader.report(key, "found \(text.debugDescription), expected processors such as 0-3,8")
            return CPUSet([])
        }
        shared = cpus(state, "defaultCpuSet")
        if let entries = state.object("entries") {
            for (pod, _) in entries.value.members {
                guard let containers = entries.object(pod) else { continue }
                for (container, _) in containers.value.members {
                    let set = cpus(containers, container)
                    if !set.isEmpty {
                        assignments.append(Assignment(pod: pod, container: container, cpus: set))
                    }
                }
            }
        }
        if sink.hasErrors { return nil }
        assignments.sort { ($0.pod, $0.container) < ($1.pod, $1.container) }
    }
}
