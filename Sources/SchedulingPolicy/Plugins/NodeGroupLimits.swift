import ClusterModel
import Documents

/// Reads the annotation `volcano.sh/nodegroup-resource-limits`: a JSON object of groups, each with amounts by resource.
///
///     {"a100": {"nvidia.com/gpu": "16", "cpu": "500m"}}
enum NodeGroupLimits {
    /// The limits by group; `nil` where the text is anything else.
    static func read(_ text: String) -> [String: ResourceList]? {
        // The parser takes YAML as well.
        guard text.utf8.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") else {
            return nil
        }
        let parsed = DocumentParser.parse(Array(text.utf8), file: "volcano.sh/nodegroup-resource-limits")
        guard parsed.problems.isEmpty, parsed.documents.count == 1, let root = parsed.documents.first,
            root.kind == .mapping
        else { return nil }
        var limits: [String: ResourceList] = [:]
        for (group, amounts) in root.members {
            guard amounts.kind == .mapping else { return nil }
            var list = ResourceList()
            for (name, value) in amounts.members {
                let resource = ResourceName(name)
                guard let amount = amount(value, of: resource), amount >= 0 else { return nil }
                list[resource] = amount
            }
            limits[group] = list
        }
        return limits
    }

    private static func amount(_ value: Value, of resource: ResourceName) -> Int64? {
        guard value.kind == .string || value.kind == .integer || value.kind == .float,
            let text = value.scalarText
        else { return nil }
        return resource.scale == .milli ? try? Quantity.milli(text) : try? Quantity.units(text)
    }
}
