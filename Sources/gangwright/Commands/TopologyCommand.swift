import ClusterModel
import Documents
import KubernetesAPI
import Topology

/// `gangwright topology`: what a node is made of.
struct TopologyCommand {
    /// The forms in which it is printed.
    enum Format: String, CaseIterable {
        case tree, json, yaml, svg
    }

    static let command = Command(
        "topology",
        abstract: "Show a machine's processors, memory, GPUs and network cards, and their places",
        discussion: """
            Reads this machine with hwloc, and asks NVIDIA's library and the drivers for what hwloc does not know of GPUs. Another machine \
            is read from what lstopo exported on it. The JSON is what the node agent publishes (docs/topology.md).
            """,
        examples: [
            Command.Example("Look at this machine", "gangwright topology"),
            Command.Example(
                "Draw another one", "gangwright topology --xml machine.xml -o svg > machine.svg"),
            Command.Example(
                "Make one up",
                "gangwright topology --synthetic 'package:2 [numanode(memory=512GB)] core:32 pu:2'"),
        ],
        options: [
            Option(
                name: "xml", metavar: "FILE",
                help: "read an export of lstopo (hwloc 2), or - for standard input"),
            Option(
                name: "synthetic", metavar: "SPEC",
                help: "read a description in hwloc's words; such a machine has no devices"),
            Option(
                name: "output", short: "o", metavar: "FORMAT", help: "how to print it",
                default: Format.tree.rawValue, choices: Format.allCases.map(\.rawValue)),
        ])

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let topology = try read()
        switch arguments.value("output").flatMap(Format.init) ?? .tree {
        case .tree: outcome.standardOutput = TopologyText(topology: topology, style: style).text
        case .json: outcome.standardOutput = topology.output.json() + "\n"
        case .yaml: outcome.standardOutput = topology.output.yaml()
        case .svg:
            let summary = TopologyText(topology: topology, style: .plain).summary
            outcome.standardOutput = TopologyDrawing(topology, heading: summary).svg
        }
    }

    private func read() throws(CommandFailure) -> NodeTopology {
        if arguments.isGiven("xml"), arguments.isGiven("synthetic") {
            throw CommandFailure(.badInput, "--synthetic: found beside --xml, expected one of them")
        }
        if let path = arguments.value("xml") { return try TopologyInput.export(path).topology }
        if let text = arguments.value("synthetic") {
            return try TopologyInput.read(.synthetic(text), name: "--synthetic")
        }
        return try TopologyInput.read(.live, name: "")
    }
}

/// Machines as commands are told of them; mistakes name what they are in.
enum TopologyInput {
    /// An export of lstopo, which has been read once.
    static func export(
        _ path: String
    ) throws(CommandFailure) -> (source: TopologySource, topology: NodeTopology) {
        let bytes: [UInt8]
        do { bytes = try FileAccess.read(path) } catch {
            throw CommandFailure(.badInput, error.description)
        }
        return (.xml(bytes), try read(.xml(bytes), name: ConfigurationInput.name(path)))
    }

    static func read(_ source: TopologySource, name: String) throws(CommandFailure) -> NodeTopology {
        do { return try source.read() } catch {
            if case .machine = error { throw CommandFailure(.outsideWorld, error.description) }
            throw CommandFailure(.badInput, "\(name): \(error)")
        }
    }
}
