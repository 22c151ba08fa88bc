import Foundation

/// `gangwright run` as a process of its own.
final class SchedulerProcess {
    private let process = Foundation.Process()
    let logFile: String

    /// Starts it on a control plane.
    init(_ plane: ControlPlane, name: String = "gangwright", _ arguments: [String] = []) throws {
        logFile = "\(plane.folder)/\(name)-\(UUID().uuidString.prefix(4)).log"
        _ = FileManager.default.createFile(atPath: logFile, contents: nil)
        process.executableURL = Self.program
        process.arguments =
            ["run", "--kubeconfig", plane.kubeconfig, "--listen-address", "none", "--log-level", "debug"]
            + arguments
        let log = try FileHandle(forWritingTo: URL(filePath: logFile))
        process.standardError = log
        process.standardOutput = log
        try process.run()
    }

    /// What a command prints that ends by itself.
    static func output(_ arguments: [String]) throws -> String { try result(arguments).output }

    /// The same with its exit code.
    static func result(_ arguments: [String]) throws -> Result {
        let process = Foundation.Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Result(
            code: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }

    deinit { if process.isRunning { signal(SIGKILL) } }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end. - Returns: The exit code.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Everything that it has logged.
    var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    /// The program stands beside the tests.
    private static var program: URL {
        let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = tests.appending(path: "gangwright")
        return FileManager.default.isExecutableFile(atPath: beside.path)
            ? beside
            : URL(filePath: FileManager.default.currentDirectoryPath).appending(
                path: ".build/debug/gangwright")
    }
}
