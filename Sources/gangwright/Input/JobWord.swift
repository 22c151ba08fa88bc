import ClusterModel
import Documents

/// Finds the job that a word of the arguments names: `NAME` in the namespace that the options say, or `NAMESPACE/NAME`.
struct JobWord {
    private let snapshot: ClusterSnapshot
    private let namespace: String

    init(_ snapshot: ClusterSnapshot, _ arguments: Arguments) {
        self.snapshot = snapshot
        namespace = arguments.value("namespace") ?? "default"
    }

    /// The gang of that name, or the pod that is its own.
    ///
    /// - Throws: that there is none, with what comes nearest.
    func key(_ word: String, _ option: String) throws(CommandFailure) -> ObjectKey {
        let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        // Tables say job/NAME and pod/NAME.
        let isPlain = parts.count == 1 || ["job", "pod"].contains(parts[0])
        let key = ObjectKey(namespace: isPlain ? namespace : parts[0], name: parts[parts.count - 1])
        let jobs = Set(snapshot.podGroups.map(\.key))
        let all = jobs.union(snapshot.pods.filter { $0.podGroup == nil }.map(\.key))
        if all.contains(key) { return key }
        let spaces = all.filter { $0.name == key.name }.map(\.namespace).sorted { $0.precedes($1) }
        let here = jobs.filter { $0.namespace == key.namespace }.map(\.name)
        let hint =
            spaces.isEmpty
            ? Spelling.hint(for: key.name, among: here)
            : "one of that name is in \(spaces.joined(separator: ", ")) (use --namespace)"
        throw CommandFailure(.badInput, "--\(option): found no job \(key); \(hint)")
    }
}
