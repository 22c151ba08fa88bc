import ClusterModel
import Documents
import SchedulingPolicy

/// Amounts as Kubernetes writes them.
enum AmountText {
    /// One amount in its resource's own unit.
    static func text(_ amount: Int64, of resource: ResourceName) -> String {
        switch resource.scale {
        case .milli: Quantity.formatMilli(amount)
        case .bytes: Quantity.formatBytes(amount)
        case .count: Quantity.formatUnits(amount)
        }
    }

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
        .object(list.sorted.map { ($0.name.text, .string(text($0.amount, of: $0.name))) })
    }

    /// A list as `cpu 4, memory 64Gi`, rounded for people.
    static func sentence(_ list: ResourceList) -> String {
        list.isEmpty
            ? "nothing"
            : list.sorted.map { "\($0.name) \(rounded($0.amount, of: $0.name))" }.joined(separator: ", ")
    }

    /// One amount for people: a tenth of a core, or of the largest binary unit that it reaches, is close enough.
    static func rounded(_ amount: Int64, of resource: ResourceName) -> String {
        switch resource.scale {
        case .milli: return decimal(amount, unit: 1000)
        case .count: return String(amount)
        case .bytes:
            let suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
            let power = min(6, max(0, (63 - amount.magnitude.leadingZeroBitCount) / 10))
            return decimal(amount, unit: 1 << Int64(10 * power)) + suffixes[power]
        }
    }

    /// Thousandths of a resource's unit, for people.
    static func rounded(milli amount: Int64, of resource: ResourceName) -> String {
        resource.scale == .count
            ? decimal(amount, unit: 1000) : rounded(roundedToUnit(amount), of: resource)
    }

    /// An amount in a unit, to one decimal where there is one.
    private static func decimal(_ amount: Int64, unit: Int64) -> String {
        var whole = amount / unit
        var tenths = (Int128(amount % unit) * 10 + Int128(unit / 2)) / Int128(unit)
        if tenths == 10 {
            whole += 1
            tenths = 0
        }
        return tenths == 0 ? String(whole) : "\(whole).\(tenths)"
    }
}
