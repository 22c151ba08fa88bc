import ClusterModel
import Documents
import Foundation
import KubernetesAPI
import Testing

@testable import gangwright

@Suite("topology shows a machine") struct TopologyCommandTests {
    private static let machines = ["dgx-2", "dgx-h100", "pcie-a10", "amd-mi300x"]

    private static func path(_ machine: String) -> String {
        URL(filePath: #filePath).appending(path: "../../../TopologyTests/Topologies/\(machine).xml")
            .standardizedFileURL.path
    }

    private func run(_ words: String...) -> CommandOutcome { Program().run(["topology"] + words) }

    @Test("as JSON that keeps its contract and is read back", arguments: machines)
    func json(_ machine: String) throws {
        let outcome = run("--xml", Self.path(machine), "-o", "json")
        let document = try #require(outcome.document)
        let schema = try ContractSchema.read("topology-output.schema.json")
        ContractSchema.check(document, schema, schema, machine)
        let sink = ProblemSink()
        let topology = NodeTopology(FieldReader(document, sink: sink))
        #expect(sink.problems == [])
        #expect(topology?.output.json() == outcome.standardOutput.trimmingCharacters(in: .newlines))
    }

    @Test("as a tree that has each GPU once, above how they reach each other") func tree() {
        let text = run("--xml", Self.path("dgx-2")).standardOutput
        #expect(
            text.hasPrefix(
                "2 packages, 2 NUMA nodes, 16 cores, 32 CPUs, 1.5Ti memory, 16 GPUs, 8 network cards\n"))
        for index in 0..<16 {
            #expect(text.components(separatedBy: "GPU \(index): Tesla V100-SXM3-32GB, 32Gi").count == 2)
        }
        #expect(text.hasSuffix("NV6: 6 NVLinks through NVSwitch\n"))
        #expect(run("--synthetic", "package:1 core:2 pu:1").standardOutput.contains("no GPUs"))
    }

    @Test("as a picture that is XML", arguments: machines) func picture(_ machine: String) {
        let text = run("--xml", Self.path(machine), "-o", "svg").standardOutput
        let parser = XMLWords(text)
        #expect(parser.isWellFormed)
        #expect(parser.names.first == "svg")
        let gpus = machine == "dgx-2" ? 16 : machine == "pcie-a10" ? 4 : 8
        #expect(text.components(separatedBy: "class=\"gpu\"").count == gpus + 1)
        #expect(text.components(separatedBy: "class=\"self\"").count == gpus + 1)
    }

    @Test("and says what is no machine") func refusals() throws {
        let folder = try TemporaryFolder()
        let old = try folder.write("<topology>\n</topology>", to: "old.xml")
        let new = try folder.write("<topology version=\"3.0\">\n</topology>", to: "new.xml")
        let cases: [([String], String)] = [
            (["--xml", "/no/such/file"], "/no/such/file: No such file or directory\n"),
            (
                ["--xml", old],
                "\(old): found version 1.x of hwloc's XML, expected 2.x: export it with lstopo of hwloc 2\n"
            ),
            (
                ["--xml", new],
                "\(new): found version 3.0 of hwloc's XML, expected 2.x: "
                    + "lstopo of hwloc 3 writes that with --export-xml-flags 2\n"
            ),
            (
                ["--synthetic", "gpu:8"],
                "--synthetic: found \"gpu:8\", expected a description such as package:2 [numanode(memory=512GB)] core:32 pu:2\n"
            ),
            (
                ["--synthetic", "pu:1", "--xml", old],
                "--synthetic: found beside --xml, expected one of them\n"
            ),
        ]
        let agent = ["node-agent", "--once", "--xml"]
        let published = [(agent + [old], cases[1].1), (agent + ["/no/such/file"], cases[0].1)]
        for (words, message) in cases.map({ (["topology"] + $0.0, $0.1) }) + published {
            let outcome = Program().run(words)
            #expect(outcome.exitCode == .badInput)
            #expect(outcome.standardError == message)
            #expect(outcome.standardOutput == "")
        }
    }
}

@Suite("A command keeps to a part of the machine, or says why not") struct PlacementInputTests {
    @Test("a NUMA node or a processor that is not there", arguments: ["run", "simulate", "bench"])
    func absent(_ command: String) {
        let words = command == "simulate" ? [command, "none.yaml"] : [command]
        let node = Program().run(words + ["--numa-node", "60000"])
        #expect(node.exitCode == .badInput)
        #expect(
            node.standardError.hasPrefix(
                "--numa-node: found NUMA node 60000, expected one of this machine's: "))
        let cpu = Program().run(words + ["--cpu-list", "65000"])
        #expect(cpu.exitCode == .badInput)
        #expect(
            cpu.standardError.hasPrefix("--cpu-list: found CPU 65000, expected some of this machine's: 0"))
        let list = Program().run(words + ["--cpu-list", "a-b"])
        #expect(list.standardError == "--cpu-list: found \"a-b\", expected processors such as 0-3,8\n")
    }
}

@Suite("node-agent --dry-run says what would be written") struct NodeAgentDryRunTests {
    @Test("to the node and beside it") func dryRun() throws {
        let machine = URL(filePath: #filePath).appending(
            path: "../../../TopologyTests/Topologies/amd-mi300x.xml"
        )
        .standardizedFileURL.path
        let outcome = Program(environment: ["NODE_NAME": "gpu-7"]).run([
            "node-agent", "--dry-run", "--xml", machine, "--kubelet-config", "none", "--cpu-manager-state",
            "none",
            "--cpu-manager-policy", "static", "--reserved-cpu", "2",
        ])
        #expect(outcome.standardError == "")
        let parsed = DocumentParser.parse(Array(outcome.standardOutput.utf8), file: "output")
        #expect(parsed.problems == [])
        #expect(parsed.documents.map { $0["kind"]?.string } == ["Numatopology", "Node"])
        #expect(parsed.documents[0]["metadata"]?["name"]?.string == "gpu-7")
        #expect(parsed.documents[0]["spec"]?["resReserved"]?["cpu"]?.string == "2")
        #expect(parsed.documents[0]["spec"]?["numares"]?["cpu"]?["allocatable"]?.string == "0-15")
        #expect(
            parsed.documents[1]["metadata"]?["labels"]?["amd.com/gpu.product-name"]?.string
                == "AMD-Instinct-MI300X")
    }
}

/// The names of a text's elements, and whether it is XML at all.
private final class XMLWords {
    private(set) var names: [String] = []
    private(set) var isWellFormed = true

    init(_ text: String) {
        var open: [String] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else {
                isWellFormed = false
                return
            }
            let tag = rest[rest.index(after: start)..<end]
            let name = String(tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" })
            if tag.hasPrefix("/") {
                if open.popLast() != name { isWellFormed = false }
            } else {
                names.append(name)
                if !tag.hasSuffix("/") { open.append(name) }
            }
            rest = rest[rest.index(after: end)...]
        }
        if !open.isEmpty { isWellFormed = false }
    }
}
