/// How many pods of some kinds are in each domain of a topology key.
struct Tally: Sendable {
    /// Which pods are counted.
    enum Membership: Hashable, Sendable {
        /// Those that all of these selectors mean.
        case meant(by: [Int])
        /// Those that have a term themselves.
        case holding(HeldTerm)
    }

    /// What tells tallies apart.
    struct Key: Hashable, Sendable {
        /// Which pods are counted.
        let membership: Membership
        /// The column of the topology key.
        let column: Int
        /// Whether pods that are being deleted count.
        let countsTerminating: Bool
    }

    let key: Key
    /// By domain; domains beyond the end have none.
    private(set) var counts: [Int32] = []
    /// The pods in all domains.
    private(set) var total = 0
    /// False until the pods that were there before have been counted.
    var isComplete: Bool

    init(_ key: Key, isComplete: Bool) {
        self.key = key
        self.isComplete = isComplete
    }

    /// Counts a pod that comes to a domain (`1`) or leaves it (`-1`).
    mutating func count(_ domain: Int32, by sign: Int32) {
        if domain < 0 { return }
        let missing = Int(domain) + 1 - counts.count
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
        counts[Int(domain)] += sign
        total += Int(sign)
    }
}

/// A term that pods have, with which they look at those that come after them.
struct HeldTerm: Hashable, Sendable {
    /// What the term means to pods that come.
    enum Role: Hashable, Sendable {
        /// They are kept away.
        case requiredAntiAffinity
        /// They are welcome, by a weight that the configuration gives.
        case requiredAffinity
        /// They are welcome by a weight, or unwelcome by a negative one.
        case preference(Int64)
    }

    let role: Role
    let selector: Int
    let column: Int
}
