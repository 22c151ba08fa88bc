import Allocator
import ClusterModel
import Documents

/// Places gangs in domains of the network: the nearest that have room, of those the fullest.
///
/// Source: Volcano's `network-topology-aware`. It says in which domains a gang that wishes for nearness is tried, ranks them,
/// draws the later pods of such a gang to where the others are, and other pods to domains that are in use.
struct NetworkTopologyAwarePlugin: Plugin {
    static let name = "network-topology-aware"
    static let arguments = [
        ArgumentSchema(name: "weight", kind: .integer(default: 1)),
        ArgumentSchema(name: "hypernode.binpack.cpu", kind: .integer(default: 1)),
        ArgumentSchema(name: "hypernode.binpack.memory", kind: .integer(default: 1)),
        ArgumentSchema(name: "hypernode.binpack.resources", kind: .names),
        ArgumentSchema(name: "hypernode.binpack.resources.*", kind: .integer(default: 1)),
        ArgumentSchema(name: "hypernode.binpack.normal-pod.enable", kind: .bool(default: true)),
        ArgumentSchema(name: "hypernode.binpack.normal-pod.fading", kind: .float(default: 0.8)),
        ArgumentSchema(name: "hypernode.labels", kind: .names),
        ArgumentSchema(name: "hypernode.default-mode", kind: .string(default: nil)) { value in
            value.string == "soft" ? nil : "found \(value.scalarText ?? value.kindName), expected soft"
        },
        ArgumentSchema(
            name: "hypernode.gradient.evict.max-hypernodes", kind: .integer(default: 8), range: 0...1_000_000),
    ]

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func describeNodes(_ nodes: inout NodeDescriptions) {
        for label in arguments.names("hypernode.labels") where !nodes.domainLabels.contains(label) {
            nodes.domainLabels.append(label)
        }
        if arguments.string("hypernode.default-mode") == "soft" {
            nodes.domainWish = NetworkTopology(mode: .soft)
        }
    }

    func open(_ session: Session, _ points: inout PluginPoints) {
        let scores = DomainScorer(session, arguments)
        points.observePlaces { session, task, event in scores.note(task, event, session) }
        points.scoreDomains { session, group, tree, domains in
            scores.points(of: domains, for: group, tree, session)
        }
        points.rankDomains { session, search, tree in scores.ranking(search, tree, session) }
        points.scoreNodes { session, task in scores.nodeScore(of: task, session) }
        let mostHyperNodes = Int(arguments.integer("hypernode.gradient.evict.max-hypernodes"))
        points.chooseDomains { session, search, tree in
            let gradient = scores.gradient(search, tree, session)
            // Ours counts what it would take before it tries.
            let isCapped = search.purpose == .evict && session.compatibility.isVolcano
            return isCapped ? Self.capped(gradient, at: mostHyperNodes) : gradient
        }
    }

    private static func capped(_ gradient: [[Int]], at limit: Int) -> [[Int]] {
        if limit == 0 { return gradient }
        var left = limit
        return gradient.map { tier in
            let some = Array(tier.prefix(left))
            left -= some.count
            return some
        }.filter { !$0.isEmpty }
    }
}

/// Ranks domains, and nodes by their domains, in the open cycle.
private final class DomainScorer {
    private let weight: Double
    private let fading: Double
    private let scoresNormalPods: Bool
    /// The weights of resources, by column, in the order of the columns.
    private let weights: [(column: Int, weight: Double)]
    /// By the label that tells domains apart; `nil` for HyperNodes.
    private var ledgers: [String?: DomainLedger] = [:]
    private var rankings: [DomainRanking.Key: DomainRanking] = [:]

    init(_ session: Session, _ arguments: Arguments) {
        weight = Double(arguments.integer("weight"))
        fading = max(0, min(1, arguments.float("hypernode.binpack.normal-pod.fading")))
        scoresNormalPods = arguments.bool("hypernode.binpack.normal-pod.enable")
        var named: [ResourceName: Int64] = [
            .cpu: arguments.integer("hypernode.binpack.cpu"),
            .memory: arguments.integer("hypernode.binpack.memory"),
        ]
        for name in arguments.names("hypernode.binpack.resources") {
            named[ResourceName(name)] = arguments.integer("hypernode.binpack.resources." + name)
        }
        weights = named.compactMap { name, weight in
            // A negative weight counts as 1, as in Volcano.
            session.resources.column(name).map { ($0, Double(weight < 0 ? 1 : weight)) }
        }.sorted { $0.column < $1.column }
    }

