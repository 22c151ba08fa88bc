import ClusterModel

/// What pods can know of each other: their kinds, whom their terms mean, and how many of those are where.
///
/// Kinds of pods and terms are kept once, whatever the number of pods. How many pods a term means is kept by topology
/// domain as pods come and go, so that a question about a node is a look at a number. A pod whom no term means costs
/// a look at an empty list.
struct NeighbourTable: Sendable {
    /// What a kind wants of others, with the tallies that answer it.
    struct Wishes: Sendable {
        /// Required affinity, by term: the pods that all terms mean.
        var affinity: [Int] = []
        /// Whether the pod itself is meant by all terms of its required affinity.
        var seeksItsLike = false
        /// Required anti-affinity, by term.
        var antiAffinity: [Int] = []
        /// Preferred affinity, and anti-affinity with negative weights.
        var preferences: [(tally: Int, weight: Int64)] = []
        /// Spread, by constraint.
        var spread: [Spread] = []
    }

    /// A spread constraint of a kind.
    struct Spread: Sendable {
        let constraint: TopologySpreadConstraint
        /// Its place among the constraints of the kind.
        let position: Int
        /// The column of the topology key.
        let column: Int
        /// The pods that are counted, node by node; `nil` where none is.
        let tally: Int?
        /// Whether the pod itself is counted.
        let countsItself: Bool
    }

    private struct Selector: Sendable {
        let selector: PodSelector
        /// The kinds that it means.
        var kinds: [Int] = []
        /// Tallies of pods that it means, before other selectors.
        var tallies: [Int] = []
        /// Tallies of pods that look with it at those that come after them.
        var held: [(term: HeldTerm, tally: Int)] = []
    }

    // By kind.
    private(set) var kinds: [PodKind] = []
    private var kindIDs: [PodKind: Int] = [:]
    private var users: [Int32] = []
    private var placed: [Int32] = []
    private(set) var wishes: [Wishes] = []
    /// The tallies in which its pods are counted.
    private var talliesOfKind: [[Int]] = []
    /// The selectors that mean it.
    private var selectorsOfKind: [[Int]] = []
    private var lastKind: Int?

    /// The kind of each pod, negative for none.
    private var kindOfTask: [Int32] = []
    private var selectors: [Selector] = []
    private var selectorIDs: [PodSelector: Int] = [:]
    /// Selectors by a label that the pods must have.
    private var anchored: [String: [String: [Int]]] = [:]
    /// Selectors that ask for no label in particular.
    private var unanchored: [Int] = []
    /// Kinds by label, for those keys that selectors ask for.
    private var kindsByLabel: [String: [String: [Int]]] = [:]

    private(set) var tallies: [Tally] = []
    private var tallyIDs: [Tally.Key: Int] = [:]
    /// Tallies in which pods that were there before have yet to be counted.
    private(set) var incomplete: [Int] = []
    var topology = TopologyColumns()
    /// The labels of the namespaces, as selectors have last seen them.
    var namespaceLabels: [String: [String: String]] = [:]
    /// Whether namespaces are selected by their labels.
    private(set) var selectsNamespaces = false
    /// Whether any pod has ever wanted anything of others.
    private(set) var isInUse = false
    /// Kinds that no pod is of any more.
    private(set) var idleKinds = 0
    /// Counts whatever changes an answer.
    var version: UInt64 = 0
    /// By kind and spread constraint, the domain of each node that counts for it; forgotten when nodes change.
    var spreadDomains: [Int: [[Int32]]] = [:]
    /// Pods that this cycle evicts: nobody counts them until it is over.
    var absent: Set<Int> = []

    // MARK: Pods

    /// The kind of a pod; `nil` for one of no gang that has ended.
    @inline(__always)
    func kind(of task: Int) -> Int? {
        guard task < kindOfTask.count, kindOfTask[task] >= 0 else { return nil }
        return Int(kindOfTask[task])
    }

    /// Gives a pod its kind, or takes it off.
    mutating func setKind(_ kind: Int?, of task: Int) {
        if let old = self.kind(of: task) {
            users[old] -= 1
            if users[old] == 0 { idleKinds += 1 }
        }
        if task >= kindOfTask.count {
            if kind == nil { return }
            let missing = task + 1 - kindOfTask.count
            kindOfTask.append(contentsOf: repeatElement(-1, count: missing))
        }
        kindOfTask[task] = kind.map(Int32.init) ?? -1
        guard let kind else { return }
        if users[kind] == 0 { idleKinds -= 1 }
        users[kind] += 1
    }

