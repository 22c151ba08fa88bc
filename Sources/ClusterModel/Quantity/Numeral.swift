/// The parts of an amount's text, by position: digits × 10^exponent × 1024^binarySteps.
///
/// The digits stay in the text, so any number of them costs no memory.
struct Numeral {
    var isNegative = false
    /// Positions of the digits before the point.
    var integer = 0..<0
    /// Positions of the digits after the point.
    var fraction = 0..<0
    /// Power of ten of the suffix; nil if it was written, but is too large for any meaning.
    var exponent: Int? = 0
    /// Power of 1024 of the suffix, 0 to 6.
    var binarySteps = 0

    /// Splits a text; nil if it does not follow the grammar.
    init?(_ bytes: Span<UInt8>) {
        var position = 0
        if position < bytes.count,
            bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        integer = Self.digits(bytes, from: position)
        position = integer.upperBound
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            fraction = Self.digits(bytes, from: position + 1)
            position = fraction.upperBound
        }
        guard !integer.isEmpty || !fraction.isEmpty else { return nil }
        guard readSuffix(bytes, from: position) else { return nil }
    }

    private static func digits(_ bytes: Span<UInt8>, from start: Int) -> Range<Int> {
        var end = start
        while end < bytes.count, bytes[end] &- UInt8(ascii: "0") < 10 { end += 1 }
        return start..<end
    }

    private mutating func readSuffix(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        guard start < bytes.count else { return true }
        let letter = bytes[start]
        let isLast = start + 1 == bytes.count
        if !isLast, letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E"),
            bytes[start + 1] != UInt8(ascii: "i")
        {
            return readExponent(bytes, from: start + 1)
        }
        if start + 2 == bytes.count, bytes[start + 1] == UInt8(ascii: "i") {
            switch letter {
            case UInt8(ascii: "K"): binarySteps = 1
            case UInt8(ascii: "M"): binarySteps = 2
            case UInt8(ascii: "G"): binarySteps = 3
            case UInt8(ascii: "T"): binarySteps = 4
            case UInt8(ascii: "P"): binarySteps = 5
            case UInt8(ascii: "E"): binarySteps = 6
            default: return false
            }
            return true
        }
        guard isLast else { return false }
        switch letter {
        case UInt8(ascii: "n"): exponent = -9
        case UInt8(ascii: "u"): exponent = -6
        case UInt8(ascii: "m"): exponent = -3
        case UInt8(ascii: "k"): exponent = 3
        case UInt8(ascii: "M"): exponent = 6
        case UInt8(ascii: "G"): exponent = 9
        case UInt8(ascii: "T"): exponent = 12
        case UInt8(ascii: "P"): exponent = 15
        case UInt8(ascii: "E"): exponent = 18
        default: return false
        }
        return true
    }

    private mutating func readExponent(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        var position = start
        var isNegativeExponent = false
        if bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegativeExponent = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let digits = Self.digits(bytes, from: position)
        guard !digits.isEmpty, digits.upperBound == bytes.count else { return false }
        var value = 0
        for index in digits {
            value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            if value > Self.exponentLimit {
                exponent = nil
                return true
            }
        }
        exponent = isNegativeExponent ? -value : value
        return true
    }

    /// Kubernetes keeps the exponent in 32 bits; no text has digits enough to need a larger one.
    private static let exponentLimit = Int(Int32.max)
}

extension Numeral {
    /// The value without its sign, rounded up to a whole number; nil if it does not fit.
    ///
    /// A digit's place is its index from the first one; `point` is the index of the first digit after the
    /// decimal point once the exponent has moved it, and may lie outside of the digits on either side.
    func magnitude(_ bytes: Span<UInt8>) -> UInt64? {
        guard let exponent else { return nil }
        let count = integer.count + fraction.count
        let point = integer.count + exponent
        var first = 0
        while first < count, digit(first, bytes) == 0 { first += 1 }
        if first == count { return 0 }
        // At least 10^20, too large for 64 bits; or below 10^-20, which not even 1024^6 lifts over 1.
        if point - first > 20 { return nil }
        if point - first < -20 { return 1 }

        var whole: UInt64 = 0
        var index = min(first, point)
        while index < point {
            guard let next = Self.multiply(whole, by: 10, adding: digit(index, bytes)) else { return nil }
            whole = next
            index += 1
        }
        let rounds: Bool
        if binarySteps == 0 {
            rounds = hasDigit(from: point, bytes)
        } else {
            guard let scaled = multiplyByBinarySuffix(whole, point: point, bytes) else { return nil }
            (whole, rounds) = scaled
        }
        guard rounds else { return whole }
        return Self.multiply(whole, by: 1, adding: 1)
    }

    /// Multiplies by 1024 once a step, whole part and decimal fraction side by side.
    ///
    /// Of the fraction, ten digits a step decide the whole part of the product: 10^k / 2^k is a whole number, so
    /// what follows the k-th digit cannot carry into it. It only tells whether the product is exact.
    private func multiplyByBinarySuffix(
        _ whole: UInt64, point: Int, _ bytes: Span<UInt8>
    ) -> (whole: UInt64, hasFraction: Bool)? {
        let count = integer.count + fraction.count
        let kept = max(0, min(count - point, 10 * binarySteps))
        var digits: [UInt64] = []
        digits.reserveCapacity(kept)
        for index in point..<(point + kept) { digits.append(digit(index, bytes)) }

        var whole = whole
        for _ in 0..<binarySteps {
            var carry: UInt64 = 0
            for index in digits.indices.reversed() {
                let product = digits[index] * 1024 + carry
                digits[index] = product % 10
                carry = product / 10
            }
            guard let next = Self.multiply(whole, by: 1024, adding: carry) else { return nil }
            whole = next
        }
        return (whole, digits.contains { $0 != 0 } || hasDigit(from: point + kept, bytes))
    }

    /// The digit at an index counted from the first one; zero outside.
    private func digit(_ index: Int, _ bytes: Span<UInt8>) -> UInt64 {
        if index < 0 || index >= integer.count + fraction.count { return 0 }
        let position =
            index < integer.count ? integer.lowerBound + index : fraction.lowerBound + index - integer.count
        return UInt64(bytes[position] - UInt8(ascii: "0"))
    }

    /// Whether a digit other than zero stands at an index or after it.
    private func hasDigit(from start: Int, _ bytes: Span<UInt8>) -> Bool {
        var index = max(start, 0)
        let count = integer.count + fraction.count
        while index < count {
            if digit(index, bytes) != 0 { return true }
            index += 1
        }
        return false
    }

    private static func multiply(_ value: UInt64, by factor: UInt64, adding term: UInt64) -> UInt64? {
        let (product, productOverflow) = value.multipliedReportingOverflow(by: factor)
        let (sum, sumOverflow) = product.addingReportingOverflow(term)
        return productOverflow || sumOverflow ? nil : sum
    }
}