    func note(_ task: Int, _ event: PlaceEvent, _ session: Session) {
        for ledger in ledgers.values { ledger.note(task, event, session) }
    }

    private func ledger(_ tree: DomainTree, _ session: Session) -> DomainLedger {
        if let ledger = ledgers[tree.label] { return ledger }
        let new = DomainLedger(tree, session)
        ledgers[tree.label] = new
        return new
    }

    // MARK: Domains

    /// The domains to try: of a gang that has no place yet those where its minimum resources are left, or will be.
    func gradient(_ search: DomainSearch, _ tree: DomainTree, _ session: Session) -> [[Int]] {
        let job = search.job
        if search.subGroup != nil || search.held != nil || !session.jobs[job].hasMinResources {
            return session.domains(for: search, tree)
        }
        let minimum = session.jobMinimum[job]
        let ledger = ledger(tree, session)
        return session.domains(for: search, tree) { domain in
            switch search.purpose {
            case .place: ledger.hasRoom(for: minimum, in: domain)
            case .evict, .keep:
                minimum.enumerated().allSatisfy {
                    $0.element <= 0 || $0.element <= ledger.allocatable[domain, $0.offset]
                }
            }
        }
    }

    /// How full each domain would be with all pods of a gang or part; of the fullest, where more of its pods are already.
    ///
    /// Volcano adds pods that run to what is used although they are part of it; ours adds those that wait.
    func points(
        of domains: [Int], for group: SubGroupID, _ tree: DomainTree, _ session: Session
    ) -> [Double] {
        let members = session.members(of: group)
        let request = request(of: members, session)
        let ledger = ledger(tree, session)
        var points = domains.map { fullness(of: $0, with: { Double(request[$0]) }, ledger) }
        addShares(to: &points, members, domains, tree, session)
        return points.map { $0 * 100 * weight }
    }

    /// The domains to try for a gang or part that has no place yet, best first; `nil` for one that has some, or no limit.
    func ranking(_ search: DomainSearch, _ tree: DomainTree, _ session: Session) -> [[RankedDomain]]? {
        let group = SubGroupID(job: search.job, index: search.subGroup)
        let members = session.members(of: group)
        guard search.purpose == .place, search.held == nil,
            let limit = session.tierLimit(
                session.jobs[search.job].topology?.wish(of: search.subGroup), in: tree),
            members.allSatisfy({ session.tasks[$0].node == nil })
        else { return nil }
        let hasMinimum = search.subGroup == nil && session.jobs[search.job].hasMinResources
        let key = DomainRanking.Key(
            label: tree.label, start: search.start, limit: limit, request: request(of: members, session),
            minimum: hasMinimum ? Array(session.jobMinimum[search.job]) : [], need: search.need)
        let ledger = ledger(tree, session)
        let rooms = search.need.flatMap { session.domainRooms(for: $0.shape, in: tree) }
        func score(_ domain: Int) -> Double? {
            if let rooms, let need = key.need, rooms.rooms[domain] < need.places { return nil }
            if !key.minimum.isEmpty, !ledger.hasRoom(for: key.minimum[...], in: domain) { return nil }
            return fullness(of: domain, with: { Double(key.request[$0]) }, ledger) * 100 * weight
        }
        if let known = rankings[key], known.rooms === rooms {
            known.follow(ledger, score: score)
            return known.tiers
        }
        // Each holds all domains.
        if rankings.count >= 64 { rankings.removeAll() }
        let new = DomainRanking(session.domains(for: search, tree), ledger, rooms, score: score)
        rankings[key] = new
        return new.tiers
    }

    /// What pods of a gang or part ask for that a domain is to be filled with.
    private func request(of members: [Int], _ session: Session) -> [Int64] {
        session.sum(
            of: session.compatibility.isVolcano
                ? members : members.filter { session.tasks[$0].status == .pending })
    }

    /// The weighted mean of what would be in use; 0 where one resource would be exceeded.
    private func fullness(of domain: Int, with request: (Int) -> Double, _ ledger: DomainLedger) -> Double {
        var sum = 0.0
        var weightSum = 0.0
        for (column, weight) in weights {
            let asked = request(column)
            if asked <= 0 { continue }
            let used = Double(ledger.used[domain, column]) + asked
            let allocatable = Double(ledger.allocatable[domain, column])
            if used > allocatable { return 0 }
            sum += weight * used / allocatable
            weightSum += weight
        }
        return weightSum > 0 ? sum / weightSum : 0
    }

