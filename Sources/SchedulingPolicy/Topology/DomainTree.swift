import ClusterModel

/// The domains of a network as a tree: nodes that are near to each other, in wider and wider domains, up to the whole cluster.
///
/// A domain is an index; the root is 0, the others follow in byte-wise order of their names, so that ties between domains
/// go to the smaller index. A tree is made anew when domains or nodes change, and never in between: it is shared, not copied.
final class DomainTree {
    /// One domain.
    struct Domain: Sendable {
        let name: String
        /// How wide it is.
        let tier: Int
        /// What its tier is called, empty if it has no name.
        let tierName: String
        /// The domain around it; the root is its own.
        fileprivate(set) var parent = DomainTree.root
        /// How many domains are around it.
        fileprivate(set) var depth = 0
        /// The domains in it, by index.
        fileprivate(set) var children: [Int] = []
        /// The nodes in it and in the domains in it, as the allocator's indices, by the nodes' names.
        fileprivate(set) var nodes: [Int] = []
    }

    /// A domain as it is described: what is directly in it.
    struct Draft {
        let name: String
        let tier: Int
        var tierName = ""
        /// The allocator's indices of nodes.
        var nodes: [Int] = []
        /// The names of domains. One that does not exist holds nothing.
        var children: [String] = []
    }

    /// The whole cluster.
    static let root = 0
    /// The tier of domains that a label tells apart: below that of the whole cluster, even if there are none.
    static let labelTier = 0
    /// How Volcano calls it.
    static let rootName = "<cluster-top-hypernode>"

    /// The domains; only the root if the tree is broken.
    private(set) var domains: [Domain]
    /// Why the domains form no tree; `nil` if they do.
    private(set) var defect: String?
    /// The tiers that domains have, narrowest first; the last is the root's.
    private(set) var tiers: [Int] = []
    /// The label of nodes that tells the domains apart; `nil` for domains of HyperNodes.
    private(set) var label: String?
    /// Whether labels of nodes tell the domains apart that the configuration names.
    private var isByLabels = false
    private var ids: [String: Int] = [rootName: root]
    /// By node, the innermost domain that holds it.
    private var homes: [Int32] = []

    /// The tree of some domains.
    ///
    /// - Parameters:
    ///   - drafts: domains, no two of one name.
    ///   - nodes: all nodes, by name.
    /// - Complexity: O(domains × log domains + nodes × depth).
    init(_ drafts: [Draft], nodes: [Int]) {
        let sorted = drafts.sorted { $0.name.precedes($1.name) }
        let highest = sorted.map(\.tier).max() ?? 0
        domains = [Domain(name: Self.rootName, tier: max(1, highest + 1), tierName: "")]
        homes = [Int32](repeating: 0, count: (nodes.max() ?? -1) + 1)
        for draft in sorted {
            ids[draft.name] = domains.count
            domains.append(Domain(name: draft.name, tier: draft.tier, tierName: draft.tierName))
        }
        defect = link(sorted) ?? settle(sorted)
        if defect != nil {
            domains.removeSubrange(1...)
            domains[Self.root].children = []
            ids = [Self.rootName: Self.root]
            homes = [Int32](repeating: 0, count: homes.count)
        }
        for node in nodes {
            var domain = Int(homes[node])
            while domain != Self.root {
                domains[domain].nodes.append(node)
                domain = domains[domain].parent
            }
            domains[Self.root].nodes.append(node)
        }
        tiers = Set(domains.map(\.tier)).sorted()
    }

    /// The domains that a label tells apart: the nodes with one value of it. Nodes without it are in none.
    ///
    /// - Parameter nodes: all nodes by name, each with the allocator's index.
    /// - Complexity: O(nodes + domains × log domains).
    convenience init(label: String, nodes: [(index: Int, node: Node)]) {
        var drafts: [String: Draft] = [:]
        for (index, node) in nodes {
            guard let value = node.labels[label] else { continue }
            drafts[value, default: Draft(name: "\(label)=\(value)", tier: Self.labelTier)].nodes.append(index)
        }
        self.init(Array(drafts.values), nodes: nodes.map(\.index))
        self.label = label
    }

    /// The domains that several labels tell apart, each level in the ones above: nodes with one value of a label and the same values
    /// of all that come before it. A node without one of the labels is in no domain of that level.
    ///
    /// Labels stand from the widest on; the last has tier 1, and a tier is called as its label.
    ///
    /// - Parameter nodes: all nodes by name, each with the allocator's index.
    /// - Complexity: O(nodes × labels + domains × log domains).
    convenience init(labels: [String], nodes: [(index: Int, node: Node)]) {
        var drafts: [String: Draft] = [:]
        for (index, node) in nodes {
            var name = ""
            for (level, label) in labels.enumerated() {
                guard let value = node.labels[label] else { continue }
                let inner = name + (name.isEmpty ? "" : ",") + "\(label)=\(value)"
                if drafts[inner] == nil {
                    drafts[inner] = Draft(name: inner, tier: labels.count - level, tierName: label)
                    drafts[name]?.children.append(inner)
                }
                name = inner
            }
            drafts[name]?.nodes.append(index)
        }
        self.init(Array(drafts.values), nodes: nodes.map(\.index))
        isByLabels = true
    }

