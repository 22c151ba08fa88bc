/// A figure of a run. `docs/simulation-output.md` defines each.
///
/// The raw value is its name in JSON and CSV.
public enum SimulationMetric: String, CaseIterable, Sendable {
    case jobsSubmitted, jobsStarted, jobsDone, jobsRunning, jobsWaiting, jobsCancelled
    case makespan
    case waitMean, waitP50, waitP90, waitP99, waitMax
    case slowdownMean, slowdownP50, slowdownP99
    case gpuAllocation, gpuAllocationUnderDemand, gpuFragmentation, goodput
    case fairness
    case podEvictions, jobEvictions, jobFailures, lostWork
    case gpuHours, usefulGPUHours
    case cost, costPerUsefulGPUHour
    case startErrorMean, startsAsExpected
    case binds, cycles, events
    case gpuJoining
    case gangsTogether

    /// What a figure is counted in.
    public enum Unit: String, Sendable {
        /// Things.
        case count = ""
        /// Seconds.
        case seconds = "s"
        /// How many times as much.
        case ratio = "×"
        /// Parts of a hundred.
        case percent = "%"
        /// A number from 0 to 1.
        case index = "of 1"
        /// GPUs times hours.
        case gpuHours = "GPU-h"
        /// The currency of the plan's prices.
        case money = "of money"
        /// The same for each GPU-hour.
        case moneyPerGPUHour = "of money per GPU-h"
    }

    /// Which way a figure should go.
    public enum Preference: String, Sendable {
        /// More is better.
        case higher
        /// Less is better.
        case lower
        /// Neither is better.
        case neither
    }

    /// What it is counted in.
    public var unit: Unit {
        switch self {
        case .jobsSubmitted, .jobsStarted, .jobsDone, .jobsRunning, .jobsWaiting, .jobsCancelled,
            .podEvictions,
            .jobEvictions, .jobFailures, .binds, .cycles, .events:
            .count
        case .makespan, .waitMean, .waitP50, .waitP90, .waitP99, .waitMax, .startErrorMean: .seconds
        case .slowdownMean, .slowdownP50, .slowdownP99: .ratio
        case .gpuAllocation, .gpuAllocationUnderDemand, .gpuFragmentation, .goodput, .startsAsExpected,
            .gpuJoining, .gangsTogether:
            .percent
        case .fairness: .index
        case .lostWork, .gpuHours, .usefulGPUHours: .gpuHours
        case .cost: .money
        case .costPerUsefulGPUHour: .moneyPerGPUHour
        }
    }

    /// Which way it should go.
    public var preference: Preference {
        switch self {
        case .jobsStarted, .jobsDone, .gpuAllocation, .gpuAllocationUnderDemand, .goodput, .fairness,
            .usefulGPUHours, .startsAsExpected, .gpuJoining, .gangsTogether:
            .higher
        case .jobsWaiting, .makespan, .waitMean, .waitP50, .waitP90, .waitP99, .waitMax, .slowdownMean,
            .slowdownP50,
            .slowdownP99, .gpuFragmentation, .podEvictions, .jobEvictions, .jobFailures, .lostWork, .cost,
            .costPerUsefulGPUHour, .startErrorMean:
            .lower
        case .jobsSubmitted, .jobsRunning, .jobsCancelled, .gpuHours, .binds, .cycles, .events: .neither
        }
    }

    /// Whether it is among the few that a person looks at first.
    public var isPrincipal: Bool {
        switch self {
        case .jobsDone, .jobsWaiting, .makespan, .waitMean, .waitP50, .waitP90, .waitP99, .slowdownMean,
            .gpuAllocation,
            .gpuAllocationUnderDemand, .gpuFragmentation, .goodput, .fairness, .podEvictions, .jobFailures,
            .lostWork,
            .cost, .costPerUsefulGPUHour, .gpuJoining, .gangsTogether:
            true
        default: false
        }
    }

