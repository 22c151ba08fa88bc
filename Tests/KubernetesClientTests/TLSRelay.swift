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
            try run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                + "-keyout \(name).key -out \(name).crt")
        }
        try folder.write("server.ext", "subjectAltName=DNS:localhost,DNS:kube.test\n")
        try folder.write("client.ext", "extendedKeyUsage=clientAuth\n")
        for name in ["server", "client"] {
            try run("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) "
                + "-keyout \(name).key -out \(name).csr")
            try run("x509 -req -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 "
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

    /// Starts it and waits until it listens.
    init(
        _ certificates: Certificates, options: [String] = [],
        serve: @escaping @Sendable (_ input: Int32, _ output: Int32) -> Void
    ) throws {
        port = LoopbackServer.unusedPort()
        process.executableURL = Certificates.openssl.map { URL(fileURLWithPath: $0) }
        process.arguments =
            [
                "s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert", "server.crt", "-key", "server.key",
            ] + options
        process.currentDirectoryURL = URL(fileURLWithPath: certificates.folder.path)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let (read, write) = (output.fileHandleForReading.fileDescriptor, input.fileHandleForWriting.fileDescriptor)
        Thread.detachNewThread { serve(read, write) }
        // It says nothing when it is ready; its port is in the kernel's table then.
        let listening = "0100007F:" + String(format: "%04X", port) + " 00000000:0000 0A"
        for _ in 0..<500 {
            let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
            if table.contains(listening) { return }
            usleep(10_000)
        }
        throw CocoaError(.executableLoad)
    }

    deinit {
        // The signals of its parent's thread are blocked in it, and to wait for it could take for ever.
        kill(process.processIdentifier, SIGKILL)
    }

    /// A relay that answers HTTP/1.1 requests.
    convenience init(
        _ certificates: Certificates, options: [String] = [], answer: @escaping LoopbackServer.Answer
    ) throws {
        try self.init(certificates, options: options) { input, output in
            LoopbackServer.serve(input: input, output: output, answer)
        }
    }
}
