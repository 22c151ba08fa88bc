import ClusterModel

extension DomainTree {
    /// The tree that HyperNode objects describe.
    ///
    /// - Parameters:
    ///   - hyperNodes: the objects, in any order, no two of one name.
    ///   - nodes: all nodes by name, each with the allocator's index.
    /// - Complexity: O(members) where they name nodes; a member that is a pattern or selects by labels looks at every node
    ///   that its fixed beginning leaves.
    convenience init(_ hyperNodes: some Sequence<HyperNode>, nodes: [(index: Int, node: Node)]) {
        var indices: [String: Int] = [:]
        let drafts = hyperNodes.map { hyperNode in
            var draft = Draft(name: hyperNode.name, tier: hyperNode.tier, tierName: hyperNode.tierName)
            for member in hyperNode.members {
                switch member {
                case .hyperNode(let name): draft.children.append(name)
                case .nodes(.exact(let name)):
                    if indices.isEmpty {
                        indices = Dictionary(uniqueKeysWithValues: nodes.map { ($0.node.name, $0.index) })
                    }
                    if let index = indices[name] { draft.nodes.append(index) }
                case .nodes(.regex(let text)):
                    draft.nodes += NamePattern(text)?.matches(among: nodes) ?? []
                case .nodes(.labels(let selector)):
                    draft.nodes += nodes.filter { selector.matches($0.node.labels) }.map(\.index)
                }
            }
            return draft
        }
        self.init(drafts, nodes: nodes.map(\.index))
    }
}

/// A pattern for names of nodes. One that begins with fixed characters, as `^rack-7-` does, need not look at all of them.
struct NamePattern {
    /// What the names begin with.
    let prefix: String
    private let regex: Regex<AnyRegexOutput>

    /// A pattern; `nil` if it is none.
    init?(_ text: String) {
        guard let regex = try? Regex(text) else { return nil }
        self.regex = regex
        prefix = Self.prefix(of: text)
    }

    /// What every match begins with: the plain characters after `^`, up to one that may be missing.
    private static func prefix(of text: String) -> String {
        guard text.hasPrefix("^"), !text.contains("|") else { return "" }
        let rest = text.dropFirst()
        var plain = String(rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        if let next = rest.dropFirst(plain.count).first, "*?{".contains(next) {
            plain = String(plain.dropLast())
        }
        return plain
    }

    /// The indices of the nodes in whose names it is found; the nodes are given by name.
    func matches(among nodes: [(index: Int, node: Node)]) -> [Int] {
        var low = 0
        var high = prefix.isEmpty ? 0 : nodes.count
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].node.name.precedes(prefix) { low = middle + 1 } else { high = middle }
        }
        return nodes[low...].prefix { $0.node.name.hasPrefix(prefix) }
            .filter { $0.node.name.firstMatch(of: regex) != nil }.map(\.index)
    }
}
