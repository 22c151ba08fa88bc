import Documents

extension ClientConfiguration {
    /// Where the kubelet puts a pod's service account.
    public static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Whether this process runs in a pod with a service account.
    public static func isInCluster(
        environment: [String: String], folder: String = serviceAccountFolder
    ) -> Bool {
        environment["KUBERNETES_SERVICE_HOST"] != nil && LocalFile.exists(folder + "/token")
    }

    /// The cluster that this process runs in, by its pod's service account. The token is followed when it rotates.
    public static func inCluster(
        environment: [String: String], folder: String = serviceAccountFolder
    ) throws(ConfigurationError) -> ClientConfiguration {
        func variable(_ name: String) throws(ConfigurationError) -> String {
            if let value = environment[name], !value.isEmpty { return value }
            let message = "found no variable \(name), expected to run in a pod"
            throw ConfigurationError([Problem(file: "in-cluster configuration", line: 0, message: message)])
        }
        let host = try variable("KUBERNETES_SERVICE_HOST")
        let port = try variable("KUBERNETES_SERVICE_PORT")
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        guard let server = ServerAddress("https://\(name):\(port)") else {
            let message =
                "found \(host) and \(port) in KUBERNETES_SERVICE_HOST and _PORT, expected an address and a port"
            throw ConfigurationError([Problem(file: "in-cluster configuration", line: 0, message: message)])
        }
        func check(_ file: String) throws(ConfigurationError) -> [UInt8] {
            do { return try LocalFile.read(folder + "/" + file) } catch {
                let message = "\(error.reason): expected a service account in the pod"
                throw ConfigurationError([Problem(file: error.path, line: 0, message: message)])
            }
        }
        _ = try check("token")
        _ = try check("ca.crt")
        var configuration = ClientConfiguration(
            server: server, credentials: .tokenFile(folder + "/token", otherwise: Credentials()))
        configuration.transport.tls.certificateAuthority = .file(folder + "/ca.crt")
        if let namespace = try? LocalFile.read(folder + "/namespace") {
            let text = String(decoding: namespace, as: UTF8.self).trimmingWhitespace
            if !text.isEmpty { configuration.namespace = text }
        }
        return configuration
    }
}
