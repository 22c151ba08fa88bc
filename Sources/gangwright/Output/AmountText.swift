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
        case .milli: Quantity.formatMilli(rounded(amount))
        case .bytes: Quantity.formatBytes(rounded(amount))
        case .count: Quantity.formatMilli(amount)
        }
    }

    private static func rounded(_ milli: Int64) -> Int64 { milli / 1000 + (milli % 1000 >= 500 ? 1 : 0) }

    /// A list as an object of quantity strings.
    static func object(_ list: ResourceList) -> OutputValue {
        .object(list.sorted.map { ($0.name.text, .string(text($0.amount, of: $0.name))) })
    }

    /// A list as `cpu 4, memory 64Gi`.
    static func sentence(_ list: ResourceList) -> String {
        list.isEmpty
            ? "nothing"
            : list.sorted.map { "\($0.name) \(text($0.amount, of: $0.name))" }.joined(separator: ", ")
    }
}