    /// Counts a pod of a kind that comes to a node (`1`) or leaves it (`-1`).
    @inline(__always)
    mutating func count(_ kind: Int, on node: Int, by sign: Int32) {
        placed[kind] += sign
        if !talliesOfKind[kind].isEmpty { tally(kind, on: node, by: sign) }
    }

    private mutating func tally(_ kind: Int, on node: Int, by sign: Int32) {
        version += 1
        for tally in talliesOfKind[kind] where tallies[tally].isComplete {
            tallies[tally].count(topology.domain(tallies[tally].key.column, of: node), by: sign)
        }
    }

    /// Counts a pod that has been there before in the tallies that have yet to hear of it.
    mutating func complete(_ kind: Int, on node: Int) {
        for tally in talliesOfKind[kind] where !tallies[tally].isComplete {
            tallies[tally].count(topology.domain(tallies[tally].key.column, of: node), by: 1)
        }
    }

    /// Notes that all pods that were there before have been counted.
    mutating func finishCompletion() {
        for tally in incomplete { tallies[tally].isComplete = true }
        incomplete.removeAll()
        version += 1
    }

    // MARK: Kinds

    /// The kind of a pod that is like the last one; `nil` if it is not, or wants anything.
    ///
    /// It changes nothing; one that could not is given a copy of the table, with the reference counts of all its parts.
    mutating func lastKind(ofPlain pod: borrowing Pod) -> Int? {
        guard let lastKind, kinds[lastKind].isKind(ofPlain: pod) else { return nil }
        return lastKind
    }

    /// The number of a kind.
    ///
    /// - Parameter nodes: the nodes' labels, for topology keys that are new.
    /// - Complexity: O(1) for a kind that is known; else O(selectors that may mean it + kinds that its own may mean).
    mutating func intern(
        _ kind: PodKind, nodes: () -> [(index: Int, labels: [String: String])]
    ) -> Int {
        let known = kindIDs[kind]
        let id = known ?? add(kind)
        lastKind = id
        if known != nil { return id }
        if let own = kind.wishes { addWishes(own, of: id, nodes: nodes) }
        return id
    }

    private mutating func add(_ kind: PodKind) -> Int {
        let id = kinds.count
        kinds.append(kind)
        kindIDs[kind] = id
        users.append(0)
        placed.append(0)
        idleKinds += 1
        wishes.append(Wishes())
        talliesOfKind.append([])
        selectorsOfKind.append([])
        for key in kindsByLabel.keys {
            if let value = kind.labels[key] { kindsByLabel[key]?[value, default: []].append(id) }
        }
        for (key, byValue) in anchored {
            guard let value = kind.labels[key], let candidates = byValue[value] else { continue }
            for selector in candidates { meet(id, selector) }
        }
        for selector in unanchored { meet(id, selector) }
        return id
    }

    /// Lets a selector look at a new kind.
    private mutating func meet(_ kind: Int, _ selector: Int) {
        guard means(selector, kind) else { return }
        selectors[selector].kinds.append(kind)
        selectorsOfKind[kind].append(selector)
        for tally in selectors[selector].tallies where isMember(kind, of: tallies[tally].key) {
            talliesOfKind[kind].append(tally)
        }
    }

    private func means(_ selector: Int, _ kind: Int) -> Bool {
        selectors[selector].selector.means(kinds[kind]) { namespace in
            namespaceLabels[namespace] ?? [Self.namespaceName: namespace]
        }
    }

    /// The label that the API server gives every namespace.
    static let namespaceName = "kubernetes.io/metadata.name"

    private func isMember(_ kind: Int, of key: Tally.Key) -> Bool {
        guard case .meant(let selectors) = key.membership else { return false }
        return (key.countsTerminating || !kinds[kind].isTerminating)
            && selectors.allSatisfy { means($0, kind) }
    }

