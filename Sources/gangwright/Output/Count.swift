/// Numbers of things in sentences.
enum Count {
    /// `1 pod`, `2 pods`.
    static func of(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
