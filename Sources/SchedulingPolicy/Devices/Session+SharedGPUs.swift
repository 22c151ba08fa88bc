import Allocator
import ClusterModel

/// Parts of GPUs count in queues: beside whole GPUs there is a resource that counts thousandths of them.
///
/// Where parts are shared out, whatever names `nvidia.com/gpu` (a node, a pod, what a queue may have) names the thousandths
/// of it too, and a pod with a part asks for its thousandths alone. So every rule that compares sums of a resource holds for
/// parts as well, and none has to know of them. KAI counts in the same way.
extension Session {
    /// Whether parts of GPUs are shared out, and therefore count.
    private var countsParts: Bool { devices.settings.parts }

    /// A list with the thousandths of its GPUs, unless it names them itself.
    func countingShares(_ list: ResourceList) -> ResourceList {
        guard countsParts, let whole = list[.nvidiaGPU], list[.sharedGPU] == nil else { return list }
        var list = list
        list[.sharedGPU] = Self.thousandths(whole)
        return list
    }

    func countingShares(_ node: Node) -> Node {
        if !countsParts { return node }
        var node = node
        node.allocatable = countingShares(node.allocatable)
        return node
    }

    func countingShares(_ queue: Queue) -> Queue {
        if !countsParts { return queue }
        var queue = queue
        queue.capability = queue.capability.map(countingShares)
        queue.guarantee = countingShares(queue.guarantee)
        queue.deserved = countingShares(queue.deserved)
        return queue
    }

    /// A pod that asks for thousandths: of its whole GPUs, or of the part that it wants.
    func countingShares(_ pod: Pod) -> Pod {
        if !countsParts { return pod }
        let part = GPUPart(pod)
        if part == nil, pod.requests[.nvidiaGPU] == nil { return pod }
        var pod = pod
        pod.requests[.sharedGPU] = part.map(thousandths) ?? Self.thousandths(pod.requests[.nvidiaGPU] ?? 0)
        return pod
    }

    /// A list for people: beside whole GPUs their thousandths say nothing more.
    static func withoutShares(_ list: ResourceList) -> ResourceList {
        if list[.nvidiaGPU] == nil { return list }
        var list = list
        list[.sharedGPU] = nil
        return list
    }

    /// Thousandths of whole GPUs; of more than there can be anywhere, as many as leave room for sums.
    private static func thousandths(_ whole: Int64) -> Int64 { min(max(0, whole), 1 << 40) * 1000 }

    /// What a part counts: what is asked for as memory, as the part of the smallest card that there is.
    ///
    /// Source: KAI, which knows no other measure before a pod has its place.
    private func thousandths(of part: GPUPart) -> Int64 {
        if part.isUnreadable { return 0 }
        var milli = part.milli
        if milli == 0 {
            milli = 1000
            if let smallest = devices.smallestCardMiB, part.memoryMiB < smallest {
                milli = (part.memoryMiB * 1000 + smallest - 1) / smallest
            }
        }
        return milli * Int64(part.cards)
    }

    /// Thousandths of GPUs that pods hold of which they have parts, by namespace. - Complexity: O(pods with parts).
    func partsHeldByNamespace() -> [String: Int64] {
        guard countsParts, let column = resources.column(.sharedGPU) else { return [:] }
        var held: [String: Int64] = [:]
        for (task, entry) in devices.entries where entry.demand.part != nil && tasks[task].node != nil {
            for index in amounts.range(of: tasks[task].request) where amounts.entries[index].column == column
            {
                held[tasks[task].key.namespace, default: 0] += amounts.entries[index].amount
            }
        }
        return held
    }

    // MARK: Counting anew

    /// Counts parts that are asked for as memory anew, if the smallest card is another.
    func recountMemory(before smallest: Int64?) {
        if devices.isIdle || !countsParts || devices.smallestCardMiB == smallest { return }
        for task in devices.entries.keys.sorted()
        where devices.entries[task]?.demand.part?.memoryMiB ?? 0 > 0 {
            recount(task)
        }
    }

