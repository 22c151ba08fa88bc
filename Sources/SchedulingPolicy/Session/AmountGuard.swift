import Allocator
import ClusterModel

/// The sums of everything that may ever be added up, to find out before it matters that one would overflow.
///
/// Nothing else has to check: whatever is summed later is a part of these sums.
struct AmountGuard: Sendable {
    private var sums: [Int64] = []
    private var milliCPU: Int64 = 0
    private var memory: Int64 = 0

    /// Adds a pod's amounts, `times` over; changes nothing if one does not fit.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    mutating func add(
        _ request: RequestID, times: Int, _ amounts: borrowing RequestAmounts,
        _ resources: borrowing ResourceTable
    ) throws(ResourceOverflow) {
        widen(resources)
        let facts = amounts[request]
        for index in facts.range {
            let entry = amounts.entries[index]
            if Self.overflows(sums[entry.column], entry.amount, times) {
                throw ResourceOverflow(resource: resources.names[entry.column])
            }
        }
        if Self.overflows(milliCPU, facts.nonZero.milliCPU, times) { throw ResourceOverflow(resource: .cpu) }
        if Self.overflows(memory, facts.nonZero.memory, times) { throw ResourceOverflow(resource: .memory) }
        addUnchecked(request, times: Int64(times), amounts)
    }

    private mutating func addUnchecked(
        _ request: RequestID, times: Int64, _ amounts: borrowing RequestAmounts
    ) {
        let facts = amounts[request]
        for index in facts.range {
            sums[amounts.entries[index].column] += amounts.entries[index].amount * times
        }
        milliCPU += facts.nonZero.milliCPU * times
        memory += facts.nonZero.memory * times
    }

    /// Takes a pod's amounts out again.
    mutating func remove(_ request: RequestID, times: Int, _ amounts: borrowing RequestAmounts) {
        addUnchecked(request, times: -Int64(times), amounts)
    }

    /// Puts a list in the place of another; changes nothing if an amount does not fit.
    ///
    /// - Throws: `ResourceOverflow` when a sum does not fit in 63 bits.
    mutating func replace(_ old: ResourceList, by new: ResourceList, _ resources: ResourceTable)
        throws(ResourceOverflow)
    {
        widen(resources)
        for (name, amount) in new.sorted {
            guard let column = resources.column(name) else { continue }
            if Self.overflows(sums[column] - (old[name] ?? 0), amount, 1) {
                throw ResourceOverflow(resource: name)
            }
        }
        for (name, amount) in old.sorted { if let column = resources.column(name) { sums[column] -= amount } }
        for (name, amount) in new.sorted { if let column = resources.column(name) { sums[column] += amount } }
    }

    /// Takes a list out again.
    mutating func remove(_ list: ResourceList, _ resources: ResourceTable) {
        for (name, amount) in list.sorted {
            if let column = resources.column(name) { sums[column] -= amount }
        }
    }

    private mutating func widen(_ resources: borrowing ResourceTable) {
        while sums.count < resources.count { sums.append(0) }
    }

    private static func overflows(_ sum: Int64, _ amount: Int64, _ times: Int) -> Bool {
        let (product, tooMany) = amount.multipliedReportingOverflow(by: Int64(times))
        return tooMany || sum.addingReportingOverflow(product).overflow
    }
}
