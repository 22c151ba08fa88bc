import Documents
import Testing

@testable import BenchmarkCases

@Suite("A report says what was measured, and can be read again") struct BenchmarkReportTests {
    /// All cases, small and once.
    private static let quick = Result {
        var settings = BenchmarkSettings()
        settings.isQuick = true
        settings.repetitions = 1
        return try BenchmarkSuite(settings).run { _ in }
    }

    @Test(
        "every case that needs no heap's books measures something",
        arguments: BenchmarkCase.all.filter { !$0.needsHeap }.map(\.name))
    func measures(_ name: String) throws {
        let measurements = try Self.quick.get().measurements.filter { $0.caseName == name }
        #expect(!measurements.isEmpty)
        for measurement in measurements {
            #expect(measurement.median.isFinite && measurement.median > 0, "\(measurement.key)")
        }
    }

    @Test("a report that is printed as JSON reads back the same") func roundTrip() throws {
        let report = try Self.quick.get()
        let sink = ProblemSink()
        let copy = BenchmarkReport(json: Array(report.document.json().utf8), file: "report", sink: sink)
        #expect(sink.problems.isEmpty)
        #expect(copy == report)
    }

    @Test("names of figures are unique, so that runs can be compared") func unique() throws {
        let keys = try Self.quick.get().measurements.map(\.key)
        #expect(Set(keys).count == keys.count)
    }

    @Test("what is no report is refused") func refused() {
        let sink = ProblemSink()
        #expect(BenchmarkReport(json: Array("{\"format\": 7}".utf8), file: "report", sink: sink) == nil)
        #expect(sink.hasErrors)
    }
}
