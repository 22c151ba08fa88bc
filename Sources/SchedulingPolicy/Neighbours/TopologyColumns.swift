import ClusterModel

/// The topology domain of every node, by topology key: one column of small numbers a key.
///
/// Nodes are the allocator's indices. Column 0 is the node itself.
struct TopologyColumns: Sendable {
    /// The column of the node itself.
    static let node = 0
    /// The number of a node that lacks the label.
    static let none: Int32 = -1

    private var keys: [String] = [""]
    private var ids: [String: Int] = [:]
    private var values: [[String: Int32]] = [[:]]
    private var columns: [[Int32]] = [[]]

    /// The column of a topology key; `nil` where nobody has asked for it yet.
    func find(_ key: String) -> Int? { ids[key] }

    /// Makes a column, and fills it with what the nodes say.
    mutating func add(_ key: String, nodes: [(index: Int, labels: [String: String])]) -> Int {
        let id = keys.count
        keys.append(key)
        ids[key] = id
        values.append([:])
        columns.append([])
        for node in nodes { set(node.labels[key], id, at: node.index) }
        return id
    }

    /// The key of a column.
    func key(_ column: Int) -> String { keys[column] }

    /// The domains of all nodes; of nodes beyond its end nothing is known.
    func column(_ column: Int) -> [Int32] { columns[column] }

    /// The domain of a node; negative if it is in none.
    @inline(__always)
    func domain(_ column: Int, of node: Int) -> Int32 {
        node < columns[column].count ? columns[column][node] : Self.none
    }

    /// Whether a node with these labels would be in other domains than it is.
    func differs(_ labels: [String: String], at node: Int) -> Bool {
        keys.indices.dropFirst().contains { column in
            let domain = domain(column, of: node)
            return labels[keys[column]].map { values[column][$0] != domain } ?? (domain != Self.none)
        }
    }

    /// Notes the labels of a node; `nil` for one that is gone.
    mutating func set(_ labels: [String: String]?, at node: Int) {
        grow(Self.node, to: node)
        columns[Self.node][node] = labels == nil ? Self.none : Int32(node)
        for column in keys.indices.dropFirst() { set(labels?[keys[column]], column, at: node) }
    }

    private mutating func set(_ value: String?, _ column: Int, at node: Int) {
        grow(column, to: node)
        guard let value else {
            columns[column][node] = Self.none
            return
        }
        let next = Int32(values[column].count)
        let domain = values[column][value] ?? next
        if domain == next { values[column][value] = next }
        columns[column][node] = domain
    }

    private mutating func grow(_ column: Int, to node: Int) {
        let missing = node + 1 - columns[column].count
        if missing > 0 { columns[column].append(contentsOf: repeatElement(Self.none, count: missing)) }
    }
}
