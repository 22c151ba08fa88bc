import ClusterModel

/// The processors of a machine: which belong to one core, one socket, one NUMA node.
struct CPULayout {
    /// The processors, by number.
    let cpus: [NodeTopology.CPU]
    /// All of them.
    let all: CPUSet
    /// The numbers of the NUMA nodes, ascending.
    let numaNodes: [Int]
    /// The processors of each, in the order of `numaNodes`.
    let cpusOfNUMANode: [CPUSet]
    /// How many there are on each.
    let counts: [Int]
    private let cpusPerCore: Int
    private let cpusPerPackage: Int
    private let cpusOfCore: [Int: CPUSet]
    private let cpusOfPackage: [Int: CPUSet]
    private let coresOfPackage: [Int: [Int]]

    /// The most NUMA nodes whose sets are looked at. The kubelet's own limit is 8.
    static let mostNUMANodes = 16

    /// - Parameter cpus: none twice.
    init(_ cpus: [NodeTopology.CPU]) {
        self.cpus = cpus
        all = CPUSet(cpus.map(\.id))
        let byNUMANode = Dictionary(grouping: cpus, by: \.numaNode)
        numaNodes = byNUMANode.keys.sorted()
        cpusOfNUMANode = numaNodes.map { CPUSet((byNUMANode[$0] ?? []).map(\.id)) }
        counts = cpusOfNUMANode.map(\.count)
        let byCore = Dictionary(grouping: cpus, by: \.core)
        cpusOfCore = byCore.mapValues { CPUSet($0.map(\.id)) }
        let byPackage = Dictionary(grouping: cpus, by: \.package)
        cpusOfPackage = byPackage.mapValues { CPUSet($0.map(\.id)) }
        coresOfPackage = byPackage.mapValues { Array(Set($0.map(\.core))).sorted() }
        cpusPerCore = byCore.isEmpty ? 0 : cpus.count / byCore.count
        cpusPerPackage = byPackage.isEmpty ? 0 : cpus.count / byPackage.count
    }

    /// How many of some processors are on each NUMA node.
    func countByNUMANode(_ set: CPUSet) -> [Int] { cpusOfNUMANode.map { $0.count(in: set) } }

    /// The processors of some NUMA nodes, given as a bit for each in the order of `numaNodes`.
    func cpus(ofNUMANodes nodes: UInt32) -> CPUSet {
        var set = CPUSet()
        for (bit, cpus) in cpusOfNUMANode.enumerated() where nodes >> UInt32(bit) & 1 == 1 {
            set.formUnion(cpus)
        }
        return set
    }

    /// Takes so many of some processors as the kubelet does; `nil` where there are fewer.
    ///
    /// Source: the kubelet's `takeByTopology`. Whole sockets while one's worth is needed, then whole cores, those of the
    /// sockets with the fewest first, then single threads, where more has been taken already, where less is left.
    ///
    /// - Complexity: O(processors × log processors).
    func take(_ wanted: Int, of available: CPUSet) -> CPUSet? {
        var taking = Taking(layout: self, free: available.intersection(all), needed: max(0, wanted))
        if taking.needed > taking.free.count { return nil }
        taking.takeWholePackages()
        taking.takeWholeCores()
        taking.takeThreads()
        return taking.taken
    }

    private struct Taking {
        let layout: CPULayout
        var free: CPUSet
        var needed: Int
        var taken = CPUSet()

        mutating func take(_ cpus: CPUSet) {
            taken.formUnion(cpus)
            free = free.subtracting(cpus)
            needed -= cpus.count
        }

        mutating func takeWholePackages() {
            for (_, cpus) in layout.cpusOfPackage.sorted(by: { $0.key < $1.key })
            where needed > 0 && cpus.count <= needed && needed >= layout.cpusPerPackage
                && cpus.isSubset(of: free)
            {
                take(cpus)
            }
        }

        mutating func takeWholeCores() {
            if needed < layout.cpusPerCore { return }
            var packages: [(package: Int, cores: [Int])] = []
            for (package, cores) in layout.coresOfPackage {
                packages.append(
                    (package, cores.filter { layout.cpusOfCore[$0]?.isSubset(of: free) ?? false }))
            }
            packages.sort { left, right in
                left.cores.count == right.cores.count
                    ? left.package < right.package : left.cores.count < right.cores.count
            }
            for core in packages.flatMap({ $0.cores }) where needed > 0 {
                guard let cpus = layout.cpusOfCore[core], cpus.count <= needed else { continue }
                take(cpus)
            }
        }

        mutating func takeThreads() {
            if needed == 0 { return }
            let threads = layout.cpus.filter { free.contains($0.id) }.map { cpu in
                let package = layout.cpusOfPackage[cpu.package] ?? CPUSet()
                return [
                    -package.count(in: taken), package.count(in: free),
                    layout.cpusOfCore[cpu.core]?.count(in: free) ?? 0, cpu.package, cpu.core, cpu.id,
                ]
            }.sorted { $0.lexicographicallyPrecedes($1) }
            take(CPUSet(threads.prefix(needed).map { $0[5] }))
        }
    }
}
