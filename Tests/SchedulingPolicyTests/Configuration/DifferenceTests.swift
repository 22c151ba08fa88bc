import Documents
import SchedulingPolicy
import Testing

private func read(_ text: String) throws -> SchedulerConfiguration {
    let (configuration, problems) = SchedulerConfiguration.read(Array(text.utf8), file: "d")
    #expect(problems.isEmpty, "\(problems)")
    return try #require(configuration)
}

/// The lines of what changes from one text to another.
private func differences(_ before: String, _ after: String) throws -> [String] {
    try read(after).differences(from: read(before)).map {
        "\($0.setting): \($0.from.json(pretty: false)) to \($0.to.json(pretty: false))"
    }
}

@Suite("Two configurations are compared by what is in force") struct DifferenceTests {
    @Test("a file and itself, and one that writes its defaults out") func equal() throws {
        for named in NamedConfiguration.all {
            let printed = try read(named.configuration.document.yaml())
            #expect(printed.differences(from: named.configuration) == [])
        }
        let short = "actions: allocate\ntiers: [{plugins: [{name: gang}, {name: binpack}]}]"
        let long = """
            compatibility: volcano
            actions: "allocate"
            tiers:
            - plugins:
              - {name: gang, enableJobOrder: true, enableHierarchy: false}
              - {name: binpack, arguments: {binpack.weight: 1}}
            configurations: [{name: allocate, arguments: {predicateErrorCacheEnable: true}}]
            """
        #expect(try differences(short, long) == [])
    }

    @Test("mode, actions, switches and arguments, each in a line") func settings() throws {
        let before = "actions: allocate\ntiers: [{plugins: [{name: gang}, {name: binpack}]}]"
        let after = """
            compatibility: gangwright
            actions: "allocate, backfill"
            tiers:
            - plugins:
              - {name: gang, enableJobOrder: false}
              - {name: binpack, arguments: {binpack.weight: 7, binpack.resources: a/b, binpack.resources.a/b: 2}}
            configurations: [{name: allocate, arguments: {predicateErrorCacheEnable: false}}]
            """
        #expect(
            try differences(before, after) == [
                "compatibility: \"volcano\" to \"gangwright\"",
                "actions: \"allocate\" to \"allocate, backfill\"",
                "plugin gang: enableJobOrder: true to false",
                "plugin binpack: binpack.weight: 1 to 7",
                "plugin binpack: binpack.resources: null to \"a/b\"",
                "plugin binpack: binpack.resources.a/b: null to 2",
                "action allocate: predicateErrorCacheEnable: true to false",
                "action allocate: reserveAfter: null to \"10m\"",
            ])
    }

    @Test("plugins that come, go or move") func plugins() throws {
        let before =
            "actions: allocate\ntiers: [{plugins: [{name: gang}, {name: drf}]}, {plugins: [{name: predicates}]}]"
        let after =
            "actions: allocate\ntiers: [{plugins: [{name: gang}]}, {plugins: [{name: drf}, {name: proportion}]}]"
        #expect(
            try differences(before, after) == [
                "tier 1: \"gang, drf\" to \"gang\"", "tier 2: \"predicates\" to \"drf, proportion\"",
                "plugin drf: tier: 1 to 2", "plugin proportion: tier: null to 2",
                "plugin predicates: tier: 2 to null",
            ])
    }

    @Test("metrics, the password without its text") func metrics() throws {
        func text(_ password: String) -> String {
            """
            actions: allocate
            tiers: []
            metrics: {type: elasticsearch, address: http://a, elasticsearch.password: \(password)}
            """
        }
        #expect(
            try differences(text("one"), text("two")) == [
                "metrics: elasticsearch.password: \"(hidden)\" to \"(hidden)\""
            ])
        #expect(
            try differences("actions: allocate\ntiers: []", text("two")).contains(
                "metrics: type: null to \"elasticsearch\""))
    }
}
