import Testing

@testable import BenchmarkCases

@Suite("Figures are short and have a unit") struct FigureTextTests {
    @Test("rates and times are scaled") func scaled() {
        #expect(FigureText.text(12_345_678, unit: .perSecond) == "12.35 M/s")
        #expect(FigureText.text(999, unit: .perSecond) == "999 /s")
        #expect(FigureText.text(85.06, unit: .nanoseconds) == "85.1 ns")
        #expect(FigureText.text(1_500_000_000, unit: .nanoseconds) == "1.50 s")
    }

    @Test("decimal places are rounded, and kept where they are zero") func places() {
        #expect(FigureText.decimal(0.005, places: 2) == "0.01")
        #expect(FigureText.decimal(2, places: 2) == "2.00")
        #expect(FigureText.decimal(-0.001, places: 2) == "0.00")
        #expect(FigureText.decimal(.infinity, places: 2) == "-")
    }
}
