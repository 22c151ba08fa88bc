public import SchedulingPolicy

/// What came of a scenario: the runs of its variants with its seeds, side by side.
///
/// Runs come in as they are done, and are small by then: a run of a hundred thousand jobs leaves a few kilobytes, those that are
/// drawn some more.
///
///     var report = SimulationReport(scenario: "quickstart", variants: ["", "binpack"], seeds: [1, 2, 3])
///     for plan in plans { report.add(SimulationRun(plan, try SimulationEngine.run(plan), keeping: report.detail(of: plan))) }
///     print(report.document().json())
public struct SimulationReport: Sendable, Equatable {
    /// The scenario's name.
    public let scenario: String
    /// The variants in the order in which they are shown; the first is what the others are compared with. The empty name is the
    /// scenario as it stands.
    public let variants: [String]
    /// The seeds, ascending or not; the first is the one whose runs are drawn.
    public let seeds: [UInt64]
    /// The runs that there are so far: by variant, then by seed.
    public private(set) var runs: [SimulationRun] = []

    /// The place of each run among all that the report has, ascending.
    private var places: [Int] = []
    private let variantPlaces: [String: Int]
    private let seedPlaces: [UInt64: Int]

    /// A report without runs.
    ///
    /// - Precondition: There is a variant and a seed; neither repeats.
    public init(scenario: String, variants: [String], seeds: [UInt64]) {
        self.scenario = scenario
        self.variants = variants
        self.seeds = seeds
        variantPlaces = Dictionary(variants.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        seedPlaces = Dictionary(seeds.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        precondition(
            !variants.isEmpty && variantPlaces.count == variants.count, "variants have names of their own")
        precondition(!seeds.isEmpty && seedPlaces.count == seeds.count, "seeds do not repeat")
    }

    /// What to keep of a plan's run: what is drawn for the first seed, figures alone for the others.
    ///
    /// - Parameter jobs: Whether each job is listed, for the first seed.
    public func detail(of plan: SimulationPlan, jobs: Bool = false) -> SimulationRun.Detail {
        plan.seed != seeds[0] ? .figures : jobs ? .jobs : .charts
    }

    /// Adds a run; one of the same variant and seed is replaced.
    ///
    /// - Precondition: The variant and the seed are among the report's.
    /// - Complexity: O(log *n*) for *n* runs when they come in their order; otherwise those after it move.
    public mutating func add(_ run: SimulationRun) {
        guard let place = place(of: run) else {
            preconditionFailure("a run has one of the report's variants and seeds")
        }
        let index = index(of: place)
        if index < places.count, places[index] == place {
            runs[index] = run
        } else {
            runs.insert(run, at: index)
            places.insert(place, at: index)
        }
    }

    /// Whether there is a run of the same variant and seed.
    func hasRun(like run: SimulationRun) -> Bool {
        guard let place = place(of: run) else { return false }
        let index = index(of: place)
        return index < places.count && places[index] == place
    }

    /// The position of a run's variant and seed among all; `nil` if they are not the report's.
    func place(of run: SimulationRun) -> Int? {
        guard let variant = variantPlaces[run.variant], let seed = seedPlaces[run.seed] else { return nil }
        return variant * seeds.count + seed
    }

    /// Where a place is, or would be, among those there are.
    private func index(of place: Int) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The variants and seeds that have no run yet, in order.
    public var missing: [(variant: String, seed: UInt64)] {
        var missing: [(variant: String, seed: UInt64)] = []
        let present = Set(places)
        for (index, variant) in variants.enumerated() {
            for (position, seed) in seeds.enumerated() where !present.contains(index * seeds.count + position) {
                missing.append((variant, seed))
            }
        }
        return missing
    }

    /// The runs of a variant, by seed.
    public func runs(of variant: String) -> [SimulationRun] { runs.filter { $0.variant == variant } }

    /// For each variant that has one, the run that is drawn and listed: the first with details.
    public var drawn: [SimulationRun] {
        variants.compactMap { variant in runs.first { $0.variant == variant && $0.details != nil } }
    }

    /// Job-hours that were waited in a variant for each reason: means over its seeds.
    public func waitByReason(of variant: String) -> [PendingReason: Double] {
        let runs = runs(of: variant)
        var hours: [PendingReason: Double] = [:]
        for run in runs {
            for wait in run.summary.waitByReason {
                hours[wait.reason, default: 0] += wait.jobHours / Double(runs.count)
            }
        }
        return hours
    }

    /// What was simulated, in a sentence.
    public var headline: String {
        guard let run = runs.first else { return "No run is done yet." }
        let jobs = run.summary[.jobsSubmitted] ?? 0
        var text = "\(FigureText.decimal(jobs, places: 0)) jobs on \(FigureText.count(run.summary.nodes)) nodes with "
        text += "\(FigureText.short(run.summary.mostGPUs)) GPUs, over "
        text += "\(FigureText.duration(seconds: run.summary.duration)) of virtual time."
        if variants.count > 1 {
            text += " \(variants.count) variants side by side"
            text += seeds.count > 1 ? ", each with \(seeds.count) seeds." : ", with one seed."
        } else if seeds.count > 1 {
            text += " \(seeds.count) seeds."
        }
        return text
    }

    /// What a variant is called: the scenario as it stands is the baseline.
    public static func title(ofVariant name: String) -> String { name.isEmpty ? "baseline" : name }
}

/// One run of a scenario: a variant, a seed, and what came of them.
public struct SimulationRun: Sendable, Equatable {
    /// How much of a run is kept.
    public enum Detail: Sendable {
        /// Figures alone.
        case figures
        /// What charts need besides.
        case charts
        /// Every job besides.
        case jobs
    }

    /// The variant; empty for the scenario as it stands.
    public var variant: String
    /// The seed.
    public var seed: UInt64
    /// The figures.
    public var summary: SimulationSummary
    /// What charts and lists need; `nil` where only figures were kept.
    public var details: SimulationDetails?

    /// Keeps of a run what is asked for.
    public init(_ plan: SimulationPlan, _ outcome: SimulationOutcome, keeping detail: Detail) {
        variant = plan.variant
        seed = plan.seed
        summary = SimulationSummary(plan, outcome)
        details = detail == .figures ? nil : SimulationDetails(plan, outcome, jobs: detail == .jobs)
    }

    init(variant: String, seed: UInt64, summary: SimulationSummary, details: SimulationDetails?) {
        self.variant = variant
        self.seed = seed
        self.summary = summary
        self.details = details
    }
}
