import ClusterModel
import Documents
import KubernetesAPI

/// Reads one text with default options.
func read(
    _ text: String, file: String = "cluster.yaml", options: ReadingOptions = ReadingOptions()
) -> ReadResult {
    read([(file, text)], options: options)
}

/// Reads several texts, named, with one reader.
func read(_ texts: [(file: String, text: String)], options: ReadingOptions = ReadingOptions()) -> ReadResult {
    var reader = ClusterReader(options: options)
    for (file, text) in texts {
        reader.read(Array(text.utf8), file: file)
    }
    return reader.finish()
}

extension ReadResult {
    /// All problems as a person sees them; warnings are marked.
    var messages: [String] {
        problems.map { ($0.severity == .warning ? "warning: " : "") + $0.description }
    }
}

/// A pod `p` whose specification is given as YAML, indented by any amount.
func podText(_ spec: String, metadata: String = "") -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata:
      name: p
    \(indented(metadata))
    spec:
    \(indented(spec))
    """
}

/// The lines of a text, each moved right by two.
func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
}
