import Allocator
import ClusterModel

/// More room: on nodes that exist, and on further ones.
extension Explainer {
    /// What might be added to nodes, by column.
    private typealias Addition = (node: Int, amounts: [Int64])

    /// The smallest additions to one node, of up to three pools; and to several nodes, one for each pod without a place.
    func additionRemedies(_ job: Job, _ index: Int, _ tasks: [Int]) -> [Remedy] {
        let (single, spread, unit, most) = session.withRoomTaken(by: index, tasks) { missing in
            // Several pods had better have several machines than one three times as large.
            let largest = missing.count > 1 ? 2 : Int.max
            return (
                bestNodes(for: missing, upTo: largest), spreadPlan(for: missing),
                missing.first.map { session.addition(for: session.sum(of: [$0]), of: [$0]) } ?? [], largest
            )
        }
        var found: [Remedy] = []
        for (position, node) in single.enumerated() {
            // Others may take a part of what is added: then it takes more.
            let proven = smallest(0...(position == 0 ? 8 : 0)) { extra in
                guard let amounts = Self.sum(node.amounts, unit, times: extra),
                    size(of: amounts, on: node.node) <= most
                else { return nil }
                return remedy([(node.node, amounts)], job)
            }
            if let proven { found.append(proven) }
        }
        if let spread, let remedy = remedy(spread, job) { found.append(remedy) }
        return found
    }

    /// What is added, and so many times another amount of what is; `nil` beyond 63 bits.
    private static func sum(_ amounts: [Int64], _ unit: [Int64], times count: Int) -> [Int64]? {
        var sum = amounts
        for column in sum.indices where sum[column] > 0 {
            let more = unit[column].multipliedReportingOverflow(by: Int64(count))
            let total = sum[column].addingReportingOverflow(more.partialValue)
            if more.overflow || total.overflow { return nil }
            sum[column] = total.partialValue
        }
        return sum
    }

    private func remedy(_ plan: [Addition], _ job: Job) -> Remedy? {
        var additions: [Remedy.Addition] = []
        var changes: [ClusterChange] = []
        for (index, amounts) in plan {
            guard var node = nodes[session.allocator.node(index).name] else { return nil }
            let list = session.resources.list(amounts)
            do { try node.allocatable.add(list) } catch { return nil }
            additions.append(.init(node: node.name, pool: pool(of: node, job), amounts: list))
            changes.append(.node(node))
        }
        let nodesWorth = plan.reduce(0) { $0 + size(of: $1.amounts, on: $1.node) }
        return proven(.capacity(additions), changes, size: nodesWorth, for: job)
    }

    /// The pool of a node; where no label of its cloud tells, what the job's pods select it by.
    private func pool(of node: Node, _ job: Job) -> NodePoolName? {
        let pod = needed(job)?.tasks.first.flatMap { pods[session.tasks[$0].key] }
        return NodePoolName(node.labels, selector: pod?.nodeSelector ?? [:])
    }

    // MARK: Nodes that exist

    /// The node that lacks least for all of some pods, of each of the three pools where least is lacking.
    ///
    /// - Parameter largest: how many nodes' worth an addition may be.
    private func bestNodes(for missing: [Int], upTo largest: Int) -> [Addition] {
        guard !missing.isEmpty else { return [] }
        let asked = session.sum(of: missing)
        let ranked = session.nodesInReach(of: missing)
            .map { (node: $0, lack: lack(of: asked, missing, on: $0)) }
            .filter { entry in
                entry.lack.contains { $0 > 0 } && size(of: entry.lack, on: entry.node) <= largest
            }
            .map { (node: $0.node, lack: $0.lack, rank: rank($0.lack, of: asked, on: $0.node)) }
            .sorted { $0.rank < $1.rank }
        var pools: [[String?]] = []
        var best: [Addition] = []
        for candidate in ranked where best.count < 3 {
            let name = NodePoolName(session.allocator.node(candidate.node).labels, selector: [:])
            if pools.contains([name?.label, name?.name]) { continue }
            pools.append([name?.label, name?.name])
            best.append((candidate.node, candidate.lack))
        }
        return best
    }

    /// What has to be added to a node for some pods that ask for so much.
    private func lack(of asked: [Int64], _ tasks: [Int], on node: Int) -> [Int64] {
        session.addition(for: session.lack(of: asked, on: node), of: tasks)
    }

