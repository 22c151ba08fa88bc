import ClusterModel

/// Scores of the candidates, kernel by kernel and column by column.
extension ReferenceAllocator {
    /// The candidate with the highest score; of equal ones the first. `nil` without candidates.
    mutating func bestCandidate(for shape: ShapeTable.Shape) -> Int? {
        guard var best = candidates.first else { return nil }
        if candidates.count == 1 { return best }
        scores.removeAll(keepingCapacity: true)
        scores.append(contentsOf: repeatElement(0, count: candidates.count))
        for kernel in kernels { add(kernel, for: shape) }
        var highest = scores[0]
        for position in 1..<candidates.count where scores[position] > highest {
            highest = scores[position]
            best = candidates[position]
        }
        return best
    }

    /// Adds one kernel's score of every candidate.
    private mutating func add(_ kernel: ScoreKernel, for shape: ShapeTable.Shape) {
        let preferences = table.preferences[shape.preferences]
        switch kernel {
        case .binpack(let columns, let weight):
            addBinpack(shape.request, columns: columns, weight: Double(weight))
        case .leastAllocated(let weight): addAllocation(shape.request, weight: weight, emptier: true)
        case .mostAllocated(let weight): addAllocation(shape.request, weight: weight, emptier: false)
        case .balancedAllocation(let columns, let weight):
            addBalance(shape.request, columns: columns, weight: weight)
        case .nodeAffinity(let weight):
            addNormalized(preferences.affinity, weight: weight, lessIsBetter: false)
        case .taintToleration(let weight):
            addNormalized(preferences.intolerable, weight: weight, lessIsBetter: true)
        case .imageLocality(let weight):
            if preferences.imageLocality.isEmpty { return }
            for position in candidates.indices {
                scores[position] += Double(preferences.imageLocality[candidates[position]] * weight)
            }
        }
    }

    /// Volcano's binpack.
    private mutating func addBinpack(
        _ request: PodRequest, columns: [ScoreKernel.WeightedColumn], weight: Double
    ) {
        parts.removeAll(keepingCapacity: true)
        parts.append(contentsOf: repeatElement(0, count: candidates.count))
        var weights: Int64 = 0
        for entry in request.amounts where entry.amount > 0 {
            guard let own = columns.first(where: { $0.column == entry.column })?.weight else { continue }
            weights += own
            if own == 0 { continue }
            let (allocatable, idle) = (cluster.allocatable[entry.column], cluster.idle[entry.column])
            for position in candidates.indices {
                let node = candidates[position]
                if allocatable[node] == 0 { continue }
                let used = allocatable[node] - idle[node] + entry.amount
                // One resource that would be exceeded makes the whole score nothing: no sum can bring it back.
                parts[position] +=
                    used > allocatable[node]
                    ? -.infinity : Double(own) * Double(used) / Double(allocatable[node])
            }
        }
        if weights == 0 { return }
        for position in candidates.indices where parts[position] > 0 {
            scores[position] += parts[position] / Double(weights) * Double(maxNodeScore) * weight
        }
    }

    /// kube-scheduler's least or most allocated: the mean of CPU and memory, of those that the node has.
    private mutating func addAllocation(_ request: PodRequest, weight: Int64, emptier: Bool) {
        let (cpu, memory) = (
            cluster.allocatable[ResourceTable.cpu], cluster.allocatable[ResourceTable.memory]
        )
        for position in candidates.indices {
            let node = candidates[position]
            var sum: Int64 = 0
            var count: Int64 = 0
            if cpu[node] != 0 {
                let requested = cluster.nonZeroMilliCPU[node] + request.nonZero.milliCPU
                sum += Self.share(requested, of: cpu[node], emptier: emptier)
                count += 1
            }
            if memory[node] != 0 {
                let requested = cluster.nonZeroMemory[node] + request.nonZero.memory
                sum += Self.share(requested, of: memory[node], emptier: emptier)
                count += 1
            }
            if count > 0 { scores[position] += Double(sum / count * weight) }
        }
    }

    /// One resource's part: what is left, or what is used.
    ///
    /// A pod that asks for nothing counts a little, so that the sum may exceed the capacity: then nothing is left.
    private static func share(_ requested: Int64, of capacity: Int64, emptier: Bool) -> Int64 {
        let used = min(requested, capacity)
        return percentage(emptier ? capacity - used : used, of: capacity)
    }

    /// kube-scheduler's balanced allocation over the resources that the node has, devices only if the pod asks for them.
    private mutating func addBalance(_ request: PodRequest, columns: [Int], weight: Int64) {
        let counted = columns.compactMap { column in
            let amount = request.amounts.first { $0.column == column }?.amount ?? 0
            return column > ResourceTable.pods && amount == 0 ? nil : (column: column, amount: amount)
        }
        var fractions: [Double] = []
        for position in candidates.indices {
            let node = candidates[position]
            fractions.removeAll(keepingCapacity: true)
            for (column, amount) in counted where cluster.allocatable[column][node] != 0 {
                let used = cluster.requested[column][node] + amount
                fractions.append(min(1, Double(used) / Double(cluster.allocatable[column][node])))
            }
            scores[position] += Double(balance(fractions) * weight)
        }
    }

    /// Scales raw scores so that the largest among the candidates becomes 100, then turns them round if asked.
    ///
    /// Source: kube-scheduler's `DefaultNormalizeScore`, integer division included.
    private mutating func addNormalized(_ raw: [Int64], weight: Int64, lessIsBetter: Bool) {
        var highest: Int64 = 0
        for node in candidates { highest = max(highest, raw[node]) }
        if highest == 0 {
            // All alike: nothing tells the candidates apart.
            if lessIsBetter {
                for position in scores.indices { scores[position] += Double(maxNodeScore * weight) }
            }
            return
        }
        for position in candidates.indices {
            let score = raw[candidates[position]] * maxNodeScore / highest
            scores[position] += Double((lessIsBetter ? maxNodeScore - score : score) * weight)
        }
    }
}
