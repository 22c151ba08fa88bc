public import ClusterModel
public import SchedulingLoop
public import SchedulingPolicy

/// What a scheduler would do with a cluster: cycles over a snapshot, and how everything stands after them.
///
/// It is the loop that every shell has, so what is said here of the cluster as it is, is what `gangwright schedule` says.
public struct WhatIfRun {
    /// What to schedule with, alike on both sides of a comparison but for the configuration.
    public struct Surroundings: Sendable {
        /// The scheduler's configuration.
        public var configuration: SchedulerConfiguration
        /// What a scheduler is given besides.
        public var options: SessionOptions
        /// The time of the first cycle.
        public var now: LoopTime
        /// How many cycles to run.
        public var cycles: Int

        /// One cycle unless given.
        public init(
            configuration: SchedulerConfiguration, options: SessionOptions = SessionOptions(), now: LoopTime,
            cycles: Int = 1
        ) {
            (self.configuration, self.options, self.now, self.cycles) = (configuration, options, now, cycles)
        }
    }

    /// The cluster before the cycles.
    public let snapshot: ClusterSnapshot
    /// What the cycles decided.
    public let result: CycleResult
    /// For questions about what the cycles have left.
    public let loop: SchedulingLoop
    /// Every job that has not ended: gangs by name, then pods that are their own.
    public let jobs: [JobPlace]
    private let reader: HoldReader
    private let groups: [ObjectKey: CycleResult.Group]
    private let pending: [ObjectKey: CycleResult.Pending]

    /// Runs the cycles.
    ///
    /// - Throws: `ResourceOverflow` when amounts do not add up within 63 bits.
    public init(_ snapshot: ClusterSnapshot, _ surroundings: Surroundings) throws(ResourceOverflow) {
        self.snapshot = snapshot
        loop = try SchedulingLoop(
            snapshot: snapshot, configuration: surroundings.configuration, options: surroundings.options)
        result = loop.run(cycles: surroundings.cycles, from: surroundings.now)
        jobs = JobPlaces(snapshot, result).all
        reader = loop.holds
        groups = Dictionary(
            result.podGroups.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        pending = Dictionary(
            result.pending.map { ($0.pod, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What holds a job that waits, the main cause first.
    public func holds(_ job: JobPlace) -> [Hold] {
        job.isGang ? groups[job.key].map(reader.holds) ?? [] : pending[job.key].map(reader.holds) ?? []
    }

    /// How many pods wait for each reason, by the order of the reasons; reasons for which none does are left out.
    public var pendingByReason: [(reason: PendingReason, pods: Int)] {
        var counts: [PendingReason: Int] = [:]
        for pod in result.pending { counts[pod.reason, default: 0] += 1 }
        return PendingReason.allCases.compactMap { reason in counts[reason].map { (reason, $0) } }
    }
}
