/// The jobs of a run, taken apart by one property.
public struct SimulationBreakdown: Sendable, Equatable {
    /// The property.
    public enum Dimension: String, CaseIterable, Sendable {
        case queue, instanceType, user, gpuModel, gangSize

        /// What it is called in tables.
        public var title: String {
            switch self {
            case .queue: "queue"
            case .instanceType: "instance type"
            case .user: "user"
            case .gpuModel: "GPU model"
            case .gangSize: "gang size"
            }
        }

        /// What jobs without the property are filed under.
        var absent: String {
            switch self {
            case .gpuModel: "not named"
            default: "none"
            }
        }
    }

    /// What is known of the jobs that share a value of the property. The raw value is the name in JSON and CSV.
    public enum Figure: String, CaseIterable, Sendable {
        case jobs, jobsStarted, jobsDone, backlogJobs, backlogGPUs
        case waitMean, waitP50, waitP90, slowdownMean
        case gpuHours, utilisation, evictions, failures
        case deservedGPUs, allocatedGPUs, fairness

        /// How values are printed.
        public var unit: SimulationMetric.Unit {
            switch self {
            case .jobs, .jobsStarted, .jobsDone, .backlogJobs, .backlogGPUs, .evictions, .failures, .deservedGPUs,
                .allocatedGPUs:
                .count
            case .waitMean, .waitP50, .waitP90: .seconds
            case .slowdownMean: .ratio
            case .gpuHours: .gpuHours
            case .utilisation: .percent
            case .fairness: .index
            }
        }

        /// What it is called in tables.
        public var title: String {
            switch self {
            case .jobs: "jobs"
            case .jobsStarted: "started"
            case .jobsDone: "done"
            case .backlogJobs: "waiting"
            case .backlogGPUs: "waiting GPUs"
            case .waitMean: "mean wait"
            case .waitP50: "median wait"
            case .waitP90: "90 % wait"
            case .slowdownMean: "slowdown"
            case .gpuHours: "GPU-hours"
            case .utilisation: "of the GPUs"
            case .evictions: "evicted"
            case .failures: "stopped"
            case .deservedGPUs: "due GPUs"
            case .allocatedGPUs: "held GPUs"
            case .fairness: "share of due"
            }
        }

        /// A value as people read it; units that stand in the title are left out.
        public func text(_ value: Double?) -> String {
            guard let value else { return "–" }
            return switch unit {
            case .count: FigureText.short(value)
            case .seconds: FigureText.duration(seconds: value)
            case .ratio: FigureText.short(value) + "×"
            case .percent: FigureText.decimal(value) + " %"
            case .index: FigureText.decimal(value * 100, places: 0) + " %"
            case .gpuHours, .money, .moneyPerGPUHour: FigureText.short(value)
            }
        }
    }

    /// Jobs that share a value of the property.
    public struct Row: Sendable, Equatable {
        /// The value.
        public var name: String
        /// What is known of them; what cannot be said is absent.
        public var figures: [Figure: Double]

        /// One of the figures.
        public subscript(_ figure: Figure) -> Double? { figures[figure] }
    }

    /// The property.
    public var dimension: Dimension
    /// Its values: byte-wise, gang sizes from small to large.
    public var rows: [Row]

    /// The figures that any row has, in their order.
    public var figures: [Figure] {
        Figure.allCases.filter { figure in rows.contains { $0.figures[figure] != nil } }
    }

    /// Whether the property tells anything apart.
    public var isTelling: Bool { rows.count > 1 }
}
