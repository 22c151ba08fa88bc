import ClusterModel
import Documents
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("extender asks somebody outside") struct ExtenderTests {
    private typealias Answer = RecordedExtender.Answer

    private func run(
        _ arguments: String, _ answers: [Answer], actions: String = "allocate", nodes: [Node]? = nil,
        pods: [Pod] = [.waiting("p")], gangs: [PodGroup] = [], queues: [Queue] = []
    ) throws -> CycleResult {
        try schedule(
            policy(.volcano, actions: actions, ["priority"], ["predicates", "extender \(arguments)"]),
            nodes: nodes ?? [.of("a"), .of("b")], pods: pods, gangs: gangs, queues: queues,
            options: SessionOptions(extender: RecordedExtender(answers)))
    }

    private func answer(_ verb: String, _ response: OutputValue) -> Answer {
        Answer(verb: verb, response: .success(response))
    }

    private func failure(_ verb: String) -> Answer {
        Answer(verb: verb, response: .failure(ExtenderError("timeout")))
    }

    /// An extender that notes what it is asked.
    private final class Listener: SchedulerExtender, @unchecked Sendable {
        var requests: [(verb: String, request: OutputValue)] = []
        let response: OutputValue

        init(_ response: OutputValue) { self.response = response }

        func answer(_ verb: String, to request: OutputValue) throws(ExtenderError) -> OutputValue {
            requests.append((verb, request))
            return response
        }
    }

    @Test("predicate: a text refuses the node") func predicate() throws {
        let refusals = [answer("filter", ["status": "no licence", "code": 0])]
        let result = try run("extender.predicateVerb=filter", refusals)
        #expect(result.pending.first?.nodeReasons == [.init(reason: "no licence", count: 2)])
        #expect(
            try run("extender.predicateVerb=filter", [answer("filter", ["status": "", "code": 0])]).bound
                == ["p": "a"])
    }

    @Test("predicate: errors refuse, unless they are to be ignored") func predicateErrors() throws {
        let verb = "extender.predicateVerb=filter"
        #expect(
            try run(verb, [failure("filter")]).pending.first?.nodeReasons
                == [.init(reason: "extender: timeout", count: 2)])
        #expect(try run(verb + " extender.ignorable=true", [failure("filter")]).bound == ["p": "a"])
        #expect(
            try run(verb, []).pending.first?.nodeReasons.first?.reason
                == "extender: no answer to filter was recorded")
    }

    @Test("an answer may be for one question only") func byRequest() throws {
        let pods: [Pod] = [.waiting("p"), .waiting("q")]
        let listener = Listener(["status": ""])
        _ = try Session(
            snapshot: ClusterSnapshot(nodes: [.of("a")], pods: [pods[0]]),
            configuration: policy(.volcano, ["predicates", "extender extender.predicateVerb=filter"]),
            options: SessionOptions(extender: listener)
        ).runCycle()
        let asked = try #require(listener.requests.first?.request)
        #expect(asked["task"]?["Name"] == "p")
        #expect(asked["node"]?["Name"] == "a")
        let answers = [
            Answer(verb: "filter", request: asked, response: .success(["status": "not this one"])),
            answer("filter", ["status": ""]),
        ]
        let result = try run(
            "extender.predicateVerb=filter", answers, nodes: [.of("a")], pods: pods)
        #expect(result.bound == ["q": "a"])
    }

    @Test("prioritize: scores are added; errors leave the pod without a node, unless they are to be ignored")
    func prioritize() throws {
        let verb = "extender.prioritizeVerb=rank"
        let scores = [answer("rank", ["nodeScore": ["a": 1, "b": 1.5], "errorMessage": ""])]
        #expect(try run(verb, scores).bound == ["p": "b"])
        let wrong = [answer("rank", ["nodeScore": ["b": 9], "errorMessage": "broken"])]
        #expect(try run(verb, wrong).messages["p"]?.contains("extender: broken") == true)
        #expect(try run(verb + " extender.ignorable=true", wrong).bound == ["p": "a"])
        // One node alone is not asked about.
        #expect(try run(verb, [], nodes: [.of("a")]).bound == ["p": "a"])
    }

    @Test("managedResources: it is asked only about pods that want one") func managed() throws {
        let listener = Listener(["status": "no"])
        let text = """
            actions: allocate
            tiers:
            - plugins:
              - name: predicates
              - {name: extender, arguments: {extender.predicateVerb: f, extender.managedResources: [nvidia.com/gpu]}}
            """
        let configuration = try #require(
            SchedulerConfiguration.read(Array(text.utf8), file: "f").configuration)
        let result = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("a", gpus: 1)], pods: [.waiting("p"), .waiting("g", asking: [.nvidiaGPU: 1])]),
            configuration: configuration, options: SessionOptions(extender: listener)
        ).runCycle()
        #expect(result.bound == ["p": "a"])
        #expect(listener.requests.map { $0.request["task"]?["Name"] } == ["g"])
    }

    @Test("jobEnqueueable: the vote admits, rejects or leaves it to others") func enqueueable() throws {
        let gang = PodGroup.gang("g", min: 1, minResources: [.cpu: 1_000])
        func phase(_ answers: [Answer], _ more: String = "") throws -> PodGroup.Phase? {
            try run(
                "extender.jobEnqueueableVerb=admit" + more, answers, actions: "enqueue",
                pods: Pod.members(of: "g", 1), gangs: [gang]
            ).phases["g"]
        }
        #expect(try phase([answer("admit", ["status": 1])]) == .inqueue)
        #expect(try phase([answer("admit", ["status": 0])]) == .inqueue)
        #expect(try phase([answer("admit", ["status": -1])]) == .pending)
        #expect(try phase([failure("admit")]) == .pending)
        #expect(try phase([failure("admit")], " extender.ignorable=true") == .inqueue)
    }

    @Test("queueOverused and jobReady: yes, no, and what an error means") func gates() throws {
        func bound(_ verb: String, _ answers: [Answer]) throws -> Int {
            try run("extender.\(verb)Verb=v", answers, pods: [.waiting("p")]).binds.count
        }
        #expect(try bound("queueOverused", [answer("v", ["overused": true])]) == 0)
        #expect(try bound("queueOverused", [answer("v", ["overused": false])]) == 1)
        #expect(try bound("queueOverused", [failure("v")]) == 0)
        #expect(try bound("queueOverused", [failure("v")].map { $0 }) == 0)
        #expect(try bound("jobReady", [answer("v", ["status": true])]) == 1)
        #expect(try bound("jobReady", [answer("v", ["status": false])]) == 0)
        #expect(try bound("jobReady", [failure("v")]) == 0)
        #expect(
            try run("extender.jobReadyVerb=v extender.ignorable=true", [failure("v")]).binds.count == 1)
    }

    @Test("reclaimable and preemptable: those that it names leave; no vote is no opinion") func victims()
        throws
    {
        func evicted(_ response: Answer) throws -> [String] {
            let text = """
                actions: "allocate, reclaim"
                tiers:
                - plugins: [{name: priority}, {name: predicates}]
                - plugins: [{name: extender, arguments: {extender.reclaimableVerb: take}}]
                """
            let configuration = try #require(
                SchedulerConfiguration.read(Array(text.utf8), file: "f").configuration)
            return try schedule(
                configuration, nodes: [.of("n", 3_000)],
                pods: Pod.members(of: "a", 3).map { $0.running(on: "n") } + Pod.members(of: "b", 1),
                gangs: [
                    .gang("a", min: 0, queue: "a").with { $0.phase = .running },
                    .gang("b", min: 1, queue: "b").with { $0.phase = .inqueue },
                ], queues: [Queue(name: "a"), Queue(name: "b")],
                options: SessionOptions(extender: RecordedExtender([response]))
            ).evicted
        }
        let victim: OutputValue = ["Namespace": "ns", "Name": "a-1"]
        #expect(try evicted(answer("take", ["status": 1, "victims": [victim]])) == ["a-1"])
        #expect(try evicted(answer("take", ["status": 0, "victims": [victim]])) == [])
        #expect(try evicted(failure("take")) == [])
    }

    @Test("it is told of the opening, of every place and of the end, in order") func events() throws {
        let listener = Listener([])
        let verbs = ["onSessionOpen", "onSessionClose", "allocateFunc", "deallocateFunc", "jobEnqueued"]
        let arguments = verbs.map { "extender.\($0)Verb=\($0)" }.joined(separator: " ")
        _ = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("a", 2_000)], pods: Pod.members(of: "g", 3), podGroups: [.gang("g", min: 3)]),
            configuration: policy(
                .volcano, actions: "enqueue, allocate", ["gang enableJobReady=true"],
                ["predicates", "extender \(arguments)"]),
            options: SessionOptions(extender: listener)
        ).runCycle()
        #expect(listener.requests.map(\.verb).first == "onSessionOpen")
        #expect(listener.requests.map(\.verb).last == "onSessionClose")
        #expect(listener.requests.contains { $0.verb == "jobEnqueued" })
        let opening = try #require(listener.requests.first?.request)
        #expect(opening["Jobs"]?["ns/g"]?["MinAvailable"] == 3)
        #expect(opening["Nodes"]?["a"]?["Idle"]?["MilliCPU"] == 2_000)
        #expect(
            ["Jobs", "Nodes", "Queues", "NamespaceInfo", "RevocableNodes", "NodeList"].allSatisfy {
                opening[$0] != nil
            })
    }

    @Test("without an answer to the opening nothing more is asked, unless that is to be ignored")
    func opening()
        throws
    {
        let arguments = "extender.onSessionOpenVerb=open extender.predicateVerb=filter"
        let refusal = answer("filter", ["status": "no"])
        #expect(try run(arguments, [failure("open"), refusal]).bound == ["p": "a"])
        #expect(
            try run(arguments + " extender.ignorable=true", [failure("open"), refusal]).bound == [:])
    }
}
