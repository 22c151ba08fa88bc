internal import ClusterModel
internal import Documents

/// Reads how pods are to be spread, and refuses what the API server refuses.
enum TopologySpreadReader {
    /// - Parameters:
    ///   - spec: The specification of a pod.
    ///   - labels: The pod's own labels, with which `matchLabelKeys` complete the selectors.
    static func read(_ spec: FieldReader, labels: [String: String]) -> [TopologySpreadConstraint] {
        var seen: Set<Rule> = []
        return spec.objects("topologySpreadConstraints").compactMap { reader in
            let constraint = constraint(reader, labels: labels)
            if let constraint, !seen.insert(Rule(constraint)).inserted {
                reader.report(
                    "topologyKey",
                    "found \(constraint.topologyKey.debugDescription) a second time with "
                        + "\(constraint.whenUnsatisfiable.rawValue), expected one constraint for both")
            }
            return constraint
        }
    }

    /// What two constraints of a pod must not have in common.
    private struct Rule: Hashable {
        let topologyKey: String
        let whenUnsatisfiable: TopologySpreadConstraint.UnsatisfiableAction

        init(_ constraint: TopologySpreadConstraint) {
            topologyKey = constraint.topologyKey
            whenUnsatisfiable = constraint.whenUnsatisfiable
        }
    }

    /// The fields are `int32`.
    private static let counts = 1...Int64(Int32.max)

    private static func constraint(_ reader: FieldReader, labels: [String: String])
        -> TopologySpreadConstraint?
    {
        if reader.lacks("maxSkew") {
            reader.report("maxSkew", "found nothing, expected an integer from 1 to \(counts.upperBound)")
        }
        let maxSkew = reader.integer("maxSkew", in: counts)
        let topologyKey = reader.requiredString("topologyKey")
        let action = reader.requiredChoice(
            "whenUnsatisfiable", of: TopologySpreadConstraint.UnsatisfiableAction.self)
        let minDomains = reader.integer("minDomains", in: counts)
        if minDomains != nil, action == .scheduleAnyway {
            reader.report("minDomains", "found a number, expected none with ScheduleAnyway")
        }
        let keys = reader.strings("matchLabelKeys")
        if !keys.isEmpty, reader.lacks("labelSelector") {
            reader.report("matchLabelKeys", "found keys, expected none without a labelSelector")
        }
        var selector = reader.labelSelector("labelSelector")
        selector?.complete(matching: keys, labels)
        let nodeAffinityPolicy: TopologySpreadConstraint.NodeInclusionPolicy? = reader.choice(
            "nodeAffinityPolicy")
        let nodeTaintsPolicy: TopologySpreadConstraint.NodeInclusionPolicy? = reader.choice(
            "nodeTaintsPolicy")
        guard let maxSkew, let topologyKey, let action else { return nil }
        return TopologySpreadConstraint(
            maxSkew: Int(maxSkew), topologyKey: topologyKey, whenUnsatisfiable: action,
            labelSelector: selector, minDomains: minDomains.map { Int($0) },
            nodeAffinityPolicy: nodeAffinityPolicy ?? .honor, nodeTaintsPolicy: nodeTaintsPolicy ?? .ignore,
            matchLabelKeys: keys)
    }
}
