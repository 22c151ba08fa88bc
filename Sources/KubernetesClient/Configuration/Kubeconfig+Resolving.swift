import Documents

extension Kubeconfig {
    /// What a client needs for a context.
    ///
    /// - Parameter context: Its name; nil for the current one.
    public func configuration(context name: String? = nil) throws(ConfigurationError) -> ClientConfiguration {
        guard let name = name ?? currentContext else {
            throw failure("found no current-context, expected one, or a context by --context")
        }
        guard let context = contexts[name] else { throw failure("found no context \"\(name)\"", contexts) }
        let sink = context.fields.sink
        let before = sink.problems.count
        var configuration: ClientConfiguration?
        if let cluster = entry("cluster", of: context, in: clusters) {
            let user =
                context.fields.string("user").map { !$0.isEmpty } ?? false
                ? entry("user", of: context, in: users) : nil
            configuration = Self.configuration(cluster, user)
        }
        if let namespace = context.fields.string("namespace"), !namespace.isEmpty {
            configuration?.namespace = namespace
        }
        let problems = sink.problems[before...].filter { $0.severity == .error }
        guard problems.isEmpty, let configuration else { throw ConfigurationError(Array(problems)) }
        return configuration
    }

    private func entry(_ key: String, of context: Entry, in known: [String: Entry]) -> Entry? {
        guard let name = context.fields.requiredString(key) else { return nil }
        if let entry = known[name] { return entry }
        context.fields.report(key, "found no \(key) \"\(name)\", expected \(Self.oneOf(known))")
        return nil
    }

    private func failure(_ message: String, _ known: [String: Entry]? = nil) -> ConfigurationError {
        let expected = known.map { ", expected \(Self.oneOf($0))" } ?? ""
        let file = files.joined(separator: ":")
        return ConfigurationError([Problem(file: file, line: 0, message: message + expected)])
    }

    private static func oneOf(_ known: [String: Entry]) -> String {
        known.isEmpty ? "one to be defined" : "one of " + known.keys.sorted().joined(separator: ", ")
    }

    private static func configuration(_ cluster: Entry, _ user: Entry?) -> ClientConfiguration? {
        let fields = cluster.fields
        guard let tls = tls(cluster), let url = fields.requiredString("server") else { return nil }
        // As in client-go, a server without a scheme is a secure one if anything about TLS is said.
        let isSecure = tls != TLSSettings() || user?.fields.value["client-certificate"] != nil
        let full = url.contains("://") ? url : (isSecure ? "https://" : "http://") + url
        guard let server = ServerAddress(full) else {
            fields.report("server", "found \"\(url)\", expected a URL such as https://10.0.0.1:6443")
            return nil
        }
        var configuration = ClientConfiguration(server: server)
        configuration.transport.tls = tls
        configuration.transport.proxy = proxy(fields)
        configuration.transport.usesCompression = !(fields.bool("disable-compression") ?? false)
        if let user {
            guard let source = credentials(user, for: cluster, tls) else { return nil }
            configuration.credentials = source
            configuration.impersonation = impersonation(user.fields)
        }
        return configuration
    }

    private static func tls(_ cluster: Entry) -> TLSSettings? {
        let fields = cluster.fields
        var tls = TLSSettings()
        tls.skipsVerification = fields.bool("insecure-skip-tls-verify") ?? false
        tls.certificateAuthority = pem("certificate-authority", of: cluster)
        if let name = fields.string("tls-server-name"), !name.isEmpty { tls.serverName = name }
        if tls.skipsVerification, tls.certificateAuthority != nil {
            fields.report(
                "insecure-skip-tls-verify",
                "found true beside a certificate authority, expected only one of them")
            return nil
        }
        return tls
    }

    private static func proxy(_ fields: FieldReader) -> String? {
        guard let proxy = fields.string("proxy-url"), !proxy.isEmpty else { return nil }
        let scheme = proxy.prefix { $0 != ":" }
        if !["http", "https", "socks5"].contains(scheme) || !proxy.dropFirst(scheme.count).hasPrefix("://") {
            fields.report(
                "proxy-url", "found \"\(proxy)\", expected a URL with the scheme http, https or socks5")
        }
        return proxy
    }

    /// A file or data, where `KEY-data` has precedence over `KEY`.
    private static func pem(_ key: String, of entry: Entry) -> PEMSource? {
        let dataKey = key + "-data"
        if let text = entry.fields.string(dataKey), !text.isEmpty {
            guard let bytes = Base64.decode(text) else {
                entry.fields.report(dataKey, "found text that is no Base64, expected PEM text in Base64")
                return nil
            }
            return .data(bytes)
        }
        guard let path = entry.fields.string(key), !path.isEmpty else { return nil }
        let file = entry.resolve(path)
        do { _ = try LocalFile.read(file) } catch {
            entry.fields.report(key, "\(error), expected a PEM file")
        }
        return .file(file)
    }
}

