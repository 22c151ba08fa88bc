import Foundation
import Testing

@testable import Simulation

@Suite("A report's page is one well-formed file that needs nothing else") struct ReportPageTests {
    static let page = MadeUpRuns.report().html()

    @Test("the example pages are written where GANGWRIGHT_PAGES says") func examples() throws {
        guard let folder = ProcessInfo.processInfo.environment["GANGWRIGHT_PAGES"] else { return }
        try Self.page.write(toFile: folder + "/variants.html", atomically: true, encoding: .utf8)
        let one = MadeUpRuns.report(variants: [""], seeds: [3]).html()
        try one.write(toFile: folder + "/one.html", atomically: true, encoding: .utf8)
    }
}
