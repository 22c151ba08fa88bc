import Foundation

/// `gangwright run`, or another command that goes on, as a process of its own.
final class SchedulerProcess {
    private let process = Foundation.Process()
    let logFile: String

    /// Starts it on a control plane.
    ///
    /// - Parameter proxy: What stands between the two; nil for nothing.
    convenience init(
        _ plane: ControlPlane, through proxy: FaultProxy? = nil, name: String = "gangwright",
        _ arguments: [String] = []
    ) throws {
        try self.init(
            plane, command: "run", name: name,
            ["--kubeconfig", proxy?.kubeconfig ?? plane.kubeconfig, "--listen-address", "none"] + arguments)
    }

    /// Starts a command that logs and goes on.
    init(_ plane: ControlPlane, command: String, name: String, _ arguments: [String]) throws {
        logFile = "\(plane.folder)/\(name)-\(UUID().uuidString.prefix(4)).log"
        _ = FileManager.default.createFile(atPath: logFile, contents: nil)
        process.executableURL = Self.program
        process.arguments = [command, "--log-level", "debug"] + arguments
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

    /// Ends it as nothing else does, and waits until it is gone.
    func kill9() async throws {
        signal(SIGKILL)
        _ = try await wait()
    }

    /// Waits for the end. - Returns: The exit code.
    func wait() async throws -> Int32 {
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return process.terminationStatus
    }

    var isRunning: Bool { process.isRunning }

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
