import Documents
import Testing

@testable import SchedulingPolicy

@Suite("Files as clusters have them, and as people break them") struct FieldFileTests {
    private func read(_ text: String) -> (configuration: SchedulerConfiguration?, problems: [String]) {
        let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "f")
        return (configuration, problems.map { "\($0.line): \($0.message)" })
    }

    @Test(
        "Azure ML's, Volcano's and Helm's are read without a problem",
        arguments: [
            ConfigurationText.azureML, ConfigurationText.volcano, ConfigurationText.helm,
        ])
    func supported(text: String) {
        for line in ["", "compatibility: volcano-1.5\n"] {
            let (configuration, problems) = read(line + text)
            #expect(problems == [])
            #expect(configuration != nil)
        }
    }

    @Test("a byte order mark and Windows' line ends are read over") func encodings() {
        let text = ConfigurationText.azureML
        for variant in ["\u{FEFF}" + text, text.replacing("\n", with: "\r\n")] {
            let (configuration, problems) = read(variant)
            #expect(problems == [])
            #expect(configuration?.tiers.map(\.count) == [4, 6])
        }
    }

    @Test("a cluster that shares GPUs is told what is not there yet") func sharing() {
        let (configuration, problems) = read(
            """
            actions: "enqueue, allocate, backfill"
            tiers:
            - plugins:
              - name: priority
              - name: gang
            - plugins:
              - name: predicates
              - name: deviceshare
                arguments: {deviceshare.VGPUEnable: true}
              - name: numa-aware
                arguments: {weight: 10}
              - name: rescheduling
            """)
        #expect(configuration == nil)
        #expect(problems.map { $0.prefix(4) } == ["12: "])
    }

    @Test("an enterprise file: what this version has not is named, the rest of it is not") func enterprise() {
        let (_, problems) = read(
            """
            actions: "enqueue, allocate, backfill"
            tiers:
            - plugins:
              - name: sla
                arguments: {sla-waiting-time: 1h}
              - name: priority
              - name: gang
              - name: conformance
            - plugins:
              - name: predicates
                arguments: {predicate.CacheEnable: true}
              - name: capacity
                enableHierarchy: true
              - name: nodeorder
                arguments: {nodeaffinity.weight: 10}
              - name: tdm
                arguments: {tdm.revocable-zone.rz1: "10:00-21:00", tdm.evict.period: 1m}
              - name: usage
                arguments: {usage.weight: 5, thresholds: {cpu: 80, mem: 80}}
              - name: extender
                arguments: {extender.urlPrefix: http://127.0.0.1, extender.predicateVerb: predicate}
              - name: cdp
            metrics: {type: prometheus, address: "http://prometheus:9090", interval: 30s}
            """)
        let lacking = problems.filter { $0.contains("comes with a later version") }
        let names = ["sla", "capacity", "tdm", "usage", "extender", "cdp"].filter(
            PluginRegistry.later.contains)
        #expect(problems.count == lacking.count, "\(problems)")
        #expect(lacking.count == names.count)
    }

    @Test(
        "tabs, wrong types, lists for text and text for lists",
        arguments: [
            ("actions: allocate\ntiers:\n- plugins:\n\t- name: gang\n", 4),
            ("actions: [enqueue, allocate]\ntiers: []\n", 1),
            ("actions: allocate\ntiers: {plugins: [{name: gang}]}\n", 2),
            ("actions: allocate\ntiers:\n- plugins: gang\n", 3),
            ("actions: allocate\ntiers:\n- gang\n", 3),
            ("actions: allocate\ntiers:\n- plugins: [gang]\n", 3),
            ("actions: allocate\ntiers:\n- plugins: [{name: 5}]\n", 3),
            ("actions: allocate\ntiers:\n- plugins:\n  - name: binpack\n    arguments: [1]\n", 5),
            ("actions: allocate\ntiers: []\nconfigurations: {name: allocate}\n", 3),
            ("actions: allocate\ntiers: []\nmetrics: [x]\n", 3),
            ("actions: allocate\ntiers: []\nmetrics: {type: [x]}\n", 3),
            ("actions: allocate\nactions: backfill\ntiers: []\n", 2),
            ("actions: allocate\ntiers: []\n---\nactions: allocate\n", 4),
            ("actions: \"\"\ntiers: []\n", 1),
            ("\n\n", 1),
        ])
    func broken(text: String, line: Int) {
        let (configuration, problems) = read(text)
        #expect(configuration == nil)
        #expect(problems.first?.hasPrefix("\(line): ") == true, "\(problems)")
    }

    @Test("preempt beside gangpreempt is a warning once both run") func pairs() {
        let (_, problems) = read("actions: \"allocate, preempt, gangpreempt\"\ntiers: []")
        #expect(
            problems.contains(
                "1: preempt and gangpreempt evict for the same gangs; expected one of the two")
                || ActionName.later.contains(.gangpreempt))
    }
}
