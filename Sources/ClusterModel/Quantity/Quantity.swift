/// Reads and writes Kubernetes amounts such as `64Gi`, `500m` or `2`, in exact integer arithmetic.
///
/// ```swift
/// try Quantity.units("64Gi")      // 68_719_476_736
/// try Quantity.milli("0.5")       // 500
/// Quantity.formatMilli(1_500)     // "1500m"
/// ```
///
/// The grammar is that of `resource.Quantity` in Kubernetes' apimachinery: an optional sign, digits with an
/// optional point (`.5` and `5.` included), then nothing, one of `n u m k M G T P E`, one of
/// `Ki Mi Gi Ti Pi Ei`, or a decimal exponent such as `e3`, `E-3`, `E+3`. So `1E` is ten to the eighteenth and
/// `1E3` a thousand.
///
/// It differs from Kubernetes in two places, both where Kubernetes goes on silently with another value: a
/// number without a digit (`+`, `.`, `Ki`) is malformed here and zero there; a value that does not fit in 64
/// bits is an error here, and capped or wrapped around there.
///
/// Fractions finer than the scale that was asked for round away from zero, as Kubernetes' `Value` and
/// `MilliValue` do: whoever asks for a little gets at least a little.
public enum Quantity {
    /// Reads an amount in whole units: bytes, devices, pods.
    ///
    /// - Throws: `QuantityError`, with the text.
    /// - Complexity: O(*n*) in the length of the text; allocates for fractions of binary units only.
    public static func units(_ text: some StringProtocol) throws(QuantityError) -> Int64 {
        try read(String(text), pointShift: 0)
    }

    /// Reads an amount in thousandths, as CPU is counted.
    ///
    /// - Throws: `QuantityError`, with the text.
    /// - Complexity: O(*n*) in the length of the text; allocates for fractions of binary units only.
    public static func milli(_ text: some StringProtocol) throws(QuantityError) -> Int64 {
        try read(String(text), pointShift: 3)
    }

    private static func read(_ text: String, pointShift: Int) throws(QuantityError) -> Int64 {
        let bytes = text.utf8.span
        guard var numeral = Numeral(bytes) else { throw .malformed(text) }
        guard let exponent = numeral.exponent else { throw .outOfRange(text) }
        numeral.exponent = exponent + pointShift
        guard let magnitude = numeral.magnitude(bytes) else { throw .outOfRange(text) }
        if numeral.isNegative, magnitude <= Int64.min.magnitude {
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        guard !numeral.isNegative, let value = Int64(exactly: magnitude) else { throw .outOfRange(text) }
        return value
    }
}
