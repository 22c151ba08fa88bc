import ClusterModel
import Documents
import SchedulingLoop
import Testing

@testable import Recording
@testable import SchedulingPolicy

@Suite("What a binding writes on its pod is recorded with it") struct BindAnnotationTests {
    private static func result(_ annotations: [String: String]) -> CycleResult {
        var result = CycleResult()
        result.cycle = 1
        result.binds = [
            CycleResult.Bind(
                pod: ObjectKey(namespace: "ns", name: "pod"), node: "node", cycle: 1,
                annotations: annotations)
        ]
        return result
    }

    private static func read(_ text: [UInt8]) throws -> CycleRecord {
        let value = try #require(
            DocumentParser.parseJSON(text, file: "recording").documents.first)
        guard case .cycle(let record) = try EntryReader.read(value, line: 1).content else {
            throw Problem(file: "recording", line: 1, message: "found no cycle")
        }
        return record
    }

    @Test("it is read as it was written, in the order of the names") func roundTrip() throws {
        var writer = EntryWriter()
        var bytes: [UInt8] = []
        writer.write(
            .cycle(Self.result(["b": "0:500", "a": "1"])), at: LoopTime(milliseconds: 5), to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""binds":[["ns/pod","node",{"a":"1","b":"0:500"}]]"#))
        #expect(try Self.read(bytes).binds == CycleRecord(Self.result(["b": "0:500", "a": "1"])).binds)
    }

    @Test("a bind without any is written as before") func plain() throws {
        var writer = EntryWriter()
        var bytes: [UInt8] = []
        writer.write(.cycle(Self.result([:])), at: LoopTime(milliseconds: 5), to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""binds":[["ns/pod","node"]]"#))
        #expect(try Self.read(bytes).binds == CycleRecord(Self.result([:])).binds)
    }

    @Test("a replay that writes something else has decided otherwise") func difference() throws {
        let recorded = CycleRecord(Self.result(["gpu": "0:500"]))
        let replayed = CycleRecord(Self.result(["gpu": "1:500"]))
        let difference = try #require(CycleDifference.find(recorded, replayed))
        #expect(difference.recorded == "bound to node with gpu=0:500")
        #expect(difference.replayed == "bound to node with gpu=1:500")
    }
}