    /// What it is called in tables.
    public var title: String {
        switch self {
        case .jobsSubmitted: "jobs submitted"
        case .jobsStarted: "jobs started"
        case .jobsDone: "jobs done"
        case .jobsRunning: "jobs running at the end"
        case .jobsWaiting: "jobs waiting at the end"
        case .jobsCancelled: "jobs cancelled"
        case .makespan: "makespan"
        case .waitMean: "wait, mean"
        case .waitP50: "wait, median"
        case .waitP90: "wait, 90th percentile"
        case .waitP99: "wait, 99th percentile"
        case .waitMax: "wait, longest"
        case .slowdownMean: "slowdown, mean"
        case .slowdownP50: "slowdown, median"
        case .slowdownP99: "slowdown, 99th percentile"
        case .gpuAllocation: "GPUs allocated"
        case .gpuAllocationUnderDemand: "GPUs allocated while jobs wait"
        case .gpuFragmentation: "GPUs idle in fragments"
        case .goodput: "goodput"
        case .fairness: "fairness between queues"
        case .podEvictions: "pods evicted"
        case .jobEvictions: "jobs evicted"
        case .jobFailures: "jobs stopped by nodes"
        case .lostWork: "work lost"
        case .gpuHours: "GPU time held"
        case .usefulGPUHours: "GPU time of use"
        case .cost: "cost"
        case .costPerUsefulGPUHour: "cost per useful GPU-hour"
        case .startErrorMean: "error of expected starts"
        case .startsAsExpected: "starts as expected"
        case .binds: "pods bound"
        case .cycles: "scheduling cycles"
        case .events: "events"
        case .gpuJoining: "GPUs joined"
        case .gangsTogether: "gangs within one domain"
        }
    }

    /// What it says, in a few words.
    public var explanation: String {
        switch self {
        case .jobsSubmitted: "jobs that came before the end of the run"
        case .jobsStarted: "jobs whose minimum ran at least once"
        case .jobsDone: "jobs that ran to their end"
        case .jobsRunning: "jobs that still ran when the run ended"
        case .jobsWaiting: "jobs without a place when the run ended"
        case .jobsCancelled: "jobs that their owners took back"
        case .makespan: "from the first submission until all jobs had ended"
        case .waitMean: "from submission to the first start; jobs that never started count so far"
        case .waitP50: "half of the jobs waited no longer"
        case .waitP90: "9 of 10 jobs waited no longer"
        case .waitP99: "99 of 100 jobs waited no longer"
        case .waitMax: "the job that waited longest"
        case .slowdownMean: "time in the system over time to run, runs under 10 s counted as 10 s"
        case .slowdownP50: "half of the jobs had no more"
        case .slowdownP99: "99 of 100 jobs had no more"
        case .gpuAllocation: "GPUs that pods held, of those there were"
        case .gpuAllocationUnderDemand: "the same, over the time in which jobs waited for GPUs"
        case .gpuFragmentation: "idle GPUs that no job of the workload could use, of those there were"
        case .goodput: "GPU time of work that counts, of what there was"
        case .fairness: "Jain's index of what queues hold of what they are due: 1 is fair"
        case .podEvictions: "pods that the scheduler put off their nodes"
        case .jobEvictions: "times that a job lost its place to another one"
        case .jobFailures: "times that a job lost its place to a failed or drained node"
        case .lostWork: "GPU time of work that had to be done again"
        case .gpuHours: "GPU time that pods held"
        case .usefulGPUHours: "GPU time of work that counts"
        case .cost: "the price of all nodes over the run"
        case .costPerUsefulGPUHour: "what an hour of useful GPU time came to"
        case .startErrorMean: "how far jobs that waited began from the time they were told"
        case .startsAsExpected: "jobs that waited and began within 10 % of the wait they were told"
        case .binds: "pods that were given a node"
        case .cycles: "cycles of the scheduler"
        case .events: "things that happened"
        case .gpuJoining: "how well the GPUs of a job on one node are joined, of the best there is"
        case .gangsTogether: "gangs that began in one of the network's narrowest domains, of all"
        }
    }

    /// A value as people read it, with its unit.
    public func text(_ value: Double?) -> String {
        guard let value else { return "–" }
        return switch unit {
        case .count:
            value.rounded() == value ? FigureText.decimal(value, places: 0) : FigureText.decimal(value)
        case .seconds: FigureText.duration(seconds: value)
        case .ratio: FigureText.short(value) + "×"
        case .percent: FigureText.decimal(value) + " %"
        case .index: FigureText.decimal(value, places: 3)
        case .gpuHours: FigureText.short(value) + " GPU-h"
        case .money, .moneyPerGPUHour: FigureText.decimal(value, places: 2)
        }
    }
}
