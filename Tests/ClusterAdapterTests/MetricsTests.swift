import Testing

@testable import ClusterAdapter

@Suite("Metrics are printed in Prometheus' text format") struct MetricsTests {
    @Test("counters and gauges, with labels that are escaped, and under the wanted namespace") func values() {
        let metrics = Metrics(namespace: "volcano")
        metrics.add("schedule_attempts_total", ["scheduled"], by: 2)
        metrics.add("schedule_attempts_total", ["scheduled"])
        metrics.set("queue_weight", ["a\"b\\c\nd"], to: 1.5)
        let text = metrics.text
        #expect(text.contains("# TYPE volcano_schedule_attempts_total counter\n"))
        #expect(text.contains("volcano_schedule_attempts_total{result=\"scheduled\"} 3\n"))
        #expect(text.contains("volcano_queue_weight{queue_name=\"a\\\"b\\\\c\\nd\"} 1.5\n"))
        // What has no labels is there from the beginning.
        #expect(text.contains("volcano_leader 0\n"))
    }

    @Test("a histogram's buckets add up") func histogram() {
        let metrics = Metrics()
        for value in [0.0005, 0.0015, 100] { metrics.observe("bind_duration_seconds", [], value) }
        let text = metrics.text
        #expect(text.contains("gangwright_bind_duration_seconds_bucket{le=\"0.001\"} 1\n"))
        #expect(text.contains("gangwright_bind_duration_seconds_bucket{le=\"0.002\"} 2\n"))
        #expect(text.contains("gangwright_bind_duration_seconds_bucket{le=\"+Inf\"} 3\n"))
        #expect(text.contains("gangwright_bind_duration_seconds_count 3\n"))
        #expect(text.contains("gangwright_bind_duration_seconds_sum 100.002\n"))
    }

    @Test("series that are replaced are gone") func replaced() {
        let metrics = Metrics()
        metrics.replace("pending_pods", [["Unschedulable"]: 2])
        metrics.replace("pending_pods", [["GangNotReady"]: 1])
        #expect(!metrics.text.contains("Unschedulable"))
        #expect(metrics.text.contains("gangwright_pending_pods{reason=\"GangNotReady\"} 1\n"))
    }

    @Test("every metric has a name of its own and says what it is") func definitions() {
        let names = Metrics.all.map(\.name)
        #expect(Set(names).count == names.count)
        for definition in Metrics.all {
            #expect(!definition.help.isEmpty)
            #expect((definition.kind == .histogram) == !definition.buckets.isEmpty, "\(definition.name)")
            #expect(definition.buckets == definition.buckets.sorted())
        }
    }
}
