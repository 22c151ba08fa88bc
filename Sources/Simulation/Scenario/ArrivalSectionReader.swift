import Documents

/// Reads when the jobs of a generator come.
enum ArrivalSectionReader {
    private static let forms = ["poisson", "every", "at", "times", "pattern", "likeTrace"]

    static func read(_ generator: FieldReader) -> ScenarioDocument.ArrivalSection? {
        guard let arrivals = generator.object("arrivals") else {
            if generator.value("arrivals") == nil {
                generator.report(
                    "arrivals", "found nothing, expected a mapping with one of \(forms.joined(separator: ", "))")
            }
            return nil
        }
        let named = forms.filter { arrivals.value($0) != nil }
        guard named.count == 1 else {
            arrivals.refuseUnknownKeys(forms + ["count"])
            let found = named.isEmpty ? "none of them" : named.joined(separator: " and ")
            generator.report("arrivals", "found \(found), expected one of \(forms.joined(separator: ", "))")
            return nil
        }
        arrivals.refuseUnknownKeys(named[0] == "at" ? ["at", "count"] : named)
        switch named[0] {
        case "poisson":
            guard let poisson = arrivals.object("poisson") else { return nil }
            poisson.refuseUnknownKeys(["every"])
            return every(poisson).map { .plain(.poisson(every: Double($0))) }
        case "every": return every(arrivals).map { .plain(.regular(every: $0)) }
        case "at":
            let count = Int(arrivals.integer("count", in: 1...Int64(JobGenerator.most)) ?? 1)
            return arrivals.requiredTime("at").map { .times(Array(repeating: $0, count: count)) }
        case "times": return times(arrivals)
        case "pattern": return pattern(arrivals)
        default:
            guard let trace = arrivals.object("likeTrace") else { return nil }
            trace.refuseUnknownKeys(["every", "step"] + TraceSectionReader.sourceKeys)
            guard let source = TraceSectionReader.source(trace) else { return nil }
            return .likeTrace(
                source, step: trace.positiveDuration("step") ?? 3_600_000,
                every: trace.positiveDuration("every").map(Double.init))
        }
    }

    private static func every(_ reader: FieldReader) -> Int64? {
        if reader.value("every") == nil {
            reader.report("every", "found nothing, expected the time between two jobs, such as 30s")
        }
        return reader.positiveDuration("every")
    }

    private static func times(_ arrivals: FieldReader) -> ScenarioDocument.ArrivalSection? {
        guard let list = arrivals.value("times"), list.kind == .sequence else {
            arrivals.report("times", "found \(arrivals.value("times")?.shown ?? ""), expected a list of times")
            return nil
        }
        var times: [ScenarioTime] = []
        for element in list.elements {
            guard let time = element.scenarioTime else {
                arrivals.report("times", "found \(element.shown), expected \(ScenarioTime.expectation)")
                return nil
            }
            times.append(time)
        }
        return .times(times)
    }

    private static func pattern(_ arrivals: FieldReader) -> ScenarioDocument.ArrivalSection? {
        guard let pattern = arrivals.object("pattern") else { return nil }
        pattern.refuseUnknownKeys(["every", "step", "weights"])
        let every = every(pattern)
        let step = pattern.positiveDuration("step") ?? 3_600_000
        let weights = pattern.value("weights")?.elements.compactMap(\.double).filter { $0 >= 0 && $0.isFinite } ?? []
        guard !weights.isEmpty, weights.count == pattern.value("weights")?.count, weights.contains(where: { $0 > 0 })
        else {
            pattern.report(
                "weights", "found \(pattern.value("weights")?.kindName ?? "nothing"), expected a list of numbers of "
                    + "at least 0, one of them above 0: one for each step, from the start of the simulation on")
            return nil
        }
        return every.map { .plain(.pattern(ArrivalPattern(every: Double($0), step: step, weights: weights))) }
    }
}
