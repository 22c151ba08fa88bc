/// Round numbers along axes.
enum ChartTicks {
    /// The smallest round number of at least `value`, so that the highest line lies above everything that is drawn.
    static func ceiling(_ value: Double) -> Double {
        let step = step(for: value, at: 5)
        return max(step, (value / step).rounded(.up) * step)
    }

    /// Round numbers from 0 to `most`, about five of them.
    static func numbers(to most: Double, unit: String = "") -> [ChartFrame.Tick] {
        let step = step(for: most, at: 5)
        return multiples(of: step, to: most).map {
            ChartFrame.Tick(value: $0, label: FigureText.trimmed($0, places: 3) + unit)
        }
    }

    /// Round times from 0 to `most` seconds.
    static func times(to most: Double) -> [ChartFrame.Tick] {
        let steps: [Double] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
            604_800, 1_209_600, 2_419_200, 7_257_600, 31_536_000,
        ]
        var step = steps.first { most / $0 <= 8 } ?? 315_360_000
        while most / step > 8 { step *= 10 }
        return multiples(of: step, to: most).map {
            ChartFrame.Tick(value: $0, label: $0 == 0 ? "0" : FigureText.duration(seconds: $0))
        }
    }

    /// Times that are each some times the one before: for a logarithmic axis.
    static func logarithmicTimes(from least: Double, to most: Double) -> [ChartFrame.Tick] {
        let times: [Double] = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000]
        return times.filter { $0 >= least && $0 <= most }.map {
            ChartFrame.Tick(value: $0, label: FigureText.duration(seconds: $0))
        }
    }

    private static func multiples(of step: Double, to most: Double) -> [Double] {
        let count = step > 0 ? Int(min(50, (most / step + 1e-9).rounded(.down))) : 0
        return (0...max(0, count)).map { Double($0) * step }
    }

    /// 1, 2 or 5 times a power of ten, of which about `count` make `most`.
    private static func step(for most: Double, at count: Double) -> Double {
        guard most > 0, most.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= most / count, power < 1e15 { power *= 10 }
        while power > most / count, power > 1e-3 { power /= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { most / $0 <= count } ?? power * 10
    }
}
