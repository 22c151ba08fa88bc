import Documents
import Foundation
import Testing

@testable import gangwright

private let dataFolder = ProcessInfo.processInfo.environment["GANGWRIGHT_DATA"]

private let needsData: Comment = "set GANGWRIGHT_DATA to the folder that holds openb/ to place the real trace"

@Suite("The whole-GPU tasks of openb are placed", .enabled(if: dataFolder != nil, needsData))
struct OpenBTests {
    /// Amounts by resource name, in thousandths.
    private typealias Amounts = [String: Int64]

    /// What the converted objects write: whole numbers, thousandths, Mi and Gi.
    private static func milli(_ value: Value) -> Int64? {
        guard let text = value.scalarText else { return nil }
        if text.hasSuffix("m") { return Int64(text.dropLast()) }
        for (suffix, factor) in [("Mi", Int64(1) << 20), ("Gi", 1 << 30)] where text.hasSuffix(suffix) {
            return Int64(text.dropLast(2)).map { $0 * factor * 1000 }
        }
        return Int64(text).map { $0 * 1000 }
    }

    private static func amounts(_ list: Value?) throws -> Amounts {
        var result: Amounts = [:]
        for (name, value) in try #require(list).members {
            let amount = try #require(milli(value))
            result[name] = amount
        }
        return result
    }

    @Test("every task is in the result once, and no node is over-committed") func invariants() throws {
        let folder = (dataFolder ?? "") + "/openb/"
        let converted = Program().run([
            "convert", "openb", "--nodes", folder + "openb_node_list_gpu_node.csv",
            "--pods", folder + "openb_pod_list_default.csv", "--gpu-requests", "wholeOnly", "-o", "json",
        ])
        #expect(converted.standardError == "")
        let temporary = try TemporaryFolder()
        let path = try temporary.write(converted.standardOutput, to: "cluster.json")
        let outcome = Program().run(["schedule", "--cluster", path, "-o", "json"])
        let result = try #require(outcome.document)

        var free: [String: Amounts] = [:]
        var asked: [String: Amounts] = [:]
        for object in try #require(converted.document?["items"]).elements {
            let name = try #require(object["metadata"]?["name"]?.string)
            if object["kind"]?.string == "Node" {
                free[name] = try Self.amounts(object["status"]?["allocatable"])
            } else {
                let container = object["spec"]?["containers"]?.elements.first { _ in true }
                let resources = container?["resources"]
                asked[name] = try Self.amounts(resources?["requests"])
                if let limits = resources?["limits"] {
                    asked[name]?.merge(try Self.amounts(limits)) { own, _ in own }
                }
            }
        }
        #expect(free.count == 1_213)
        #expect(asked.count == 5_074)

        var seen: Set<String> = []
        for list in ["binds", "pipelined", "pending"] {
            for entry in try #require(result[list]).elements {
                let pod = try #require(entry["pod"]?.string)
                #expect(seen.insert(pod).inserted, "\(pod) is in the result twice")
            }
        }
        #expect(seen == Set(asked.keys))
        for bind in try #require(result["binds"]).elements {
            let node = try #require(bind["node"]?.string)
            for (name, amount) in try #require(asked[bind["pod"]?.string ?? ""]) {
                let left = (free[node]?[name] ?? 0) - amount
                #expect(left >= 0, "\(node) has too little \(name)")
                free[node]?[name] = left
            }
        }
    }
}
