import ClusterModel

/// Fills a synthetic cluster with gangs that run, never more than a node holds or the fill level allows.
///
/// Each template keeps a list of the nodes that may still take one of its pods. A node that refuses a pod once has no
/// room for that template ever again, because nothing leaves: it is struck off the list, so all refusals together cost
/// O(nodes × templates). A gang stays on its last node while that has room, then goes to a node drawn from the list.
struct RunningPlacement {
    private let jobs: [Weighted<JobTemplate>]
    /// For each template the amount of each resource that a pod takes.
    private let requests: [[Int64]]
    /// The amounts left on a node, `resourceCount` of them in a row for each node.
    private var free: [Int64]
    /// The amounts that a pool may still give away before it reaches the fill level.
    private var allowance: [[Int64]]
    private let poolOfNode: [Int]
    private var openNodes: [[Int]]
    private let resourceCount: Int

    init(recipe: SyntheticCluster) {
        jobs = recipe.jobs
        let perPod: [ResourceList] = recipe.jobs.map { job in
            var amounts = job.value.instanceType.requests
            amounts[.pods] = 1
            return amounts
        }
        let names = Set(perPod.flatMap(\.names)).sorted()
        resourceCount = names.count
        requests = perPod.map { amounts in names.map { amounts[$0] ?? 0 } }

        free = []
        allowance = []
        var poolOfNode: [Int] = []
        openNodes = Array(repeating: [], count: recipe.jobs.count)
        for (index, pool) in recipe.pools.enumerated() {
            let amounts = names.map { pool.allocatable[$0] ?? 0 }
            let first = poolOfNode.count
            for _ in 0..<pool.count {
                free += amounts
                poolOfNode.append(index)
            }
            allowance.append(amounts.map { $0 * Int64(pool.count) * Int64(recipe.fillPercent) / 100 })
            for (template, job) in recipe.jobs.enumerated() where pool.accepts(job.value) {
                openNodes[template] += first..<poolOfNode.count
            }
        }
        self.poolOfNode = poolOfNode
    }

    /// Draws gangs until no template finds room; the last gang of each template is as large as there is room.
    mutating func fill(
        using random: inout SeededGenerator,
        place: (JobTemplate, _ nodes: [Int], inout SeededGenerator) -> Void
    ) {
        var open = jobs.enumerated().map { Weighted($0.offset, weight: $0.element.weight) }
        while open.contains(where: { $0.weight > 0 }) {
            let template = random.choice(open)
            let size = random.choice(jobs[template].value.gangSizes)
            var nodes: [Int] = []
            while nodes.count < size, let node = takeNode(for: template, near: nodes.last, using: &random) {
                nodes.append(node)
            }
            if !nodes.isEmpty { place(jobs[template].value, nodes, &random) }
            if nodes.count < size { open[template].weight = 0 }
        }
    }

    private mutating func takeNode(
        for template: Int, near last: Int?, using random: inout SeededGenerator
    ) -> Int? {
        if let last, take(template, on: last) { return last }
        while !openNodes[template].isEmpty {
            let position = random.integer(in: 0...(openNodes[template].count - 1))
            let node = openNodes[template][position]
            if take(template, on: node) { return node }
            openNodes[template].swapAt(position, openNodes[template].count - 1)
            openNodes[template].removeLast()
        }
        return nil
    }

    private mutating func take(_ template: Int, on node: Int) -> Bool {
        let pool = poolOfNode[node]
        for resource in 0..<resourceCount {
            let amount = requests[template][resource]
            if amount > free[node * resourceCount + resource] || amount > allowance[pool][resource] {
                return false
            }
        }
        for resource in 0..<resourceCount {
            free[node * resourceCount + resource] -= requests[template][resource]
            allowance[pool][resource] -= requests[template][resource]
        }
        return true
    }
}
