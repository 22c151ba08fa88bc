import ClusterModel
import Documents
import SchedulingPolicy

/// Amounts as Kubernetes writes them, for machines, and rounded, for people.
enum AmountText {
    /// Thousandths of a resource's unit, rounded to what the resource is counted in.
    static func text(milli amount: Int64, of resource: ResourceName) -> String {
        switch resource.scale {
        case .milli: Quantity.formatMilli(roundedToUnit(amount))
        case .bytes: Quantity.formatBytes(roundedToUnit(amount))
        case .count: Quantity.formatMilli(amount)
        }
    }

    private static func roundedToUnit(_ milli: Int64) -> Int64 {
        milli / 1000 + (milli % 1000 >= 500 ? 1 : 0)
    }

    /// A list as an object of quantity strings.
    static func object(_ list: ResourceList) -> OutputValue {
        .object(list.sorted.map { ($0.name.text, .string(Quantity.format($0.amount, of: $0.name))) })
    }

    /// A list as `cpu 4, memory 64Gi`, rounded for people.
    static func sentence(_ list: ResourceList) -> String {
        list.isEmpty
            ? "nothing"
            : list.sorted.map { "\($0.name) \(rounded($0.amount, of: $0.name))" }.joined(separator: ", ")
    }

    /// One amount for people: a tenth of a core, or of the largest binary unit that it reaches, is close enough.
    ///
    /// - Parameter up: Whether to round up, as what is missing must be: with less than it, it would be missing still.
    static func rounded(_ amount: Int64, of resource: ResourceName, up: Bool = false) -> String {
        switch resource.scale {
        case .milli: return milliDecimal(amount, up: up)
        case .count: return String(amount)
        case .bytes:
            let suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
            let power = min(6, max(0, (63 - amount.magnitude.leadingZeroBitCount) / 10))
            return decimal(amount, unit: 1 << UInt64(10 * power), up: up) + suffixes[power]
        }
    }

    /// Thousandths of a resource's unit, for people.
    static func rounded(milli amount: Int64, of resource: ResourceName) -> String {
        resource.scale == .count
            ? milliDecimal(amount, up: false) : rounded(roundedToUnit(amount), of: resource)
    }

    /// Thousandths, to one decimal; what is less than that as Kubernetes writes it, so that something is not nothing.
    private static func milliDecimal(_ amount: Int64, up: Bool) -> String {
        amount.magnitude < 100 ? Quantity.formatMilli(amount) : decimal(amount, unit: 1000, up: up)
    }

    /// An amount in a unit, to one decimal where there is one.
    private static func decimal(_ amount: Int64, unit: UInt64, up: Bool) -> String {
        let (whole, rest) = amount.magnitude.quotientAndRemainder(dividingBy: unit)
        let tenths =
            UInt128(whole) * 10 + (UInt128(rest) * 10 + UInt128(up ? unit - 1 : unit / 2)) / UInt128(unit)
        let text = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
        return amount < 0 ? "-" + text : text
    }
}
