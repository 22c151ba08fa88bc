import ClusterModel
import Documents
import KubernetesAPI

/// The cluster that a command acts in, read from files, folders and standard input.
struct ClusterInput {
    let snapshot: ClusterSnapshot
    let skippedKinds: [String: Int]
    let warnings: [Problem]

    /// Options that say what to read.
    static let options: [Option] = [
        Option(
            name: "cluster", metavar: "FILE|DIR|-",
            help:
                "Kubernetes objects and Azure ML jobs, YAML or JSON: a file, a folder, or - for standard input",
            repeatable: true, required: true),
        Option(
            name: "default-instance-type", metavar: "NAME",
            help: "the built-in defaultinstancetype: 0.6 CPU and 1536Mi, or (2023) requests of 100m and 2Gi",
            default: BuiltInInstanceType.azureml2022.rawValue,
            choices: BuiltInInstanceType.allCases.map(\.rawValue)),
        Option(
            name: "namespace", short: "n", metavar: "NAME", help: "the namespace of objects that name none",
            default: "default"),
    ]

    /// Reads everything; all mistakes of all files come out together.
    init(_ arguments: Arguments) throws(CommandFailure) {
        var reading = ReadingOptions()
        reading.namespace = arguments.value("namespace") ?? "default"
        reading.defaultInstanceType =
            arguments.value("default-instance-type").flatMap(BuiltInInstanceType.init) ?? .azureml2022
        let paths = arguments.values("cluster")
        if (paths + arguments.values("config")).count(where: { $0 == "-" }) > 1 {
            throw CommandFailure(.badInput, "-: found more than once, expected once: standard input ends")
        }
        var reader = ClusterReader(options: reading)
        var unread: [Problem] = []
        for path in paths {
            do throws(FileError) {
                for file in try Self.files(path) {
                    reader.read(try FileAccess.read(file), file: file == "-" ? "<stdin>" : file)
                }
            } catch {
                unread.append(Problem(file: error.path, line: 0, message: error.reason))
            }
        }
        let result = reader.finish()
        if result.hasErrors || !unread.isEmpty { throw CommandFailure(unread + result.problems) }
        snapshot = result.snapshot
        skippedKinds = result.skippedKinds
        warnings = result.problems
    }

    /// Reads one text that another command has made.
    init(_ text: [UInt8], file: String) throws(CommandFailure) {
        var reader = ClusterReader(options: ReadingOptions())
        reader.read(text, file: file)
        let result = reader.finish()
        if result.hasErrors { throw CommandFailure(result.problems) }
        snapshot = result.snapshot
        skippedKinds = result.skippedKinds
        warnings = result.problems
    }

    private static func files(_ path: String) throws(FileError) -> [String] {
        guard path != "-", FileAccess.isFolder(path) else { return [path] }
        let files = try FileAccess.documents(in: path)
        if files.isEmpty { throw FileError(path: path, reason: "no file ends in .yaml, .yml or .json") }
        return files
    }
}
