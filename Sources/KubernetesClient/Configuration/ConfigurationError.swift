public import Documents

/// A configuration that cannot be used, with everything that is wrong with it.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// What is wrong; at least one problem.
    public let problems: [Problem]

    init(_ problems: [Problem]) {
        self.problems = problems
    }

    /// One problem on a line.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
