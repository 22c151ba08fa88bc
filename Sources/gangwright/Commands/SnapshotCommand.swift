import ClusterAdapter
import Documents
import KubernetesAPI
import KubernetesClient

/// `gangwright snapshot`: a live cluster as a file for the commands that work offline.
struct SnapshotCommand {
    static let command = Command(
        "snapshot", abstract: "Save what scheduling looks at in a live cluster, for schedule and explain",
        discussion: """
            Prints one JSON list of the objects that schedule, explain and capacity read: nodes, pods, pod groups, queues, \
            priority classes, instance types, budgets, quotas, volumes and the like. Kinds that the cluster does not have are \
            left out. Nothing is written to the cluster, and secrets are not read.
            """,
        examples: [
            Command.Example(
                "Ask why a job waits, of the cluster as it is now",
                "gangwright snapshot > cluster.json && gangwright explain --cluster cluster.json")
        ],
        options: ClusterConnection.options)

    private let arguments: Arguments
    private let environment: [String: String]

    init(_ arguments: Arguments, environment: [String: String]) {
        self.arguments = arguments
        self.environment = environment
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let client = try ClusterConnection(arguments, environment: environment).client()
        switch Process.runUntilStopped({ await Self.read(client) }) {
        case .success(let objects):
            let list: OutputValue = ["apiVersion": "v1", "kind": "List", "items": .list(objects)]
            outcome.standardOutput = list.json() + "\n"
        case .failure(let error): throw error
        case nil: break
        }
    }

    private static func read(_ client: APIClient) async -> Result<[OutputValue], CommandFailure> {
        var objects: [OutputValue] = []
        for kind in Scheduler.kinds {
            do throws(ClientError) {
                guard let resource = try await client.firstServed(of: kind.resources) else { continue }
                objects += try await client.list(ListScope(resource)) { object(resource, kind, $0) }.items
            } catch {
                return .failure(CommandFailure(.outsideWorld, "cannot list \(kind.plural): \(error)"))
            }
        }
        return .success(objects)
    }

    /// An object with the type that lists leave out, and without the field that only says who wrote what.
    private static func object(
        _ resource: GroupVersionResource, _ kind: ObjectKind, _ value: Value
    ) -> OutputValue {
        let version = resource.group.isEmpty ? resource.version : "\(resource.group)/\(resource.version)"
        let members = value.members.filter { $0.key != "apiVersion" && $0.key != "kind" }.map { member in
            (member.key, member.key == "metadata" ? metadata(member.value) : member.value.output)
        }
        return .object(
            [("apiVersion", .string(version)), ("kind", .string(kind.name))] + members)
    }

    private static func metadata(_ value: Value) -> OutputValue {
        .object(value.members.filter { $0.key != "managedFields" }.map { ($0.key, $0.value.output) })
    }
}
