import ClusterModel
import KubernetesAPI
import Simulation

/// Finds the nodes that further nodes are to be like, by what the arguments call them.
struct NodeTemplates {
    private let snapshot: ClusterSnapshot

    /// Templates among the nodes of a cluster, and in files.
    init(_ snapshot: ClusterSnapshot) { self.snapshot = snapshot }

    /// What `--add-nodes` and `--like` ask for together; one `--like` serves all counts.
    func additions(_ arguments: Arguments) throws(CommandFailure) -> [NodeChange] {
        let counts = arguments.values("add-nodes").compactMap { Int($0) }
        let likes = arguments.values("like")
        guard likes.count == counts.count || likes.count == 1 && !counts.isEmpty else {
            throw CommandFailure(
                .badInput,
                "--like: found \(Count.of(likes.count, "time")), expected as often as --add-nodes: \(counts.count)"
            )
        }
        var changes: [NodeChange] = []
        for (index, count) in counts.enumerated() {
            let word = likes.count == 1 ? likes[0] : likes[index]
            changes.append(.add(try template(word, "like"), count: count))
        }
        return changes
    }

    /// The node that a word means: the first by name of those that take pods, or of all if none does.
    func template(_ word: String, _ option: String) throws(CommandFailure) -> NodeTemplate {
        if word.hasPrefix(WrittenNode.prefix) {
            return NodeTemplate(like: try WrittenNode.read(word, option), title: word)
        }
        if Self.isFile(word) { return try fromFile(word, option) }
        guard let selection = NodeSelection(word) else {
            throw CommandFailure(
                .badInput,
                "--\(option): found \(word.debugDescription), expected a node, LABEL=VALUE, a file or new:RESOURCE=AMOUNT"
            )
        }
        let nodes = selection.nodes(of: snapshot.nodes)
        guard let node = nodes.first(where: { $0.isReady && !$0.isUnschedulable }) ?? nodes.first else {
            throw CommandFailure(
                .badInput,
                "--\(option): found no node by \(word.debugDescription), expected a node, LABEL=VALUE, a file or new:RESOURCE=AMOUNT"
            )
        }
        return NodeTemplate(like: node, title: word, of: snapshot)
    }

    private static func isFile(_ word: String) -> Bool {
        if word.contains("=") { return false }
        return word == "-" || word.contains("/")
            || [".yaml", ".yml", ".json"].contains(where: word.hasSuffix)
    }

    private func fromFile(_ path: String, _ option: String) throws(CommandFailure) -> NodeTemplate {
        var reader = ClusterReader(options: ReadingOptions())
        let unread = ClusterInput.read([path], into: &reader)
        let nodes = try ClusterInput(&reader, unread: unread).snapshot.nodes
        guard let node = nodes.first, nodes.count == 1 else {
            throw CommandFailure(
                .badInput, "--\(option) \(path): found \(Count.of(nodes.count, "Node")), expected one")
        }
        return NodeTemplate(like: node, title: node.name)
    }
}
