extension SimulationComparison.Difference {
    /// The difference as people read it: `▼ +12 %`, `▲ +1.2 points`, `≈ −0.3 points`, `=`.
    public func text(_ metric: SimulationMetric) -> String {
        let amount = amount(metric)
        return switch verdict {
        case .same: "="
        case .better: "▲ " + amount
        case .worse: "▼ " + amount
        case .different: amount
        case .unclear: "≈ " + amount
        case .unknown: amount
        }
    }

    /// How much: in parts of the first variant's figure; shares in points.
    public func amount(_ metric: SimulationMetric) -> String {
        let mean = statistics.mean
        let sign = mean < 0 ? "−" : "+"
        switch metric.unit {
        case .percent:
            let points = FigureText.decimal(mean.magnitude, places: mean.magnitude < 0.095 ? 2 : 1)
            return "\(sign)\(points) points"
        case .index: return sign + FigureText.decimal(mean.magnitude, places: 3)
        default:
            guard let relative, relative.magnitude < 10 else { return sign + metric.text(mean.magnitude) }
            let parts = relative.magnitude * 100
            return "\(sign)\(FigureText.trimmed(parts, places: parts < 9.95 ? 1 : 0)) %"
        }
    }
}

extension SimulationComparison {
    /// What is better and what is worse with a variant.
    public struct Finding: Sendable, Equatable {
        /// The variant.
        public var variant: String
        /// The rest of a sentence that begins with the variant's name.
        public var text: String
    }

    /// In a sentence for each variant but the first: what is better and worse, as far as chance does not explain it.
    ///
    /// With one seed, differences of at least one part in a hundred are told.
    public var findings: [Finding] {
        variants.indices.dropFirst().map { index in
            var (better, worse): ([String], [String]) = ([], [])
            for row in rows where Self.told.contains(row.metric) {
                guard let difference = row.cells[index].difference,
                    let isBetter = Self.isBetter(difference, row.metric)
                else { continue }
                let text = "\(row.metric.title) \(difference.amount(row.metric))"
                if isBetter { better.append(text) } else { worse.append(text) }
            }
            var text = " beside \(SimulationReport.title(ofVariant: variants[0])): "
            switch (better.isEmpty, worse.isEmpty) {
            case (true, true): text += "no difference that is clear of chance."
            case (false, true): text += "better in " + better.joined(separator: "; ") + "."
            case (true, false): text += "worse in " + worse.joined(separator: "; ") + "."
            case (false, false):
                text += "better in \(better.joined(separator: "; ")). Worse in \(worse.joined(separator: "; "))."
            }
            return Finding(variant: variants[index], text: text)
        }
    }

    /// One figure of each kind, so that a sentence does not say the same thing four times.
    private static let told: Set<SimulationMetric> = [
        .jobsDone, .makespan, .waitMean, .waitP90, .slowdownMean, .gpuAllocationUnderDemand, .gpuFragmentation,
        .goodput, .fairness, .podEvictions, .lostWork, .costPerUsefulGPUHour,
    ]

    private static func isBetter(_ difference: Difference, _ metric: SimulationMetric) -> Bool? {
        switch difference.verdict {
        case .better: return true
        case .worse: return false
        case .same, .unclear, .different: return nil
        case .unknown:
            let isNoticeable =
                metric.unit == .percent
                ? difference.statistics.mean.magnitude >= 0.5
                : (difference.relative?.magnitude ?? 1) >= 0.01
            return isNoticeable ? (difference.statistics.mean > 0) == (metric.preference == .higher) : nil
        }
    }
}
