import Foundation
import Testing

@testable import Fragmentation

@Suite("The score of a gradient is the cut sigmoid, without an exponential function")
struct GradientScaleTests {
    /// The formula of the paper's simulator, with the C library's exponential.
    private func formula(_ decrease: Double) -> Int { Int((1 / (1 + exp(-decrease / 1000))) * 100) }

    @Test("the thresholds are exactly where the formula turns: so many doubles before and after agree")
    func thresholds() {
        #expect(GradientScale.thresholds.count == 100)
        for (score, threshold) in GradientScale.thresholds.enumerated() {
            var below = threshold.nextDown
            var above = threshold
            var wrong: [Double] = []
            for _ in 0..<200 {
                if formula(below) != score || GradientScale.score(decrease: below) != score {
                    wrong.append(below)
                }
                if formula(above) != score + 1 || GradientScale.score(decrease: above) != score + 1 {
                    wrong.append(above)
                }
                (below, above) = (below.nextDown, above.nextUp)
            }
            #expect(wrong.isEmpty, "threshold \(score + 1)")
        }
    }

    @Test("between thresholds they agree as well; no change scores 50, and any growth of fragments less")
    func between() {
        let wrong = (-80_000...80_000).map { Double($0) / 7 }.filter {
            GradientScale.score(decrease: $0) != formula($0)
        }
        #expect(wrong.isEmpty)
        #expect(GradientScale.score(decrease: 0) == 50)
        #expect(GradientScale.score(decrease: -1e-9) == 49)
        #expect(GradientScale.score(decrease: -.infinity) == 0)
        #expect(GradientScale.score(decrease: .infinity) == 100)
    }
}
