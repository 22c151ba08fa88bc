import Documents
import SchedulingPolicy
import Testing

@Suite("A ConfigMap that is pasted whole is read, with the lines of the paste") struct ConfigMapTests {
    private let whole = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: volcano-scheduler-configmap}
        data:
          other: x
          volcano-scheduler.conf: |
            actions: "allocate, backfill"
            tiers:
            - plugins:
              - name: gang
              - name: gan

        """

    @Test("lines of mistakes and of settings") func lines() throws {
        let (configuration, problems) = SchedulerConfiguration.read(Array(whole.utf8), file: "cm")
        #expect(
            problems.map(\.description) == [
                "cm:11: tiers[0].plugins[1].name: unknown plugin \"gan\"; did you mean gang?; skipped, as Volcano does"
            ])
        let read = try #require(configuration)
        #expect(read.actions == [.allocate, .backfill])
        #expect(read.source.line(of: "actions") == 7)
        #expect(read.source.line(of: "tiers[0].plugins[0].name") == 10)
    }

    @Test("a text in quotes, folded, or missing is refused") func refused() {
        let refusal =
            "found a ConfigMap without a block (|) volcano-scheduler.conf in its data; expected that text"
        for data in [
            "{volcano-scheduler.conf: \"actions: allocate\"}", "{}",
            "\n  volcano-scheduler.conf: >\n    actions: allocate",
        ] {
            let (configuration, problems) = SchedulerConfiguration.read(
                Array("kind: ConfigMap\ndata: \(data)\n".utf8), file: "cm")
            #expect(configuration == nil)
            #expect(problems.map(\.description) == ["cm:1: kind: \(refusal)"])
        }
    }
}
