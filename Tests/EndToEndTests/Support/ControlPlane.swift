import Foundation
import KubernetesClient
import Synchronization
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

    /// Starts one, with the definitions and roles of `deploy/`.
    init() async throws {
        let folder = NSTemporaryDirectory() + "gangwright-e2e-\(UUID().uuidString.prefix(8))"
        self.folder = folder
        Self.running.withLock { _ = $0.insert(folder) }
        atexit(stopControlPlanes)
        try await Self.shell("scripts/control-plane/up.sh", folder)
        var configuration = try Kubeconfig(files: [folder + "/admin.kubeconfig"]).configuration()
        configuration.transport.maximumConnections = 32
        admin = try APIClient(configuration)
        try await apply("deploy/crds")
        try await apply("deploy/base")
        let cluster = Cluster(client: admin)
        try await cluster.wait("the definitions are served") {
            do { _ = try await cluster.podGroup("none") } catch let error as ClientError {
                return error.status?.code == 404 && error.status?.name == "none"
            }
            return false
        }
    }

    deinit { Self.stop(folder) }

    /// The kubeconfig of the role that `deploy/` gives to the scheduler.
    var kubeconfig: String { folder + "/gangwright.kubeconfig" }

    /// Starts what has been stopped.
    func start() async throws { try await Self.shell("scripts/control-plane/up.sh", folder) }

    /// Sends a signal to `etcd` or `kube-apiserver`.
    func signal(_ program: String, _ number: Int32) throws {
        let text = try String(contentsOfFile: "\(folder)/\(program).pid", encoding: .utf8)
        let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(pid, number)
    }

    /// Applies a folder of manifests of the project as an admin would.
    func apply(_ folder: String) async throws {
        try await kubectl("apply", "-k", Self.root.appending(path: folder).path)
    }

    /// Applies a manifest as an admin would.
    func apply(manifest: String) async throws {
        let file = "\(folder)/manifest-\(UUID().uuidString.prefix(8)).yaml"
        try manifest.write(toFile: file, atomically: true, encoding: .utf8)
        try await kubectl("apply", "-f", file)
    }

    private func kubectl(_ arguments: String...) async throws {
        try await Self.shell(
            "/usr/bin/env", ["kubectl", "--kubeconfig", folder + "/admin.kubeconfig"] + arguments)
    }

    // MARK: Processes

    /// The folders of those that run.
    private static let running = Mutex<Set<String>>([])

    /// Stops those that run, when the tests end.
    static func stopAll() {
        for folder in running.withLock({ $0 }) { stop(folder) }
    }

    private static func stop(_ folder: String) {
        guard running.withLock({ $0.remove(folder) }) != nil else { return }
        let process = Foundation.Process()
        process.executableURL = root.appending(path: "scripts/control-plane/down.sh")
        process.arguments = [folder]
        try? process.run()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func shell(_ program: String, _ arguments: String...) async throws {
        try await shell(program, arguments)
    }

    private static func shell(_ program: String, _ arguments: [String]) async throws {
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
        // Without a thread that is blocked: there are few of them.
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let output = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        struct Failure: Error, CustomStringConvertible { let description: String }
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "\(program) \(arguments) ended with \(process.terminationStatus): "
                    + output)
        }
    }
}

private func stopControlPlanes() { ControlPlane.stopAll() }

/// The control planes that tests use, one after the other: to start one takes longer than most tests.
actor ControlPlanes {
    static let shared = ControlPlanes()
    /// How many run at a time; a machine of two cores has enough to do with two.
    private static let most = 2

    private var free: [ControlPlane] = []
    private var lent = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Waits for a turn, and gives out a control plane without nodes or pods.
    func borrow() async throws -> ControlPlane {
        while lent == Self.most {
            await withCheckedContinuation { waiters.append($0) }
        }
        lent += 1
        if let plane = free.popLast() { return plane }
        do { return try await ControlPlane() } catch {
            endTurn()
            throw error
        }
    }

    /// Takes one back; nil for one that is not to be used again.
    func giveBack(_ plane: ControlPlane?) {
        if let plane { free.append(plane) }
        endTurn()
    }

    private func endTurn() {
        lent -= 1
        if !waiters.isEmpty { waiters.removeFirst().resume() }
    }
}
