/// A property of nodes that changes with the pods on them, such as a host port that is in use.
///
/// The allocator that gave it out knows which nodes have it; whoever asked for it says when that changes.
public struct NodeMark: Hashable, Sendable {
    /// Marks are numbered from 0 in the order in which they were made.
    let index: Int32
}

/// Marks: which nodes have each, and the sets of them that shapes depend on.
struct MarkTable: Sendable {
    /// What a shape asks of the marks of its nodes.
    struct Demands: Hashable, Sendable {
        /// Nodes with one of these are ruled out, ascending.
        let avoiding: [NodeMark]
        /// Nodes that lack one of these are ruled out, ascending.
        let requiring: [NodeMark]

        fileprivate init(avoiding: [NodeMark], requiring: [NodeMark]) {
            self.avoiding = Self.sorted(avoiding)
            self.requiring = Self.sorted(requiring)
        }

        private static func sorted(_ marks: [NodeMark]) -> [NodeMark] {
            Set(marks).sorted { $0.index < $1.index }
        }

        /// Whether nodes with exactly these marks will do.
        func areMet(by marks: [NodeMark]) -> Bool {
            !avoiding.contains(where: marks.contains) && requiring.allSatisfy(marks.contains)
        }
    }

    /// The number of the set that asks for nothing.
    static let noDemands = 0

    /// The nodes of each mark.
    private(set) var nodes: [NodeBitset] = []
    /// What is said of nodes that a mark rules out, by mark.
    private var refusals: [NodeRefusal] = []
    /// The distinct sets of demands.
    private(set) var demands = [Demands(avoiding: [], requiring: [])]
    private var demandIDs: [Demands: Int] = [:]

    /// The number of marks.
    var count: Int { nodes.count }

    subscript(_ mark: NodeMark) -> NodeBitset { nodes[Int(mark.index)] }

    mutating func add(refusal: String) -> NodeMark {
        nodes.append(NodeBitset())
        refusals.append(.mark(refusal))
        return NodeMark(index: Int32(nodes.count - 1))
    }

    /// Gives a node a mark or takes it off; says whether that changed anything.
    mutating func set(_ mark: NodeMark, on node: Int, to isSet: Bool) -> Bool {
        nodes[Int(mark.index)].set(node, to: isSet)
    }

    /// Forgets a node.
    ///
    /// - Complexity: O(marks).
    mutating func forget(_ node: Int) {
        for mark in nodes.indices { nodes[mark].set(node, to: false) }
    }

    mutating func demandID(avoiding: [NodeMark], requiring: [NodeMark]) -> Int {
        if avoiding.isEmpty, requiring.isEmpty { return Self.noDemands }
        let set = Demands(avoiding: avoiding, requiring: requiring)
        if let id = demandIDs[set] { return id }
        demandIDs[set] = demands.count
        demands.append(set)
        return demands.count - 1
    }

    /// Why a node's marks rule it out; `nil` if they do not.
    func refusal(of demands: Int, by node: Int) -> NodeRefusal? {
        if demands == Self.noDemands { return nil }
        let set = self.demands[demands]
        let mark =
            set.avoiding.first { self[$0].contains(node) } ?? set.requiring.first { !self[$0].contains(node) }
        return mark.map { refusals[Int($0.index)] }
    }
}
