import ClusterModel
import Documents
import KubernetesAPI

/// A node that an argument writes out: `new:cpu=96,memory=900Gi,nvidia.com/gpu=8,labels.agentpool=h100`.
///
/// | word | what |
/// | --- | --- |
/// | `RESOURCE=AMOUNT` | what pods may use of it; 110 `pods` unless said otherwise |
/// | `labels.KEY=VALUE` | a label, beside the host's name, Linux and amd64, which every node has |
/// | `taints.KEY=VALUE:EFFECT` | a taint; the value may be empty, the effect is `NoSchedule` if none is given |
/// | `name=NAME` | what the nodes are called after: `node` unless given |
struct WrittenNode {
    /// What such an argument begins with.
    static let prefix = "new:"

    private var name = "node"
    private var amounts: [(String, OutputValue)] = []
    private var labels: [(String, OutputValue)] = []
    private var taints: [OutputValue] = []
    private let option: String
    private let word: String

    /// The node of an argument.
    ///
    /// - Throws: the first part that cannot be read, with what was expected.
    static func read(_ word: String, _ option: String) throws(CommandFailure) -> Node {
        var written = WrittenNode(option: option, word: word)
        for part in word.dropFirst(prefix.count).split(separator: ",", omittingEmptySubsequences: false) {
            try written.add(String(part))
        }
        return try written.node()
    }

    private init(option: String, word: String) {
        self.option = option
        self.word = word
    }

    private mutating func add(_ part: String) throws(CommandFailure) {
        guard let equals = part.firstIndex(of: "=") else {
            throw failure(
                "found \(part.debugDescription), expected RESOURCE=AMOUNT, labels.KEY=VALUE or taints.KEY=VALUE"
            )
        }
        let (key, value) = (String(part[..<equals]), String(part[part.index(after: equals)...]))
        if let label = Self.rest(of: key, after: "labels.") {
            try put(label, .string(value), into: \.labels, part)
        } else if let taint = Self.rest(of: key, after: "taints.") {
            let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            taints.append([
                "key": .string(taint), "value": .string(parts[0]),
                "effect": .string(parts.count == 2 ? parts[1] : Taint.Effect.noSchedule.rawValue),
            ])
        } else if key == "name" {
            name = value
        } else if Self.isResource(key) {
            try put(key, .string(value), into: \.amounts, part)
        } else {
            let known = Self.resources + ["labels.KEY", "taints.KEY", "name"]
            throw failure(
                "found \(key.debugDescription); \(Spelling.hint(for: key, among: known)); other resources have a "
                    + "domain, as in nvidia.com/gpu")
        }
    }

    private mutating func put(
        _ key: String, _ value: OutputValue, into path: WritableKeyPath<Self, [(String, OutputValue)]>,
        _ part: String
    ) throws(CommandFailure) {
        if self[keyPath: path].contains(where: { $0.0 == key }) {
            throw failure("found \(part.debugDescription) after another of its key, expected each once")
        }
        self[keyPath: path].append((key, value))
    }

    private static let resources = ["cpu", "memory", "ephemeral-storage", "pods"]

    private static func isResource(_ name: String) -> Bool {
        resources.contains(name) || name.contains("/") || name.hasPrefix("hugepages-")
    }

    private static func rest(of key: String, after prefix: String) -> String? {
        key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
    }

    /// Reads the node as an API server would show it, which checks names, amounts and effects.
    private func node() throws(CommandFailure) -> Node {
        if amounts.isEmpty {
            throw failure("found no amounts, expected some as in cpu=96,memory=900Gi,nvidia.com/gpu=8")
        }
        let own: [(String, OutputValue)] = [
            ("kubernetes.io/hostname", .string(name)), ("kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", "amd64"),
        ]
        let defaults = own.filter { entry in !labels.contains { $0.0 == entry.0 } }
        let pods: [(String, OutputValue)] = amounts.contains { $0.0 == "pods" } ? [] : [("pods", "110")]
        let object: OutputValue = [
            "apiVersion": "v1", "kind": "Node",
            "metadata": ["name": .string(name), "labels": .object(defaults + labels)],
            "spec": ["taints": .list(taints)], "status": ["allocatable": .object(amounts + pods)],
        ]
        var reader = ClusterReader(options: ReadingOptions())
        reader.read(Array(object.json(pretty: false).utf8), file: "--\(option)")
        let result = reader.finish()
        if let problem = result.problems.first {
            // The fields of an object that nobody has seen: their last words are those of the argument.
            throw failure("\(problem.field): \(problem.message)")
        }
        guard let node = result.snapshot.nodes.first else {
            throw failure("found no node, expected amounts as in cpu=96,memory=900Gi")
        }
        return node
    }

    private func failure(_ message: String) -> CommandFailure {
        CommandFailure(.badInput, "--\(option) \(word): \(message)")
    }
}
