public import ClusterModel

/// A Workload as Kubernetes 1.35 has it: how large the gangs of its pods are.
///
/// Each of its parts is a gang as often as pods name replicas of it. Later versions hold templates only, and their gangs are
/// PodGroups of their own.
public struct Workload: Equatable, Sendable {
    /// A part of a workload.
    public struct Part: Equatable, Sendable {
        /// Its name within the workload.
        public var name: String
        /// The pods of one replica that must run together; 1 for the policy `basic`.
        public var minCount: Int

        /// A part by name and minimum.
        public init(name: String, minCount: Int) {
            self.name = name
            self.minCount = minCount
        }
    }

    /// Namespace and name.
    public var key: ObjectKey
    /// When it was created; `nil` counts as oldest.
    public var created: Timestamp?
    /// The queue that its labels or annotations name, empty if they name none.
    public var queue: String
    /// Its parts.
    public var parts: [Part]
    /// Labels.
    public var labels: [String: String]
    /// Annotations.
    public var annotations: [String: String]

    /// A workload by its parts.
    public init(
        key: ObjectKey, created: Timestamp? = nil, queue: String = "", parts: [Part],
        labels: [String: String] = [:], annotations: [String: String] = [:]
    ) {
        self.key = key
        self.created = created
        self.queue = queue
        self.parts = parts
        self.labels = labels
        self.annotations = annotations
    }

    /// The gang of one replica of a part; `nil` if there is no such part.
    func gang(_ key: ObjectKey, ofPart name: String) -> PodGroup? {
        parts.first { $0.name == name }.map { part in
            PodGroup(
                key: key, created: created, queue: queue, minMember: part.minCount, labels: labels,
                annotations: annotations, origin: .workload)
        }
    }
}
