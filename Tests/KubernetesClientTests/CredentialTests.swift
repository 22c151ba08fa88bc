import Documents
import Glibc
import TestSupport
import Testing

@testable import KubernetesClient

/// A plugin that is a shell script.
///
/// Called by way of the shell: a file just written cannot be run while another test's fork has it open.
private func plugin(
    _ script: String, in folder: TemporaryFolder, version: String = "v1"
) throws -> ExecPlugin {
    let path = try folder.write("plugin.sh", script)
    var plugin = ExecPlugin(apiVersion: "client.authentication.k8s.io/\(version)", command: "/bin/sh")
    plugin.arguments = [path]
    plugin.interactiveMode = .never
    return plugin
}

private func credential(_ status: String, version: String = "v1") -> String {
    #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/\#(version)","status":\#(status)}'"#
}

private func failure(_ call: () async throws(CredentialError) -> Void) async -> String {
    do { try await call() } catch { return error.description }
    return ""
}

@Suite("A token file is followed")
struct TokenFileTests {
    @Test("it is read again after a minute, and trimmed")
    func rotation() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", " one\n")
        let time = ManualTime()
        let cache = CredentialCache(.tokenFile(file, otherwise: Credentials()), time: time)
        #expect(try await cache.current().bearerToken == "one")
        try folder.write("token", "two")
        time.advance(by: .seconds(59))
        #expect(try await cache.current().bearerToken == "one")
        time.advance(by: .seconds(1))
        #expect(try await cache.current().bearerToken == "two")
    }

    @Test("while it is missing or empty the last token serves, and at first the configured one")
    func missing() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        let cache = CredentialCache(
            .tokenFile(folder.path + "/token", otherwise: Credentials(bearerToken: "configured")), time: time)
        #expect(try await cache.current().bearerToken == "configured")
        try folder.write("token", "one")
        time.advance(by: .seconds(60))
        #expect(try await cache.current().bearerToken == "one")
        for _ in 0..<2 {
            try folder.write("token", "\n")
            time.advance(by: .seconds(60))
            #expect(try await cache.current().bearerToken == "one")
        }
    }

    @Test("without any token the file is named")
    func none() async throws {
        let cache = CredentialCache(.tokenFile("/nowhere", otherwise: Credentials()), time: ManualTime())
        #expect(
            await failure { () throws(CredentialError) in _ = try await cache.current() }
                == "/nowhere: No such file or directory, expected a bearer token")
    }
}

