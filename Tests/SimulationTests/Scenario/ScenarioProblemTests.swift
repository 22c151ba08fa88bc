import Testing

@Suite("What is wrong with a scenario is said with its line") struct ScenarioProblemTests {
    @Test("all mistakes come out together, unknown keys with what was meant") func together() {
        #expect(
            complaints(
                """
                apiVersion: gangwright.io/v1
                kind: Scenario
                durration: 7d
                duration: 7
                cluster:
                  pools:
                  - {name: a, count: -1, allocatable: {cpu: x}}
                workload:
                  generators:
                  - {name: g, arrivals: {poisson: {evry: 1m}}, gpus: 1, runTime: {exponential: 1h}}
                """) == [
                    #"s.yaml:1: apiVersion: found "gangwright.io/v1", expected gangwright.io/v1alpha1"#,
                    "s.yaml:1: name: found nothing, expected a string",
                    "s.yaml:3: durration: found a key that is not known, expected duration",
                    "s.yaml:4: duration: found 7, expected a duration such as 90s, 1h30m or 7d",
                    #"s.yaml:7: cluster.pools[0].allocatable.cpu: "x" is not a quantity: expected a number and an optional suffix such as m, k, M, Gi or e3"#,
                    "s.yaml:7: cluster.pools[0].count: found -1, expected an integer from 0 to 200000",
                    "s.yaml:10: workload.generators[0].arrivals.poisson.evry: found a key that is not known, expected every",
                    "s.yaml:10: workload.generators[0].arrivals.poisson.every: found nothing, expected the time between two jobs, such as 30s",
                    #"s.yaml:10: workload.generators[0].runTime.exponential: found a string ("1h"), expected a mapping"#,
                ])
    }

    @Test("a variant's mistakes stand in the variant, those of the scenario come once") func variants() {
        #expect(
            complaints(
                heading + """
                    seed: x
                    variants:
                      a: {duration: soon}
                      b: {set: {cluster.pools.p.count: 3}, name: other}
                    """) == [
                    #"s.yaml:4: seed: found a string ("x"), expected an integer of at least 0"#,
                    #"s.yaml:6: duration: found "soon", expected a duration such as 90s, 1h30m or 7d"#,
                    "s.yaml:7: variants.b.name: found a key that variants do not have, expected another one",
                    "s.yaml:7: cluster.pools: found a mapping, expected a list",
                ])
    }

    @Test("names that nothing bears are found when the plan is made") func names() {
        #expect(
            complaints(
                heading + """
                    duration: 1h
                    cluster: {queues: [{name: research}]}
                    workload:
                      generators:
                      - name: g
                        arrivals: {every: 1m}
                        instanceType: gpu9
                        runTime: 1m
                        queue: reserch
                        priorityClass: high
                    events:
                    - {at: 1m, fail: nobody}
                    """) == [
                    #"s.yaml:10: workload.generators[0].instanceType: found "gpu9", expected an instance type of the cluster; known are defaultinstancetype"#,
                    #"s.yaml:12: workload.generators[0].queue: found "reserch", expected a queue of the cluster; known are default, research, root"#,
                    #"s.yaml:13: workload.generators[0].priorityClass: found "high", expected a priority class of the cluster; known are system-cluster-critical, system-node-critical"#,
                    "s.yaml:15: events[0].fail: found no node of that kind at that time, expected one at least",
                ])
    }

    @Test("files that are missing, and variables that are not set") func files() {
        #expect(
            complaints(
                heading + """
                    cluster: {files: ["${GANGWRIGHT_DATA}/a.yaml", none.yaml]}
                    configuration: {file: none.conf}
                    workload: {traces: [{format: philly, file: "${GANGWRIGHT_DATA}/p.csv"}]}
                    """) == [
                    "s.yaml:4: cluster.files: found the environment variable GANGWRIGHT_DATA, which is not set, expected a value: export GANGWRIGHT_DATA=FOLDER",
                    "s.yaml:4: cluster.files: found none.yaml, which cannot be read (No such file or directory)",
                    "s.yaml:5: configuration.file: found none.conf, which cannot be read (No such file or directory)",
                    "s.yaml:6: workload.traces[0].file: found the environment variable GANGWRIGHT_DATA, which is not set, expected a value: export GANGWRIGHT_DATA=FOLDER",
                ])
    }

    @Test("a setting that does not apply is named") func settings() {
        let text = heading + "cluster: {pools: [{name: a100, count: 1, allocatable: {cpu: 1}}]}"
        #expect(
            complaints(text, settings: [("cluster.pools.a10.count", "1")]) == [
                #"--set cluster.pools.a10.count=1: found "a10", which no element is called; known are a100"#
            ])
        #expect(
            complaints(text, settings: [("cluster.pools.a100.count", "many")]) == [
                #"--set cluster.pools.a100.count=many:1: cluster.pools[0].count: found a string ("many"), expected an integer from 0 to 200000"#
            ])
        #expect(
            complaints(text, settings: [("cluster..pools", "1")]) == [
                "--set cluster..pools=1: found an empty key, expected keys with dots between them"
            ])
        #expect(
            complaints(text, variant: "volcano") == [
                #"s.yaml: variants: found "volcano", expected a variant of the scenario; it has none"#
            ])
    }

    @Test("a configuration's mistakes have the lines of the scenario") func configuration() {
        #expect(
            complaints(
                heading + """
                    configuration: |
                      compatibility: gangwright
                      actions: "alocate"
                      tiers: []
                    """) == [
                    #"s.yaml:6: configuration.actions: unknown action "alocate"; expected enqueue, allocate, backfill, preempt, reclaim, shuffle, gangpreempt, gangreclaim"#
                ])
    }

    @Test("a label that no node has holds no domain; what is wrong with a table stands by its lines")
    func labelsAndTables() {
        let pools =
            "cluster: {pools: [{name: a, count: 0, allocatable: {cpu: 1}, topology: {rack: 2, zone: [x]}}]}\n"
        func generator(_ label: String) -> String {
            "workload: {generators: [{name: g, arrivals: {at: 0s}, gpus: 1, runTime: 1h, within: \(label)}]}"
        }
        #expect(complaints(heading + pools + generator("rack")) == [])
        #expect(complaints(heading + pools + generator("zone")) == [])
        #expect(
            complaints(heading + pools + generator("row")) == [
                "s.yaml:5: workload.generators[0].within: found \"row\", expected a label of nodes of the cluster; "
                    + "known are rack, topology.kubernetes.io/zone"
            ])
        let lines = complaints(
            heading + "workload: {traces: [{format: csv, file: t.csv}]}",
            files: MemoryFiles(files: ["t.csv": "submit,run_time\n0,\nx,1\n\"1,2\n"]))
        #expect(lines.map { $0.prefix(7) } == ["t.csv:2", "t.csv:3", "t.csv:4"])
    }
}
