import Documents
import SyntheticClusters
import Testing

@testable import Simulation

@Suite("A report can be written, read again and put together from parts") struct SimulationReportTests {
    static let variants = ["", "slow", "slower"]
    static let seeds: [UInt64] = [7, 3, .max]
    static let runs = MadeUpRuns.runs(variants: variants, seeds: seeds)
    private static let whole = report(runs)
    private static let page = whole.html()
    private static let drawn = Array(report([runs[0]]).document().json(pretty: false).utf8)

    private static func report(_ runs: [SimulationRun]) -> SimulationReport {
        var report = SimulationReport(scenario: "made-up", variants: variants, seeds: seeds)
        for run in runs { report.add(run) }
        return report
    }

    private static func documents(_ texts: [String]) -> [Value] {
        texts.enumerated().flatMap { index, text in
            DocumentParser.parseJSON(Array(text.utf8), file: "part-\(index).json").documents
        }
    }

    private static func problems(_ texts: [String]) -> [String] {
        let sink = ProblemSink()
        let report = SimulationReport.read(documents(texts), sink: sink)
        #expect(report == nil)
        return sink.problems.map(\.description)
    }

    @Test("parts in any order make the report of one run, to the last byte", arguments: 1...4 as ClosedRange<UInt64>)
    func merging(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var runs = Self.runs
        random.shuffle(&runs)
        var parts: [[SimulationRun]] = Array(repeating: [], count: random.integer(in: 1...5))
        for run in runs { parts[random.integer(in: 0...(parts.count - 1))].append(run) }
        let sink = ProblemSink()
        let texts = parts.map { Self.report($0).document().json(pretty: false) }
        let merged = try #require(SimulationReport.read(Self.documents(texts), sink: sink), "seed \(seed)")
        #expect(sink.problems.isEmpty, "seed \(seed)")
        #expect(merged == Self.whole, "seed \(seed)")
        #expect(merged.html() == Self.page, "seed \(seed)")
        #expect(merged.document() == Self.whole.document(), "seed \(seed)")
        #expect(merged.missing.isEmpty, "seed \(seed)")
    }

    @Test("runs that no part has are named") func missing() throws {
        let sink = ProblemSink()
        let text = Self.report(Array(Self.runs.dropFirst(2))).document().json()
        let report = try #require(SimulationReport.read(Self.documents([text]), sink: sink))
        #expect(report.missing.map(\.variant) == ["", ""])
        #expect(report.missing.map(\.seed) == [7, 3])
    }

    @Test("a run that comes twice, and parts of different sweeps, are refused") func misfits() {
        let text = Self.report([Self.runs[1]]).document().json(pretty: false)
        #expect(
            Self.problems([text, text]) == [
                "part-1.json:1: runs[0].seed: found baseline with seed 3 twice, expected it in one part"
            ])
        let other = text.replacing("\"scenario\":\"made-up\"", with: "\"scenario\":\"other\"")
        #expect(
            Self.problems([text, other]) == [
                "part-1.json:1: scenario: found \"other\", expected \"made-up\" as in part-0.json"
            ])
        let seeds = text.replacing("\"seeds\":[7,3,", with: "\"seeds\":[8,3,")
        #expect(
            Self.problems([text, seeds]) == [
                "part-1.json:1: seeds: found others than in part-0.json, expected parts of one sweep"
            ])
    }

    @Test("what is no result of this version is refused with a place") func strictness() {
        #expect(Self.problems(["{}"]).first?.contains("expected SimulationReport") == true)
        #expect(Self.problems([]).first?.contains("found no document") == true)
        let text = Self.report([Self.runs[1]]).document().json(pretty: false)
        let unknown = text.replacing("\"waitP50\":", with: "\"waitP42\":")
        #expect(Self.problems([unknown]).contains { $0.contains("waitP42: found a figure that this version does not know") })
        let stranger = text.replacing("\"variant\":\"\",\"seed\":3", with: "\"variant\":\"\",\"seed\":4")
        #expect(Self.problems([stranger]).contains { $0.contains("that the head does not name") })
        let cut = text.replacing("\"durationSeconds\":28800.0,", with: "")
        #expect(Self.problems([cut]).contains { $0.contains("durationSeconds: found nothing, expected a number") })
        let drawn = Self.report([Self.runs[0]]).document().json(pretty: false)
        let short = drawn.replacing("\"cpuCapacity\":[768.0,", with: "\"cpuCapacity\":[")
        #expect(Self.problems([short]).contains { $0.contains("cpuCapacity: expected as many numbers") })
    }

    @Test("what was broken in any place is refused or read, and never a trap", arguments: 1...30 as ClosedRange<UInt64>)
    func broken(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var text = Self.drawn
        for _ in 0...random.integer(in: 0...3) {
            let place = random.integer(in: 0...(text.count - 1))
            switch random.integer(in: 0...3) {
            case 0: text[place] = UInt8(random.integer(in: 32...126))
            case 1: text.remove(at: place)
            case 2: text.insert(contentsOf: "-9e99".utf8, at: place)
            default: text.replaceSubrange(place..<min(place + 9, text.count), with: "null".utf8)
            }
        }
        let sink = ProblemSink()
        let parsed = DocumentParser.parseJSON(text, file: "broken")
        guard parsed.problems.isEmpty else { return }
        let report = SimulationReport.read(parsed.documents, sink: sink)
        #expect((report == nil) == !sink.problems.isEmpty, "seed \(seed)")
        if let report { #expect(!report.html().isEmpty, "seed \(seed)") }
    }

    @Test("a run of the same variant and seed takes the place of the one before") func replacing() {
        var report = Self.report(Self.runs)
        let count = report.runs.count
        report.add(Self.runs[4])
        #expect(report.runs.count == count)
        #expect(report.runs.map(\.variant) == ["", "", "", "slow", "slow", "slow", "slower", "slower", "slower"])
    }

    @Test("details are kept for the first seed alone, and jobs where they are asked for") func detail() {
        let report = Self.report([])
        var plan = SimulationPlan()
        plan.seed = 7
        #expect(report.detail(of: plan) == .charts)
        #expect(report.detail(of: plan, jobs: true) == .jobs)
        plan.seed = 3
        #expect(report.detail(of: plan, jobs: true) == .figures)
    }

    @Test("every CSV has a header and rows of as many fields") func csv() {
        var report = SimulationReport(scenario: "made-up", variants: ["", "a,\"b\""], seeds: [1])
        report.add(MadeUpRuns(queues: ["one", "two, three"]).run())
        report.add(MadeUpRuns(variant: "a,\"b\"", queues: ["two, three"]).run())
        for content in SimulationReport.CSVContent.allCases {
            let table = CSVTable(Array(report.csv(content).utf8), file: "\(content).csv")
            #expect(table.problems.isEmpty, "\(content): \(table.problems)")
            #expect(Set(table.columns).count == table.columns.count, "\(content)")
            #expect(table.rows.count > 1, "\(content)")
        }
        let jobs = CSVTable(Array(report.csv(.jobs).utf8), file: "jobs.csv")
        #expect(jobs.rows.count == 240)
        #expect(jobs.rows.last?.fields.first == "a,\"b\"")
        let series = CSVTable(Array(report.csv(.series).utf8), file: "series.csv")
        #expect(series.columns.contains("queueAllocated:two, three"))
        #expect(series.rows.count == 400)
    }
}
