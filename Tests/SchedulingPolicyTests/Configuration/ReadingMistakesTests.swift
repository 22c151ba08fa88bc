import Documents
import Testing

@testable import SchedulingPolicy

/// What reading a configuration says, warnings marked; nothing if all is well.
private func messages(_ text: String) -> [String] {
    SchedulerConfiguration.read(Array(text.utf8), file: "c.conf").problems.map {
        ($0.severity == .warning ? "warning: " : "") + $0.description
    }
}

/// A file that is right but for the lines that are given, from line 4 on at the level of a plugin.
private func withPlugin(_ lines: String, gangwright: Bool = false) -> String {
    let indented = lines.split(separator: "\n").map { "  " + $0 + "\n" }.joined()
    return (gangwright ? "compatibility: gangwright\n" : "# Volcano's\n")
        + "actions: allocate\ntiers: [{plugins: [\n" + indented + "]}]\n"
}

@Suite("A mistake in a configuration is named with its line and what was expected")
struct ReadingMistakesTests {
    private static let pluginNames = PluginRegistry.plugins.map { $0.name }.joined(separator: ", ")

    @Test("a plugin of a later version, in every mode that has it") func laterPlugins() {
        for name in PluginRegistry.later {
            for compatibility in Compatibility.allCases
            where PluginCallbacks.of(name, under: compatibility) != nil {
                let found = messages(
                    "compatibility: \(compatibility.rawValue)\nactions: allocate\ntiers:\n"
                        + "- plugins: [{name: gang}, {name: \(name)}]")
                #expect(found.count == 1)
                let says =
                    switch name {
                    case "rescheduling":
                        "rescheduling is refused: it evicts running pods without a place for them to go to; "
                    default: "\(name) comes with a later version; "
                    }
                #expect(
                    found[0].hasPrefix("c.conf:4: tiers[0].plugins[1].name: \(says)expected one of binpack, ")
                )
            }
        }
        #expect(
            messages(withPlugin("{arguments: {a: 1}}"))
                == ["c.conf:4: tiers[0].plugins[0].name: found nothing, expected a string"])
    }

    @Test("an unknown action, one of a later version, an empty one") func actions() {
        func messages(_ actions: String) -> [String] {
            SchedulingPolicyTests.messages("actions: \(actions)\ntiers: []\n")
        }
        let names = ActionName.allCases.filter {
            $0.exists(under: .volcano) && !ActionName.later.contains($0)
        }
        let known = "expected \(names.map(\.rawValue).joined(separator: ", "))"
        #expect(messages("enqueue, alocate") == ["c.conf:1: actions: unknown action \"alocate\"; \(known)"])
        for name in ActionName.later.map(\.rawValue) where name != "elect" && name != "reserve" {
            #expect(
                messages("\"allocate, \(name)\"") == [
                    "c.conf:1: actions: \(name) comes with a later version; \(known)"
                ])
        }
        #expect(messages("\"\"") == ["c.conf:1: actions: found no name, expected names separated by commas"])
        #expect(messages("' '") == ["c.conf:1: actions: found no name, expected names separated by commas"])
        #expect(messages("allocate,") == ["c.conf:1: actions: found a comma without a name; \(known)"])
        #expect(messages("[allocate]") == ["c.conf:1: actions: found a list, expected a string"])
        #expect(messages("\" enqueue ,allocate,\\tbackfill \"") == [])
        #expect(messages("al locate") == ["c.conf:1: actions: unknown action \"al locate\"; \(known)"])
    }

    @Test("actions or tiers that are missing") func missing() {
        #expect(
            messages("tiers: []") == ["c.conf:1: actions: missing; expected names separated by commas"])
        #expect(
            messages("actions: allocate") == [
                "c.conf:1: tiers: missing; expected a list of tiers with plugins"
            ])
        #expect(
            messages("actions: null\ntiers: null")
                == [
                    "c.conf:1: actions: missing; expected names separated by commas",
                    "c.conf:2: tiers: missing; expected a list of tiers with plugins",
                ])
        #expect(
            messages("actions: allocate\ntiers: 5") == [
                "c.conf:2: tiers: found an integer (5), expected a list"
            ])
    }

    @Test("a compatibility that does not exist") func compatibility() {
        let rest = "\nactions: allocate\ntiers: []\n"
        #expect(
            messages("compatibility: kube" + rest)
                == ["c.conf:1: compatibility: found \"kube\", expected volcano, volcano-1.5 or gangwright"])
        #expect(
            messages("compatibility: 1.5" + rest)
                == ["c.conf:1: compatibility: found a number (1.5), expected a string (put it in quotes)"])
        #expect(messages("compatibility: volcano" + rest) == [])
        #expect(messages("compatibility: volcano-1.5" + rest) == [])
        #expect(messages("compatibility: gangwright" + rest) == [])
    }

    @Test("an empty file, a second document, something that is no mapping, broken YAML") func documents() {
        let empty = ["c.conf:1: the file is empty; expected actions and tiers"]
        #expect(messages("") == empty)
        #expect(messages("# nothing yet\n") == empty)
        #expect(
            messages("actions: allocate\ntiers: []\n---\nactions: allocate\n")
                == ["c.conf:4: found a second document; a configuration is one"])
        #expect(messages("- actions\n").first == "c.conf:1: found a list, expected a mapping")
        #expect(SchedulerConfiguration.read(Array("actions: [\n".utf8), file: "c.conf").configuration == nil)
        #expect(!messages("actions: [\n").isEmpty)
    }

    @Test("a key twice") func duplicateKey() {
        let found = messages("actions: allocate\nactions: backfill\ntiers: []\n")
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("c.conf:2: "))
    }

    @Test("drf with a hierarchy in one tier with proportion") func hierarchy() {
        for compatibility in Compatibility.allCases {
            func messages(_ tiers: String) -> [String] {
                SchedulingPolicyTests.messages(
                    "compatibility: \(compatibility.rawValue)\nactions: allocate\ntiers:\n\(tiers)\n")
            }
            #expect(
                messages("- plugins:\n  - name: proportion\n  - name: drf\n    enableHierarchy: true")
                    == [
                        "c.conf:7: tiers[0].plugins[1].enableHierarchy: drf with a hierarchy and proportion stand in "
                            + "one tier, which Volcano refuses; expected one of them in another tier"
                    ])
            #expect(messages("- plugins: [{name: drf, enableHierarchy: true}]") == [])
            #expect(messages("- plugins: [{name: drf, enableHierarchy: false}, {name: proportion}]") == [])
            #expect(
                messages("- plugins: [{name: drf, enableHierarchy: true}]\n- plugins: [{name: proportion}]")
                    == [])
        }
    }

    @Test("an action of the other version") func otherVersion() {
        func messages(_ action: String, _ compatibility: Compatibility) -> [String] {
            SchedulingPolicyTests.messages(
                "actions: \"allocate, \(action)\"\ntiers: []\ncompatibility: \(compatibility.rawValue)")
        }
        for name in ["elect", "reserve"] {
            for compatibility in [Compatibility.volcano, .gangwright] {
                let found = messages(name, compatibility)
                #expect(found.count == 1)
                #expect(
                    found[0].hasPrefix(
                        "c.conf:1: actions: \(name) exists only in Volcano 1.5, under compatibility: volcano-1.5; "
                    ))
            }
            #expect(!messages(name, .volcano15).contains { $0.contains("exists only") })
        }
        for name in ["gangpreempt", "gangreclaim"] {
            let found = messages(name, .volcano15)
            #expect(found.count == 1)
            #expect(
                found[0].hasPrefix(
                    "c.conf:1: actions: \(name) exists only in later Volcano, not under compatibility: volcano-1.5; "
                ))
        }
    }

    @Test("a switch that is no Bool") func flags() {
        #expect(
            messages(withPlugin("{name: gang, enableJobOrder: \"false\"}"))
                == [
                    "c.conf:4: tiers[0].plugins[0].enableJobOrder: found a string (\"false\"), expected true or false"
                ])
    }

    @Test("problems come in the file's order") func order() {
        let text = """
            tiers:
            - plugins:
              - name: gan
            configurations:
            - name: 5
            actions: alocate
            """
        let lines = SchedulerConfiguration.read(Array(text.utf8), file: "c").problems.map(\.line)
        #expect(lines.count == 3)
        #expect(lines == lines.sorted())
    }
}

