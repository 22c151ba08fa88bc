public import ClusterModel
public import SchedulingPolicy

/// The fewest further nodes with which jobs have their places, found by trying.
///
/// Every count that is named was tried: the nodes were added, the cycles ran. It is looked for by doubling and halving, which
/// takes it that more nodes are never worse; then the smaller counts are tried too, as far as there are trials, and a few
/// larger ones, since a scheduler promises nothing of the kind.
public struct NodeFit {
    /// A job that waits however many nodes there are, as far as was tried.
    public struct Never: Sendable {
        /// The job as it stands with the most nodes.
        public let job: JobPlace
        /// What holds it there, the main cause first.
        public let holds: [Hold]
        /// True for one that has its place without any further node, and loses it to others that those bring.
        public let hasPlaceWithout: Bool
        /// What such a node, empty, says to one of its pods; empty where it takes them, or they do not wait for room.
        public let refusals: [CycleResult.NodeReason]
    }

    /// The fewest nodes; 0 if none are needed, `nil` if none of the jobs that wait is helped by any number.
    public let count: Int?
    /// The jobs that wait without further nodes and start with so many.
    public let started: [ObjectKey]
    /// Those that wait even with the most nodes.
    public let never: [Never]
    /// The most nodes that were tried.
    public let most: Int
    /// True if all smaller counts were tried, and none was enough.
    public let isProvenSmallest: Bool
    /// Larger counts that were tried and are not enough: with so many, a job waits again.
    public let exceptions: [Int]
    /// How many counts were tried.
    public let trials: Int
    /// The cluster with that many nodes, and what the scheduler does there; without any if no number helps.
    public let run: WhatIfRun
    /// How many of the new nodes hold a pod then.
    public let usedNodes: Int

    /// Which jobs are to fit.
    public enum Target: Sendable {
        /// All that wait.
        case all
        /// Those of a queue.
        case queue(String)
        /// Those named, gangs before pods of that name.
        case jobs([ObjectKey])

        func includes(_ job: JobPlace) -> Bool {
            switch self {
            case .all: true
            case .queue(let name): job.queue == name
            case .jobs(let keys): keys.contains(job.key)
            }
        }
    }

    /// Smaller counts beside the one below the answer are tried as long as there are no more than this.
    private static let mostSmaller = 64

    /// Looks for the fewest nodes.
    ///
    /// - Parameter most: the most nodes to try.
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    /// - Complexity: O(log(count) + 64) times loading the cluster and running its cycles.
    public init(
        _ snapshot: ClusterSnapshot, like template: NodeTemplate, for target: Target,
        _ surroundings: WhatIfRun.Surroundings, most: Int
    ) throws(ResourceOverflow) {
        var search = Search(snapshot, template, target, surroundings)
        let none = try search.run(0)
        let wanted = none.jobs.filter { target.includes($0) }
        let pods = wanted.reduce(0) { $0 + ($1.hasPlace ? 0 : $1.pods.count) }
        // Beyond one node for every pod that waits, of these jobs or others, more can hardly matter.
        let others = none.jobs.reduce(0) { $0 + ($1.hasPlace ? 0 : $1.pods.count) }
        self.most = pods == 0 ? 0 : min(most, max(pods, others))
        let full = try search.run(self.most)
        let waiting = full.jobs.filter { target.includes($0) && !$0.hasPlace }
        let placed = Set(none.jobs.filter(\.hasPlace).map(\.key))
        let pending = Dictionary(
            snapshot.pods.filter(\.isPending).map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        never = waiting.map { job in
            let isAboutRoom = job.reason == .unschedulable || job.reason == .gangNotReady
            let pod = isAboutRoom ? job.pods.lazy.compactMap { pending[$0] }.first : nil
            return Never(
                job: job, holds: full.holds(job), hasPlaceWithout: placed.contains(job.key),
                refusals: pod.map { template.refusals(of: $0, surroundings) } ?? [])
        }
        search.hopeless = Set(waiting.map(\.key))
        let helped = wanted.filter { !$0.hasPlace && !search.hopeless.contains($0.key) }
        if helped.isEmpty {
            let isNeedless = wanted.allSatisfy(\.hasPlace)
            (count, started, isProvenSmallest, exceptions) = (isNeedless ? 0 : nil, [], true, [])
            (run, usedNodes, trials) = (none, 0, search.enough.count)
            return
        }
        let fewest = try search.fewest(upTo: self.most)
        let answer = try search.run(fewest)
        count = fewest
        started = helped.map(\.key)
        isProvenSmallest = (0..<fewest).allSatisfy { search.enough[$0] == false }
        exceptions = search.enough.keys.sorted().filter { $0 > fewest && search.enough[$0] == false }
        run = answer
        let added = Set(answer.snapshot.nodes.map(\.name)).subtracting(snapshot.nodes.map(\.name))
        usedNodes = added.intersection(answer.jobs.flatMap { $0.nodes.values }).count
        trials = search.enough.count
    }

    /// The counts that were tried.
    private struct Search {
        let snapshot: ClusterSnapshot
        let template: NodeTemplate
        let target: Target
        let surroundings: WhatIfRun.Surroundings
        /// Whether a count is enough for all that can be helped, by count.
        var enough: [Int: Bool] = [:]
        /// Jobs that no number helps.
        var hopeless: Set<ObjectKey> = []

        init(
            _ snapshot: ClusterSnapshot, _ template: NodeTemplate, _ target: Target,
            _ surroundings: WhatIfRun.Surroundings
        ) {
            (self.snapshot, self.template) = (snapshot, template)
            (self.target, self.surroundings) = (target, surroundings)
        }

        mutating func run(_ count: Int) throws(ResourceOverflow) -> WhatIfRun {
            var changed = snapshot
            template.add(count, to: &changed)
            let run = try WhatIfRun(changed, surroundings)
            enough[count] = run.jobs.allSatisfy {
                !target.includes($0) || $0.hasPlace || hopeless.contains($0.key)
            }
            return run
        }

        mutating func isEnough(_ count: Int) throws(ResourceOverflow) -> Bool {
            if let known = enough[count] { return known }
            _ = try run(count)
            return enough[count] ?? false
        }

        /// The smallest count that is enough, given that the largest is.
        mutating func fewest(upTo most: Int) throws(ResourceOverflow) -> Int {
            // What was tried before it was known which jobs are hopeless says nothing.
            enough = [most: true]
            if try isEnough(0) { return 0 }
            var (low, high) = (0, 1)
            while high < most {
                if try isEnough(high) { break }
                (low, high) = (high, min(most, high * 2))
            }
            while high - low > 1 {
                let middle = low + (high - low) / 2
                if try isEnough(middle) { high = middle } else { low = middle }
            }
            // Some smaller one may do where more nodes made it worse.
            for smaller in max(0, high - NodeFit.mostSmaller)..<high where try isEnough(smaller) {
                high = smaller
                break
            }
            for larger in [high + 1, high + 2, high * 2] where larger <= most { _ = try isEnough(larger) }
            return high
        }
    }
}
