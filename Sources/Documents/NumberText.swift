/// The value of a number's text as JSON or YAML writes it.
enum NumberText {
    /// The nearest Double; YAML's `.inf` and `.nan` included.
    static func double(_ text: String) -> Double? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .infinity
        case "-.inf", "-.Inf", "-.INF": -.infinity
        case ".nan", ".NaN", ".NAN": .nan
        default: Double(text)
        }
    }
}
