import ClusterModel

/// What is left of the resources, as columns of one `Int64` a row.
///
/// A row is a node, or a group of nodes in exactly the same state. For each resource there are four columns:
///
/// * `allocatable`: what pods may use in all;
/// * `idle`: allocatable less what is bound there, pods that are leaving included; negative on a node that was
///   over-committed when we found it;
/// * `futureIdle`: idle, plus what leaving pods will give back, less what has been promised to waiting pods
///   (Volcano: idle + releasing − pipelined);
/// * `requested`: the sum over all pods, leaving and promised ones included, as kube-scheduler counts; without those that
///   are `Occupancy.evicted`.
public struct StateTable: Sendable {
    /// The limit that stands for "no limit" in the pods column of a node that does not name `pods`.
    public static let unlimitedPods: Int64 = 1 << 40

    /// The number of rows.
    public private(set) var count: Int
    /// What pods may use in all, by column and row.
    public private(set) var allocatable: [[Int64]]
    /// What is left now, by column and row.
    public private(set) var idle: [[Int64]]
    /// What will be left once leaving pods have gone and promised pods have come, by column and row.
    public private(set) var futureIdle: [[Int64]]
    /// The sum of all pods, by column and row.
    public private(set) var requested: [[Int64]]
    /// CPU by row as scoring counts it, where a container that asks for none counts as asking for a little.
    public private(set) var nonZeroMilliCPU: [Int64]
    /// Memory by row as scoring counts it.
    public private(set) var nonZeroMemory: [Int64]

    /// A table without rows.
    init(columns: Int) {
        count = 0
        allocatable = [[Int64]](repeating: [], count: columns)
        idle = allocatable
        futureIdle = allocatable
        requested = allocatable
        nonZeroMilliCPU = []
        nonZeroMemory = []
    }

    /// Appends columns of resources that no row has anything of, so that there are so many.
    mutating func addColumns(upTo columns: Int) {
        if allocatable.count == columns { return }
        let none = [Int64](repeating: 0, count: count)
        while allocatable.count < columns {
            allocatable.append(none)
            idle.append(none)
            futureIdle.append(none)
            requested.append(none)
        }
    }

    /// Puts a pod on a row (`sign` 1), or takes it off again (−1): exact inverses of each other.
    ///
    /// The caller has made sure that the sum of all pods' requests fits in 63 bits.
    /// - Complexity: O(resources that the pod asks for); no allocation.
    mutating func apply(_ request: PodRequest, to row: Int, as occupancy: Occupancy, sign: Int64) {
        for entry in request.amounts {
            let amount = sign * entry.amount
            if occupancy != .evicted { requested[entry.column][row] += amount }
            if occupancy != .pipelined { idle[entry.column][row] -= amount }
            if occupancy.staysTaken { futureIdle[entry.column][row] -= amount }
        }
        if occupancy == .evicted { return }
        nonZeroMilliCPU[row] += sign * request.nonZero.milliCPU
        nonZeroMemory[row] += sign * request.nonZero.memory
    }

    /// Whether a request fits what is left now on a row (and what has been promised is kept free).
    func fitsNow(_ request: PodRequest, _ row: Int) -> Bool {
        for entry in request.amounts {
            if entry.amount > idle[entry.column][row] || entry.amount > futureIdle[entry.column][row] {
                return false
            }
        }
        return true
    }

    /// Whether a request fits what will be left on a row.
    func fitsLater(_ request: PodRequest, _ row: Int) -> Bool {
        for entry in request.amounts where entry.amount > futureIdle[entry.column][row] { return false }
        return true
    }

    /// Whether a row may hold one more pod, leaving and promised ones counted.
    func hasSlot(_ row: Int) -> Bool { freeSlots(row) > 0 }

    /// Whether a row may hold one more pod while those that were evicted are still there.
    func hasSlotNow(_ row: Int) -> Bool { idle[ResourceTable.pods][row] > 0 }

    /// How many more pods a row may hold, leaving and promised ones counted; negative where there are too many.
    func freeSlots(_ row: Int) -> Int64 {
        allocatable[ResourceTable.pods][row] - requested[ResourceTable.pods][row]
    }

    /// How many times a request fits what is left now on a row, one after the other.
    func fitCount(_ request: PodRequest, _ row: Int) -> Int64 {
        var count = Int64.max
        for entry in request.amounts {
            let left = min(idle[entry.column][row], futureIdle[entry.column][row])
            if entry.amount > 0 {
                count = min(count, max(0, left) / entry.amount)
            } else if left < 0 {
                return 0
            }
        }
        return count
    }
}

/// Rows that come and go with nodes.
extension StateTable {
    /// Appends a row of an empty node. The columns of all that it names are there.
    mutating func appendEmpty(_ node: Node, in resources: ResourceTable) {
        for column in allocatable.indices {
            allocatable[column].append(0)
            idle[column].append(0)
            futureIdle[column].append(0)
            requested[column].append(0)
        }
        nonZeroMilliCPU.append(0)
        nonZeroMemory.append(0)
        count += 1
        setAllocatable(node, of: count - 1, in: resources)
    }

    /// Makes a row that of an empty node.
    mutating func reset(_ row: Int, to node: Node, in resources: ResourceTable) {
        clear(row)
        setAllocatable(node, of: row, in: resources)
    }

