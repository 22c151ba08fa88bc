import ClusterAdapter
import ClusterModel
import Documents
import KubernetesClient
import NodeAgent
import Topology

/// `gangwright node-agent`: publishes what the node that it runs on is made of.
struct NodeAgentCommand {
    static let command = Command(
        "node-agent",
        abstract: "Publish the topology of the node that this runs on, for the scheduler to read",
        discussion: """
            Reads the machine and the kubelet's files, and writes the node's Numatopology object, which Volcano's scheduler \
            reads too, with the whole topology in an annotation of it. Labels the node with the model and number of its GPUs where \
            nobody else does. Runs as a DaemonSet (deploy/overlays/node-agent) and ends on SIGTERM (docs/node-agent.md).
            """,
        examples: [
            Command.Example("See what would be written", "gangwright node-agent --dry-run"),
            Command.Example("Publish this machine once", "gangwright node-agent --once --node-name gpu-7"),
        ],
        options: ClusterConnection.options + [
            Option(
                name: "node-name", metavar: "NAME",
                help: "the node that this machine is (default: $NODE_NAME, or the machine's name)"),
            Option(
                name: "publish-period", metavar: "DURATION",
                help: "how often the machine is read anew and compared with what is published", default: "10m"
            ),
            Option(
                name: "check-period", metavar: "DURATION",
                help: "how often the kubelet's files are looked at", default: "10s"),
            Option(
                name: "kubelet-config", metavar: "FILE",
                help: "the kubelet's configuration, or what its /configz answers; none for nobody's",
                default: "/var/lib/kubelet/config.yaml"),
            Option(
                name: "cpu-manager-state", metavar: "FILE",
                help: "the checkpoint of the kubelet's CPU manager; none for nobody's",
                default: "/var/lib/kubelet/cpu_manager_state"),
            Option(
                name: "cpu-manager-policy", metavar: "POLICY",
                help: "the kubelet's CPU manager policy (default: as its configuration says)",
                choices: ["none", "static"]),
            Option(
                name: "topology-manager-policy", metavar: "POLICY",
                help: "the kubelet's topology manager policy (default: as its configuration says)",
                choices: ["none", "best-effort", "restricted", "single-numa-node"]),
            Option(
                name: "reserved-cpu", metavar: "AMOUNT",
                help: "processors kept from pods, as in 500m (default: as the kubelet's configuration says)"),
            Option(
                name: "xml", metavar: "FILE",
                help: "publish the machine of this export of lstopo instead of the one that this runs on"),
            Option.flag("once", help: "publish once and end"),
            Option.flag("dry-run", help: "print what would be written to a new cluster, and write nothing"),
            Option(
                name: "listen-address", metavar: "ADDRESS",
                help: "where /healthz and /readyz answer; none for nowhere", default: ":8081"),
            Option(
                name: "log-level", metavar: "LEVEL", help: "what is logged: this and what matters more",
                default: Log.Level.info.rawValue, choices: Log.Level.allCases.map(\.rawValue)),
            Option(
                name: "log-format", metavar: "FORMAT", help: "how the log looks",
                default: Log.Format.text.rawValue, choices: Log.Format.allCases.map(\.rawValue)),
        ])

    private let arguments: Arguments
    private let environment: [String: String]

    init(_ arguments: Arguments, environment: [String: String]) {
        self.arguments = arguments
        self.environment = environment
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let files = try files()
        let node = arguments.value("node-name") ?? environment["NODE_NAME"] ?? Process.hostName
        if arguments.flag("dry-run") { return try dryRun(files, node: node, &outcome) }
        let log = Log(
            level: arguments.value("log-level").flatMap(Log.Level.init) ?? .info,
            format: arguments.value("log-format").flatMap(Log.Format.init) ?? .text)
        var options = NodeAgent.Options()
        options.publishPeriod = try period("publish-period")
        options.checkPeriod = try period("check-period")
        let client = try ClusterConnection(arguments, environment: environment).client()
        let agent = NodeAgent(
            source: files, publisher: NodePublisher(client: client, node: node), options: options
        ) { Self.log($0, node: node, to: log) }
        if arguments.flag("once") {
            let isDone = Process.runUntilStopped { await agent.publishOnce() } ?? false
            if !isDone {
                throw CommandFailure(.outsideWorld, "the topology of node \(node) is not published")
            }
            return
        }
        let endpoint = try endpoint(agent)
        log.info("publishing the topology of this machine", ["node": node])
        _ = Process.runUntilStopped { await agent.run() }
        withExtendedLifetime(endpoint) {}
    }

