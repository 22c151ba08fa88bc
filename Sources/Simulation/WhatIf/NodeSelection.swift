public import ClusterModel

/// A word that means nodes: a name, a pattern such as `dgx-*`, or a label selector such as `agentpool=dgx`.
///
/// In a pattern `*` stands for any text and `?` for one character. A selector is what `kubectl -l` takes, without sets:
/// `key=value`, `key==value` and `key!=value`, joined by commas, all of which must hold.
public struct NodeSelection: Equatable, Sendable {
    private enum Meaning: Equatable, Sendable {
        case pattern([UInt8])
        case selector([NodeSelectorRequirement])
    }

    /// The word.
    public let text: String
    private let meaning: Meaning

    /// Reads a word; `nil` for an empty one, and for a selector without a key.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self.text = text
        // No name and no pattern has an equals sign.
        guard text.utf8.contains(UInt8(ascii: "=")) else {
            meaning = .pattern(Array(text.utf8))
            return
        }
        var requirements: [NodeSelectorRequirement] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            var (key, value) = (part[..<equals], part[part.index(after: equals)...])
            let isNegated = key.hasSuffix("!")
            if isNegated { key.removeLast() } else if value.hasPrefix("=") { value.removeFirst() }
            if key.isEmpty { return nil }
            requirements.append(
                NodeSelectorRequirement(
                    key: String(key), operator: isNegated ? .notIn : .isIn, values: [String(value)]))
        }
        meaning = .selector(requirements)
    }

    /// Whether it means a node.
    public func matches(_ node: Node) -> Bool {
        switch meaning {
        case .pattern(let pattern): Self.matches(pattern[...], Array(node.name.utf8)[...])
        case .selector(let requirements): requirements.allSatisfy { $0.isMet(by: node.labels[$0.key]) }
        }
    }

    /// The nodes that it means, by name.
    public func nodes(of nodes: [Node]) -> [Node] {
        nodes.filter(matches).sorted { $0.name.precedes($1.name) }
    }

    /// The usual walk with one point of return: the last star that may have to take more.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        let (star, any) = (UInt8(ascii: "*"), UInt8(ascii: "?"))
        var (at, here) = (pattern.startIndex, name.startIndex)
        var lastStar: (pattern: Int, name: Int)?
        while here < name.endIndex {
            if at < pattern.endIndex, pattern[at] == star {
                lastStar = (at, here)
                at += 1
            } else if at < pattern.endIndex, pattern[at] == any || pattern[at] == name[here] {
                at += 1
                here += 1
            } else if let point = lastStar {
                lastStar = (point.pattern, point.name + 1)
                (at, here) = (point.pattern + 1, point.name + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == star }
    }
}
