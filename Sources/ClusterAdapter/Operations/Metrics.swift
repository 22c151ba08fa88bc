import Synchronization

/// What the process counts and measures, in Prometheus' text format.
///
/// Names and labels that Volcano has are Volcano's; `namespace` is the part before the first underscore.
public final class Metrics: Sendable {
    /// How a metric grows.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// A metric before anything was measured.
    struct Definition: Sendable {
        let name: String
        let kind: Kind
        let help: String
        var labels: [String] = []
        /// Upper bounds of a histogram's buckets, ascending, without infinity.
        var buckets: [Double] = []
    }

    private struct Series {
        var value = 0.0
        var counts: [UInt64] = []
        var count: UInt64 = 0
    }

    private let namespace: String
    private let definitions: [String: Definition]
    private let order: [String]
    private let state = Mutex<[String: [[String]: Series]]>([:])

    /// Nothing measured yet.
    public init(namespace: String = "gangwright") {
        self.namespace = namespace
        definitions = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.name, $0) })
        order = Self.all.map(\.name)
    }

    /// Adds to a counter.
    func add(_ name: String, _ labels: [String] = [], by amount: Double = 1) {
        state.withLock { $0[name, default: [:]][labels, default: Series()].value += amount }
    }

    /// Sets a gauge.
    func set(_ name: String, _ labels: [String] = [], to value: Double) {
        state.withLock { $0[name, default: [:]][labels, default: Series()].value = value }
    }

    /// Sets all series of a gauge: those that are not named are gone.
    func replace(_ name: String, _ values: [[String]: Double]) {
        state.withLock { $0[name] = values.mapValues { Series(value: $0) } }
    }

    /// Adds a measurement to a histogram.
    func observe(_ name: String, _ labels: [String] = [], _ value: Double) {
        guard let buckets = definitions[name]?.buckets else { return }
        let bucket = buckets.firstIndex { value <= $0 } ?? buckets.count
        state.withLock { state in
            var series = state[name]?[labels] ?? Series(counts: Array(repeating: 0, count: buckets.count + 1))
            series.value += value
            series.count += 1
            series.counts[bucket] += 1
            state[name, default: [:]][labels] = series
        }
    }

    // MARK: Text

    /// Everything, in the format of Prometheus' `/metrics`.
    public var text: String {
        let state = state.withLock { $0 }
        var text = ""
        for name in order {
            guard let definition = definitions[name] else { continue }
            let series =
                state[name]
                ?? (definition.labels.isEmpty && definition.kind != .histogram ? [[]: Series()] : [:])
            if series.isEmpty { continue }
            let full = "\(namespace)_\(name)"
            text += "# HELP \(full) \(definition.help)\n# TYPE \(full) \(definition.kind.rawValue)\n"
            for (values, one) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                text += Self.lines(full, definition, values, one)
            }
        }
        return text
    }

    private static func lines(
        _ name: String, _ definition: Definition, _ values: [String], _ series: Series
    ) -> String {
        let labels = zip(definition.labels, values).map { "\($0)=\"\(escaped($1))\"" }
        func line(_ suffix: String, _ extra: [String], _ value: String) -> String {
            let all = labels + extra
            return "\(name)\(suffix)\(all.isEmpty ? "" : "{\(all.joined(separator: ","))}") \(value)\n"
        }
        guard definition.kind == .histogram else { return line("", [], number(series.value)) }
        var sum: UInt64 = 0
        var text = ""
        for (bound, count) in zip(definition.buckets, series.counts) {
            sum += count
            text += line("_bucket", ["le=\"\(number(bound))\""], "\(sum)")
        }
        text += line("_bucket", ["le=\"+Inf\""], "\(series.count)")
        return text + line("_sum", [], number(series.value)) + line("_count", [], "\(series.count)")
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
        return text
    }
}