    private mutating func addWishes(
        _ own: NeighbourWishes, of kind: Int, nodes: () -> [(index: Int, labels: [String: String])]
    ) {
        isInUse = true
        let namespace = kinds[kind].namespace
        var wishes = Wishes()
        let required = own.affinity.required.map { addSelector(PodSelector($0, in: namespace)) }
        for term in own.affinity.required {
            wishes.affinity.append(
                tally(.meant(by: Set(required).sorted()), column(of: term.topologyKey, nodes)))
        }
        wishes.seeksItsLike = required.allSatisfy { means($0, kind) }
        for (term, selector) in zip(own.affinity.required, required) {
            hold(.requiredAffinity, selector, column(of: term.topologyKey, nodes), kind)
        }
        for term in own.antiAffinity.required {
            let selector = addSelector(PodSelector(term, in: namespace))
            let column = column(of: term.topologyKey, nodes)
            wishes.antiAffinity.append(tally(.meant(by: [selector]), column))
            hold(.requiredAntiAffinity, selector, column, kind)
        }
        for (terms, sign) in [(own.affinity.preferred, Int64(1)), (own.antiAffinity.preferred, -1)] {
            for wish in terms {
                let selector = addSelector(PodSelector(wish.term, in: namespace))
                let column = column(of: wish.term.topologyKey, nodes)
                wishes.preferences.append((tally(.meant(by: [selector]), column), sign * wish.weight))
                hold(.preference(sign * wish.weight), selector, column, kind)
            }
        }
        for constraint in own.spread {
            let column = column(of: constraint.topologyKey, nodes)
            var counted: Int?
            // kube-scheduler counts nobody where a selector would mean everybody.
            if let labels = constraint.labelSelector, !labels.isEmpty {
                let selector = addSelector(PodSelector(labels, in: namespace))
                counted = tally(.meant(by: [selector]), TopologyColumns.node, countsTerminating: false)
            }
            wishes.spread.append(
                Spread(
                    constraint: constraint, position: wishes.spread.count, column: column, tally: counted,
                    countsItself: constraint.labelSelector?.matches(kinds[kind].labels) ?? false))
        }
        self.wishes[kind] = wishes
    }

    private mutating func column(
        of key: String, _ nodes: () -> [(index: Int, labels: [String: String])]
    ) -> Int {
        topology.find(key) ?? topology.add(key, nodes: nodes())
    }

    // MARK: Selectors and tallies

    private mutating func addSelector(_ selector: PodSelector) -> Int {
        if let known = selectorIDs[selector] { return known }
        let id = selectors.count
        selectors.append(Selector(selector: selector))
        selectorIDs[selector] = id
        if selector.namespaceSelector?.isEmpty == false { selectsNamespaces = true }
        var candidates = Array(kinds.indices)
        if let anchor = selector.anchor {
            index(anchor.key)
            candidates = anchor.values.flatMap { kindsByLabel[anchor.key]?[$0] ?? [] }
            for value in anchor.values { anchored[anchor.key, default: [:]][value, default: []].append(id) }
        } else {
            unanchored.append(id)
        }
        for kind in candidates where means(id, kind) {
            selectors[id].kinds.append(kind)
            selectorsOfKind[kind].append(id)
        }
        return id
    }

    private mutating func index(_ key: String) {
        if kindsByLabel[key] != nil { return }
        var byValue: [String: [Int]] = [:]
        for (id, kind) in kinds.enumerated() {
            if let value = kind.labels[key] { byValue[value, default: []].append(id) }
        }
        kindsByLabel[key] = byValue
    }

    /// The tally of the pods that some selectors mean.
    private mutating func tally(
        _ membership: Tally.Membership, _ column: Int, countsTerminating: Bool = true
    ) -> Int {
        let key = Tally.Key(membership: membership, column: column, countsTerminating: countsTerminating)
        if let known = tallyIDs[key] { return known }
        let id = tallies.count
        tallyIDs[key] = id
        tallies.append(Tally(key, isComplete: true))
        guard case .meant(let selectors) = membership, let first = selectors.first else { return id }
        self.selectors[first].tallies.append(id)
        for kind in self.selectors[first].kinds where isMember(kind, of: key) {
            talliesOfKind[kind].append(id)
            if placed[kind] > 0 { tallies[id].isComplete = false }
        }
        if !tallies[id].isComplete { incomplete.append(id) }
        return id
    }

    /// Has the pods of a kind look at those that come after them.
    private mutating func hold(_ role: HeldTerm.Role, _ selector: Int, _ column: Int, _ kind: Int) {
        let term = HeldTerm(role: role, selector: selector, column: column)
        let known = tallies.count
        let id = tally(.holding(term), column)
        if id == known { selectors[selector].held.append((term, id)) }
        talliesOfKind[kind].append(id)
    }

    /// The terms of other pods that mean a kind, with the tallies of those pods.
    func heldTerms(against kind: Int) -> [(term: HeldTerm, tally: Int)] {
        if selectorsOfKind[kind].isEmpty { return [] }
        return selectorsOfKind[kind].flatMap { selectors[$0].held }
    }

    /// A table that knows nothing yet but the nodes and namespaces of this one, with room for as many pods.
    func emptied() -> NeighbourTable {
        var table = NeighbourTable()
        table.namespaceLabels = namespaceLabels
        table.version = version + 1
        table.absent = absent
        return table
    }
}
