import ClusterModel
import Documents
import Foundation
import SchedulingLoop
import SchedulingPolicy
import TestSupport
import Testing

@testable import Recording

@Suite("A replay takes the recorded decisions again") struct ReplayTests {
    private func record(seed: UInt64, steps: Int = 120, in folder: TemporaryFolder) throws -> String {
        let file = folder.file("\(seed).jsonl.gz")
        var world = try RecordedWorld(seed: seed, file: file)
        try world.run(steps: steps)
        return file
    }

    private func replay(
        _ file: String, _ change: (inout Replay.Options) -> Void = { _ in }
    ) throws -> Replay.Outcome {
        var options = Replay.Options()
        change(&options)
        return try Replay.run(RecordingReader(file), file: file, options: options)
    }

    @Test("bit for bit, on random histories") func equal() throws {
        var (binds, evictions) = (0, 0)
        for seed in Seeds.first(6) {
            let folder = try TemporaryFolder()
            let outcome = try replay(try record(seed: seed, in: folder))
            #expect(
                outcome.difference == nil,
                "replay it alone with GANGWRIGHT_SEED=\(seed): \(String(describing: outcome.difference))")
            #expect(outcome.warning == nil)
            #expect(outcome.cycles > 20)
            #expect(outcome.replayed == (outcome.binds, outcome.evictions))
            (binds, evictions) = (binds + outcome.binds, evictions + outcome.evictions)
        }
        #expect(binds > 50)
        #expect(evictions > 0)
    }

    @Test("and finds a decision that was another, where it was") func difference() throws {
        let folder = try TemporaryFolder()
        var lines = try Self.lines(of: try record(seed: 3, in: folder))
        let line = try #require(lines.firstIndex { $0.contains("\"binds\":[[") })
        lines[line] = lines[line].replacing(/"binds":\[\["([^"]*)","[^"]*"\]/) {
            "\"binds\":[[\"\($0.output.1)\",\"nowhere\"]"
        }
        let file = folder.file("changed.jsonl")
        try lines.joined(separator: "\n").appending("\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        let outcome = try replay(file)
        let difference = try #require(outcome.difference)
        #expect(difference.line == line + 1)
        #expect(difference.recorded == "bound to nowhere")
        #expect(difference.replayed.hasPrefix("bound to node-"))
        #expect(difference.cycle == outcome.cycles)
        #expect(outcome.differentCycles == 1)
    }

    @Test("and what waits for another reason is a difference, too") func digest() throws {
        let folder = try TemporaryFolder()
        var lines = try Self.lines(of: try record(seed: 3, in: folder))
        let line = try #require(lines.lastIndex { $0.contains("\"digest\":[\"") })
        lines[line] = lines[line].replacing(/"digest":\["[0-9a-f]*"/, with: "\"digest\":[\"1\"")
        let file = folder.file("changed.jsonl")
        try lines.joined(separator: "\n").appending("\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        let difference = try #require(try replay(file).difference)
        #expect(difference.pod == nil)
        #expect(difference.replayed.contains("in other words"))
    }

    @Test("with another configuration differences are counted, and the replay goes on") func otherwise()
        throws
    {
        let folder = try TemporaryFolder()
        let file = try record(seed: 5, in: folder)
        let whole = try replay(file)
        let text = """
            compatibility: gangwright
            actions: "allocate"
            tiers:
            - plugins: [{name: gang}]
            - plugins: [{name: predicates}, {name: nodeorder}]
            """
        let (value, _) = SchedulerConfiguration.read(Array(text.utf8), file: "other")
        let other = WrittenConfiguration(try #require(value), text: text)
        let outcome = try replay(file) { $0.configuration = other }
        #expect(outcome.cycles == whole.cycles)
        #expect(outcome.binds == whole.binds)
        #expect(outcome.differentCycles > 0)
        #expect(outcome.difference != nil)
        #expect(outcome.replayed.evictions == 0)
    }

    @Test("up to a cycle, and gives the cluster as that cycle saw it") func cluster() throws {
        let folder = try TemporaryFolder()
        let file = try record(seed: 7, in: folder)
        let end = try replay(file) { $0.keepsObjects = true }
        #expect(try #require(end.cluster).time == end.period?.upperBound)
        let reader = try RecordingReader(file)
        var binds = 0
        var cycles = 0
        // The first cycle that binds after another one did.
        while let entry = try reader.next() {
            guard case .cycle(let cycle) = entry.content else { continue }
            cycles += 1
            if binds > 0, !cycle.binds.isEmpty { break }
            binds += cycle.binds.count
        }
        let outcome = try replay(file) {
            $0.keepsObjects = true
            $0.untilCycle = cycles
        }
        #expect(outcome.cycles == cycles)
        let cluster = try #require(outcome.cluster)
        guard case .object(let members) = cluster.list, case .list(let items)? = members.last?.1 else {
            Issue.record("no list")
            return
        }
        #expect(items.count == cluster.count)
        #expect(cluster.configuration.contains("binpack"))
        #expect(throws: Problem.self) { try replay(file) { $0.untilCycle = 1_000_000 } }
    }

    /// The lines of a recording, decompressed.
    static func lines(of file: String) throws -> [String] {
        let reader = try GzipReader(file)
        var bytes: [UInt8] = []
        while true {
            let part = try reader.read(atMost: 1 << 16)
            if part.isEmpty { break }
            bytes += part
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
