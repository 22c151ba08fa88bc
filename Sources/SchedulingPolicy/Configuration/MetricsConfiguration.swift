import ClusterModel

/// Where the load of nodes is read, for plugins that look at it.
public struct MetricsConfiguration: Sendable, Equatable {
    /// A kind of source.
    public enum Source: String, Sendable, CaseIterable {
        /// A Prometheus server.
        case prometheus
        /// The custom metrics of the Kubernetes API.
        case prometheusAdaptor = "prometheus_adaptor"
        /// An Elasticsearch server that Metricbeat fills.
        case elasticsearch
    }

    /// What Elasticsearch needs to be told.
    public struct Elasticsearch: Sendable, Equatable {
        /// The index that is searched.
        public var index = "metricbeat-*"
        /// Who asks; nil for nobody.
        public var username: String?
        /// The secret of who asks. It is never printed.
        public var password: String?
        /// The field that holds a node's name.
        public var hostnameFieldName = "host.hostname"
    }

    /// The kind of source.
    public var source: Source
    /// The server's URL; nil where the source needs none.
    public var address: String?
    /// The time between two readings.
    public var interval = Duration.seconds(30)
    /// Whether a server is believed whose certificate is not.
    public var insecureSkipVerify = false
    /// What Elasticsearch needs to be told.
    public var elasticsearch = Elasticsearch()

    /// The section as a file would have it, defaults filled in; the password stays out.
    var settings: [(name: String, value: String)] {
        var result = [("type", source.rawValue)]
        if let address { result.append(("address", address)) }
        result.append(("interval", interval.goText))
        result.append(("tls.insecureSkipVerify", "\(insecureSkipVerify)"))
        guard source == .elasticsearch else { return result }
        result.append(("elasticsearch.index", elasticsearch.index))
        if let username = elasticsearch.username { result.append(("elasticsearch.username", username)) }
        result.append(("elasticsearch.hostnameFieldName", elasticsearch.hostnameFieldName))
        return result
    }
}
