internal import ClusterModel
internal import Documents

/// Reads tolerations and refuses those that the API server refuses.
enum TolerationReader {
    static func read(_ toleration: FieldReader) -> Toleration {
        let key = toleration.string("key") ?? ""
        let comparison = toleration.choice("operator", of: Toleration.Operator.self) ?? .equal
        let value = toleration.string("value") ?? ""
        let effect = toleration.choice("effect", of: Taint.Effect.self)

        if key.isEmpty && comparison != .exists {
            toleration.report("operator", "found \(comparison.rawValue) without a key, expected Exists")
        }
        switch comparison {
        case .equal: break
        case .exists:
            if !value.isEmpty {
                toleration.report(
                    "value", "found \(value.debugDescription), expected none with operator Exists")
            }
        case .lessThan, .greaterThan:
            if Int64(value) == nil {
                toleration.report(
                    "value",
                    "found \(value.debugDescription), expected an integer with operator \(comparison.rawValue)"
                )
            }
        }
        return Toleration(key: key, operator: comparison, value: value, effect: effect)
    }
}
