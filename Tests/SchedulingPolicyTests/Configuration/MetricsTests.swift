import Documents
import Testing

@testable import SchedulingPolicy

private func read(
    _ metrics: String, _ compatibility: Compatibility = .volcano
) -> (metrics: MetricsConfiguration?, problems: [String]) {
    let text = """
        compatibility: \(compatibility.rawValue)
        actions: allocate
        tiers: []
        metrics:
        \(metrics.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        """
    let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "m")
    return (configuration?.metrics, problems.map(\.description))
}

@Suite("The section metrics says where the load of nodes is read") struct MetricsTests {
    @Test("a Prometheus server, defaults filled in") func prometheus() throws {
        let (metrics, problems) = read("type: prometheus\naddress: http://prometheus:9090")
        #expect(problems == [])
        let found = try #require(metrics)
        #expect(found.source == .prometheus)
        #expect(found.address == "http://prometheus:9090")
        #expect(found.interval == .seconds(30))
        #expect(!found.insecureSkipVerify)
    }

    @Test("Elasticsearch, everything set") func elasticsearch() throws {
        let (metrics, problems) = read(
            """
            type: elasticsearch
            address: https://search:9200
            interval: 1m30s
            tls.insecureSkipVerify: "true"
            elasticsearch.index: load-*
            elasticsearch.username: reader
            elasticsearch.password: 12345
            elasticsearch.hostnameFieldName: node
            """)
        #expect(problems == [])
        let found = try #require(metrics)
        #expect(found.interval == .seconds(90))
        #expect(found.insecureSkipVerify)
        #expect(found.elasticsearch.index == "load-*")
        #expect(found.elasticsearch.username == "reader")
        #expect(found.elasticsearch.password == "12345")
        #expect(found.elasticsearch.hostnameFieldName == "node")
        #expect(!found.settings.contains { $0.value.contains("12345") }, "a secret is not printed")
    }

    @Test("no section, none; Volcano 1.5 knows none") func none() {
        let text = "actions: allocate\ntiers: []\n"
        #expect(SchedulerConfiguration.read(Array(text.utf8), file: "m").configuration?.metrics == nil)
        let (metrics, problems) = read("type: prometheus_adaptor", .volcano15)
        #expect(metrics == nil)
        #expect(
            problems == [
                "m:5: metrics: unknown key; expected compatibility, actions, tiers or configurations; ignored, "
                    + "as Volcano does"
            ])
    }

    @Test(
        "a mistake",
        arguments: [
            (
                "address: http://a",
                "metrics.type: missing; expected prometheus, prometheus_adaptor or elasticsearch",
                "nothing is collected, as in Volcano", 5
            ),
            (
                "type: graphite",
                "metrics.type: found \"graphite\", expected prometheus, prometheus_adaptor or "
                    + "elasticsearch", "nothing is collected, as in Volcano", 5
            ),
            (
                "type: prometheus", "metrics.address: missing; expected the URL of the server",
                "nothing is collected, as in Volcano", 5
            ),
            (
                "type: prometheus\naddress: prometheus:9090",
                "metrics.address: found \"prometheus:9090\", expected a URL such as http://prometheus:9090",
                "nothing is collected, as in Volcano", 6
            ),
            (
                "type: prometheus_adaptor\ninterval: 30",
                "metrics.interval: found \"30\", expected a duration such as 30s; the default is 30s",
                "ignored, as Volcano does", 6
            ),
            (
                "type: prometheus_adaptor\ntls.insecureSkipVerify: 1",
                "metrics[tls.insecureSkipVerify]: found \"1\", expected true or false; the default is false",
                "ignored, as Volcano does", 6
            ),
            (
                "type: prometheus_adaptor\nadress: x", "metrics.adress: unknown key; did you mean address?",
                "ignored, as Volcano does", 6
            ),
        ])
    func mistakes(text: String, message: String, volcano: String, line: Int) {
        #expect(read(text).problems == ["m:\(line): \(message); \(volcano)"])
        #expect(read(text, .gangwright).problems == ["m:\(line): \(message)"])
    }
}
