import Allocator
import ClusterModel

/// What a session keeps for gangs that are placed by domains. It is empty where there are none.
struct TopologyState {
    /// The domains, once somebody has asked for them; `nil` when domains or nodes have changed since.
    var tree: DomainTree?
    /// The same for domains that a label of nodes tells apart, by the label.
    var labelTrees: [String: DomainTree] = [:]
    /// The part of its gang that each pod is in, by task; negative for none. As long as the last one that was ever in one needs.
    private var parts: [Int32] = []
    /// True while places are looked for in a domain whose nodes are in no narrower one: no domain tells them apart.
    var isWithinInnermost = false
    /// How many pods fit the domains, by shape; made when somebody asks.
    var rooms: [RoomKey: DomainRooms] = [:]
    /// The domains in which pods were refused, by the number of the refusals.
    var refusedDomains: [Int32: RefusedDomain] = [:]

    /// The part of its gang that a pod is in; `nil` where the gang has no rules for parts.
    func part(of task: Int) -> Int? {
        guard task < parts.count, parts[task] >= 0 else { return nil }
        return Int(parts[task])
    }

    /// Notes the part that a pod is in from now on.
    mutating func setPart(_ part: Int?, of task: Int) {
        if task < parts.count {
            parts[task] = part.map(Int32.init) ?? -1
        } else if let part {
            parts.append(contentsOf: repeatElement(-1, count: task - parts.count))
            parts.append(Int32(part))
        }
    }

    /// Which pods are counted in which domains.
    struct RoomKey: Hashable {
        /// The label that tells the domains apart; `nil` for those of the network.
        let label: String?
        let shape: ShapeID
    }
}

/// A domain in which no node took a pod.
struct RefusedDomain: Sendable {
    /// What it is called in sentences.
    let name: String
    /// The number of its nodes.
    let nodes: Int
}

/// Domains of the network, as far as gangs are concerned with them.
extension Session {
    /// The domains of the network as of now: of HyperNodes, or of the labels that the configuration names.
    ///
    /// - Complexity: O(1) unless domains or nodes have changed, then as of making the tree.
    var domainTree: DomainTree {
        if let tree = topology.tree { return tree }
        let nodes = allocator.nodesByName.map { (index: $0, node: allocator.node($0)) }
        let labels = nodeDescriptions.domainLabels
        let tree =
            labels.isEmpty
            ? DomainTree(objects.hyperNodes.values, nodes: nodes) : DomainTree(labels: labels, nodes: nodes)
        topology.tree = tree
        return tree
    }

    /// The domains in which a gang is placed: those of the network, or those that a label of nodes tells apart.
    ///
    /// - Complexity: O(1) unless domains or nodes have changed, then as of making the tree.
    func domainTree(of job: Int) -> DomainTree {
        guard let label = nodeLabel(of: job) else { return domainTree }
        if let tree = topology.labelTrees[label] { return tree }
        let nodes = allocator.nodesByName.map { (index: $0, node: allocator.node($0)) }
        let tree = DomainTree(label: label, nodes: nodes)
        topology.labelTrees[label] = tree
        return tree
    }

    /// The label of nodes that tells a gang's domains apart; `nil` for a gang that HyperNodes are for.
    private func nodeLabel(of job: Int) -> String? {
        jobs[job].topology?.wish?.nodeLabel
    }

    /// The widest tier that a wish allows; `nil` where it sets no limit, so that nodes count one by one.
    ///
    /// Source: Volcano. A soft wish allows every tier, so that the nearest domain with room is taken. A hard one that names
    /// no tier has no effect.
    func tierLimit(_ wish: NetworkTopology?, in tree: DomainTree) -> Int? {
        guard let wish else { return nil }
        if wish.nodeLabel != nil { return DomainTree.labelTier }
        if wish.mode == .soft { return tree[DomainTree.root].tier }
        if let name = wish.highestTierName { return tree.tier(named: name) ?? -1 }
        return wish.highestTierAllowed
    }

    /// The domain that a gang's, or a part's, pods hold places in; `nil` if they hold none.
    ///
    /// Source: Volcano. For a gang, what was decided or written before holds as long as a pod has a place and the domain
    /// exists; otherwise it is the innermost domain around the pods, as it always is for a part.
    func heldDomain(of group: SubGroupID, in tree: DomainTree) -> Int? {
        guard let gang = jobs[group.job].topology else { return nil }
        let counts = group.index.map { gang.subGroups[$0].counts } ?? jobs[group.job].counts
        if counts.allocated == 0 { return nil }
        let name = group.index == nil ? gang.hyperNode : ""
        if !name.isEmpty, let known = tree.domain(named: name) { return known }
        return tree.commonDomain(
            ofNodes: members(of: group).lazy.filter { self.tasks[$0].status.isAllocated }.compactMap {
                self.tasks[$0].node.flatMap { self.nodes.entries[$0].index }
            })
    }

    /// Notes that pods of a gang have got places in a domain.
    func extendHeldDomain(of job: Int, by domain: Int, from before: Int?, in tree: DomainTree) {
        jobs[job].topology?.hyperNode = tree[before.map { tree.commonDomain($0, domain) } ?? domain].name
    }

    /// The name of the domain that a gang's pods hold places in, for its annotation; `nil` if none.
    func heldDomainName(of job: Int) -> String? {
        guard let gang = jobs[job].topology, gang.hasWish else { return nil }
        let tree = domainTree(of: job)
        if tree.defect != nil { return gang.hyperNode.isEmpty ? nil : gang.hyperNode }
        return heldDomain(of: SubGroupID(job: job, index: nil), in: tree).map { tree[$0].name }
    }

    /// Whether a gang, or a part of it, wishes for nearness: such a gang never preempts in Volcano.
    func wishesForNearness(_ job: Int) -> Bool {
        jobs[job].topology?.hasWish ?? false
    }

    /// The domains in which room may be made for a gang: wider ones first.
    ///
    /// Source: Volcano's gradient for evictions. For a gang without a limit it is the whole cluster, and for one that
    /// has a limit while there is no tree it is nothing.
    ///
    /// - Parameter limit: the most domains.
    func evictionDomains(of job: Int, limit: Int) -> [Int] {
        if isWithoutTree(job) { return [] }
        let tree = domainTree(of: job)
        guard wishesForNearness(job), tierLimit(jobs[job].topology?.wish, in: tree) != nil else {
            return [DomainTree.root]
        }
        let search = DomainSearch(
            job: job, subGroup: nil, start: DomainTree.root,
            held: heldDomain(of: SubGroupID(job: job, index: nil), in: tree), purpose: .evict)
        return Array(points.domainGradient(search, tree, in: self).joined().prefix(limit))
    }

    /// Whether nobody has asked for domains since they were last forgotten.
    var hasNoDomains: Bool { topology.tree == nil && topology.labelTrees.isEmpty }

    /// Forgets the trees: domains or nodes have changed.
    func invalidateDomains() {
        topology.tree = nil
        topology.labelTrees = [:]
        topology.rooms = [:]
    }
}