    /// Hangs domains into each other; says what is wrong with that.
    private func link(_ drafts: [Draft]) -> String? {
        var hasParent = [Bool](repeating: false, count: domains.count)
        for (position, draft) in drafts.enumerated() {
            for child in draft.children.compactMap({ ids[$0] }) where child != Self.root {
                let other = domains[child].parent
                if hasParent[child], other != position + 1 {
                    return "\(domains[child].name) is in both \(domains[other].name) and \(draft.name)"
                }
                if hasParent[child] { continue }
                hasParent[child] = true
                domains[child].parent = position + 1
            }
        }
        for domain in domains.indices.dropFirst() {
            var depth = 1
            var ancestor = domain
            while hasParent[ancestor] {
                ancestor = domains[ancestor].parent
                depth += 1
                if depth > domains.count { return "\(domains[domain].name) is in itself, by way of others" }
            }
            domains[domain].depth = depth
            domains[domains[domain].parent].children.append(domain)
        }
        return nil
    }

    /// Finds the innermost domain of each node; says which node is in two that are not in each other.
    private func settle(_ drafts: [Draft]) -> String? {
        for (position, draft) in drafts.enumerated() {
            let domain = position + 1
            for node in draft.nodes {
                let known = Int(homes[node])
                if isDomain(known, within: domain) && known != Self.root { continue }
                if !isDomain(domain, within: known) {
                    return "\(domains[known].name) and \(draft.name) share a node"
                }
                homes[node] = Int32(domain)
            }
        }
        return nil
    }

    subscript(_ domain: Int) -> Domain { domains[domain] }

    /// What a domain is called in sentences.
    func title(of domain: Int) -> String {
        (label == nil && !isByLabels ? "hyperNode " : "the domain ") + domains[domain].name
    }

    /// The domain of a name; `nil` if there is none.
    func domain(named name: String) -> Int? { ids[name] }

    /// The tier of a name; `nil` if no domain has it.
    func tier(named name: String) -> Int? { domains.first { $0.tierName == name && !name.isEmpty }?.tier }

    /// The innermost domain that holds a node, by the allocator's index.
    func home(of node: Int) -> Int { node < homes.count ? Int(homes[node]) : Self.root }

    /// Whether a domain is another one, or in it.
    func isDomain(_ domain: Int, within other: Int) -> Bool {
        var domain = domain
        while domains[domain].depth > domains[other].depth { domain = domains[domain].parent }
        return domain == other
    }

    /// Whether a node is in a domain.
    func isNode(_ node: Int, within domain: Int) -> Bool { isDomain(home(of: node), within: domain) }

    /// The innermost domain that holds both. - Complexity: O(depth).
    func commonDomain(_ left: Int, _ right: Int) -> Int {
        var (left, right) = (left, right)
        while left != right {
            if domains[left].depth >= domains[right].depth {
                left = domains[left].parent
            } else {
                right = domains[right].parent
            }
        }
        return left
    }

    /// The innermost domain that holds all of some nodes; `nil` if there are none.
    func commonDomain(ofNodes nodes: some Sequence<Int>) -> Int? {
        var common: Int?
        for node in nodes { common = common.map { commonDomain($0, home(of: node)) } ?? home(of: node) }
        return common
    }

    /// Where to search for places, within a domain, for pods that have some already; `nil` if nowhere.
    ///
    /// - Parameter held: the domain of the places that they have; `nil` if they have none.
    func searchRoot(within start: Int, upTo tier: Int, held: Int?) -> Int? {
        guard var held else { return start }
        if domains[held].tier > tier { return nil }
        while held != Self.root, domains[domains[held].parent].tier <= tier { held = domains[held].parent }
        if isDomain(held, within: start) { return held }
        return isDomain(start, within: held) ? start : nil
    }

    /// The domains in a domain, itself included, up to a tier: tier by tier, narrowest first.
    func gradient(within start: Int, upTo tier: Int) -> [[Int]] {
        var byTier: [Int: [Int]] = [:]
        var rest = [start]
        while let domain = rest.popLast() {
            if domains[domain].tier <= tier { byTier[domains[domain].tier, default: []].append(domain) }
            rest += domains[domain].children
        }
        return byTier.sorted { $0.key < $1.key }.map { $0.value.sorted() }
    }
}
