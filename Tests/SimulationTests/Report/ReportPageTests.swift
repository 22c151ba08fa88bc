import ClusterModel
import Documents
import Foundation
import FoundationXML
import Testing

@testable import Simulation

@Suite("A report's page is one well-formed file that needs nothing else") struct ReportPageTests {
    private static let one = MadeUpRuns.report(variants: [""], seeds: [3])
    private static let three = MadeUpRuns.report(variants: ["", "slow", "slower"], seeds: [1, 2, 3])

    private static func document(_ page: String) throws -> XMLDocument {
        try XMLDocument(xmlString: page, options: [.nodePreserveAll])
    }

    @Test("it is XML as well as HTML, with a drawing in every figure") func wellFormed() throws {
        for report in [Self.one, Self.three] {
            let document = try Self.document(report.html())
            let figures = try document.nodes(forXPath: "//*[local-name()='figure']")
            #expect(figures.count >= 8)
            for figure in figures {
                #expect(try !figure.nodes(forXPath: ".//*[local-name()='svg']").isEmpty)
                let caption = try figure.nodes(forXPath: ".//*[local-name()='figcaption']").first?.stringValue
                #expect(caption?.isEmpty == false)
            }
        }
    }

    @Test("it loads nothing and runs nothing") func standsAlone() {
        let page = Self.three.html()
        for forbidden in ["<script", "src=", "href=", "url(", "@import", "<link", "<iframe", "javascript:", "onload"] {
            #expect(!page.contains(forbidden), "\(forbidden)")
        }
        let names = ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"]
        let left = names.reduce(page) { $0.replacingOccurrences(of: "xmlns=\"\($1)\"", with: "") }
        #expect(!left.contains("://"))
    }

    @Test("the same runs give the same bytes, in whatever order they came") func sameBytes() {
        var again = SimulationReport(scenario: "made-up", variants: ["", "slow", "slower"], seeds: [1, 2, 3])
        for run in MadeUpRuns.runs(variants: ["", "slow", "slower"], seeds: [1, 2, 3]).reversed() { again.add(run) }
        #expect(again.html() == Self.three.html())
    }

    @Test("no number that cannot be drawn gets into a drawing") func numbers() {
        for page in [Self.one.html(), Self.three.html()] {
            #expect(!page.contains("nan"))
            #expect(!page.contains("inf\""))
        }
    }

    @Test("names are text, whatever they hold") func hostileNames() throws {
        let name = "<script>alert('&\"\u{1}')</script>"
        var report = SimulationReport(scenario: name, variants: ["", name], seeds: [1])
        for variant in report.variants {
            var made = MadeUpRuns(variant: variant, queues: [name, "x"])
            made.jobs = 60
            var plan = made.plan
            for index in plan.jobs.indices {
                plan.jobs[index].user = name
                plan.jobs[index].key.name = "\(name)-\(index)"
            }
            var outcome = made.outcome(of: plan)
            for index in outcome.pictures.indices { outcome.pictures[index].nodes[0].name = name }
            report.add(SimulationRun(plan, outcome, keeping: .charts))
        }
        let page = report.html()
        #expect(!page.contains("<script"))
        _ = try Self.document(page)
    }

    @Test("a run in which nothing happened is told of as well") func nothing() throws {
        for details in [SimulationRun.Detail.figures, .charts, .jobs] {
            var report = SimulationReport(scenario: "empty", variants: [""], seeds: [0])
            _ = try Self.document(report.html())
            report.add(SimulationRun(SimulationPlan(), SimulationOutcome(), keeping: details))
            _ = try Self.document(report.html())
            for content in SimulationReport.CSVContent.allCases { #expect(report.csv(content).hasSuffix("\n")) }
        }
    }

    @Test("a variant of a large run takes less than a megabyte") func size() {
        var made = MadeUpRuns(jobs: 3_000, nodes: 2_000)
        made.queues = (0..<40).map { "queue-\($0)" }
        var report = SimulationReport(scenario: "large", variants: [""], seeds: [1])
        report.add(made.run(keeping: .charts))
        #expect(report.html().utf8.count < 1_000_000)
    }

    @Test("the example pages are written where GANGWRIGHT_PAGES says")
    func examples() throws {
        guard let folder = ProcessInfo.processInfo.environment["GANGWRIGHT_PAGES"] else { return }
        for (name, report) in [("one", Self.one), ("variants", Self.three)] {
            try report.html().write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
            try report.document().json().write(toFile: "\(folder)/\(name).json", atomically: true, encoding: .utf8)
        }
    }
}
