import ClusterModel
import Documents

extension ConfigurationReader {
    private static let keys: Set<String> = [
        "type", "address", "interval", "tls.insecureSkipVerify", "elasticsearch.index",
        "elasticsearch.username",
        "elasticsearch.password", "elasticsearch.hostnameFieldName",
    ]

    /// Reads the section `metrics`, a mapping from text to text; nil where it collects nothing.
    mutating func readMetrics() -> MetricsConfiguration? {
        guard compatibility != .volcano15 else { return nil }
        note(root, "metrics")
        guard let section = root.object("metrics") else { return nil }
        for (key, value) in section.unknownKeys(Self.keys) {
            let nearest = Spelling.nearest(to: key, among: Self.keys.sorted())
            let hint =
                value.kind == .mapping ? "; a dot belongs into the key, as in tls.insecureSkipVerify" : ""
            ignored(
                section, key,
                "unknown key; "
                    + (nearest.map { "did you mean \($0)?" }
                        ?? "expected one of \(Self.keys.sorted().joined(separator: ", "))") + hint)
        }
        for key in Self.keys.sorted() { note(section, key) }
        guard let type = text(section, "type") else {
            surprising(
                section, "type", "missing; expected prometheus, prometheus_adaptor or elasticsearch",
                volcano: "nothing is collected, as in Volcano")
            return nil
        }
        guard let source = MetricsConfiguration.Source(rawValue: type) else {
            surprising(
                section, "type",
                "found \"\(type)\", expected prometheus, prometheus_adaptor or elasticsearch",
                volcano: "nothing is collected, as in Volcano")
            return nil
        }
        var metrics = MetricsConfiguration(source: source)
        metrics.address = readAddress(section, source)
        if let interval = text(section, "interval") {
            if let duration = Duration(go: interval), duration > .zero {
                metrics.interval = duration
            } else {
                ignored(
                    section, "interval",
                    "found \"\(interval)\", expected a duration such as 30s; the default is 30s")
            }
        }
        if let skips = text(section, "tls.insecureSkipVerify") {
            switch skips {
            case "true": metrics.insecureSkipVerify = true
            case "false": break
            default:
                ignored(
                    section, "tls.insecureSkipVerify",
                    "found \"\(skips)\", expected true or false; the default is false")
            }
        }
        readElasticsearch(section, &metrics)
        return metrics
    }

    private func readAddress(_ section: FieldReader, _ source: MetricsConfiguration.Source) -> String? {
        let address = text(section, "address")
        if source == .prometheusAdaptor { return address }
        guard let address else {
            surprising(
                section, "address", "missing; expected the URL of the server",
                volcano: "nothing is collected, as in Volcano")
            return nil
        }
        if !address.hasPrefix("http://") && !address.hasPrefix("https://") {
            surprising(
                section, "address", "found \"\(address)\", expected a URL such as http://prometheus:9090",
                volcano: "nothing is collected, as in Volcano")
        }
        return address
    }

    private func readElasticsearch(_ section: FieldReader, _ metrics: inout MetricsConfiguration) {
        if let index = text(section, "elasticsearch.index") { metrics.elasticsearch.index = index }
        if let name = text(section, "elasticsearch.hostnameFieldName") {
            metrics.elasticsearch.hostnameFieldName = name
        }
        metrics.elasticsearch.username = text(section, "elasticsearch.username")
        metrics.elasticsearch.password = text(section, "elasticsearch.password")
    }

    /// Volcano reads numbers and Bools here as the text that they are written as.
    private func text(_ section: FieldReader, _ key: String) -> String? {
        guard let value = section.value(key) else { return nil }
        if let text = value.scalarText { return text }
        section.report(key, "found \(value.kindName), expected a string")
        return nil
    }
}