    /// How much is lacking: first how many resources the node has none of, then how many are short, then by what part of
    /// what is asked. Nodes that lack the same stay in the order of their names.
    private func rank(_ lack: [Int64], of asked: [Int64], on node: Int) -> (Int, Int, Double) {
        var (unknown, short, part) = (0, 0, 0.0)
        for column in lack.indices where lack[column] > 0 {
            unknown += session.allocator.allocatable(node, column) > 0 ? 0 : 1
            short += 1
            part += Double(lack[column]) / Double(max(1, asked[column]))
        }
        return (unknown, short, part)
    }

    /// How many nodes an addition is worth: what more than doubles a node is no small change.
    private func size(of lack: [Int64], on node: Int) -> Int {
        lack.indices.reduce(1) { size, column in
            let whole = session.allocator.allocatable(node, column)
            if lack[column] <= 0 { return size }
            return max(size, whole > 0 ? Int(clamping: (lack[column] - 1) / whole + 1) : 2)
        }
    }

    /// An addition to as many nodes as pods have no place, one pod each, where least is lacking; `nil` for a single pod.
    private func spreadPlan(for missing: [Int]) -> [Addition]? {
        guard (2...64).contains(missing.count) else { return nil }
        var plan: [Addition] = []
        var taken: Set<Int> = []
        for task in missing {
            let asked = session.sum(of: [task])
            let best = session.nodesInReach(of: [task]).lazy.filter { !taken.contains($0) }
                .map { (node: $0, lack: self.lack(of: asked, [task], on: $0)) }
                .map { (node: $0.node, lack: $0.lack, rank: self.rank($0.lack, of: asked, on: $0.node)) }
                .min { $0.rank < $1.rank }
            guard let best else { return nil }
            taken.insert(best.node)
            if !best.lack.contains(where: { $0 > 0 }) { continue }
            plan.append((best.node, best.lack))
        }
        return plan.isEmpty ? nil : plan
    }

    // MARK: Further nodes

    /// The fewest further nodes, of each of up to three pools whose empty nodes would take the pods.
    func nodeRemedies(_ job: Job, _ index: Int, _ tasks: [Int]) -> [Remedy] {
        let missing = session.withRoomTaken(by: index, tasks) { $0 }
        let wanted = missing.isEmpty ? tasks : missing
        var pools: [(template: Node, pool: NodePoolName?, fewest: Int)] = []
        for node in session.nodesInReach(of: tasks.prefix(1).map(\.self)) {
            guard let template = nodes[session.allocator.node(node).name], template.isReady,
                !template.isUnschedulable
            else { continue }
            let pool = pool(of: template, job)
            if pools.contains(where: { $0.pool == pool }) { continue }
            guard let fewest = fewestNodes(like: node, for: wanted) else { continue }
            pools.append((template, pool, missing.isEmpty ? 1 : fewest))
        }
        return pools.enumerated().sorted { ($0.element.fewest, $0.offset) < ($1.element.fewest, $1.offset) }
            .prefix(3)
            .compactMap { entry in
                let (template, pool, fewest) = entry.element
                return smallest(fewest...2 * fewest + 6) { count in
                    let kind = Remedy.Kind.nodes(count: count, pool: pool, like: template.name)
                    return proven(kind, newNodes(count, like: template), size: count, for: job)
                }
            }
    }

    /// A bound on the empty nodes that some pods need: none can do with fewer; `nil` if one of them fits on none.
    private func fewestNodes(like node: Int, for tasks: [Int]) -> Int? {
        func whole(_ column: Int) -> Int64 { session.allocator.allocatable(node, column) }
        for task in tasks {
            let asked = session.sum(of: [task])
            if asked.indices.contains(where: { asked[$0] > whole($0) }) { return nil }
        }
        let asked = session.sum(of: tasks)
        return asked.indices.reduce(1) { most, column in
            asked[column] > 0 ? max(most, Int((asked[column] - 1) / whole(column) + 1)) : most
        }
    }

    private func newNodes(_ count: Int, like template: Node) -> [ClusterChange] {
        (1...count).map { number in
            var node = template
            node.name = "\(template.name)-more-\(number)"
            while nodes[node.name] != nil { node.name += "x" }
            if node.labels[NodePoolName.hostname] != nil { node.labels[NodePoolName.hostname] = node.name }
            return .node(node)
        }
    }
}
