import Documents
import Testing

@testable import SchedulingPolicy

/// One of every kind.
private let schema = [
    ArgumentSchema(name: "weight", kind: .integer(default: 3), range: 0...100),
    ArgumentSchema(name: "factor", kind: .float(default: 1.5)),
    ArgumentSchema(name: "enabled", kind: .bool(default: true)),
    ArgumentSchema(name: "resources", kind: .names),
    ArgumentSchema(name: "mode", kind: .string(default: "pack")),
    ArgumentSchema(name: "zone", kind: .string(default: nil)),
    ArgumentSchema(name: "wait", kind: .duration(default: .seconds(60))),
    ArgumentSchema(name: "bound", kind: .duration(default: nil)),
    ArgumentSchema(name: "limits", kind: .structure(expected: "a mapping from resource to percentage")),
    ArgumentSchema(name: "window.*", kind: .string(default: nil)) { value in
        value.scalarText?.contains("-") == true ? nil : "expected from-to"
    },
]

/// Arguments as a text gives them, and what is wrong with them.
private func arguments(
    _ text: String, _ compatibility: Compatibility = .volcano
) -> (Arguments, [String]) {
    var arguments = Arguments(schema: schema)
    var mistakes: [String] = []
    guard let document = DocumentParser.parse(Array(text.utf8), file: "a").documents.first else {
        return (arguments, ["no document"])
    }
    for (key, value) in document.members {
        if let mistake = arguments.set(key, to: value, under: compatibility) {
            mistakes.append("\(key): \(mistake)")
        }
    }
    return (arguments, mistakes)
}

@Suite("Arguments have types and defaults") struct ArgumentsTests {
    @Test("what the file does not give is at its default, or absent") func defaults() {
        let arguments = Arguments(schema: schema)
        #expect(arguments.integer("weight") == 3)
        #expect(arguments.float("factor") == 1.5)
        #expect(arguments.bool("enabled"))
        #expect(arguments.names("resources") == [])
        #expect(arguments.string("mode") == "pack")
        #expect(arguments.string("zone") == nil)
        #expect(arguments.duration("wait") == .seconds(60))
        #expect(arguments.duration("bound") == nil)
        #expect(arguments.structure("limits") == nil)
        #expect(arguments.members(of: "window.*") == [])
        #expect(!arguments.isGiven("weight"))
        #expect(
            arguments.effective.map(\.name) == ["weight", "factor", "enabled", "mode", "wait"])
    }

    @Test("what the file gives is read as its kind, under either Volcano", arguments: Compatibility.allCases)
    func given(compatibility: Compatibility) {
        let (arguments, mistakes) = arguments(
            """
            weight: 7
            factor: 2
            enabled: false
            resources: "a, b"
            mode: spread
            zone: west
            wait: 1h30m
            bound: 500ms
            limits: {cpu: 80, memory: [1, two, 2.5, true, null]}
            window.night: "22:00-06:00"
            window.b: 1-2
            """, compatibility)
        #expect(mistakes == [])
        #expect(arguments.integer("weight") == 7)
        #expect(arguments.float("factor") == 2)
        #expect(!arguments.bool("enabled"))
        #expect(arguments.names("resources") == ["a", "b"])
        #expect(arguments.string("mode") == "spread")
        #expect(arguments.string("zone") == "west")
        #expect(arguments.duration("wait") == .seconds(5_400))
        #expect(arguments.duration("bound") == .milliseconds(500))
        #expect(arguments.structure("limits")?["cpu"]?.integer == 80)
        #expect(arguments.members(of: "window.*") == ["b", "night"])
        #expect(arguments.string("window.night") == "22:00-06:00")
        #expect(arguments.isGiven("weight"))
        #expect(
            arguments.effective.map { "\($0.name)=\($0.value.json(pretty: false))" } == [
                "weight=7", "factor=2.0", "enabled=false", "resources=\"a, b\"", "mode=\"spread\"",
                "zone=\"west\"",
                "wait=\"1h30m\"", "bound=\"500ms\"",
                "limits={\"cpu\":80,\"memory\":[1,\"two\",2.5,true,null]}", "window.b=\"1-2\"",
                "window.night=\"22:00-06:00\"",
            ])
    }

    @Test("Volcano 1.5 parses text, the others want YAML's types; a Bool may be text everywhere")
    func quoted() {
        let text = "weight: '10'\nfactor: '2.5'\nenabled: 'F'"
        let (old, none) = arguments(text, .volcano15)
        #expect(none == [])
        #expect(old.integer("weight") == 10)
        #expect(old.float("factor") == 2.5)
        #expect(!old.bool("enabled"))
        for compatibility in [Compatibility.volcano, .gangwright] {
            let (new, mistakes) = arguments(text, compatibility)
            #expect(
                mistakes == [
                    "weight: found a string, expected an integer; the default is 3",
                    "factor: found a string, expected a number; the default is 1.5",
                ])
            #expect(new.integer("weight") == 3)
            #expect(new.float("factor") == 1.5)
            #expect(!new.bool("enabled"))
        }
        #expect(
            arguments("weight: ten\nenabled: maybe\nfactor: x", .volcano15).1 == [
                "weight: found a string (\"ten\"), expected an integer; the default is 3",
                "enabled: found a string (\"maybe\"), expected true or false; the default is true",
                "factor: found a string (\"x\"), expected a number; the default is 1.5",
            ])
    }

    @Test("a value of another kind, out of range or against the plugin's own rule leaves the default")
    func mistakes() {
        let (arguments, mistakes) = arguments(
            "weight: 101\nmode: 5\nwait: 90\nbound: 1d\nlimits: 3\nwindow.x: noon\nresources: [a]\nsize: 1")
        #expect(
            mistakes == [
                "weight: found 101, expected 0 to 100",
                "mode: found an integer, expected a string (put it in quotes); the default is pack",
                "wait: found an integer (\"90\"), expected a duration such as 1h30m; the default is 1m",
                "bound: found a string (\"1d\"), expected a duration such as 1h30m",
                "limits: found an integer, expected a mapping from resource to percentage",
                "window.x: expected from-to",
                "resources: found a list, expected names separated by commas",
                "size: unknown argument; expected one of weight, factor, enabled, resources, mode, zone, wait, bound, "
                    + "limits, window.*",
            ])
        #expect(arguments.effective.map(\.name) == ["weight", "factor", "enabled", "mode", "wait"])
    }
}

