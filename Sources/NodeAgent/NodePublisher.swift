import ClusterModel
public import Documents
import KubernetesAPI
public import KubernetesClient

/// Writes what the agent has to say: the Numatopology object of its node, and labels of the node.
public struct NodePublisher: Sendable {
    /// What a round of writing came to.
    public struct Outcome: Equatable, Sendable {
        /// What happened to an object.
        public enum Step: String, Equatable, Sendable {
            /// It was as it should be.
            case unchanged
            /// It was made.
            case created
            /// It was changed.
            case updated
            /// Somebody else writes its `spec`: only our annotation was written.
            case annotated
            /// The API server has no such kind.
            case noSuchKind

            /// Whether something was written.
            public var isWritten: Bool { self == .created || self == .updated || self == .annotated }
        }

        /// The Numatopology object.
        public var topology = Step.unchanged
        /// The node's labels.
        public var labels = Step.unchanged
        /// Labels that somebody else has set, and that stay.
        public var foreignLabels: [String] = []
    }

    private static let nodes = GroupVersionResource(resource: "nodes")
    /// The kind that Volcano's scheduler reads.
    static let numatopologies = GroupVersionResource(
        group: "nodeinfo.volcano.sh", version: "v1alpha1", resource: "numatopologies")
    private static let managedBy = "app.kubernetes.io/managed-by"
    private static let manager = "gangwright-node-agent"
    /// How often somebody else may come in between.
    private static let mostConflicts = 4

    private let client: APIClient
    private let node: String

    /// A publisher for the node of that name.
    public init(client: APIClient, node: String) {
        self.client = client
        self.node = node
    }

    /// Brings both objects up to date; writes nothing that is so already.
    public func publish(_ report: NodeReport) async throws(ClientError) -> Outcome {
        var outcome = Outcome()
        let object = try await client.get(Self.nodes, namespace: nil, name: node).document(
            name: "node \(node)")
        let metadata = object["metadata"]
        let ownership = LabelOwnership(
            wanted: report.labels, labels: Self.texts(metadata?["labels"]),
            annotations: Self.texts(metadata?["annotations"]))
        outcome.foreignLabels = ownership.foreign
        if let patch = ownership.patch {
            _ = try await client.patch(
                Self.nodes, namespace: nil, name: node, .merge, body: Array(patch.json(pretty: false).utf8))
            outcome.labels = .updated
        }
        outcome.topology = try await publishTopology(report, nodeUID: metadata?["uid"]?.string)
        return outcome
    }

    private func publishTopology(
        _ report: NodeReport, nodeUID: String?
    ) async throws(ClientError) -> Outcome.Step {
        var conflicts = 0
        while true {
            do {
                return try await tryToPublish(report, nodeUID: nodeUID)
            } catch {
                let reason = error.status?.reason
                guard reason == .conflict || reason == .alreadyExists, conflicts < Self.mostConflicts else {
                    throw error
                }
                conflicts += 1
            }
        }
    }

    private func tryToPublish(
        _ report: NodeReport, nodeUID: String?
    ) async throws(ClientError) -> Outcome.Step {
        guard let known = try await current() else {
            let object = Self.object(report, node: node, nodeUID: nodeUID)
            do {
                _ = try await client.create(
                    Self.numatopologies, namespace: nil, body: Array(object.json(pretty: false).utf8))
                return .created
            } catch {
                // The kind is not there: an object that is missing was no answer to a creation.
                if error.status?.code == 404 { return .noSuchKind }
                throw error
            }
        }
        let text = report.topology.annotationText
        let isAnnotated = known["metadata"]?["annotations"]?[NodeTopology.annotation]?.string == text
        guard known["metadata"]?["labels"]?[Self.managedBy]?.string == Self.manager else {
            if isAnnotated { return .unchanged }
            let patch: OutputValue = ["metadata": ["annotations": [NodeTopology.annotation: .string(text)]]]
            _ = try await client.patch(
                Self.numatopologies, namespace: nil, name: node, .merge,
                body: Array(patch.json(pretty: false).utf8))
            return .annotated
        }
        if isAnnotated, Self.isSame(known["spec"]?.output, report.numatopologySpec) { return .unchanged }
        let object = Self.replacing(known, with: report)
        _ = try await client.update(
            Self.numatopologies, namespace: nil, name: node, body: Array(object.json(pretty: false).utf8))
        return .updated
    }

    private func current() async throws(ClientError) -> Value? {
        do {
            return try await client.get(Self.numatopologies, namespace: nil, name: node)
                .document(name: "numatopology \(node)")
        } catch {
            if error.status?.code == 404 { return nil }
            throw error
        }
    }

    // MARK: Objects

    /// The object as it is made; it goes with its node.
    public static func object(_ report: NodeReport, node: String, nodeUID: String?) -> OutputValue {
        var metadata: [(String, OutputValue)] = [
            ("name", .string(node)), ("labels", [managedBy: .string(manager)]),
            ("annotations", [NodeTopology.annotation: .string(report.topology.annotationText)]),
        ]
        if let nodeUID {
            let owner: OutputValue = [
                "apiVersion": "v1", "kind": "Node", "name": .string(node), "uid": .string(nodeUID),
            ]
            metadata.append(("ownerReferences", [owner]))
        }
        return [
            "apiVersion": .string("\(numatopologies.group)/\(numatopologies.version)"),
            "kind": "Numatopology",
            "metadata": .object(metadata), "spec": report.numatopologySpec,
        ]
    }

    /// The patch of a node that has none of the labels yet; `nil` where there are none to write.
    public static func firstLabels(_ report: NodeReport) -> OutputValue? {
        LabelOwnership(wanted: report.labels, labels: [:], annotations: [:]).patch
    }

    /// An object of the agent's as it is now, with another spec and annotation; what others have added to it stays.
    private static func replacing(_ known: Value, with report: NodeReport) -> OutputValue {
        let annotations = set(
            NodeTopology.annotation, .string(report.topology.annotationText),
            in: known["metadata"]?["annotations"]?.output)
        let metadata = set("annotations", annotations, in: known["metadata"]?.output)
        return set("spec", report.numatopologySpec, in: set("metadata", metadata, in: known.output))
    }

    private static func set(_ key: String, _ value: OutputValue, in object: OutputValue?) -> OutputValue {
        guard case .object(var members)? = object else { return .object([(key, value)]) }
        if let index = members.firstIndex(where: { $0.0 == key }) {
            members[index].1 = value
        } else {
            members.append((key, value))
        }
        return .object(members)
    }

    /// Whether two trees say the same: API servers give members in an order of their own.
    private static func isSame(_ left: OutputValue?, _ right: OutputValue) -> Bool {
        left.map { sorted($0) == sorted(right) } ?? false
    }

    private static func sorted(_ value: OutputValue) -> OutputValue {
        switch value {
        case .object(let members):
            .object(members.map { ($0.0, sorted($0.1)) }.sorted { $0.0 < $1.0 })
        case .list(let elements): .list(elements.map(sorted))
        default: value
        }
    }

    private static func texts(_ value: Value?) -> [String: String] {
        var texts: [String: String] = [:]
        if let value {
            for (key, member) in value.members { texts[key] = member.string }
        }
        return texts
    }
}
