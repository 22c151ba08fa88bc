extension Value {
    /// The tree that was read, to be printed again or kept without its text.
    public var output: OutputValue {
        switch kind {
        case .null: .null
        case .bool: .bool(bool ?? false)
        case .integer: .integer(integer ?? 0)
        case .float: .number(double ?? 0)
        case .string: .string(string ?? "")
        case .sequence: .list(elements.map(\.output))
        case .mapping: .object(members.map { ($0.key, $0.value.output) })
        }
    }
}
