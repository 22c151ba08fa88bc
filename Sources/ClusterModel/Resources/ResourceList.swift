/// Amounts by resource name, in each resource's own unit: millicores for CPU, bytes for memory, else whole things.
///
/// A resource that is absent and one that is zero are different: a node without `nvidia.com/gpu` has never heard of
/// it. Arithmetic treats an absent resource as zero. Iteration is in byte-wise order of the names.
public struct ResourceList: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    private var amounts: [ResourceName: Int64]

    /// A list without any resource.
    public init() { amounts = [:] }

    /// A list of the given amounts; of a name that is repeated the last amount holds.
    public init(dictionaryLiteral elements: (ResourceName, Int64)...) {
        amounts = Dictionary(elements, uniquingKeysWith: { _, last in last })
    }

    /// The amount of one resource; `nil` when the list does not name it.
    public subscript(_ name: ResourceName) -> Int64? {
        get { amounts[name] }
        set { amounts[name] = newValue }
    }

    /// True when no resource is named.
    public var isEmpty: Bool { amounts.isEmpty }

    /// The named resources in byte-wise order.
    public var names: [ResourceName] { amounts.keys.sorted() }

    /// Name and amount in byte-wise order of the names.
    public var sorted: [(name: ResourceName, amount: Int64)] {
        amounts.sorted { $0.key < $1.key }.map { (name: $0.key, amount: $0.value) }
    }

    /// Adds another list, amount by amount.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    public mutating func add(_ other: ResourceList) throws(ResourceOverflow) {
        for (name, amount) in other.amounts {
            let (sum, overflow) = (amounts[name] ?? 0).addingReportingOverflow(amount)
            if overflow { throw ResourceOverflow(resource: name) }
            amounts[name] = sum
        }
    }

    /// Raises every amount to at least that of another list.
    public mutating func raise(to other: ResourceList) {
        for (name, amount) in other.amounts {
            amounts[name] = max(amounts[name] ?? amount, amount)
        }
    }

    /// Takes the amounts of another list for the resources that this one does not name.
    public mutating func fill(from other: ResourceList) {
        amounts.merge(other.amounts) { own, _ in own }
    }
}

/// An amount grew beyond what 63 bits hold.
public struct ResourceOverflow: Error, Equatable, Sendable, CustomStringConvertible {
    /// The resource whose sum is too large.
    public let resource: ResourceName

    /// Names the resource whose sum is too large.
    public init(resource: ResourceName) { self.resource = resource }

    /// What is wrong, for people.
    public var description: String { "the amounts of \(resource) add up to more than 2^63" }
}
