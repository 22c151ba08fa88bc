import Documents
import Foundation
import Glibc
import Testing

@testable import gangwright

@Suite("A cluster is read from files and folders") struct ClusterInputTests {
    private static func node(_ name: String) -> String {
        "{apiVersion: v1, kind: Node, metadata: {name: \(name)}}"
    }

    private static func nodes(_ paths: [String]) -> Int? {
        let outcome = Program().run(["schedule", "-o", "json"] + paths.flatMap { ["--cluster", $0] })
        return outcome.document?["summary"]?["nodes"]?.integer.map { Int($0) }
    }

    @Test("a folder is its YAML and JSON files and those below; hidden ones and others are left out")
    func folders() throws {
        let folder = try TemporaryFolder()
        for name in ["a.yaml", "b.yml", "c.json", "deep/er/d.yaml", ".hidden/e.yaml", ".f.yaml", "g.txt"] {
            try folder.write(Self.node("x" + String(name.filter(\.isLetter))), to: name)
        }
        #expect(Self.nodes([folder.path("")]) == 4)
        #expect(Self.nodes([folder.path("a.yaml"), folder.path("g.txt")]) == 2)
    }

    @Test("links are followed, a folder that holds itself is read once, and a pipe in it not at all")
    func endless() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.node("a"), to: "cluster/a.yaml")
        try folder.write(Self.node("b"), to: "elsewhere/b.yaml")
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: folder.path("cluster/loop"), withDestinationPath: folder.path("cluster"))
        try manager.createSymbolicLink(
            atPath: folder.path("cluster/more"), withDestinationPath: folder.path("elsewhere"))
        #expect(mkfifo(folder.path("cluster/pipe.yaml"), 0o600) == 0)
        #expect(Self.nodes([folder.path("cluster")]) == 2)
    }

    @Test("all that cannot be read is named, with all that is wrong in what can") func everything() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("empty"), withIntermediateDirectories: true)
        let broken = try folder.write("{apiVersion: v1, kind: Node}", to: "broken.yaml")
        let outcome = Program().run(
            ["schedule"]
                + [folder.path("empty"), folder.path("missing.yaml"), broken].flatMap { ["--cluster", $0] })
        #expect(outcome.exitCode == .badInput)
        #expect(outcome.standardOutput == "")
        #expect(
            outcome.standardError == """
                \(folder.path("empty")): no file ends in .yaml, .yml or .json
                \(folder.path("missing.yaml")): No such file or directory
                \(broken):1: metadata: found nothing, expected a mapping with a name

                """)
    }

    @Test("what may never end is not read for ever") func device() {
        let outcome = Program().run(["schedule", "--cluster", "/dev/null"])
        #expect(outcome.exitCode == .badInput)
        #expect(
            outcome.standardError
                == "/dev/null:1: found nothing, expected a Kubernetes object or an Azure ML job\n")
    }
}
