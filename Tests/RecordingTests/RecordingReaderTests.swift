import Documents
import Foundation
import KubernetesAPI
import Testing

@testable import Recording

@Suite("A recording that is not whole says where") struct RecordingReaderTests {
    private func read(_ file: String) throws -> (count: Int, warning: Problem?) {
        let reader = try RecordingReader(file)
        var count = 0
        while try reader.next() != nil { count += 1 }
        return (count, reader.warning)
    }

    /// Writes a text and reads it as a recording; what is wrong with it.
    private func problem(_ text: String) throws -> Problem? {
        let folder = try TemporaryFolder()
        try text.write(toFile: folder.file("a"), atomically: true, encoding: .utf8)
        do {
            _ = try read(folder.file("a"))
            return nil
        } catch let problem as Problem { return problem }
    }

    private let header = RecordedWorld.header.document.json(pretty: false) + "\n"

    @Test("cut off anywhere, it is read up to there") func cut() throws {
        let folder = try TemporaryFolder()
        var world = try RecordedWorld(seed: 1, file: folder.file("whole"))
        try world.run(steps: 60)
        let whole = try Data(contentsOf: URL(filePath: folder.file("whole")))
        let all = try read(folder.file("whole")).count
        #expect(all > 100)
        var most = 0
        for length in stride(from: 40, to: whole.count, by: 97) {
            let file = folder.file("cut")
            try whole.prefix(length).write(to: URL(filePath: file))
            do {
                let part = try read(file)
                #expect(part.count <= all)
                #expect(part.count >= most)
                #expect(part.warning?.severity == .warning)
                most = part.count
            } catch let problem as Problem {
                // Not even the first line is there.
                #expect(most == 0 && problem.line == 1, "\(problem)")
            }
        }
        #expect(most > all / 2)
    }

    @Test("broken anywhere, it says where and never traps") func broken() throws {
        let folder = try TemporaryFolder()
        var world = try RecordedWorld(seed: 2, file: folder.file("whole"))
        try world.run(steps: 30)
        let whole = try Data(contentsOf: URL(filePath: folder.file("whole")))
        var refused = 0
        for position in stride(from: 0, to: whole.count, by: 53) {
            var bytes = whole
            bytes[position] ^= 0x55
            let file = folder.file("broken")
            try bytes.write(to: URL(filePath: file))
            do { _ = try read(file) } catch let problem as Problem {
                refused += 1
                #expect(problem.file == file)
            }
        }
        #expect(refused > 10)
    }

    @Test("what is no recording, or another version's, is told from one") func foreign() throws {
        for text in ["", "hello\n", "{\"kind\":\"List\"}\n", "[1]\n", "\n"] {
            let message = try problem(text)?.message ?? ""
            #expect(message.hasPrefix("found no recording"), "\(text.debugDescription): \(message)")
        }
        let newer = header.replacing("\"gangwrightRecording\":1", with: "\"gangwrightRecording\":2")
        #expect(
            try problem(newer)?.message
                == "found version 2, expected 1: a newer gangwright wrote this")
        #expect(try problem(header) == nil)
        #expect(throws: Problem.self) { try read("/nowhere") }
        #expect(throws: Problem.self) { try read("/tmp") }
    }

    @Test("lines that make no sense are named") func lines() throws {
        let good = "{\"at\":1,\"bound\":\"ns/a\"}\n"
        #expect(try problem(header + good) == nil)
        for (line, field) in [
            ("{\"at\":1,\"bound\":\"a\"}", "bound"), ("{\"at\":1,\"set\":\"Pood\",\"object\":{}}", "set"),
            ("{\"at\":1,\"set\":\"Pod\"}", "object"), ("{\"bound\":\"ns/a\"}", "at"),
            ("{\"at\":1,\"cycle\":1,\"digest\":[\"1\"]}", "digest"),
            ("{\"at\":1,\"cycle\":1,\"binds\":[[\"ns/a\"]],\"digest\":[\"1\",\"2\"]}", "binds"),
            ("{\"at\":1}", ""), ("{\"at\":1,\"else\":1}", ""), ("{\"at\":", ""),
            (header.trimmingCharacters(in: .newlines), ""),
        ] {
            let found = try #require(try problem(header + good + line + "\n" + good), "\(line)")
            #expect(found.line == 3, "\(line): \(found)")
            #expect(found.field == field, "\(line): \(found)")
        }
    }

    private static let kindNames = ObjectKind.allCases.map(\.recordedName)

    @Test("a kind is named with its group") func kinds() {
        #expect(Self.kindNames.count == Set(Self.kindNames).count)
        #expect(Self.kindNames.contains("PodGroup.scheduling.volcano.sh"))
    }
}