// Users.
extension Kubeconfig {
    private static func credentials(
        _ user: Entry, for cluster: Entry, _ tls: TLSSettings
    ) -> CredentialSource? {
        let fields = user.fields
        let certificate = pem("client-certificate", of: user)
        let key = pem("client-key", of: user)
        if (certificate == nil) != (key == nil) {
            let missing = key == nil ? "client-key" : "client-certificate"
            fields.report(
                missing, "found nothing, expected \(missing) or \(missing)-data beside the other half")
        }
        var identity = Credentials()
        if let certificate, let key {
            identity.clientCertificate = ClientCertificate(certificate: certificate, key: key)
        }
        if let token = fields.string("token"), !token.isEmpty { identity.bearerToken = token }
        // Passwords went out of Kubernetes with 1.19, provider plugins with 1.26.
        for key in ["username", "password"] where !(fields.string(key) ?? "").isEmpty {
            fields.report(
                key,
                "found basic authentication, which API servers no longer have: expected token, tokenFile, "
                    + "client-certificate or exec")
        }
        if let provider = fields.object("auth-provider") {
            let name = provider.string("name") ?? ""
            fields.report(
                "auth-provider",
                "found the provider \"\(name)\", which is gone from Kubernetes: expected exec with its "
                    + "successor")
        }
        if let file = fields.string("tokenFile"), !file.isEmpty {
            return .tokenFile(user.resolve(file), otherwise: identity)
        }
        // A token goes before a plugin.
        guard identity.bearerToken == nil, let exec = fields.object("exec") else { return .fixed(identity) }
        return plugin(exec, user, cluster, tls).map {
            .plugin($0, clientCertificate: identity.clientCertificate)
        }
    }

    private static func plugin(
        _ exec: FieldReader, _ user: Entry, _ cluster: Entry, _ tls: TLSSettings
    ) -> ExecPlugin? {
        guard let version = exec.requiredString("apiVersion"), let command = exec.requiredString("command")
        else {
            return nil
        }
        guard ExecPlugin.versions.contains(version) else {
            let expected = ExecPlugin.versions.joined(separator: " or ")
            exec.report("apiVersion", "found \(version), expected \(expected)")
            return nil
        }
        // A name is looked for in PATH, a path is relative to the file.
        var plugin = ExecPlugin(
            apiVersion: version, command: command.contains("/") ? user.resolve(command) : command)
        plugin.arguments = exec.strings("args")
        plugin.environment = exec.objects("env").compactMap { variable in
            variable.requiredString("name").map { ($0, variable.string("value") ?? "") }
        }
        plugin.installHint = exec.string("installHint") ?? ""
        if let mode = exec.string("interactiveMode") {
            guard let known = ExecPlugin.InteractiveMode(rawValue: mode) else {
                exec.report("interactiveMode", "found \(mode), expected Never, IfAvailable or Always")
                return nil
            }
            plugin.interactiveMode = known
        } else if version.hasSuffix("/v1") {
            exec.report("interactiveMode", "found nothing, expected Never, IfAvailable or Always")
            return nil
        }
        if exec.bool("provideClusterInfo") ?? false { plugin.cluster = description(of: cluster, tls) }
        return plugin
    }

    /// `spec.cluster` of an ExecCredential: the cluster with its authority as data.
    private static func description(of cluster: Entry, _ tls: TLSSettings) -> OutputValue {
        var members: [(String, OutputValue)] = []
        for key in ["server", "tls-server-name", "insecure-skip-tls-verify"] {
            if let value = cluster.fields.value(key) { members.append((key, value.output)) }
        }
        let authority: [UInt8]? =
            switch tls.certificateAuthority {
            case .data(let bytes): bytes
            case .file(let path): try? LocalFile.read(path)
            case nil: nil
            }
        if let authority { members.append(("certificate-authority-data", .string(Base64.encode(authority)))) }
        for key in ["proxy-url", "disable-compression"] {
            if let value = cluster.fields.value(key) { members.append((key, value.output)) }
        }
        let extensions = cluster.fields.objects("extensions")
        if let own = extensions.first(where: { $0.string("name") == "client.authentication.k8s.io/exec" }),
            let config = own.value("extension")
        {
            members.append(("config", config.output))
        }
        return .object(members)
    }

    private static func impersonation(_ fields: FieldReader) -> Impersonation {
        var impersonation = Impersonation()
        impersonation.user = fields.string("as") ?? ""
        impersonation.uid = fields.string("as-uid") ?? ""
        impersonation.groups = fields.strings("as-groups")
        if let extra = fields.object("as-user-extra") {
            for (key, _) in extra.value.members { impersonation.extra[key] = extra.strings(key) }
        }
        if impersonation.user.isEmpty, impersonation != Impersonation() {
            fields.report("as", "found nothing, expected the user that the groups and the rest belong to")
        }
        return impersonation
    }
}