@Suite("Each action has its arguments and its version") struct ActionNameTests {
    @Test("arguments and defaults of actions") func arguments() {
        func text(_ action: ActionName) -> [String] {
            Arguments(schema: action.arguments(under: .volcano)).effective.map {
                "\($0.name)=\($0.value.json(pretty: false))"
            }
        }
        let cache = "predicateErrorCacheEnable=true"
        #expect(text(.enqueue) == [])
        for action in [ActionName.allocate, .backfill, .reclaim] { #expect(text(action) == [cache]) }
        #expect(
            text(.preempt) == [
                cache, "enableTopologyAwarePreemption=false", "topologyAwarePreemptWorkerNum=16",
                "minCandidateNodesPercentage=10", "minCandidateNodesAbsolute=1",
                "maxCandidateNodesAbsolute=100",
            ])
        #expect(text(.gangpreempt) == ["maxDomains=8", "allowWholeBundle=true"])
        #expect(text(.gangreclaim) == ["maxDomains=8", "allowWholeBundle=true"])
    }

    @Test("a switch is spelled as the version spells it, or unknown to it") func flags() {
        #expect(PluginFlag.clusterOrder.key(under: .volcano) == "enabledClusterOrder")
        #expect(PluginFlag.clusterOrder.key(under: .gangwright) == "enabledClusterOrder")
        #expect(PluginFlag.clusterOrder.key(under: .volcano15) == "EnabledClusterOrder")
        #expect(PluginFlag.namespaceOrder.key(under: .volcano15) == "enableNamespaceOrder")
        #expect(PluginFlag.namespaceOrder.key(under: .volcano) == nil)
        #expect(
            PluginFlag.allCases.compactMap { $0.key(under: .volcano15) }.sorted() == [
                "EnabledClusterOrder", "enableBestNode", "enableHierarchy", "enableJobEnqueued",
                "enableJobOrder", "enableJobPipelined", "enableJobReady", "enableJobStarving",
                "enableNamespaceOrder", "enableNodeOrder", "enablePredicate", "enablePreemptable",
                "enableQueueOrder", "enableReclaimable", "enableReservedNodes", "enableTargetJob",
                "enableTaskOrder", "enabledVictim",
            ])
    }
}
