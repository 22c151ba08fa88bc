import Allocator
import ClusterModel

/// GPUs of which a node only says how many it has: slices of MIG, and GPUs of other vendors.
struct CountedGPUs: Equatable, Sendable {
    /// A resource that stands for GPUs.
    struct Resource: Equatable, Sendable {
        let column: Int
        /// Thousandths of a GPU that one of it is.
        let milliGPU: Double
    }

    /// What a pod asks for.
    struct Demand: Hashable, Sendable {
        let column: Int
        let amount: Int64
        let milliCPU: Int64
    }

    var resources: [Resource] = []
    /// Of a thousand expected pods, how many ask for so much.
    var shares: [Demand: Int] = [:]

    /// What is idle on a node, in thousandths of GPUs, and what of it the expected pods cannot use: all of it for a pod that
    /// asks for another resource or finds too little, as FGD counts whole GPUs.
    func count(
        free: (_ column: Int) -> Int64, milliCPU: Int64
    ) -> (idle: Double, fragmented: Double) {
        var sum = (idle: 0.0, fragmented: 0.0)
        for resource in resources {
            let left = free(resource.column)
            if left <= 0 { continue }
            let useful = shares.reduce(0) { sum, entry in
                let (demand, share) = entry
                let fits =
                    demand.column == resource.column && demand.amount <= left && demand.milliCPU <= milliCPU
                return fits ? sum + share : sum
            }
            let idle = Double(left) * resource.milliGPU
            sum.idle += idle
            sum.fragmented += idle * Double(max(0, 1_000 - useful)) / 1_000
        }
        return sum
    }
}

extension Session {
    /// The resources of the cluster that stand for GPUs of which only the number is known.
    func countedGPUResources() -> [CountedGPUs.Resource] {
        resources.names.enumerated().compactMap { column, name -> CountedGPUs.Resource? in
            if name == .nvidiaGPU || name == .sharedGPU { return nil }
            // Slices are parts of four or seven: of 28 the sum is whole.
            let list: ResourceList = [name: 28]
            let milliGPU = list.milliGPU
            return milliGPU > 0
                ? CountedGPUs.Resource(column: column, milliGPU: Double(milliGPU) / 28) : nil
        }
    }

    /// What the pods that there are ask for of these resources, of a thousand pods.
    func countedGPUShares(_ resources: [CountedGPUs.Resource]) -> [CountedGPUs.Demand: Int] {
        if resources.isEmpty { return [:] }
        let columns = Set(resources.map(\.column))
        var counts: [CountedGPUs.Demand: Int] = [:]
        var total = 0
        for (asked, count) in podTally().counts {
            total += count
            let milliCPU = self.asked(by: asked.request).milliCPU
            for index in amounts.range(of: asked.request) {
                let entry = amounts.entries[index]
                if !columns.contains(entry.column) || entry.amount <= 0 { continue }
                let demand = CountedGPUs.Demand(
                    column: entry.column, amount: entry.amount, milliCPU: milliCPU)
                counts[demand, default: 0] += count
            }
        }
        return counts.ofThousand(total)
    }

    /// The same of instance types, each as likely as the others.
    func countedGPUSharesOfInstanceTypes(
        _ resources: [CountedGPUs.Resource]
    ) -> [CountedGPUs.Demand: Int] {
        let types = objects.instanceTypes.values
        if types.isEmpty { return [:] }
        var counts: [CountedGPUs.Demand: Int] = [:]
        for type in types {
            for resource in resources {
                let amount = type.requests[self.resources.names[resource.column]] ?? 0
                if amount <= 0 { continue }
                let demand = CountedGPUs.Demand(
                    column: resource.column, amount: amount, milliCPU: max(0, type.requests[.cpu] ?? 0))
                counts[demand, default: 0] += 1
            }
        }
        return counts.ofThousand(types.count)
    }
}

extension Dictionary where Value == Int {
    /// The same counts of a thousand, rounded; without those that come to none.
    func ofThousand(_ total: Int) -> Self {
        mapValues { ($0 * 1_000 + total / 2) / total }.filter { $0.value > 0 }
    }
}
