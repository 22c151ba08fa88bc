import Documents
import Testing

@testable import KubernetesClient

private func config(_ texts: String...) throws(ConfigurationError) -> Kubeconfig {
    try Kubeconfig(
        texts: texts.enumerated().map { ("/k/\($0.offset).yaml", Array($0.element.utf8)) })
}

/// What is wrong, as a person reads it; empty when nothing is.
private func problems(_ call: () throws(ConfigurationError) -> Void) -> [String] {
    do { try call() } catch { return error.problems.map(\.description) }
    return []
}

private func problems(_ text: String, context: String? = nil) -> [String] {
    problems { () throws(ConfigurationError) in _ = try config(text).configuration(context: context) }
}

/// A configuration of one cluster and one user.
private func single(cluster: String = "server: https://h:6443", user: String = "{}") -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: c
    clusters:
    - name: k
      cluster: {\(cluster)}
    users:
    - name: u
      user: \(user)
    contexts:
    - name: c
      context: {cluster: k, user: u}
    """
}

private func fixed(_ configuration: ClientConfiguration) throws -> Credentials {
    guard case .fixed(let credentials) = configuration.credentials else {
        throw ConfigurationError([])
    }
    return credentials
}

@Suite("A kubeconfig names server, TLS and user of a context")
struct KubeconfigTests {
    @Test("the current context, or the one that is asked for, says cluster, user and namespace")
    func contexts() throws {
        let text = """
            current-context: a
            clusters:
            - {name: one, cluster: {server: "https://one:1/prefix/"}}
            - {name: two, cluster: {server: "http://two"}}
            users:
            - {name: u, user: {token: secret}}
            contexts:
            - {name: a, context: {cluster: one, user: u, namespace: team}}
            - {name: b, context: {cluster: two}}
            """
        let first = try config(text).configuration()
        #expect(first.transport.server.description == "https://one:1/prefix" && first.namespace == "team")
        #expect(try fixed(first) == Credentials(bearerToken: "secret"))
        let second = try config(text).configuration(context: "b")
        #expect(second.transport.server.description == "http://two:80" && second.namespace == "default")
        #expect(try fixed(second) == Credentials())
    }

    @Test("of several files the first to name a thing has its say, entry by entry")
    func merge() throws {
        let first = """
            current-context: ""
            clusters: [{name: k, cluster: {server: "https://first:1"}}]
            contexts: [{name: c, context: {cluster: k, user: u}}]
            users: [{name: red, user: {token: red-1}}]
            """
        let second = """
            current-context: c
            clusters: [{name: k, cluster: {server: "https://second:1", tls-server-name: x}}]
            contexts: [{name: d, context: {cluster: k, user: red, namespace: m}}]
            users: [{name: u, user: {token: t}}, {name: red, user: {token: red-2, as: other}}]
            """
        let merged = try config(first, second)
        let current = try merged.configuration()
        #expect(current.transport.server.host == "first" && current.transport.tls.serverName == nil)
        #expect(try fixed(current).bearerToken == "t")
        let other = try merged.configuration(context: "d")
        #expect(try fixed(other).bearerToken == "red-1")
        #expect(other.impersonation == Impersonation() && other.namespace == "m")
    }

    @Test("KUBECONFIG lists files of which some may be missing; --kubeconfig names one that must exist")
    func files() throws {
        let folder = try TemporaryFolder()
        let a = try folder.write("a", "")
        let b = try folder.write(".kube/config", "")
        let list = ["KUBECONFIG": "\(a)::/nowhere:\(b):\(a)", "HOME": "/nowhere"]
        #expect(Kubeconfig.files(explicit: nil, environment: list) == [a, b])
        #expect(Kubeconfig.files(explicit: "x", environment: list) == ["x"])
        #expect(Kubeconfig.files(explicit: nil, environment: ["HOME": folder.path]) == [b])
        #expect(Kubeconfig.files(explicit: nil, environment: ["HOME": "/nowhere"]).isEmpty)
        #expect(
            problems { () throws(ConfigurationError) in _ = try Kubeconfig(files: ["/nowhere"]) }
                == ["/nowhere: No such file or directory"])
        #expect(
            problems { () throws(ConfigurationError) in _ = try ClientConfiguration.find(environment: [:]) }
                == [
                    "kubeconfig: found neither a kubeconfig (--kubeconfig, KUBECONFIG, ~/.kube/config) nor a service account"
                ])
    }

    @Test("files that entries name are relative to the folder of their file, data goes before files")
    func relativeFiles() throws {
        let folder = try TemporaryFolder()
        for file in ["pki/ca", "pki/cert", "key"] { try folder.write(file, "PEM") }
        let text = single(
            cluster: "server: 'https://h', certificate-authority: pki/ca",
            user: "{client-certificate: pki/cert, client-key: x, client-key-data: S0VZ, tokenFile: t}")
        let file = try folder.write("config", text)
        let configuration = try Kubeconfig(files: [file]).configuration()
        #expect(configuration.transport.tls.certificateAuthority == .file(folder.path + "/pki/ca"))
        guard case .tokenFile(let path, let otherwise) = configuration.credentials else {
            Issue.record("expected a token file")
            return
        }
        #expect(path == folder.path + "/t")
        #expect(otherwise.clientCertificate?.certificate == .file(folder.path + "/pki/cert"))
        #expect(otherwise.clientCertificate?.key == .data(Array("KEY".utf8)))
    }

    @Test("TLS settings, proxy, compression and impersonation are read")
    func settings() throws {
        let configuration = try config(
            single(
                cluster:
                    "server: 'https://[::1]:6443', tls-server-name: kube, certificate-authority-data: Q0E=, "
                    + "proxy-url: 'socks5://p:1080', disable-compression: true",
                user: "{as: jane, as-uid: '7', as-groups: [a, b], as-user-extra: {scopes: [x, z]}}")
        ).configuration()
        let transport = configuration.transport
        #expect(transport.server.host == "[::1]" && transport.tls.serverName == "kube")
        #expect(transport.tls.certificateAuthority == .data(Array("CA".utf8)))
        #expect(transport.proxy == "socks5://p:1080" && !transport.usesCompression)
        #expect(
            configuration.impersonation.headers.map { "\($0.name)=\($0.value)" } == [
                "Impersonate-User=jane", "Impersonate-Uid=7", "Impersonate-Group=a", "Impersonate-Group=b",
                "Impersonate-Extra-scopes=x", "Impersonate-Extra-scopes=z",
            ])
        let insecure = try config(single(cluster: "server: 'h:1', insecure-skip-tls-verify: true"))
            .configuration()
        #expect(insecure.transport.tls.skipsVerification)
        #expect(insecure.transport.server.description == "https://h:1")
        #expect(
            try config(single(cluster: "server: 'h:1'")).configuration().transport.server.description
                == "http://h:1")
    }

    @Test("JSON is read as well, and an empty file is no mistake")
    func formats() throws {
        let json =
            #"{"clusters":[{"name":"k","cluster":{"server":"https://h"}}],"#
            + #""contexts":[{"name":"c","context":{"cluster":"k","user":""}}],"current-context":"c"}"#
        #expect(try config("", json).configuration().transport.server.port == 443)
    }

    @Test("a plugin is read with its arguments, its variables and the cluster that it asked for")
    func plugin() throws {
        let text = single(
            cluster: "server: 'https://h', certificate-authority-data: Q0E=, "
                + "extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a}}]",
            user:
                "{exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/login, args: [get, token], "
                + "env: [{name: A, value: '1'}], interactiveMode: Never, provideClusterInfo: true}}")
        guard case .plugin(let plugin, _) = try config(text).configuration().credentials else {
            Issue.record("expected a plugin")
            return
        }
        #expect(plugin.command == "/k/bin/login" && plugin.arguments == ["get", "token"])
        #expect(plugin.environment.map { "\($0.name)=\($0.value)" } == ["A=1"])
        #expect(
            plugin.request(isInteractive: false)
                == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":"#
                + #"{"server":"https://h","certificate-authority-data":"Q0E=","config":{"audience":"a"}},"interactive":false}}"#
        )
    }

    @Test("a token goes before a plugin, and a bare name stays one to look for in PATH")
    func precedence() throws {
        let exec = "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: login}"
        #expect(try fixed(config(single(user: "{token: t, \(exec)}")).configuration()).bearerToken == "t")
        guard case .plugin(let plugin, _) = try config(single(user: "{\(exec)}")).configuration().credentials
        else {
            Issue.record("expected a plugin")
            return
        }
        #expect(plugin.command == "login" && plugin.interactiveMode == .ifAvailable && plugin.cluster == nil)
    }
}

@Suite("What is wrong in a kubeconfig is said with file, line and field")
struct KubeconfigMistakeTests {
    @Test("names that lead nowhere list what there is")
    func names() throws {
        #expect(
            problems("{}") == ["/k/0.yaml: found no current-context, expected one, or a context by --context"]
        )
        #expect(problems(single(), context: "x") == ["/k/0.yaml: found no context \"x\", expected one of c"])
        let dangling = single().replacing("cluster: k, user: u", with: "cluster: z, user: y")
        #expect(
            problems(dangling) == [
                "/k/0.yaml:12: contexts[0].context.cluster: found no cluster \"z\", expected one of k"
            ])
        let noUser = single().replacing("cluster: k, user: u", with: "cluster: k, user: w")
        #expect(
            problems(noUser) == [
                "/k/0.yaml:12: contexts[0].context.user: found no user \"w\", expected one of u"
            ])
    }

    @Test("wrong types, wrong kinds and second names are found while reading, all at once")
    func reading() {
        let text = """
            kind: Pod
            apiVersion: v2
            clusters:
            - name: k
              cluster: []
            - name: l
            - name: l
            users: 7
            """
        #expect(
            problems { () throws(ConfigurationError) in _ = try config(text) } == [
                "/k/0.yaml:1: kind: found Pod, expected Config",
                "/k/0.yaml:2: apiVersion: found v2, expected v1",
                "/k/0.yaml:5: clusters[0].cluster: found a list, expected a mapping",
                "/k/0.yaml:7: clusters[2].name: found \"l\" a second time in clusters, expected it once",
                "/k/0.yaml:8: users: found an integer (7), expected a list",
            ])
    }

    @Test("an entry that nobody asks for may be wrong")
    func unused() throws {
        let text = single() + "\n- {name: broken, context: {cluster: 1}}"
        #expect(problems(text).isEmpty)
    }

    @Test(
        "servers, authorities and proxies that cannot be",
        arguments: [
            (
                "server: 'ftp://h'",
                "cluster.server: found \"ftp://h\", expected a URL such as https://10.0.0.1:6443"
            ),
            (
                "server: 'https://u:p@h'",
                "cluster.server: found \"https://u:p@h\", expected a URL such as https://10.0.0.1:6443"
            ),
            ("server: 7", "cluster.server: found an integer (7), expected a string (put it in quotes)"),
            ("{}", "cluster.server: found nothing, expected a string"),
            (
                "server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: Q0E=",
                "cluster.insecure-skip-tls-verify: found true beside a certificate authority, expected only one of them"
            ),
            (
                "server: 'https://h', certificate-authority-data: '%'",
                "cluster.certificate-authority-data: found text that is no Base64, expected PEM text in Base64"
            ),
            (
                "server: 'https://h', certificate-authority: /nowhere",
                "cluster.certificate-authority: /nowhere: No such file or directory, expected a PEM file"
            ),
            (
                "server: 'https://h', proxy-url: 'ftp://p'",
                "cluster.proxy-url: found \"ftp://p\", expected a URL with the scheme http, https or socks5"
            ),
        ])
    func clusters(cluster: String, message: String) {
        #expect(
            problems(single(cluster: cluster == "{}" ? "" : cluster)).map(withoutPlace) == [
                "clusters[0]." + message
            ])
    }

    @Test(
        "users that cannot be",
        arguments: [
            (
                "{username: a}",
                "username: found basic authentication, which API servers no longer have: expected token, tokenFile, "
                    + "client-certificate or exec"
            ),
            (
                "{auth-provider: {name: gcp}}",
                "auth-provider: found the provider \"gcp\", which is gone from Kubernetes: expected exec with its successor"
            ),
            (
                "{client-certificate-data: Q0E=}",
                "client-key: found nothing, expected client-key or client-key-data beside the other half"
            ),
            (
                "{as-groups: [a]}",
                "as: found nothing, expected the user that the groups and the rest belong to"
            ),
            (
                "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: a}}",
                "exec.apiVersion: found client.authentication.k8s.io/v1alpha1, expected client.authentication.k8s.io/v1 or "
                    + "client.authentication.k8s.io/v1beta1"
            ),
            (
                "{exec: {apiVersion: client.authentication.k8s.io/v1, command: a}}",
                "exec.interactiveMode: found nothing, expected Never, IfAvailable or Always"
            ),
            (
                "{exec: {apiVersion: client.authentication.k8s.io/v1, command: a, interactiveMode: Maybe}}",
                "exec.interactiveMode: found Maybe, expected Never, IfAvailable or Always"
            ),
            (
                "{exec: {apiVersion: client.authentication.k8s.io/v1}}",
                "exec.command: found nothing, expected a string"
            ),
        ])
    func users(user: String, message: String) {
        #expect(problems(single(user: user)).map(withoutPlace) == ["users[0].user." + message])
    }

    @Test("any text gives a configuration or says what is wrong, and never traps")
    func mutations() {
        let exec =
            "{exec: {apiVersion: client.authentication.k8s.io/v1, command: a, interactiveMode: Never, "
            + "provideClusterInfo: true, env: [{name: A}]}, as: b, as-user-extra: {c: [d]}}"
        let text = Array(
            single(
                cluster: "server: 'https://h', certificate-authority-data: Q0E=, proxy-url: 'http://p'",
                user: exec
            )
            .utf8)
        for seed in UInt64(0)..<1000 {
            var random = SeededRandom(seed: seed)
            var bytes = text
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = text[Int.random(in: 0..<text.count, using: &random)]
                case 1: bytes.removeSubrange(place..<min(bytes.count - 1, place + 8))
                default: bytes.insert(contentsOf: text.suffix(place % 40), at: place)
                }
            }
            do {
                _ = try Kubeconfig(texts: [("/k/config", bytes)]).configuration()
            } catch { #expect(!error.problems.isEmpty, "seed \(seed)") }
        }
    }

    private func withoutPlace(_ problem: String) -> String {
        #expect(problem.hasPrefix("/k/0.yaml:"))
        return problem.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
    }
}

@Suite("A pod's service account is configuration enough")
struct InClusterTests {
    private let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]

    @Test("address, authority, token file and namespace come from where the kubelet puts them")
    func account() throws {
        let folder = try TemporaryFolder()
        try folder.write("token", "t")
        try folder.write("ca.crt", "PEM")
        try folder.write("namespace", "team-a\n")
        let configuration = try ClientConfiguration.inCluster(environment: environment, folder: folder.path)
        #expect(configuration.transport.server.description == "https://[fd00::1]:443")
        #expect(configuration.transport.tls.certificateAuthority == .file(folder.path + "/ca.crt"))
        #expect(configuration.namespace == "team-a")
        guard case .tokenFile(let path, _) = configuration.credentials else {
            Issue.record("expected a token file")
            return
        }
        #expect(path == folder.path + "/token")
        #expect(ClientConfiguration.isInCluster(environment: environment, folder: folder.path))
        #expect(!ClientConfiguration.isInCluster(environment: [:], folder: folder.path))
    }

    @Test("what is missing is named")
    func missing() throws {
        let folder = try TemporaryFolder()
        func problem(_ environment: [String: String]) -> [String] {
            problems { () throws(ConfigurationError) in
                _ = try ClientConfiguration.inCluster(environment: environment, folder: folder.path)
            }
        }
        #expect(
            problem([:]) == [
                "in-cluster configuration: found no variable KUBERNETES_SERVICE_HOST, expected to run in a pod"
            ])
        #expect(
            problem(environment) == [
                "\(folder.path)/token: No such file or directory: expected a service account in the pod"
            ])
    }
}

@Suite("Base64 is RFC 4648's")
struct Base64Tests {
    @Test("any bytes come back, and line ends are passed over")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
            let text = Base64.encode(bytes)
            #expect(Base64.decode(text) == bytes)
            #expect(Base64.decode(text.map { "\($0)\n" }.joined()) == bytes)
        }
        #expect(
            Base64.encode(Array("foobar".utf8)) == "Zm9vYmFy" && Base64.encode(Array("fo".utf8)) == "Zm8=")
    }

    @Test("what is none is refused", arguments: ["A", "AB", "ABC", "AB=C", "A===", "%", "é"])
    func refused(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
