/// Amounts by resource name, in each resource's own unit: millicores for CPU, bytes for memory, else whole things.
///
/// A resource that is absent and one that is zero are different: a node without `nvidia.com/gpu` has never heard of
/// it. Arithmetic treats an absent resource as zero. Iteration is in byte-wise order of the names.
public struct ResourceList: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    private struct Entry: Equatable, Sendable {
        let name: ResourceName
        var amount: Int64
    }

    /// In byte-wise order of the names. Lists are short: a search from the front beats hashing.
    private var entries: [Entry] = []

    /// A list without any resource.
    public init() {}

    /// A list of the given amounts; of a name that is repeated the last amount holds.
    public init(dictionaryLiteral elements: (ResourceName, Int64)...) {
        for (name, amount) in elements { self[name] = amount }
    }

    /// The amount of one resource; `nil` when the list does not name it.
    public subscript(_ name: ResourceName) -> Int64? {
        get { entries.first { $0.name == name }?.amount }
        set {
            let position = entries.firstIndex { !($0.name < name) } ?? entries.count
            let isNamed = position < entries.count && entries[position].name == name
            switch (newValue, isNamed) {
            case (let amount?, true): entries[position].amount = amount
            case (let amount?, false): entries.insert(Entry(name: name, amount: amount), at: position)
            case (nil, true): entries.remove(at: position)
            case (nil, false): break
            }
        }
    }

    /// True when no resource is named.
    public var isEmpty: Bool { entries.isEmpty }

    /// The named resources in byte-wise order.
    public var names: [ResourceName] { entries.map(\.name) }

    /// Name and amount in byte-wise order of the names.
    public var sorted: [(name: ResourceName, amount: Int64)] { entries.map { ($0.name, $0.amount) } }

    /// Calls a function with each name and amount in byte-wise order of the names, without allocation.
    public func forEach(_ body: (_ name: ResourceName, _ amount: Int64) -> Void) {
        for entry in entries { body(entry.name, entry.amount) }
    }

    /// Adds another list, amount by amount.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    public mutating func add(_ other: ResourceList) throws(ResourceOverflow) {
        for entry in other.entries {
            let (sum, overflow) = (self[entry.name] ?? 0).addingReportingOverflow(entry.amount)
            if overflow { throw ResourceOverflow(resource: entry.name) }
            self[entry.name] = sum
        }
    }

    /// Raises every amount to at least that of another list.
    public mutating func raise(to other: ResourceList) {
        for entry in other.entries { self[entry.name] = max(self[entry.name] ?? entry.amount, entry.amount) }
    }

    /// Takes the amounts of another list for the resources that this one does not name.
    public mutating func fill(from other: ResourceList) {
        for entry in other.entries where self[entry.name] == nil { self[entry.name] = entry.amount }
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

extension ResourceList {
    /// The whole GPUs, of whatever make; of absurd amounts as many as no machine has.
    public var wholeGPUs: Int {
        let most = Int64(CPUSet.greatestID)
        return Int(min(self[.nvidiaGPU] ?? 0, most) + min(self[.amdGPU] ?? 0, most))
    }
}
