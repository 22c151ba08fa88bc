extension Quantity {
    /// Writes an amount in its resource's own unit, exactly, in the canonical form.
    public static func format(_ amount: Int64, of resource: ResourceName) -> String {
        switch resource.scale {
        case .milli: formatMilli(amount)
        case .bytes: formatBytes(amount)
        case .count: formatUnits(amount)
        }
    }

    /// Writes whole units in the canonical decimal form: `1500`, `2k`, `12M`.
    ///
    /// The suffix is the largest that loses nothing (`DecimalSI` of Kubernetes' apimachinery).
    public static func formatUnits(_ value: Int64) -> String {
        write(value, base: 1_000, suffixes: ["", "k", "M", "G", "T", "P", "E"])
    }

    /// Writes thousandths in the canonical decimal form: 1,500 is `1500m`, 2,000 is `2`, 2,000,000 is `2k`.
    public static func formatMilli(_ value: Int64) -> String {
        value % 1_000 == 0 ? formatUnits(value / 1_000) : "\(value)m"
    }

    /// Writes bytes in the canonical binary form: 68,719,476,736 is `64Gi`, 1,000 is `1000`.
    ///
    /// The suffix is the largest that loses nothing (`BinarySI`). Kubernetes itself writes amounts below 1024 in
    /// the decimal form, 1,000 as `1k`; plain digits are the same value and are easier to read among bytes.
    public static func formatBytes(_ value: Int64) -> String {
        write(value, base: 1_024, suffixes: ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
    }

    private static func write(_ value: Int64, base: Int64, suffixes: [String]) -> String {
        var value = value
        var step = 0
        while value != 0, value % base == 0, step + 1 < suffixes.count {
            value /= base
            step += 1
        }
        return "\(value)\(suffixes[step])"
    }
}
