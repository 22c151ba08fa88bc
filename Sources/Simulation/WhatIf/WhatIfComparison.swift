public import ClusterModel

/// What a change would do: the same cycles before and after it, job by job.
public struct WhatIfComparison {
    /// What becomes of a job.
    public enum Effect: String, Sendable, CaseIterable {
        /// It ran, and has no place any more.
        case losesPlace
        /// It would have started, and waits.
        case startsNoMore
        /// It waited, and starts.
        case starts
        /// It ran, and goes on at least in part on other nodes.
        case moves
        /// It runs or starts, with fewer pods.
        case shrinks
        /// It runs or starts, with more pods.
        case grows
        /// It starts on other nodes than it would have.
        case startsElsewhere
        /// It ran and nobody makes it again, or it is not there any more.
        case isGone
        /// It was not there before, and has no place.
        case comesAndWaits
    }

    /// A pod that goes from one node to another.
    public struct Move: Equatable, Sendable {
        /// The pod.
        public var pod: ObjectKey
        /// Where it ran.
        public var from: String
        /// Where it would run.
        public var to: String
    }

    /// A job to which the change matters.
    public struct Job: Sendable {
        /// What becomes of it.
        public var effect: Effect
        /// How it stands without the change; `nil` for one that comes with it.
        public var before: JobPlace?
        /// How it stands with the change; `nil` for one that goes with it.
        public var after: JobPlace?
        /// Its pods that ran and would run on other nodes, by name.
        public var moves: [Move]
        /// True when all of its pods start anew because too few would have been left.
        public var restarts: Bool

        /// The gang, or the pod.
        public var key: ObjectKey { (after ?? before)?.key ?? ObjectKey(namespace: "", name: "") }
        /// True for a gang.
        public var isGang: Bool { (after ?? before)?.isGang ?? false }
    }

    /// Without the change.
    public let before: WhatIfRun
    /// With it.
    public let after: WhatIfRun
    /// What becomes of the pods of nodes that are emptied or go.
    public let departure: Departure
    /// The jobs to which the change matters: gangs by name, then pods that are their own.
    public let jobs: [Job]

    /// Compares two runs.
    public init(before: WhatIfRun, after: WhatIfRun, departure: Departure = Departure()) {
        (self.before, self.after, self.departure) = (before, after, departure)
        let ran = Dictionary(uniqueKeysWithValues: before.snapshot.pods.map { ($0.key, $0) })
            .compactMapValues { $0.isTerminal || $0.isTerminating ? nil : $0.nodeName }
        let old = Dictionary(before.jobs.map { (Name($0), $0) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(after.jobs.map { (Name($0), $0) }, uniquingKeysWith: { first, _ in first })
        let restarting = Set(departure.restarting)
        jobs = Set(old.keys).union(new.keys).sorted().compactMap { name in
            let (before, after) = (old[name], new[name])
            let moves = Self.moves(after, ran)
            guard let effect = Self.effect(before, after, moves) else { return nil }
            return Job(
                effect: effect, before: before, after: after, moves: moves,
                restarts: name.isGang && restarting.contains(name.key))
        }
    }

    /// The jobs of which one thing becomes.
    public func jobs(_ effect: Effect) -> [Job] { jobs.filter { $0.effect == effect } }

    /// Pods that ran and would run on other nodes.
    public var moves: [Move] { jobs.flatMap(\.moves) }

    /// Whether something that runs, or would start, has no place with the change: a job, a pod of one that runs, or a pod
    /// that nobody makes again.
    public var takesAway: Bool {
        !departure.lost.isEmpty
            || jobs.contains { job in
                switch job.effect {
                case .losesPlace, .startsNoMore: true
                case .shrinks: job.before?.state == .runs
                default: false
                }
            }
    }

    /// Whether a budget stops a drain until something else changes.
    public var isForbidden: Bool { departure.budgets.contains(where: \.forbids) }

    private struct Name: Hashable, Comparable {
        let key: ObjectKey
        let isGang: Bool

        init(_ job: JobPlace) { (key, isGang) = (job.key, job.isGang) }

        static func < (left: Name, right: Name) -> Bool {
            left.isGang == right.isGang ? left.key < right.key : left.isGang
        }
    }

    private static func moves(_ after: JobPlace?, _ ran: [ObjectKey: String]) -> [Move] {
        guard let after else { return [] }
        return after.pods.compactMap { pod in
            guard let from = ran[pod], let to = after.nodes[pod], from != to else { return nil }
            return Move(pod: pod, from: from, to: to)
        }
    }

    private static func effect(_ before: JobPlace?, _ after: JobPlace?, _ moves: [Move]) -> Effect? {
        guard let after else { return .isGone }
        guard let before else { return after.hasPlace ? .starts : .comesAndWaits }
        switch (before.hasPlace, after.hasPlace) {
        case (false, false): return nil
        case (false, true): return .starts
        case (true, false): return before.state == .runs ? .losesPlace : .startsNoMore
        case (true, true):
            if after.nodes.count < before.nodes.count { return .shrinks }
            if !moves.isEmpty { return .moves }
            if after.nodes.count > before.nodes.count { return .grows }
            return before.nodes == after.nodes ? nil : .startsElsewhere
        }
    }
}
