import ClusterModel
import Dispatch
import Documents
import Glibc
import Simulation
import Synchronization

/// The runs of a scenario that the arguments ask for: variants and sweeps, each with each seed.
struct SimulationRuns {
    /// A variant of the scenario, or of a sweep.
    private struct Variant {
        /// What it is called in the report.
        var name: String
        /// The scenario's variant; `nil` for the scenario as it stands.
        var variant: String?
        var settings: [(path: String, value: String)]
    }

    private let scenario: Scenario
    private let variants: [Variant]
    private let seeds: [UInt64]
    /// The runs of this shard: positions among all, variant by variant.
    private let tasks: [Int]
    private let threads: Int

    /// The most runs that one command makes.
    private static let mostRuns = 100_000

    init(_ scenario: Scenario, _ arguments: Arguments, processors: Int) throws(CommandFailure) {
        self.scenario = scenario
        let first = try Self.number(arguments, "seed", 0...Int64.max).map { UInt64($0) } ?? scenario.seed
        let count = try Self.number(arguments, "seeds", 1...10_000) ?? 1
        seeds = (0..<UInt64(count)).map { first &+ $0 }
        var variants = try Self.variants(scenario, arguments)
        for sweep in arguments.values("sweep") {
            let (path, values) = try Self.setting(sweep, option: "sweep")
            let choices = values.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let label = path.split(separator: ".").last.map(String.init) ?? path
            variants = variants.flatMap { variant in
                choices.map { value in
                    Variant(
                        name: (variant.name.isEmpty ? "" : variant.name + ", ") + "\(label)=\(value)",
                        variant: variant.variant, settings: variant.settings + [(path, value)])
                }
            }
        }
        self.variants = variants
        let all = variants.count * seeds.count
        if Set(variants.map(\.name)).count != variants.count {
            throw CommandFailure(.badInput, "--sweep: found a value twice, expected each once")
        }
        if all > Self.mostRuns {
            throw CommandFailure(.badInput, "found \(all) runs, expected at most \(Self.mostRuns)")
        }
        let (shard, shards) = try Self.shard(arguments)
        tasks = (0..<all).filter { $0 % shards == shard }
        threads = try Self.number(arguments, "threads", 1...1_024).map { Int($0) } ?? processors
    }

    private static func variants(
        _ scenario: Scenario, _ arguments: Arguments
    ) throws(CommandFailure) -> [Variant] {
        var settings: [(path: String, value: String)] = []
        for text in arguments.values("set") { settings.append(try setting(text, option: "set")) }
        var names = [""] + scenario.variantNames
        if arguments.isGiven("variant") {
            let base = SimulationReport.title(ofVariant: "")
            names = arguments.values("variant").map {
                $0 == base && !scenario.variantNames.contains(base) ? "" : $0
            }
            for name in names where !name.isEmpty && !scenario.variantNames.contains(name) {
                let known =
                    scenario.variantNames.isEmpty ? "none" : scenario.variantNames.joined(separator: ", ")
                throw CommandFailure(
                    .badInput, "--variant: found \"\(name)\", expected a variant of the scenario (\(known))")
            }
            if Set(names).count != names.count {
                throw CommandFailure(.badInput, "--variant: found a name twice, expected each once")
            }
        }
        return names.map { Variant(name: $0, variant: $0.isEmpty ? nil : $0, settings: settings) }
    }

    private static func setting(
        _ text: String, option: String
    ) throws(CommandFailure) -> (path: String, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw CommandFailure(
                .badInput,
                "--\(option): found \"\(text)\", expected PATH=VALUE as in cluster.pools.a100.count=40")
        }
        return (parts[0], parts[1])
    }

    private static func number(
        _ arguments: Arguments, _ option: String, _ range: ClosedRange<Int64>
    ) throws(CommandFailure) -> Int64? {
        guard let text = arguments.value(option) else { return nil }
        if let number = Int64(text), range.contains(number) { return number }
        throw CommandFailure(
            .badInput,
            "--\(option): found \"\(text)\", expected a number from \(range.lowerBound) to \(range.upperBound)"
        )
    }

    private static func shard(_ arguments: Arguments) throws(CommandFailure) -> (Int, Int) {
        let text = arguments.value("shard") ?? "0/1"
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        if parts.count == 2, let shard = parts[0], let shards = parts[1], shards > 0,
            (0..<shards).contains(shard)
        {
            return (shard, shards)
        }
        throw CommandFailure(
            .badInput, "--shard: found \"\(text)\", expected a part and their number, such as 0/4 to 3/4")
    }

    // MARK: Running

    private func plan(_ task: Int) throws(CommandFailure) -> (SimulationPlan, [Problem]) {
        let variant = variants[task / seeds.count]
        let (plan, problems) = scenario.plan(
            variant: variant.variant, seed: seeds[task % seeds.count], settings: variant.settings)
        guard var plan else { throw CommandFailure(problems) }
        plan.variant = variant.name
        return (plan, problems)
    }

    /// Makes a plan of each variant, and says what it holds.
    func check(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        for (index, variant) in variants.enumerated() {
            let (plan, problems) = try plan(index * seeds.count)
            if index == 0 { outcome.warn(problems) }
            let title = SimulationReport.title(ofVariant: variant.name)
            outcome.standardOutput +=
                "\(title): \(plan.cluster.nodes.count) nodes, \(plan.jobs.count) jobs, \(plan.events.count) events\n"
        }
    }

    /// Runs them all, as many at a time as there are threads.
    func run(keepsJobs: Bool, _ outcome: inout CommandOutcome) throws(CommandFailure) -> SimulationReport {
        let empty = SimulationReport(scenario: scenario.name, variants: variants.map(\.name), seeds: seeds)
        typealias Done = Result<(run: SimulationRun, problems: [Problem]), CommandFailure>
        let done = Mutex<[Int: Done]>([:])
        let next = Atomic<Int>(0)
        let progress = SimulationProgress(runs: tasks.count)
        DispatchQueue.concurrentPerform(iterations: min(threads, max(1, tasks.count))) { _ in
            while true {
                let position = next.add(1, ordering: .relaxed).oldValue
                if position >= tasks.count { return }
                let result = Done { () throws(CommandFailure) in
                    try run(tasks[position], of: empty, keepsJobs: keepsJobs) {
                        progress.tell(position, $0)
                    }
                }
                done.withLock { $0[position] = result }
                progress.finishRun(position)
            }
        }
        progress.end()
        var report = empty
        for position in tasks.indices {
            guard let result = done.withLock({ $0[position] }) else { continue }
            let (run, problems) = try result.get()
            if position == 0 { outcome.warn(problems) }
            report.add(run)
        }
        return report
    }

    private func run(
        _ task: Int, of report: SimulationReport, keepsJobs: Bool,
        progress: @escaping (SimulationEngine.Progress) -> Void
    ) throws(CommandFailure) -> (run: SimulationRun, problems: [Problem]) {
        var (plan, problems) = try plan(task)
        plan.keepsNodes = keepsJobs
        let outcome: SimulationOutcome
        do { outcome = try SimulationEngine.run(plan, progress: progress) } catch {
            throw CommandFailure(.badInput, "the scenario's objects: \(error)")
        }
        return (SimulationRun(plan, outcome, keeping: report.detail(of: plan, jobs: keepsJobs)), problems)
    }
}
