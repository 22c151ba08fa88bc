public import ClusterModel

/// Whether a pod may stand on a node, resources aside: written a second time, from the documentation of Kubernetes.
///
/// It shares nothing with the scheduler but the values that it reads, so that a mistake in one shows in the other.
public enum NodeOracle {
    /// What speaks against a pod on a node; empty if nothing does.
    ///
    /// - Parameter readiness: whether a `Ready` condition other than `True` counts, as it does for `gangwright`.
    public static func objections(to pod: Pod, on node: Node, readiness: Bool) -> [String] {
        var found: [String] = []
        if readiness, let ready = node.ready, ready.rawValue != "True" { found.append("node is not ready") }
        if node.isUnschedulable {
            let cordon = Taint(key: "node.kubernetes.io/unschedulable", value: "", effect: .noSchedule)
            if !isTolerated(cordon, by: pod) { found.append("node is cordoned") }
        }
        for taint in node.taints where taint.effect == .noSchedule || taint.effect == .noExecute {
            if !isTolerated(taint, by: pod) { found.append("taint \(taint) is not tolerated") }
        }
        for (key, value) in pod.nodeSelector where node.labels[key] != value {
            found.append("selector \(key)=\(value) does not match")
        }
        if let terms = pod.nodeAffinity.required, !terms.contains(where: { isMet($0, by: node) }) {
            found.append("no required term matches")
        }
        return found
    }

    /// A taint is tolerated by any one toleration.
    public static func isTolerated(_ taint: Taint, by pod: Pod) -> Bool {
        for toleration in pod.tolerations {
            let isSameEffect = toleration.effect.map { $0 == taint.effect } ?? true
            let isSameKey = toleration.key == taint.key
            let numbers = (Int64(taint.value), Int64(toleration.value))
            let isCovered =
                switch toleration.operator {
                case .exists: isSameKey || toleration.key == ""
                case .equal: isSameKey && toleration.value == taint.value
                case .lessThan:
                    if let its = numbers.0, let bound = numbers.1 { isSameKey && its < bound } else { false }
                case .greaterThan:
                    if let its = numbers.0, let bound = numbers.1 { isSameKey && its > bound } else { false }
                }
            if isSameEffect && isCovered { return true }
        }
        return false
    }

    /// A term holds if it says anything and all that it says is so.
    static func isMet(_ term: NodeSelectorTerm, by node: Node) -> Bool {
        var isSaying = false
        for expression in term.matchExpressions {
            isSaying = true
            if !isMet(expression, by: node.labels[expression.key]) { return false }
        }
        for field in term.matchFields {
            isSaying = true
            if field.key != "metadata.name" || !isMet(field, by: node.name) { return false }
        }
        return isSaying
    }

    private static func isMet(_ requirement: NodeSelectorRequirement, by label: String?) -> Bool {
        switch requirement.operator {
        case .exists: return label != nil
        case .doesNotExist: return label == nil
        case .notIn:
            guard let label else { return true }
            return !requirement.values.contains(label)
        case .isIn:
            guard let label else { return false }
            return requirement.values.contains(label)
        case .greaterThan, .lessThan:
            guard let label, let number = Int64(label),
                let bound = requirement.values.first.flatMap({ Int64($0) })
            else { return false }
            return requirement.operator == .greaterThan ? number > bound : number < bound
        }
    }
}