    /// Counts everything anew, now that parts count or do so no longer.
    ///
    /// - Complexity: O(nodes + queues + gangs + pods with GPUs).
    func recountAll() {
        for entry in nodes.entries.indices {
            guard let index = nodes.entries[entry].index else { continue }
            var node = allocator.node(index)
            node.allocatable = recounted(node.allocatable)
            // It has room for what it had before: the sums of thousandths are bounded.
            try? update(node)
        }
        for name in queueIDs.keys.sorted(by: { $0.precedes($1) }) {
            guard let id = queueIDs[name], queues[id].exists else { continue }
            var queue = queues[id].queue
            queue.capability = queue.capability.map(recounted)
            queue.guarantee = recounted(queue.guarantee)
            queue.deserved = recounted(queue.deserved)
            try? update(queue)
        }
        for job in jobs.indices where !jobs[job].isUnused && jobs[job].hasMinResources {
            let minimum = resources.list(Array(jobMinimum[job]))
            if jobs[job].isSingle || minimum[.nvidiaGPU] == nil { continue }
            touch(job)
            let new = recounted(minimum)
            try? podSums.replace(minimum, by: new, resources)
            setMinimum(new, of: job)
        }
        for task in tasks.indices where !tasks[task].key.name.isEmpty { recount(task) }
    }

    /// A list that counts as its whole GPUs alone say.
    private func recounted(_ list: ResourceList) -> ResourceList {
        var list = list
        if list[.sharedGPU] == list[.nvidiaGPU].map(Self.thousandths) { list[.sharedGPU] = nil }
        return countingShares(list)
    }

    /// Has a pod ask for what it counts now, wherever it stands in the books.
    private func recount(_ task: Int) {
        let old = tasks[task].request
        var whole: Int64?
        if let column = resources.column(.nvidiaGPU) {
            for index in amounts.range(of: old) where amounts.entries[index].column == column {
                whole = amounts.entries[index].amount
            }
        }
        let part = devices.demand(of: task)?.part
        if part == nil, whole == nil { return }
        let amount = !countsParts ? 0 : part.map(thousandths) ?? Self.thousandths(whole ?? 0)
        let new = allocator.intern(old, asking: amount, of: .sharedGPU)
        if amounts.add(new, from: allocator) { syncColumns() }
        if new == old { return }
        fragments.tally = nil
        let job = tasks[task].stray == .otherScheduler ? nil : tasks[task].job
        if let job {
            touch(job)
            book(task, of: job, sign: -1)
            if jobs[job].isSingle, let column = resources.column(.sharedGPU) {
                jobMinimum[job, column] = amount
            }
        }
        let times = tasks[task].isSingle ? 2 : 1
        if tasks[task].isSummed {
            podSums.remove(old, times: times, amounts)
            do { try podSums.add(new, times: times, amounts, resources) } catch {
                tasks[task].isSummed = false
            }
        }
        if let entry = tasks[task].node, let occupancy = tasks[task].occupancy {
            if nodes.entries[entry].isCounted { countTaken(task, sign: -1) }
            tasks[task].request = new
            if nodes.entries[entry].isCounted { countTaken(task, sign: 1) }
            if let index = nodes.entries[entry].index {
                allocator.remove(old, from: index, as: occupancy)
                allocator.add(new, to: index, as: occupancy)
            }
        }
        tasks[task].request = new
        tasks[task].isBestEffort = amounts[new].isBestEffort
        tasks[task].shape = tasks[task].shape.map { allocator.intern($0, asking: new) }
        if let job { book(task, of: job, sign: 1) }
    }
}

extension ScoreKernel {
    /// The same score, in which a node is as full of GPUs as thousandths of them are taken, and pods with parts ask for some.
    ///
    /// One that names the thousandths itself stays as it is.
    var countingParts: ScoreKernel {
        switch self {
        case .binpack(let resources, let weight):
            .binpack(resources: Self.countingParts(resources), weight: weight)
        case .binpackEach(let resources, let weight):
            .binpackEach(resources: Self.countingParts(resources), weight: weight)
        case .resourceStrategy(let strategies, let weight)
        where !strategies.contains { $0.name == ResourceName.sharedGPU.text }:
            .resourceStrategy(
                strategies.map { strategy in
                    if strategy.isPrefix || strategy.name != ResourceName.nvidiaGPU.text { return strategy }
                    return ResourceStrategy(
                        ResourceName.sharedGPU.text, prefersFull: strategy.prefersFull,
                        weight: strategy.weight)
                }, weight: weight)
        default: self
        }
    }

    private static func countingParts(_ resources: [WeightedResource]) -> [WeightedResource] {
        if resources.contains(where: { $0.resource == .sharedGPU }) { return resources }
        return resources.map {
            $0.resource == .nvidiaGPU ? WeightedResource(.sharedGPU, weight: $0.weight) : $0
        }
    }
}
