import Documents
import Simulation

/// `gangwright convert`: other people's data as Kubernetes objects, or as our own table of jobs.
struct ConvertCommand {
    static let command = Command(
        "convert", abstract: "Turn a trace into Kubernetes objects, or into a table of jobs",
        subcommands: [
            Command(
                "openb", abstract: "Convert Alibaba's GPU trace of 2023 (openb)",
                discussion: """
                    Nodes become Node objects, tasks become pending pods of namespace openb. A task that asks for part of a \
                    GPU says so in the annotation alibabacloud.com/gpu-milli, which plugin deviceshare reads. With -o csv, \
                    tasks that have ended become a table of jobs as docs/scenarios.md describes it, for gangwright simulate.
                    """,
                examples: [
                    Command.Example(
                        "Place the tasks that ask for whole GPUs",
                        "gangwright convert openb --nodes openb_node_list_gpu_node.csv "
                            + "--pods openb_pod_list_default.csv --gpu-requests wholeOnly > cluster.yaml"),
                    Command.Example(
                        "Make a table of jobs to cut and change",
                        "gangwright convert openb --pods openb_pod_list_default.csv -o csv > jobs.csv"),
                ],
                options: [
                    Option(
                        name: "nodes", metavar: "FILE", help: "the list of nodes, CSV; not needed with -o csv"
                    ),
                    Option(name: "pods", metavar: "FILE", help: "the list of tasks, CSV", required: true),
                    Option(
                        name: "gpu-requests", metavar: "WHICH",
                        help: "all tasks, or only those that ask for whole GPUs or none", default: "all",
                        choices: OpenBTrace.GPURequests.allCases.map(\.rawValue)),
                    Option(
                        name: "shares", metavar: "WHICH",
                        help:
                            "with -o csv: tasks that ask for a part of a GPU ask for a whole one, or are left out",
                        default: "whole", choices: JobTableConversion.shares),
                    group,
                    Option(
                        name: "output", short: "o", metavar: "FORMAT", help: "how to print the result",
                        default: "yaml", choices: ["yaml", "json", "csv"]),
                ]),
            Command(
                "philly",
                abstract:
                    "Convert Microsoft's Philly trace, as Pollux' artefact has it, into a table of jobs",
                discussion: """
                    Prints CSV as docs/scenarios.md describes it, for gangwright simulate: a job of more GPUs than a pod may have becomes \
                    as few equal pods as will do.
                    """,
                examples: [
                    Command.Example(
                        "Make a table of jobs to cut and change",
                        "gangwright convert philly philly.csv > jobs.csv")
                ],
                options: [
                    Option(
                        name: "gpus-per-pod", metavar: "N", help: "the most GPUs of a pod", default: "8",
                        integers: 1...10_000), group,
                ],
                positionals: [Positional("FILE", help: "the trace, CSV")]),
        ])

    private static let group = Option(
        name: "group", metavar: "COLUMN",
        help:
            "where the trace's group of users goes: Philly's virtual cluster, openb's quality of service; with openb only in CSV",
        default: "user", choices: JobTableConversion.groups)

    private let arguments: Arguments
    private let trace: String

    init(_ arguments: Arguments, trace: String) {
        self.arguments = arguments
        self.trace = trace
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        if trace == "philly" || arguments.value("output") == "csv" { return try printJobs(&outcome) }
        guard let nodes = arguments.value("nodes") else {
            throw CommandFailure(.badInput, "--nodes: found nothing, expected the list of nodes")
        }
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

    /// Prints a table of jobs.
    private func printJobs(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let group = arguments.value("group") ?? ""
        let made: (text: String, problems: [Problem])
        if trace == "philly" {
            let file = arguments.positional("FILE") ?? ""
            made = JobTableConversion.philly(
                try Self.read(file), file: file, gpusPerPod: Int64(arguments.integer("gpus-per-pod") ?? 8),
                group: group)
        } else {
            let file = arguments.value("pods") ?? ""
            made = JobTableConversion.openb(
                try Self.read(file), file: file, shares: arguments.value("shares") ?? "", group: group)
        }
        if !made.problems.isEmpty { throw CommandFailure(made.problems) }
        outcome.standardOutput = made.text
    }

    private static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        do { return try FileAccess.read(path) } catch { throw CommandFailure(.badInput, error.description) }
    }
}
