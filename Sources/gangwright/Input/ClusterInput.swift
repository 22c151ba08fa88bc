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
        var reader = ClusterReader(options: Self.readingOptions(arguments))
        let paths = arguments.values("cluster")
        if (paths + arguments.values("config")).count(where: { $0 == "-" }) > 1 {
            throw CommandFailure(.badInput, "-: found more than once, expected once: standard input ends")
        }
        let unread = Self.read(paths, into: &reader)
        try self.init(&reader, unread: unread)
    }

    /// Takes what a reader has read, unless it or the reading of files met a mistake.
    init(_ reader: inout ClusterReader, unread: [Problem] = []) throws(CommandFailure) {
        let result = reader.finish()
        if result.hasErrors || !unread.isEmpty { throw CommandFailure(unread + result.problems) }
        snapshot = result.snapshot
        skippedKinds = result.skippedKinds
        warnings = result.problems
    }

    /// What the options say of reading.
    static func readingOptions(_ arguments: Arguments) -> ReadingOptions {
        var reading = ReadingOptions()
        reading.namespace = arguments.value("namespace") ?? "default"
        reading.defaultInstanceType =
            arguments.value("default-instance-type").flatMap(BuiltInInstanceType.init) ?? .azureml2022
        return reading
    }

    /// Reads files, folders and standard input.
    ///
    /// - Returns: what could not be read.
    static func read(_ paths: [String], into reader: inout ClusterReader) -> [Problem] {
        var unread: [Problem] = []
        for path in paths {
            do throws(FileError) {
                for file in try files(path) {
                    reader.read(try FileAccess.read(file), file: file == "-" ? "<stdin>" : file)
                }
            } catch {
                unread.append(Problem(file: error.path, line: 0, message: error.reason))
            }
        }
        return unread
    }

    /// Reads one text that another command has made.
    init(_ text: [UInt8], file: String) throws(CommandFailure) {
        var reader = ClusterReader(options: ReadingOptions())
        reader.read(text, file: file)
        try self.init(&reader)
    }

    private static func files(_ path: String) throws(FileError) -> [String] {
        guard path != "-", FileAccess.isFolder(path) else { return [path] }
        let files = try FileAccess.documents(in: path)
        if files.isEmpty { throw FileError(path: path, reason: "no file ends in .yaml, .yml or .json") }
        return files
    }
}
