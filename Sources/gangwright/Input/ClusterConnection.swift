import KubernetesClient

/// The live cluster that a command talks to.
struct ClusterConnection {
    /// Options that say which.
    static let options: [Option] = [
        Option(
            name: "kubeconfig", metavar: "FILE",
            help: "where the cluster is (default: $KUBECONFIG, the pod's service account, or ~/.kube/config)"),
        Option(name: "context", metavar: "NAME", help: "the context of the kubeconfig to use"),
    ]

    var configuration: ClientConfiguration
    var limits = RequestLimits()

    init(_ arguments: Arguments, environment: [String: String]) throws(CommandFailure) {
        do {
            configuration = try ClientConfiguration.find(
                kubeconfig: arguments.value("kubeconfig"), context: arguments.value("context"),
                environment: environment)
        } catch {
            throw CommandFailure(.badInput, "\(error)")
        }
        configuration.userAgent = "gangwright/\(Program.version)"
    }

    /// Connects to nobody yet.
    func client() throws(CommandFailure) -> APIClient {
        do { return try APIClient(configuration, limits: limits) } catch {
            throw CommandFailure(.outsideWorld, "\(error)")
        }
    }
}
