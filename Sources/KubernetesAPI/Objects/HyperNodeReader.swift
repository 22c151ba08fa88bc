internal import ClusterModel
internal import Documents

/// Reads `topology.volcano.sh` HyperNode objects, and refuses what their admission refuses.
enum HyperNodeReader {
    static func read(_ object: FieldReader, _ metadata: ObjectMetadata) -> HyperNode {
        var hyperNode = HyperNode(name: metadata.name, tier: 0)
        guard !object.lacks("spec") else {
            object.report("spec", "found nothing, expected a tier and members")
            return hyperNode
        }
        guard let spec = object.object("spec") else { return hyperNode }
        if spec.lacks("tier") {
            spec.report("tier", "found nothing, expected an integer from 0 to \(Int32.max)")
        }
        hyperNode.tier = Int(spec.integer("tier", in: 0...Int64(Int32.max)) ?? 0)
        hyperNode.tierName = spec.string("tierName") ?? ""
        hyperNode.members = spec.objects("members").compactMap(member)
        return hyperNode
    }

    private enum MemberType: String, CaseIterable {
        case node = "Node"
        case hyperNode = "HyperNode"
    }

    /// How the members that are meant are described; one of these must be given.
    private static let matches = ["exactMatch", "regexMatch", "labelMatch"]

    private static func member(_ member: FieldReader) -> HyperNode.Member? {
        let type = member.requiredChoice("type", of: MemberType.self)
        guard !member.lacks("selector") else {
            member.report("selector", "found nothing, expected \(alternatives(matches))")
            return nil
        }
        guard let type, let selector = member.object("selector") else { return nil }
        let given = matches.filter { !selector.lacks($0) }
        guard given.count == 1 else {
            let found = given.isEmpty ? "nothing" : given.joined(separator: " and ")
            member.report("selector", "found \(found), expected one of \(alternatives(matches))")
            return nil
        }
        switch type {
        case .node: return match(selector).map { .nodes($0) }
        case .hyperNode:
            if selector.lacks("exactMatch") {
                selector.report(given[0], "found for a HyperNode, expected exactMatch")
                return nil
            }
            return selector.object("exactMatch")?.objectName("name").map { .hyperNode($0) }
        }
    }

    private static func match(_ selector: FieldReader) -> HyperNode.NodeMatch? {
        if let exact = selector.object("exactMatch") { return exact.objectName("name").map { .exact($0) } }
        if let labels = selector.labelSelector("labelMatch") { return .labels(labels) }
        guard let regex = selector.object("regexMatch"), let pattern = regex.requiredString("pattern") else {
            return nil
        }
        if (try? Regex(pattern)) == nil {
            regex.report("pattern", "found \(pattern.debugDescription), expected a regular expression")
            return nil
        }
        return .regex(pattern)
    }
}
