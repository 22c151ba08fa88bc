/// GPU models, each known by an ordinal from 0 to 63.
///
/// Whoever builds a cluster gives models their ordinals, in any order, and uses the same ones for nodes and pods.
public struct ModelSet: Hashable, Sendable {
    /// How many models can be told apart.
    public static let capacity = 64

    /// Every model, known or not.
    public static let any = ModelSet(bits: .max)

    /// No model.
    public static let none = ModelSet(bits: 0)

    private var bits: UInt64

    private init(bits: UInt64) { self.bits = bits }

    /// The models of these ordinals.
    public init(_ ordinals: some Sequence<Int>) {
        bits = 0
        for ordinal in ordinals { insert(ordinal) }
    }

    /// Adds a model.
    public mutating func insert(_ ordinal: Int) {
        precondition((0..<Self.capacity).contains(ordinal), "a GPU model's ordinal is from 0 to 63")
        bits |= 1 << UInt64(ordinal)
    }

    /// Whether a model is one of them.
    public func contains(_ ordinal: Int) -> Bool { bits >> UInt64(ordinal) & 1 == 1 }
}