@Suite("A credential plugin gives tokens and certificates", .timeLimit(.minutes(1)))
struct ExecPluginTests {
    @Test("it gets its arguments, its variables and the request, and no standard input")
    func surroundings() async throws {
        let folder = try TemporaryFolder()
        var plugin = try plugin(
            #"printf '%s|' "$1" "$2" "$A" "$KUBERNETES_EXEC_INFO" "$(cat)" > "$(dirname "$0")/seen"; "#
                + credential(#"{"token":"t"}"#), in: folder)
        plugin.arguments += ["a b", "$c"]
        plugin.environment = [("A", "1=2")]
        plugin.cluster = ["server": "https://h"]
        let (credentials, expiry) = try await plugin.run()
        #expect(credentials == Credentials(bearerToken: "t") && expiry == nil)
        let request =
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":"#
            + #"{"server":"https://h"},"interactive":false}}"#
        #expect(folder.read("seen") == "a b|$c|1=2|\(request)||")
    }

    @Test("it runs once for all who ask, and again shortly before its credentials end")
    func expiry() async throws {
        let folder = try TemporaryFolder()
        // The clock of the test begins at 2001-09-09T01:46:40Z.
        let plugin = try plugin(
            #"echo x >> "$(dirname "$0")/runs"; "#
                + credential(
                    #"{"token":"t","expirationTimestamp":"2001-09-09T01:47:40Z"}"#, version: "v1beta1"),
            in: folder, version: "v1beta1")
        let time = ManualTime()
        let cache = CredentialCache(.plugin(plugin, clientCertificate: nil), time: time)
        try await withThrowingTaskGroup(of: Credentials.self) { group in
            for _ in 0..<10 { group.addTask { try await cache.current() } }
            for try await credentials in group { #expect(credentials.bearerToken == "t") }
        }
        #expect(folder.read("runs") == "x\n")
        time.advance(by: .seconds(49))
        _ = try await cache.current()
        #expect(folder.read("runs") == "x\n")
        time.advance(by: .seconds(1))
        _ = try await cache.current()
        #expect(folder.read("runs") == "x\nx\n")
    }

    @Test("a certificate that it gives goes before the configured one")
    func certificate() async throws {
        let folder = try TemporaryFolder()
        let own = ClientCertificate(certificate: .file("c"), key: .file("k"))
        let withToken = try plugin(credential(#"{"token":"t"}"#), in: folder)
        let first = CredentialCache(.plugin(withToken, clientCertificate: own), time: ManualTime())
        #expect(try await first.current().clientCertificate == own)
        let withCertificate = try plugin(
            credential(#"{"clientCertificateData":"C","clientKeyData":"K"}"#), in: folder)
        let second = CredentialCache(.plugin(withCertificate, clientCertificate: own), time: ManualTime())
        let given = ClientCertificate(certificate: .data(Array("C".utf8)), key: .data(Array("K".utf8)))
        #expect(try await second.current() == Credentials(clientCertificate: given))
    }

    @Test(
        "what goes wrong is said",
        arguments: [
            ("exit 3", "ended with exit code 3"),
            ("kill -9 $$", "ended with exit code 137"),
            // A program has its signals, though our threads block theirs.
            ("kill $$; sleep 30", "ended with exit code 143"),
            ("true", "printed nothing, expected an ExecCredential"),
            ("echo nonsense", "its output:1: "),
            (credential("{}"), "status.token: found nothing, expected a token or a client certificate"),
            (credential("null"), "status: found nothing, expected the credentials"),
            (
                credential(#"{"token":"t"}"#, version: "v1beta1"),
                "expected client.authentication.k8s.io/v1 as in the configuration"
            ),
            (
                credential(#"{"clientKeyData":"K"}"#),
                "expected both clientCertificateData and clientKeyData, or neither"
            ),
            (
                credential(#"{"token":"t","expirationTimestamp":"soon"}"#),
                "status.expirationTimestamp: found soon, expected a time such as 2026-03-01T08:00:00Z"
            ),
        ])
    func mistakes(script: String, message: String) async throws {
        let folder = try TemporaryFolder()
        let plugin = try plugin(script, in: folder)
        let text = await failure { () throws(CredentialError) in _ = try await plugin.run() }
        #expect(text.hasPrefix("credential plugin /bin/sh: "))
        #expect(text.contains(message), "\(text)")
    }

    @Test("a program that does not exist is told with the hint on how to get it")
    func missing() async {
        var plugin = ExecPlugin(
            apiVersion: "client.authentication.k8s.io/v1", command: "no-such-program-here")
        plugin.installHint = "Install it."
        plugin.interactiveMode = .never
        let text = await failure { () throws(CredentialError) in _ = try await plugin.run() }
        #expect(text == "credential plugin no-such-program-here: No such file or directory\nInstall it.")
    }

    @Test("a program that hangs is ended, with what it started")
    func hangs() async throws {
        let folder = try TemporaryFolder()
        var plugin = try plugin("sleep 30 & echo $! > \"$(dirname \"$0\")/child\"; wait", in: folder)
        plugin.timeout = .seconds(2)
        let message = await failure { () throws(CredentialError) in _ = try await plugin.run() }
        #expect(message.hasSuffix("did not end in time"))
        let child = try #require(Int32(folder.read("child").trimmingWhitespace))
        // A zombie, if nobody has collected it yet, or gone; the kernel takes a moment.
        func lives() -> Bool {
            guard let stat = try? LocalFile.read("/proc/\(child)/stat") else { return false }
            return !text(stat).contains(") Z") && !text(stat).contains(") X")
        }
        for _ in 0..<500 where lives() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(!lives())
    }

    @Test("one that needs a terminal says so where there is none")
    func needsTerminal() async throws {
        guard isatty(STDIN_FILENO) == 0 else { return }
        var plugin = ExecPlugin(apiVersion: "client.authentication.k8s.io/v1", command: "true")
        plugin.interactiveMode = .always
        let text = await failure { () throws(CredentialError) in _ = try await plugin.run() }
        #expect(
            text
                == "credential plugin true: needs a terminal to ask (interactiveMode: Always), and there is none"
        )
    }
}