@Suite("What Volcano passes over in silence is a warning in its files and an error in ours")
struct ReadingWarningTests {
    /// The same message under both, as a warning that says what Volcano does and as an error.
    private func expect(
        _ plugin: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let volcano = SchedulerConfiguration.read(Array(withPlugin(plugin).utf8), file: "c.conf")
        #expect(
            volcano.problems.map(\.description) == ["c.conf:4: \(message); ignored, as Volcano does"],
            sourceLocation: sourceLocation)
        #expect(volcano.problems.map(\.severity) == [.warning], sourceLocation: sourceLocation)
        #expect(volcano.configuration != nil, sourceLocation: sourceLocation)
        let ours = SchedulerConfiguration.read(
            Array(withPlugin(plugin, gangwright: true).utf8), file: "c.conf")
        #expect(ours.problems.map(\.description) == ["c.conf:4: \(message)"], sourceLocation: sourceLocation)
        #expect(ours.problems.map(\.severity) == [.error], sourceLocation: sourceLocation)
        #expect(ours.configuration == nil, sourceLocation: sourceLocation)
    }

    @Test("an integer in quotes") func quotedInteger() {
        expect(
            "{name: binpack, arguments: {binpack.weight: \"10\"}}",
            "tiers[0].plugins[0].arguments[binpack.weight]: found a string, expected an integer; the default is 1"
        )
        expect(
            "{name: nodeorder, arguments: {tainttoleration.weight: 1.5}}",
            "tiers[0].plugins[0].arguments[tainttoleration.weight]: found a number, expected an integer; "
                + "the default is 3")
        expect(
            "{name: overcommit, arguments: {overcommit-factor: \"1.5\"}}",
            "tiers[0].plugins[0].arguments.overcommit-factor: found a string, expected a number; the default is 1.2"
        )
        expect(
            "{name: predicates, arguments: {predicate.CacheEnable: 1}}",
            "tiers[0].plugins[0].arguments[predicate.CacheEnable]: found an integer, expected true or false; "
                + "the default is false")
    }

    @Test("an unknown argument") func unknownArgument() {
        expect(
            "{name: overcommit, arguments: {factor: 2}}",
            "tiers[0].plugins[0].arguments.factor: unknown argument; expected one of overcommit-factor")
        expect(
            "{name: gang, arguments: {size: 2}}",
            "tiers[0].plugins[0].arguments.size: unknown argument; none is taken here")
    }

    @Test("an unknown key of a plugin") func unknownKey() {
        expect(
            "{name: gang, enabledJobOrder: false}",
            "tiers[0].plugins[0].enabledJobOrder: unknown key; "
                + "expected name, arguments or a switch such as enableJobOrder")
    }

    @Test("an unknown plugin, one that only the other Volcano has") func unknownPlugin() {
        func expect(_ name: String, _ message: String) {
            let volcano = SchedulerConfiguration.read(
                Array(withPlugin("{name: \(name)}").utf8), file: "c.conf")
            #expect(
                volcano.problems.map(\.description) == [
                    "c.conf:4: tiers[0].plugins[0].name: \(message); skipped, as Volcano does"
                ])
            #expect(volcano.configuration?.tiers.map(\.count) == [0])
            #expect(
                messages(withPlugin("{name: \(name)}", gangwright: true)) == [
                    "c.conf:4: tiers[0].plugins[0].name: \(message)"
                ])
        }
        let known = PluginRegistry.plugins.map { $0.name }
            .filter { PluginCallbacks.of($0, under: .volcano) != nil }.joined(separator: ", ")
        expect("gan", "unknown plugin \"gan\"; did you mean gang?")
        expect("fairness", "unknown plugin \"fairness\"; expected one of \(known)")
        expect("reservation", "reservation exists only in Volcano 1.5; expected one of \(known)")
        let old = messages(
            "compatibility: volcano-1.5\nactions: allocate\ntiers: [{plugins: [{name: capacity}]}]")
        #expect(old.count == 1)
        #expect(
            old[0].hasPrefix(
                "warning: c.conf:3: tiers[0].plugins[0].name: capacity exists only in later Volcano; "))
    }

    @Test("a plugin that is named twice: the last one serves both places") func duplicates() throws {
        let text = """
            actions: allocate
            tiers:
            - plugins:
              - name: binpack
                enableNodeOrder: false
                arguments: {binpack.weight: 3}
            - plugins:
              - {name: binpack, arguments: {binpack.weight: 7}}
            """
        let message =
            "c.conf:8: tiers[1].plugins[0].name: binpack is named a second time; a plugin stands in one tier"
        let read = SchedulerConfiguration.read(Array(text.utf8), file: "c.conf")
        #expect(
            read.problems.map(\.description) == [
                message + "; both places ask the last one, each with its own switches, as in Volcano"
            ])
        let configuration = try #require(read.configuration)
        let places = configuration.tiers.joined()
        #expect(places.map { $0.arguments.integer("binpack.weight") } == [7, 7])
        #expect(places.map { $0.isEnabled(.nodeOrder) } == [false, true])
        #expect(
            messages("compatibility: gangwright\n" + text) == [message.replacing("conf:8", with: "conf:9")])
    }

    @Test("arguments of one action twice: the first hold") func duplicateArguments() throws {
        let text = """
            actions: allocate
            tiers: []
            configurations:
            - {name: allocate, arguments: {predicateErrorCacheEnable: false}}
            - {name: allocate, arguments: {predicateErrorCacheEnable: true}}
            """
        let message = "c.conf:5: configurations[1].name: allocate is named a second time"
        let read = SchedulerConfiguration.read(Array(text.utf8), file: "c.conf")
        #expect(read.problems.map(\.description) == [message + "; the first holds, as in Volcano"])
        #expect(read.configuration?.actionArguments[.allocate]?.bool("predicateErrorCacheEnable") == false)
    }

    @Test("an unknown key of a tier or of the file, metrics, and arguments of other actions") func otherKeys()
    {
        let text = """
            actions: allocate
            tiers:
            - plugins: []
              weight: 3
            metrics: {type: prometheus_adaptor, kind: x}
            plugins: []
            configurations:
            - name: prempt
              arguments: {enableTopologyAwarePreemption: true}
            - name: allocate
              arguments: {predicateErrorCacheEnable: "no"}
            - name: enqueue
              arguments: {predicateErrorCacheEnable: true}
            """
        let expected: Set = [
            "c.conf:4: tiers[0].weight: unknown key; expected plugins",
            "c.conf:5: metrics.kind: unknown key; expected one of address, elasticsearch.hostnameFieldName, "
                + "elasticsearch.index, elasticsearch.password, elasticsearch.username, interval, "
                + "tls.insecureSkipVerify, type",
            "c.conf:6: plugins: unknown key; expected compatibility, actions, tiers, configurations or metrics",
            "c.conf:8: configurations[0].name: there is no action \"prempt\"",
            "c.conf:11: configurations[1].arguments.predicateErrorCacheEnable: found a string, expected true or false; "
                + "the default is true",
            "c.conf:13: configurations[2].arguments.predicateErrorCacheEnable: unknown argument; none is taken here",
        ]
        let volcano = SchedulerConfiguration.read(Array(text.utf8), file: "c.conf")
        #expect(
            Set(volcano.problems.map(\.description))
                == Set(expected.map { $0 + "; ignored, as Volcano does" }))
        #expect(volcano.configuration != nil)
        let ours = SchedulerConfiguration.read(
            Array((text + "\ncompatibility: gangwright").utf8), file: "c.conf")
        #expect(Set(ours.problems.map(\.description)) == expected)
        #expect(ours.configuration == nil)
    }

    @Test("an argument out of its range") func range() {
        expect(
            "{name: nodeorder, arguments: {leastrequested.weight: -1}}",
            "tiers[0].plugins[0].arguments[leastrequested.weight]: found -1, expected 0 to 1000000")
    }
}