    /// Makes all of a row zero.
    mutating func clear(_ row: Int) {
        for column in allocatable.indices {
            allocatable[column][row] = 0
            idle[column][row] = 0
            futureIdle[column][row] = 0
            requested[column][row] = 0
        }
        nonZeroMilliCPU[row] = 0
        nonZeroMemory[row] = 0
    }

    /// Changes what a row offers in all. What is booked there stays booked.
    mutating func setAllocatable(_ node: Node, of row: Int, in resources: ResourceTable) {
        for column in allocatable.indices {
            set(column == ResourceTable.pods ? Self.unlimitedPods : 0, of: column, row)
        }
        node.allocatable.forEach { name, amount in
            guard let column = resources.column(name) else { return }
            set(column == ResourceTable.pods ? min(amount, Self.unlimitedPods) : amount, of: column, row)
        }
    }

    private mutating func set(_ amount: Int64, of column: Int, _ row: Int) {
        // What is booked is never negative, so no step leaves the range of 64 bits.
        let bound = allocatable[column][row] - idle[column][row]
        let staying = allocatable[column][row] - futureIdle[column][row]
        allocatable[column][row] = amount
        idle[column][row] = amount - bound
        futureIdle[column][row] = amount - staying
    }
}

/// Rows as values: for groups of nodes in the same state.
extension StateTable {
    /// Rows of another table, in the given order; zeros for a negative row.
    init(_ other: borrowing StateTable, rows: [Int32]) {
        func gather(_ column: [Int64]) -> [Int64] { rows.map { $0 < 0 ? 0 : column[Int($0)] } }
        count = rows.count
        allocatable = other.allocatable.map(gather)
        idle = other.idle.map(gather)
        futureIdle = other.futureIdle.map(gather)
        requested = other.requested.map(gather)
        nonZeroMilliCPU = gather(other.nonZeroMilliCPU)
        nonZeroMemory = gather(other.nonZeroMemory)
    }

    /// Appends a copy of another table's row.
    mutating func append(_ row: Int, of other: borrowing StateTable) {
        for column in allocatable.indices {
            allocatable[column].append(other.allocatable[column][row])
            idle[column].append(other.idle[column][row])
            futureIdle[column].append(other.futureIdle[column][row])
            requested[column].append(other.requested[column][row])
        }
        nonZeroMilliCPU.append(other.nonZeroMilliCPU[row])
        nonZeroMemory.append(other.nonZeroMemory[row])
        count += 1
    }

    /// Appends a copy of a row of its own.
    mutating func duplicate(_ row: Int) {
        for column in allocatable.indices {
            allocatable[column].append(allocatable[column][row])
            idle[column].append(idle[column][row])
            futureIdle[column].append(futureIdle[column][row])
            requested[column].append(requested[column][row])
        }
        nonZeroMilliCPU.append(nonZeroMilliCPU[row])
        nonZeroMemory.append(nonZeroMemory[row])
        count += 1
    }

    /// Takes the last row off.
    mutating func removeLast() {
        for column in allocatable.indices {
            allocatable[column].removeLast()
            idle[column].removeLast()
            futureIdle[column].removeLast()
            requested[column].removeLast()
        }
        nonZeroMilliCPU.removeLast()
        nonZeroMemory.removeLast()
        count -= 1
    }

    /// Whether a row is the same as one of another table, in every column.
    func isEqual(_ row: Int, to otherRow: Int, of other: borrowing StateTable) -> Bool {
        for column in allocatable.indices {
            if allocatable[column][row] != other.allocatable[column][otherRow]
                || idle[column][row] != other.idle[column][otherRow]
                || futureIdle[column][row] != other.futureIdle[column][otherRow]
                || requested[column][row] != other.requested[column][otherRow]
            {
                return false
            }
        }
        return nonZeroMilliCPU[row] == other.nonZeroMilliCPU[otherRow]
            && nonZeroMemory[row] == other.nonZeroMemory[otherRow]
    }

    /// A hash of a row, the same in every run, and the same when columns have been added.
    func fingerprint(_ row: Int, seed: UInt64) -> UInt64 {
        var hash = seed &* 0x9E37_79B9_7F4A_7C15
        func mix(_ value: Int64) {
            hash = (hash ^ UInt64(bitPattern: value)) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
        }
        for column in allocatable.indices {
            let (whole, asked) = (allocatable[column][row], requested[column][row])
            if whole == 0, asked == 0 { continue }
            mix(Int64(column))
            mix(whole)
            mix(idle[column][row])
            mix(futureIdle[column][row])
            mix(asked)
        }
        mix(nonZeroMilliCPU[row])
        mix(nonZeroMemory[row])
        return hash
    }

    /// Whether more of some resource will be left on a row than there is now.
    func frees(_ row: Int) -> Bool {
        allocatable.indices.contains { futureIdle[$0][row] > idle[$0][row] }
    }
}

/// How a pod occupies its node.
public enum Occupancy: Sendable {
    /// Bound or about to be.
    case bound
    /// Bound and being deleted.
    case releasing
    /// Bound and evicted in the open cycle: it counts no more where slots and scores are looked at.
    case evicted
    /// Promised: it gets what others will release.
    case pipelined

    /// True if what it takes is still taken once leaving pods have gone.
    var staysTaken: Bool { self == .bound || self == .pipelined }
}
