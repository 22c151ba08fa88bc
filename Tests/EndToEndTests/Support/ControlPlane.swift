import Foundation
import KubernetesClient
import Testing

/// Whether end-to-end tests are to run: they need a control plane, which takes ten minutes to build the first time.
let isEndToEnd = ProcessInfo.processInfo.environment["GANGWRIGHT_E2E"] == "1"

/// A real etcd and kube-apiserver on loopback, in a folder of its own.
final class ControlPlane: Sendable {
    let folder: String
    /// May do anything.
    let admin: APIClient

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init() throws {
        folder = NSTemporaryDirectory() + "gangwright-e2e-\(UUID().uuidString.prefix(8))"
        try Self.shell("scripts/control-plane/up.sh", folder)
        let configuration = try Kubeconfig(files: [folder + "/admin.kubeconfig"]).configuration()
        admin = try APIClient(configuration)
    }

    deinit {
        try? Self.shell("scripts/control-plane/down.sh", folder)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The kubeconfig of the role that `deploy/` gives to the scheduler.
    var kubeconfig: String { folder + "/gangwright.kubeconfig" }

    /// Starts what has been stopped.
    func start() throws { try Self.shell("scripts/control-plane/up.sh", folder) }

    /// Sends a signal to `etcd` or `kube-apiserver`.
    func signal(_ program: String, _ number: Int32) throws {
        let text = try String(contentsOfFile: "\(folder)/\(program).pid", encoding: .utf8)
        let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(pid, number)
    }

    /// Applies manifests as an admin would.
    func apply(_ folder: String) throws {
        try Self.shell(
            "/usr/bin/env", "kubectl", "--kubeconfig", self.folder + "/admin.kubeconfig", "apply", "-k",
            Self.root.appending(path: folder).path)
    }

    private static func shell(_ program: String, _ arguments: String...) throws {
        let process = Foundation.Process()
        process.executableURL =
            program.hasPrefix("/") ? URL(filePath: program) : root.appending(path: program)
        process.arguments = arguments
        // A file: what runs on in the background would keep a pipe open.
        let file = NSTemporaryDirectory() + "gangwright-e2e-\(UUID().uuidString).txt"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let log = try FileHandle(forWritingTo: URL(filePath: file))
        process.standardOutput = log
        process.standardError = log
        try process.run()
        process.waitUntilExit()
        let output = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        struct Failure: Error, CustomStringConvertible { let description: String }
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "\(program) \(arguments) ended with \(process.terminationStatus): "
                    + output)
        }
    }
}
