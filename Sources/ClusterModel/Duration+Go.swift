extension Duration {
    /// Reads a duration as Go writes it, such as `1h30m`, `10s`, `500ms` or `-1.5h`.
    ///
    /// Volcano's arguments and annotations are written so. Nil for anything else (`10`, `1d`, `1 h`, an empty text) and for
    /// what Go cannot hold, that is beyond about 292 years. As in Go, a fraction finer than a nanosecond is dropped.
    public init?(go text: String) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if Array(rest) == [UInt8(ascii: "0")] {
            self = .zero
            return
        }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = Self.takePart(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        self = .nanoseconds(isNegative ? -total : total)
    }

    /// The duration as Go would read it, without parts that are zero: `1h30m`, `500ms`, `0s`.
    ///
    /// What is finer than a nanosecond is dropped.
    public var goText: String {
        let (seconds, attoseconds) = components
        let nanoseconds = attoseconds / 1_000_000_000
        if seconds == 0, nanoseconds == 0 { return "0s" }
        var text = seconds < 0 || nanoseconds < 0 ? "-" : ""
        let whole = seconds.magnitude
        if whole >= 3_600 { text += "\(whole / 3_600)h" }
        if whole / 60 % 60 > 0 { text += "\(whole / 60 % 60)m" }
        if whole % 60 > 0 { text += "\(whole % 60)s" }
        var fraction = nanoseconds.magnitude
        for (unit, size) in [("ms", 1_000_000), ("us", 1_000), ("ns", 1)] as [(String, UInt64)] {
            if fraction >= size { text += "\(fraction / size)\(unit)" }
            fraction %= size
        }
        return text
    }

    /// Nanoseconds per unit; `µs` has two spellings in Unicode, and Go reads both.
    private static let units: [String: Int64] = [
        "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]

    /// Takes a number and its unit from the front; nil where there is none or it is too large.
    private static func takePart(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let whole = takeDigits(&rest)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = takeDigits(&rest)
        }
        if whole.isEmpty && fraction.isEmpty { return nil }
        let name = rest.prefix { $0 != UInt8(ascii: ".") && !isDigit($0) }
        rest.removeFirst(name.count)
        guard let unit = units[String(decoding: name, as: UTF8.self)] else { return nil }
        guard let count = number(whole) else { return nil }
        let (amount, overflow) = count.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        // Ten digits tell any fraction of a unit up to a second exactly; hours need fourteen, and 18 fit.
        let digits = fraction.prefix(18)
        let scale = digits.reduce(Int64(1)) { scale, _ in scale * 10 }
        let product = (number(digits) ?? 0).multipliedFullWidth(by: unit)
        let part = scale.dividingFullWidth(product).quotient
        let (sum, tooLarge) = amount.addingReportingOverflow(part)
        return tooLarge ? nil : sum
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix(while: isDigit)
        rest.removeFirst(digits.count)
        return digits
    }

    /// Zero for no digits; nil beyond 64 bits.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        digits.isEmpty ? 0 : Int64(String(decoding: digits, as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
