import ClusterModel
import Documents
import Foundation
import Glibc
import SchedulingLoop
import Synchronization
import Testing

@testable import Recording

@Suite("A recorder writes without holding anybody up") struct RecorderTests {
    private final class Reports: Sendable {
        private let list = Mutex<[Recorder.Report]>([])
        func add(_ report: Recorder.Report) { list.withLock { $0.append(report) } }
        var limits: Int { list.withLock { $0 }.count { $0 == .reachedLimit } }
        var stops: [String] {
            list.withLock { $0 }.compactMap { if case .stopped(let why) = $0 { why } else { nil } }
        }
    }

    private static let pod = ObjectKey(namespace: "ns", name: "pod")

    private func recorder(
        _ file: String, _ reports: Reports = Reports(), _ change: (inout Recorder.Options) -> Void = { _ in }
    ) throws -> Recorder {
        var options = Recorder.Options(path: file)
        change(&options)
        return try Recorder(options, header: RecordedWorld.header) { reports.add($0) }
    }

    private func entries(_ file: String) throws -> (count: Int, warning: Problem?) {
        let reader = try RecordingReader(file)
        var count = 0
        while try reader.next() != nil { count += 1 }
        return (count, reader.warning)
    }

    @Test("what was told a second ago is in the file, whatever becomes of the process") func flushes() throws
    {
        let folder = try TemporaryFolder()
        let recorder = try recorder(folder.file("a"))
        for number in 0..<100 {
            recorder.put(.outcome(.bound(Self.pod)), at: LoopTime(milliseconds: Int64(number)))
        }
        Thread.sleep(forTimeInterval: 1)
        let cut = try entries(folder.file("a"))
        #expect(cut.count == 100)
        #expect(cut.warning?.severity == .warning)
        recorder.put(.outcome(.bound(Self.pod)), at: LoopTime(milliseconds: 100))
        recorder.finish()
        let whole = try entries(folder.file("a"))
        #expect(whole.count == 101)
        #expect(whole.warning == nil)
    }

    @Test("an earlier file is kept, one generation of it") func generations() throws {
        let folder = try TemporaryFolder()
        for number in 1...3 {
            let recorder = try recorder(folder.file("a"))
            for _ in 0..<number { recorder.put(.outcome(.bound(Self.pod)), at: LoopTime(milliseconds: 0)) }
            recorder.finish()
        }
        #expect(try entries(folder.file("a")).count == 3)
        #expect(try entries(folder.file("a.1")).count == 2)
        #expect(!FileManager.default.fileExists(atPath: folder.file("a.2")))
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("a"))[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("that a file has reached its limit is told once, and nothing is lost until it is ended")
    func limit() throws {
        let folder = try TemporaryFolder()
        let reports = Reports()
        let recorder = try recorder(folder.file("a"), reports) { $0.limit = 1 }
        recorder.put(.outcome(.bound(Self.pod)), at: LoopTime(milliseconds: 0))
        Thread.sleep(forTimeInterval: 0.8)
        recorder.put(.outcome(.bound(Self.pod)), at: LoopTime(milliseconds: 1))
        recorder.finish()
        #expect(reports.stops.isEmpty)
        #expect(reports.limits == 1)
        let read = try entries(folder.file("a"))
        #expect(read.count == 2)
        #expect(read.warning == nil)
    }

    @Test("a queue that grows too long ends the recording") func slow() throws {
        let folder = try TemporaryFolder()
        let reports = Reports()
        let recorder = try recorder(folder.file("a"), reports) {
            $0.queueLimit = 1_000
            $0.interval = 60
        }
        for number in 0..<100 {
            recorder.put(.outcome(.bound(Self.pod)), at: LoopTime(milliseconds: Int64(number)))
        }
        recorder.finish()
        #expect(reports.stops.count == 1)
        #expect(reports.stops.first?.contains("too slow") ?? false)
        #expect(try entries(folder.file("a")).count == 7)
    }

    @Test("a full disk is told") func full() throws {
        let file = try GzipWriter(descriptor: open("/dev/full", O_WRONLY), path: "disk")
        try file.write(Array("text".utf8))
        let failure = #expect(throws: FileFailure.self) { _ = try file.flush() }
        #expect(failure?.description == "disk: No space left on device")
    }

    @Test("a folder that is not there is told before anything begins") func nowhere() throws {
        let failure = #expect(throws: FileFailure.self) { _ = try recorder("/nowhere/a") }
        #expect(failure?.description == "/nowhere/a: No such file or directory")
        for path in ["/dev/null", "/tmp"] {
            #expect(throws: FileFailure.self) { _ = try recorder(path) }
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }
}
