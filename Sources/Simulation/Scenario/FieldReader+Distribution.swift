import Documents
import SyntheticClusters

/// What the numbers of a distribution are.
enum DistributionUnit: Sendable {
    /// Durations: texts with a unit, milliseconds when read.
    case duration
    /// Plain numbers.
    case number

    func read(_ value: Value) -> Double? {
        switch self {
        case .duration: value.duration.map(Double.init)
        case .number: value.double.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
    }

    func read(_ text: String) -> Double? {
        switch self {
        case .duration: SimulatedTime.duration(text).map(Double.init)
        case .number: Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
    }

    var expectation: String {
        switch self {
        case .duration: "a duration such as 90s, 1h30m or 7d"
        case .number: "a number of at least 0"
        }
    }
}

extension FieldReader {
    private static let forms = [
        "constant", "uniform", "exponential", "lognormal", "choice", "weights", "quantiles",
    ]

    /// A member that is a distribution: a single value, or a mapping with one form and perhaps bounds.
    func distribution(_ key: String, _ unit: DistributionUnit) -> Distribution? {
        guard let value = value(key) else { return nil }
        guard value.kind == .mapping, let form = object(key) else {
            guard let constant = unit.read(value) else {
                report(
                    key, "found \(value.shown), expected \(unit.expectation), or a mapping with one of "
                        + Self.forms.joined(separator: ", "))
                return nil
            }
            return Distribution(.constant(constant))
        }
        form.refuseUnknownKeys(Self.forms + ["atLeast", "atMost"])
        let named = Self.forms.filter { form.value($0) != nil }
        guard named.count == 1 else {
            report(
                key, "found \(named.isEmpty ? "no form" : named.joined(separator: " and ")), expected one of "
                    + Self.forms.joined(separator: ", "))
            return nil
        }
        guard let shape = form.shape(named[0], unit) else { return nil }
        var distribution = Distribution(shape)
        if let bound = form.number("atLeast", unit) { distribution.atLeast = bound }
        if let bound = form.number("atMost", unit) { distribution.atMost = bound }
        if distribution.atLeast > distribution.atMost {
            form.report("atMost", "found a bound below atLeast, expected one above it")
        }
        return distribution
    }

    private func shape(_ form: String, _ unit: DistributionUnit) -> Distribution.Shape? {
        switch form {
        case "constant": return number(form, unit).map { .constant($0) }
        case "uniform":
            guard let range = object(form) else { return nil }
            range.refuseUnknownKeys(["from", "to"])
            guard let from = range.requiredNumber("from", unit), let to = range.requiredNumber("to", unit)
            else { return nil }
            if from > to { range.report("to", "found less than from, expected at least as much") }
            return .uniform(min(from, to)...max(from, to))
        case "exponential":
            guard let mean = object(form) else { return nil }
            mean.refuseUnknownKeys(["mean"])
            return mean.requiredNumber("mean", unit).map { .exponential(mean: $0) }
        case "lognormal": return object(form)?.lognormal(unit)
        case "choice": return numbers(form, unit).map { .choice($0.map { Weighted($0, weight: 1) }) }
        case "weights":
            return weights(form, { unit.read($0) }, expected: unit.expectation).map { .choice($0) }
        default: return quantiles(form, unit)
        }
    }

    private func lognormal(_ unit: DistributionUnit) -> Distribution.Shape? {
        refuseUnknownKeys(["median", "mean", "sigma"])
        guard let median = requiredNumber("median", unit) else { return nil }
        if value("mean") != nil, value("sigma") != nil {
            report("sigma", "found sigma beside mean, expected one of the two")
            return nil
        }
        if let sigma = nonNegative("sigma") { return .lognormal(median: median, sigma: sigma) }
        guard let mean = number("mean", unit) else {
            if value("mean") == nil, value("sigma") == nil {
                report("sigma", "found nothing, expected sigma (the standard deviation of the logarithm) or mean")
            }
            return nil
        }
        guard mean >= median, median > 0 else {
            report("mean", "found less than the median, expected at least as much: the tail of a lognormal is long")
            return nil
        }
        return .lognormal(median: median, sigma: (2 * DeterministicMath.log(mean / median)).squareRoot())
    }

    private func quantiles(_ key: String, _ unit: DistributionUnit) -> Distribution.Shape? {
        guard let map = object(key) else { return nil }
        var quantiles: [Distribution.Quantile] = []
        for (name, _) in map.value.members {
            guard let percent = Double(name), (0...100).contains(percent) else {
                map.report(name, "found \(name.debugDescription), expected a percentage from 0 to 100")
                continue
            }
            if let number = map.number(name, unit) {
                quantiles.append(Distribution.Quantile(part: percent / 100, value: number))
            }
        }
        quantiles.sort { $0.part < $1.part }
        guard let first = quantiles.first, let last = quantiles.last, first.part == 0, last.part == 1 else {
            report(key, "found no value for 0 or for 100, expected both, and any between")
            return nil
        }
        if zip(quantiles, quantiles.dropFirst()).contains(where: { $0.value > $1.value || $0.part == $1.part }) {
            report(key, "found values that fall, expected larger values for larger percentages")
            return nil
        }
        return .quantiles(quantiles)
    }

    private func number(_ key: String, _ unit: DistributionUnit) -> Double? {
        guard let value = value(key) else { return nil }
        if let number = unit.read(value) { return number }
        report(key, "found \(value.shown), expected \(unit.expectation)")
        return nil
    }

    private func requiredNumber(_ key: String, _ unit: DistributionUnit) -> Double? {
        if value(key) == nil { report(key, "found nothing, expected \(unit.expectation)") }
        return number(key, unit)
    }

    private func numbers(_ key: String, _ unit: DistributionUnit) -> [Double]? {
        guard let list = value(key), list.kind == .sequence, list.count > 0 else {
            report(key, "found \(value(key)?.shown ?? "nothing"), expected a list of values")
            return nil
        }
        var numbers: [Double] = []
        for element in list.elements {
            guard let number = unit.read(element) else {
                report(key, "found \(element.shown), expected \(unit.expectation)")
                return nil
            }
            numbers.append(number)
        }
        return numbers
    }
}

// Choices: one of several, evenly or by weights.
extension FieldReader {
    /// A member that maps values to whole weights.
    func weights<Choice: Sendable>(
        _ key: String, _ read: (String) -> Choice?, expected: String
    ) -> [Weighted<Choice>]? {
        guard let map = object(key) else { return nil }
        var choices: [Weighted<Choice>] = []
        for (name, _) in map.value.members {
            guard let choice = read(name) else {
                map.report(name, "found \(name.debugDescription), expected \(expected)")
                continue
            }
            choices.append(Weighted(choice, weight: Int(map.integer(name, in: 0...1_000_000_000) ?? 0)))
        }
        guard choices.contains(where: { $0.weight > 0 }) else {
            report(key, "found no weight above 0, expected one at least")
            return nil
        }
        return choices
    }

    /// A member that is a name, a list of names that are equally likely, or a mapping from names to weights.
    func names(_ key: String) -> [Weighted<String>]? {
        guard let value = value(key) else { return nil }
        switch value.kind {
        case .mapping: return weights(key, { $0 }, expected: "a name")
        case .sequence:
            let names = strings(key)
            if names.isEmpty { report(key, "found no name, expected one at least") }
            return names.isEmpty ? nil : names.map { Weighted($0, weight: 1) }
        default: return string(key).map { [Weighted($0, weight: 1)] }
        }
    }

    /// A member that is a whole number, a list of numbers that are equally likely, or a mapping from numbers to weights.
    func counts(_ key: String, in range: ClosedRange<Int64>) -> [Weighted<Int>]? {
        guard let value = value(key) else { return nil }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        switch value.kind {
        case .mapping:
            return weights(
                key, { Int64($0).flatMap { range.contains($0) ? Int($0) : nil } }, expected: expected)
        case .sequence:
            var counts: [Weighted<Int>] = []
            for element in value.elements {
                guard let number = element.integer, range.contains(number) else {
                    report(key, "found \(element.shown), expected \(expected)")
                    return nil
                }
                counts.append(Weighted(Int(number), weight: 1))
            }
            if counts.isEmpty { report(key, "found an empty list, expected one number at least") }
            return counts.isEmpty ? nil : counts
        default: return integer(key, in: range).map { [Weighted(Int($0), weight: 1)] }
        }
    }
}
