/// Brings pods of roles that belong together onto one node, where a gang's annotations ask for it.
///
/// Azure ML's configuration names this plugin. A gang without its annotations is not touched by it; gangs that carry
/// them are placed without regard to them, and `TaskTopologyPlugin.annotations` lets the caller say so.
struct TaskTopologyPlugin: Plugin {
    static let name = "task-topology"
    static let arguments = [ArgumentSchema(name: "task-topology.weight", kind: .integer(default: 1))]

    /// The annotations by which a gang asks for it.
    static let annotations = [
        "volcano.sh/task-topology-affinity", "volcano.sh/task-topology-anti-affinity",
        "volcano.sh/task-topology-task-order",
    ]

    init(_ arguments: Arguments) {}
}