    private func dryRun(
        _ files: NodeFiles, node: String, _ outcome: inout CommandOutcome
    ) throws(CommandFailure) {
        let read: (report: NodeReport, remarks: [String])
        do { read = try files.report() } catch { throw CommandFailure(.outsideWorld, error.reason) }
        for remark in read.remarks { outcome.note("warning: \(remark)") }
        outcome.standardOutput = NodePublisher.object(read.report, node: node, nodeUID: nil).yaml()
        if let labels = NodePublisher.firstLabels(read.report), case .object(let members) = labels {
            let head: [(String, OutputValue)] = [("apiVersion", "v1"), ("kind", "Node")]
            outcome.standardOutput +=
                "---\n# Merged into node \(node).\n" + OutputValue.object(head + members).yaml()
        } else {
            outcome.note("the node has no GPUs, and gets no labels of them")
        }
    }

    /// What the agent has to say, as lines of the log.
    private static func log(_ remark: NodeAgent.Remark, node: String, to log: Log) {
        switch remark {
        case .noGPUs:
            log.info("the node has no GPUs; its processors and memory are published", ["node": node])
        case .published(let outcome):
            log.info(
                "published",
                [
                    "node": node, "numatopology": outcome.topology.rawValue,
                    "labels": outcome.labels.rawValue,
                ])
        case .foreignLabels(let labels):
            log.info(
                "labels of GPUs are set by somebody else and stay", ["labels": labels.joined(separator: ",")])
        case .noSuchKind:
            log.warning(
                "the API server has no numatopologies.nodeinfo.volcano.sh: apply deploy/crds", ["node": node])
        case .failed(let reason): log.warning("cannot publish", ["node": node, "reason": reason])
        case .unreadable(let reason): log.warning("cannot read", ["reason": reason])
        }
    }

    private func endpoint(_ agent: NodeAgent) throws(CommandFailure) -> HTTPEndpoint? {
        guard let address = arguments.value("listen-address"), address != "none" else { return nil }
        do {
            return try HTTPEndpoint(address: address) { path in
                switch path {
                case "/healthz", "/livez": .init(200, "ok\n")
                case "/readyz":
                    agent.isReady ? .init(200, "ok\n") : .init(503, "the topology is not published yet\n")
                default: nil
                }
            }
        } catch {
            throw CommandFailure(
                error.isMisspelt ? .badInput : .outsideWorld, "--listen-address: \(error)")
        }
    }

    private func files() throws(CommandFailure) -> NodeFiles {
        var files = NodeFiles()
        if let path = arguments.value("xml") { files.topology = try TopologyInput.export(path).source }
        func file(_ name: String) -> String? {
            let path = arguments.value(name) ?? ""
            return path == "none" ? nil : path
        }
        files.kubeletConfiguration = file("kubelet-config")
        files.cpuManagerState = file("cpu-manager-state")
        files.cpuManagerPolicy = arguments.value("cpu-manager-policy")
        files.topologyManagerPolicy = arguments.value("topology-manager-policy")
        if let text = arguments.value("reserved-cpu") {
            guard let amount = try? Quantity.milli(text), amount >= 0 else {
                throw CommandFailure(
                    .badInput, "--reserved-cpu: found \"\(text)\", expected an amount such as 500m or 2")
            }
            files.reservedMilliCPU = amount
        }
        return files
    }

    private func period(_ name: String) throws(CommandFailure) -> Duration {
        let text = arguments.value(name) ?? ""
        guard let duration = Duration(go: text), duration >= .seconds(1) else {
            throw CommandFailure(
                .badInput, "--\(name): found \"\(text)\", expected a duration of at least 1s, such as 10m")
        }
        return duration
    }
}
