import Foundation

/// A scheduler as a process of its own, and what it costs.
final class ScheduledProcess {
    private let process = Foundation.Process()
    let logFile: String

    /// Starts a command by sh.
    init(_ command: String, kubeconfig: String) throws {
        logFile = NSTemporaryDirectory() + "gangwright-load-\(UUID().uuidString.prefix(8)).log"
        _ = FileManager.default.createFile(atPath: logFile, contents: nil)
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "exec " + command]
        process.environment = ProcessInfo.processInfo.environment.merging(["KUBECONFIG": kubeconfig]) { $1 }
        let log = try FileHandle(forWritingTo: URL(filePath: logFile))
        process.standardOutput = log
        process.standardError = log
        try process.run()
    }

    deinit { stop() }

    var isRunning: Bool { process.isRunning }

    /// What it has printed.
    var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    /// Ends it, and waits for its end.
    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        let end = ContinuousClock.now + .seconds(10)
        while process.isRunning, ContinuousClock.now < end { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// CPU time so far, in seconds: user and system, of the process and all its threads.
    var cpuSeconds: Double {
        let text = contents("stat")
        // The name may hold anything but the last parenthesis.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            return 0
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The most memory that it has held at once, in MiB.
    var peakMebibytes: Double {
        for line in contents("status").split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1_024
        }
        return 0
    }

    private func contents(_ file: String) -> String {
        (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/\(file)", encoding: .utf8)) ?? ""
    }
}
