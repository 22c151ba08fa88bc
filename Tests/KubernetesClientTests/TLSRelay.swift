import Foundation
import TestSupport

@testable import KubernetesClient

/// Keys and certificates made by openssl for one test run.
final class Certificates: Sendable {
    let folder: TemporaryFolder

    /// Where openssl is; nil where it is not installed.
    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// For all tests: making keys takes time.
    static let shared = try? Certificates()

    /// An authority `ca`, a server `server` for localhost and kube.test, a client `client`, and an authority of nobody,
    /// `other`.
    private init() throws {
        folder = try TemporaryFolder()
        for name in ["ca", "other"] {
            try run(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                    + "-keyout \(name).key -out \(name).crt")
        }
        try folder.write("server.ext", "subjectAltName=DNS:localhost,DNS:kube.test\n")
        try folder.write("client.ext", "extendedKeyUsage=clientAuth\n")
        for name in ["server", "client"] {
            try run(
                "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) "
                    + "-keyout \(name).key -out \(name).csr")
            try run(
                "x509 -req -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 "
                    + "-extfile \(name).ext -out \(name).crt")
        }
        try run("ec -in client.key -aes128 -passout pass:secret -out encrypted.key")
    }

    private func run(_ arguments: String) throws {
        let command = "cd '\(folder.path)' && '\(Self.openssl ?? "")' \(arguments) 2>/dev/null"
        let outcome = try ChildProcess.run(
            ["/bin/sh", "-c", command], environment: [], isInteractive: false, timeout: .seconds(30))
        guard outcome.status == 0 else { throw CocoaError(.executableLoad) }
    }

    func file(_ name: String) -> PEMSource { .file(folder.path + "/" + name) }
    func data(_ name: String) -> PEMSource { .data(Array(folder.read(name).utf8)) }
}

/// A TLS server: `openssl s_server` does the handshakes, one connection after the other, and `serve` speaks to the peer
/// over its standard input and output.
final class TLSRelay: @unchecked Sendable {  // The process is only touched by init and deinit.
    let port: Int
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Starts it and waits until it listens, on a port that the kernel chooses.
    init(
        _ certificates: Certificates, options: [String] = [],
        serve: @escaping @Sendable (_ input: Int32, _ output: Int32) -> Void
    ) async throws {
        process.executableURL = Certificates.openssl.map { URL(fileURLWithPath: $0) }
        process.arguments =
            ["s_server", "-quiet", "-accept", "127.0.0.1:0", "-cert", "server.crt", "-key", "server.key"]
            + options
        process.currentDirectoryURL = URL(fileURLWithPath: certificates.folder.path)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var found: Int?
        for _ in 0..<3000 where found == nil {
            found = Self.listeningPort(of: process.processIdentifier)
            if found == nil { try await Task.sleep(for: .milliseconds(10)) }
        }
        guard let found else { throw CocoaError(.executableLoad) }
        port = found
        let (read, write) = (
            output.fileHandleForReading.fileDescriptor, input.fileHandleForWriting.fileDescriptor
        )
        // The pipes live as long as the thread: it must not read from whoever gets their numbers next.
        Thread.detachNewThread { [input, output] in
            withExtendedLifetime((input, output)) { serve(read, write) }
        }
    }

    /// The port that a process listens on, from the kernel's tables: with `-quiet` it does not say.
    private static func listeningPort(of process: Int32) -> Int? {
        let folder = "/proc/\(process)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let targets = Set(
            names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        )
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        for line in table.split(separator: "\n") {
            // sl, local address, remote address, state (0A: listening) … and the inode as the tenth.
            let words = line.split(separator: " ")
            guard words.count > 9, words[3] == "0A", targets.contains("socket:[\(words[9])]") else {
                continue
            }
            return words[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
        return nil
    }

    deinit {
        // The signals of its parent's thread are blocked in it, and to wait for it could take for ever.
        kill(process.processIdentifier, SIGKILL)
    }

    /// A relay that answers HTTP/1.1 requests.
    convenience init(
        _ certificates: Certificates, options: [String] = [], answer: @escaping LoopbackServer.Answer
    ) async throws {
        try await self.init(certificates, options: options) { input, output in
            LoopbackServer.serve(input: input, output: output, answer)
        }
    }
}
