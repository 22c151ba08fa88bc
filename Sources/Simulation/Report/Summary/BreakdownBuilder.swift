import ClusterModel

/// Files jobs under each of their properties, and adds up each pile.
struct BreakdownBuilder {
    private struct Pile {
        var (jobs, started, done, waiting) = (0, 0, 0, 0)
        var waitingGPUs: Int64 = 0
        var waits: [Int64] = []
        var (slowdownSum, slowdowns) = (0.0, 0)
        var gpuTime = 0.0
        var (evictions, failures) = (0, 0)

        mutating func add(_ figures: JobFigures, _ outcome: JobOutcome) {
            jobs += 1
            if outcome.started != nil { started += 1 }
            switch outcome.state {
            case .succeeded: done += 1
            case .waiting:
                waiting += 1
                waitingGPUs += figures.gpus
            default: break
            }
            waits.append(figures.wait)
            if let slowdown = figures.slowdown {
                slowdownSum += slowdown
                slowdowns += 1
            }
            gpuTime += Double(outcome.gpuTime)
            evictions += outcome.evictions
            failures += outcome.failures
        }

        var figures: [SimulationBreakdown.Figure: Double] {
            var figures: [SimulationBreakdown.Figure: Double] = [
                .jobs: Double(jobs), .jobsStarted: Double(started), .jobsDone: Double(done),
                .backlogJobs: Double(waiting), .backlogGPUs: Double(waitingGPUs), .gpuHours: gpuTime / 3_600_000,
                .evictions: Double(evictions), .failures: Double(failures),
            ]
            let waits = OrderStatistics(waits)
            figures[.waitMean] = waits.mean.map { $0 / 1_000 }
            figures[.waitP50] = waits.percentile(50).map { Double($0) / 1_000 }
            figures[.waitP90] = waits.percentile(90).map { Double($0) / 1_000 }
            if slowdowns > 0 { figures[.slowdownMean] = slowdownSum / Double(slowdowns) }
            return figures
        }
    }

    private struct ShapeProperties {
        let gpus: Int64
        let instanceType: String
        let gpuModel: String
        let size: GangSize
    }

    private let shapes: [ShapeProperties]
    private let time: SeriesFigures
    /// A pile for each value of each property; gang sizes by number.
    private var piles: [[String: Pile]] = Array(
        repeating: [:], count: SimulationBreakdown.Dimension.allCases.count)

    init(_ plan: SimulationPlan, time: SeriesFigures) {
        shapes = plan.shapes.map { shape in
            let gpus = shape.total(.nvidiaGPU)
            return ShapeProperties(
                gpus: gpus, instanceType: shape.instanceType, gpuModel: gpus > 0 ? shape.gpuModel : "",
                size: GangSize(gpus: gpus))
        }
        self.time = time
    }

    /// GPUs that all pods of a shape ask for.
    func gpus(ofShape shape: Int) -> Int64 { shapes[shape].gpus }

    mutating func add(_ job: SimulatedJob, _ figures: JobFigures, _ outcome: JobOutcome) {
        let shape = shapes[job.shape]
        for (index, dimension) in SimulationBreakdown.Dimension.allCases.enumerated() {
            let value =
                switch dimension {
                case .queue: job.queue
                case .instanceType: shape.instanceType
                case .user: job.user
                case .gpuModel: shape.gpuModel
                case .gangSize: "\(shape.size.rawValue)"
                }
            // Jobs without GPUs ask for no model, and are no jobs that any model will do for.
            if dimension == .gpuModel, shape.gpus == 0 { continue }
            piles[index][value, default: Pile()].add(figures, outcome)
        }
    }

    /// A breakdown for each property that any job has.
    var breakdowns: [SimulationBreakdown] {
        SimulationBreakdown.Dimension.allCases.enumerated().compactMap { index, dimension in
            var names = Set(piles[index].keys)
            switch dimension {
            case .queue: names.formUnion(time.queueNames)
            case .gpuModel: names.formUnion(time.models.map(\.name))
            default: break
            }
            if names.isEmpty || names == [""] { return nil }
            let rows = names.sorted { $0.precedes($1) }.map { row($0, of: dimension, piles[index][$0] ?? Pile()) }
            return SimulationBreakdown(dimension: dimension, rows: rows)
        }
    }

    private func row(
        _ name: String, of dimension: SimulationBreakdown.Dimension, _ pile: Pile
    ) -> SimulationBreakdown.Row {
        var figures = pile.figures
        if let hours = figures[.gpuHours], time.capacityHours > 0 {
            figures[.utilisation] = hours / time.capacityHours * 100
        }
        var title = name.isEmpty ? dimension.absent : name
        switch dimension {
        case .queue:
            guard let queue = time.queueNames.firstIndex(of: name) else { break }
            figures[.allocatedGPUs] = time.queues[queue].allocated
            if time.queues[queue].deserved > 0 { figures[.deservedGPUs] = time.queues[queue].deserved }
            figures[.fairness] = time.queues[queue].satisfaction
        case .gpuModel:
            // Jobs are filed by the model that they ask for; use is counted where they ran.
            figures[.gpuHours] = nil
            figures[.utilisation] = nil
            guard let model = time.models.first(where: { $0.name == name }) else { break }
            figures[.gpuHours] = model.heldHours
            if model.capacityHours > 0 { figures[.utilisation] = model.heldHours / model.capacityHours * 100 }
        case .gangSize: title = Int(name).flatMap(GangSize.init(rawValue:))?.title ?? name
        default: break
        }
        return SimulationBreakdown.Row(name: title, figures: figures)
    }
}
