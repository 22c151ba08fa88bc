/// Figures for people.
enum FigureText {
    /// A figure with its unit: `12.3 M/s`, `85.1 ns`, `1.25x`.
    static func text(_ value: Double, unit: Measurement.Unit) -> String {
        switch unit {
        case .perSecond: scaled(value, [(1e6, " M/s"), (1e3, " k/s")], last: " /s")
        case .nanoseconds: scaled(value, [(1e9, " s"), (1e6, " ms"), (1e3, " us")], last: " ns")
        case .bytes: decimal(value, places: value < 100 ? 1 : 0) + " B"
        case .ratio: decimal(value, places: 2) + "x"
        case .count: decimal(value, places: value == value.rounded() ? 0 : 3)
        }
    }

    /// A part of one as a percentage.
    static func percent(_ part: Double) -> String { decimal(part * 100, places: 1) + " %" }

    /// A number with a fixed number of decimal places.
    static func decimal(_ value: Double, places: Int) -> String {
        if !value.isFinite { return "-" }
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled != 0 ? "-" : ""
        let whole = sign + String(scaled / scale)
        if places == 0 { return whole }
        let fraction = String(scaled % scale)
        return whole + "." + String(repeating: "0", count: places - fraction.utf8.count) + fraction
    }

    private static func scaled(_ value: Double, _ scales: [(Double, String)], last: String) -> String {
        for (scale, suffix) in scales where abs(value) >= scale {
            return decimal(value / scale, places: value / scale < 100 ? 2 : 1) + suffix
        }
        return decimal(value, places: abs(value) < 100 ? 1 : 0) + last
    }
}
