internal import ClusterModel
internal import Documents

/// What Volcano's agent lends out on a node beside what the kubelet offers.
enum Oversubscription {
    /// Adds what the node's annotations say, if its label says that anything is lent out.
    ///
    /// Volcano takes what is no number for nought; so do we, with a warning.
    static func apply(to node: inout Node, metadata: FieldReader?) {
        guard node.isOversubscribed, let annotations = metadata?.object("annotations") else { return }
        add("volcano.sh/oversubscription-cpu", .cpu, to: &node, annotations)
        add("volcano.sh/oversubscription-memory", .memory, to: &node, annotations)
    }

    /// CPU is given in millicores, memory in bytes, both as floating-point numbers.
    private static func add(
        _ key: String, _ resource: ResourceName, to node: inout Node, _ annotations: FieldReader
    ) {
        guard let text = node.annotations[key] else { return }
        guard let number = Double(text), number.isFinite, number >= 0, number < Double(Int64.max) else {
            annotations.report(
                key, "found \(text.debugDescription), expected a number from 0; it is ignored",
                severity: .warning)
            return
        }
        let (sum, overflow) = (node.allocatable[resource] ?? 0).addingReportingOverflow(Int64(number))
        if overflow {
            annotations.report(key, "found \(text.debugDescription), too much to add to what the node has")
        } else {
            node.allocatable[resource] = sum
        }
    }
}
