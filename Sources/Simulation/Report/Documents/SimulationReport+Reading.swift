public import Documents
import SchedulingPolicy

extension SimulationReport {
    /// Reads what `document()` has written, of one part of a sweep or of several, as one report.
    ///
    /// The parts must be of the same scenario, with the same variants and seeds, and have no run in common; each run must come from
    /// this version's figures. Lists of jobs are not read: they do not add up.
    ///
    /// - Returns: `nil` if anything is wrong; the sink has what. Runs that are missing are no error: see `missing`.
    public static func read(_ documents: [Value], sink: ProblemSink) -> SimulationReport? {
        let before = sink.problems.count
        var report: SimulationReport?
        var firstFile = ""
        for document in documents {
            let reader = FieldReader(document, sink: sink)
            guard let header = readHeader(reader) else { continue }
            if let report {
                guard report.scenario == header.scenario else {
                    reader.report(
                        "scenario",
                        "found \"\(header.scenario)\", expected \"\(report.scenario)\" as in \(firstFile)")
                    continue
                }
                guard report.variants == header.variants, report.seeds == header.seeds else {
                    reader.report(
                        report.seeds == header.seeds ? "variants" : "seeds",
                        "found others than in \(firstFile), expected parts of one sweep")
                    continue
                }
            } else {
                report = header
                firstFile = document.file
            }
            for run in reader.objects("runs") { add(run, to: &report) }
        }
        if report == nil, sink.problems.count == before {
            sink.report(Problem(file: "", line: 0, message: "found no document, expected results of simulations"))
        }
        return sink.problems.count == before ? report : nil
    }

    private static func add(_ reader: FieldReader, to report: inout SimulationReport?) {
        let run = SimulationRun(reader)
        guard let run, report?.place(of: run) != nil else {
            if run != nil { reader.report("seed", "found a variant and seed that the head does not name") }
            return
        }
        if report?.hasRun(like: run) == true {
            let title = title(ofVariant: run.variant)
            reader.report("seed", "found \(title) with seed \(run.seed) twice, expected it in one part")
            return
        }
        report?.add(run)
    }

    private static func readHeader(_ reader: FieldReader) -> SimulationReport? {
        guard reader.value.kind == .mapping else { return nil }
        guard reader.string("kind") == kind else {
            reader.report("kind", "expected \(kind): the output of gangwright simulate -o json")
            return nil
        }
        guard let scenario = reader.string("scenario") else {
            reader.report("scenario", "found nothing, expected a string")
            return nil
        }
        let variants = reader.strings("variants")
        let seeds = reader.value("seeds")?.elements.compactMap(\.seed) ?? []
        if variants.isEmpty || Set(variants).count != variants.count {
            reader.report("variants", "expected names that differ, at least one")
            return nil
        }
        if seeds.isEmpty || Set(seeds).count != seeds.count || seeds.count != reader.value("seeds")?.count {
            reader.report("seeds", "expected whole numbers that differ, at least one")
            return nil
        }
        return SimulationReport(scenario: scenario, variants: variants, seeds: seeds)
    }
}

extension Value {
    /// A seed: a whole number, or one as text.
    fileprivate var seed: UInt64? {
        if let integer { return UInt64(exactly: integer) }
        return string.flatMap { UInt64($0) }
    }
}

extension SimulationRun {
    /// Reads a run; reports what is wrong.
    fileprivate init?(_ reader: FieldReader) {
        guard let variant = reader.string("variant"), let seed = reader.value("seed")?.seed else {
            reader.report("seed", "expected a variant and a seed")
            return nil
        }
        guard let summary = SimulationSummary(reader) else { return nil }
        var details: SimulationDetails?
        if let object = reader.object("details") {
            guard let read = SimulationDetails(object, duration: summary.duration) else { return nil }
            details = read
        }
        self.init(variant: variant, seed: seed, summary: summary, details: details)
    }
}

extension SimulationSummary {
    fileprivate init?(_ reader: FieldReader) {
        guard let duration = reader.requiredDouble("durationSeconds"),
            let nodes = reader.integer("nodes", in: 0...Int64(Int32.max)), let gpus = reader.requiredDouble("gpus"),
            let mostGPUs = reader.requiredDouble("mostGPUs"),
            let metricReader = reader.object("metrics")
        else {
            reader.report("metrics", "expected durationSeconds, nodes, gpus, mostGPUs and metrics")
            return nil
        }
        var metrics: [SimulationMetric: Double] = [:]
        for (key, _) in metricReader.value.members {
            guard let metric = SimulationMetric(rawValue: key) else {
                metricReader.report(key, "found a figure that this version does not know")
                return nil
            }
            metrics[metric] = metricReader.double(key)
        }
        var reasons: [ReasonedWait] = []
        for row in reader.objects("waitByReason") {
            guard let reason = row.string("reason").flatMap(PendingReason.init(rawValue:)),
                let hours = row.requiredDouble("jobHours")
            else {
                row.report("reason", "expected a reason that this version knows, and hours")
                return nil
            }
            reasons.append(ReasonedWait(reason: reason, jobHours: hours))
        }
        guard let breakdowns = reader.object("breakdowns").map(Self.breakdowns) else { return nil }
        self.init(
            duration: duration, nodes: Int(nodes), gpus: gpus, mostGPUs: mostGPUs, metrics: metrics, waitByReason: reasons,
            breakdowns: breakdowns)
    }

    private static func breakdowns(_ reader: FieldReader) -> [SimulationBreakdown] {
        for (key, _) in reader.unknownKeys(Set(SimulationBreakdown.Dimension.allCases.map(\.rawValue))) {
            reader.report(key, "found a property that this version does not know")
        }
        return SimulationBreakdown.Dimension.allCases.compactMap { dimension in
            guard reader.value(dimension.rawValue) != nil else { return nil }
            let rows = reader.objects(dimension.rawValue).map { row in
                var figures: [SimulationBreakdown.Figure: Double] = [:]
                for (key, _) in row.value.members where key != "name" {
                    guard let figure = SimulationBreakdown.Figure(rawValue: key) else {
                        row.report(key, "found a figure that this version does not know")
                        continue
                    }
                    figures[figure] = row.double(key)
                }
                return SimulationBreakdown.Row(name: row.requiredString("name") ?? "", figures: figures)
            }
            return SimulationBreakdown(dimension: dimension, rows: rows)
        }
    }
}

extension FieldReader {
    /// The member `key` as a number that must be there.
    func requiredDouble(_ key: String) -> Double? {
        guard value(key) != nil else {
            report(key, "found nothing, expected a number")
            return nil
        }
        return double(key)
    }
}
