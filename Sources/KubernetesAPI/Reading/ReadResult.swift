public import ClusterModel
public import Documents

/// What came out of all texts that a reader was given.
public struct ReadResult: Sendable {
    /// The objects that could be read; what a problem of severity error is about is not among them.
    public var snapshot: ClusterSnapshot
    /// How many objects of kinds that do not matter here were passed over, by kind.
    ///
    /// A kind that shares its name with one that does matter carries its group: `Queue.example.com`.
    public var skippedKinds: [String: Int]
    /// Errors and warnings in the order of the input: by file as given, then by line.
    public var problems: [Problem]

    /// A result of its parts.
    public init(snapshot: ClusterSnapshot, skippedKinds: [String: Int] = [:], problems: [Problem] = []) {
        self.snapshot = snapshot
        self.skippedKinds = skippedKinds
        self.problems = problems
    }

    /// True when something in the input could not be read.
    public var hasErrors: Bool { problems.contains { $0.severity == .error } }
}
