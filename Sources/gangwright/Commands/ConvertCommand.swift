import Documents
import Simulation

/// `gangwright convert`: other people's data as Kubernetes objects.
struct ConvertCommand {
    static let command = Command(
        "convert", abstract: "Turn a trace into Kubernetes objects",
        subcommands: [
            Command(
                "openb", abstract: "Convert Alibaba's GPU trace of 2023 (openb)",
                discussion: """
                    Nodes become Node objects, tasks become pending pods of namespace openb. A task that asks for part of a \
                    GPU says so in the annotation alibabacloud.com/gpu-milli, which plugin deviceshare reads.
                    """,
                examples: [
                    Command.Example(
                        "Place the tasks that ask for whole GPUs",
                        "gangwright convert openb --nodes openb_node_list_gpu_node.csv "
                            + "--pods openb_pod_list_default.csv --gpu-requests wholeOnly > cluster.yaml")
                ],
                options: [
                    Option(name: "nodes", metavar: "FILE", help: "the list of nodes, CSV", required: true),
                    Option(name: "pods", metavar: "FILE", help: "the list of tasks, CSV", required: true),
                    Option(
                        name: "gpu-requests", metavar: "WHICH",
                        help: "all tasks, or only those that ask for whole GPUs or none", default: "all",
                        choices: OpenBTrace.GPURequests.allCases.map(\.rawValue)),
                    OutputFormat.documentOption,
                ])
        ])

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let nodes = arguments.value("nodes") ?? ""
        let pods = arguments.value("pods") ?? ""
        let (trace, problems) = OpenBTrace.read(
            nodes: try Self.read(nodes), nodesFile: nodes, pods: try Self.read(pods), podsFile: pods)
        if !problems.isEmpty {
            throw CommandFailure(problems)
        }
        var options = OpenBTrace.ObjectOptions()
        options.gpuRequests = arguments.value("gpu-requests").flatMap(OpenBTrace.GPURequests.init) ?? .all
        let list = OutputValue.object([
            ("apiVersion", .string("v1")), ("kind", .string("List")),
            ("items", .list(trace.objects(options))),
        ])
        outcome.standardOutput = OutputFormat(arguments).text { list } ?? ""
    }

    private static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        do { return try FileAccess.read(path) } catch { throw CommandFailure(.badInput, error.description) }
    }
}