    /// Where several share the largest number of points, adds to each the part of the pods that is in its domain.
    private func addShares(
        to points: inout [Double], _ members: [Int], _ domains: [Int], _ tree: DomainTree, _ session: Session
    ) {
        guard let most = points.max(), points.count(where: { $0 == most }) > 1, !members.isEmpty else {
            return
        }
        let placed = members.compactMap { session.tasks[$0].node.flatMap { session.nodes.entries[$0].index } }
        if placed.isEmpty { return }
        var shares: [Int: Double] = [:]
        for (position, domain) in domains.enumerated() where points[position] == most {
            if shares[domain] == nil {
                let inside = placed.count { tree.isNode($0, within: domain) }
                shares[domain] = Double(inside) / Double(members.count)
            }
            points[position] += shares[domain] ?? 0
        }
    }

    // MARK: Nodes

    /// The points of nodes for a pod; `nil` where the plugin does not tell them apart.
    func nodeScore(of task: Int, _ session: Session) -> NodeScore? {
        guard let job = session.tasks[task].job, !session.topology.isWithinInnermost else { return nil }
        if let gang = session.jobs[job].topology,
            gang.wish(of: session.topology.part(of: task)) != nil
        {
            return pull(on: task, of: job, gang, session)
        }
        if !scoresNormalPods { return nil }
        if session.objects.hyperNodes.isEmpty, session.nodeDescriptions.domainLabels.isEmpty { return nil }
        let tree = session.domainTree
        if tree.domains.count == 1 { return nil }
        return NodeScore { nodes in self.fullness(around: nodes, for: task, tree, session) }
    }

    /// Draws a pod to where its gang is: nodes in the gang's domain first, then the nearer ones.
    private func pull(on task: Int, of job: Int, _ gang: TopologyGang, _ session: Session) -> NodeScore? {
        let tree = session.domainTree(of: job)
        guard let held = session.heldDomain(of: SubGroupID(job: job, index: nil), in: tree) else {
            return nil
        }
        let group = SubGroupID(job: job, index: session.topology.part(of: task))
        let tiers = tree.tiers
        guard let lowest = tiers.first, let highest = tiers.last else { return nil }
        return NodeScore { nodes in
            let homes = nodes.map(tree.home)
            // All alike: no need to say how near.
            if homes.allSatisfy({ $0 == homes.first }) { return [Int64](repeating: 0, count: nodes.count) }
            var points = homes.map { home in
                let common = tree.commonDomain(home, held)
                if common == held { return 1.0 }
                return highest == lowest ? 0 : Double(highest - tree[common].tier) / Double(highest - lowest)
            }
            self.addShares(to: &points, session.members(of: group), homes, tree, session)
            return points.map { self.fixed($0) }
        }
    }

    /// How full the domains around each node would be with a pod: the mean over the tiers, narrower ones counting more. A tier
    /// in which the node has no domain counts as full.
    ///
    /// Source: Volcano, which so keeps pods without a wish off domains that are free.
    private func fullness(
        around nodes: [Int], for task: Int, _ tree: DomainTree, _ session: Session
    ) -> [Int64] {
        let request = session.sum(of: [task])
        let ledger = ledger(tree, session)
        let tiers = tree.tiers
        let factors = tiers.map { power(of: fading, $0 - 1) }
        let whole = factors.reduce(0, +)
        if whole <= 0 { return [Int64](repeating: 0, count: nodes.count) }
        var known = [Double](repeating: -1, count: tree.domains.count)
        return nodes.map { node in
            var sum = whole
            var domain = tree.home(of: node)
            while true {
                if known[domain] < 0 {
                    known[domain] = fullness(of: domain, with: { Double(request[$0]) }, ledger)
                }
                if let position = tiers.firstIndex(of: tree[domain].tier) {
                    sum -= factors[position] * (1 - known[domain])
                }
                if domain == DomainTree.root { break }
                domain = tree[domain].parent
            }
            return fixed(sum / whole)
        }
    }

    private func power(of base: Double, _ exponent: Int) -> Double {
        if exponent < 0 { return base == 0 ? 0 : 1 / power(of: base, -exponent) }
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }

    /// Points in the fixed point of the allocator.
    private func fixed(_ points: Double) -> Int64 {
        Int64((points * 100 * weight * Double(scoreUnit)).rounded())
    }
}

extension SchedulerConfiguration {
    /// The labels that make one hierarchy of the nodes, from the widest domain to the narrowest.
    public var networkTopologyLabels: [String] { nodeDescriptions.domainLabels }
}
