import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("Volcano 1.5 admits gangs and shares the cluster out by other sums") struct Queues15Tests {
    private func run(
        _ version: Compatibility, _ plugins: String, node: Node = .of("n"), pods: [Pod] = [],
        gangs: [PodGroup], queues: [Queue] = []
    ) throws -> CycleResult {
        try schedule(
            policy(
                version, actions: "enqueue, allocate", ["gang"],
                ["predicates"] + plugins.split(separator: ",").map(String.init)),
            nodes: [node], pods: pods, gangs: gangs, queues: queues)
    }

    private func waiting(_ name: String, _ amounts: ResourceList, at second: Int64 = 0) -> PodGroup {
        .gang(name, min: 1, minResources: amounts).with { $0.created = .second(second) }
    }

    @Test("proportion books what it permits, even if overcommit then rejects it") func voteBooks() throws {
        // Five CPUs are used: eight are too many for overcommit, and keep three out for proportion.
        let other = Pod.waiting("other", 5_000).running(on: "n").with { $0.schedulerName = "default-scheduler" }
        let gangs = [waiting("big", [.cpu: 8_000], at: 1), waiting("small", [.cpu: 3_000], at: 2)]
        let phases = try Versions {
            try run($0, "proportion,overcommit overcommit-factor=1", pods: [other], gangs: gangs).phases
        }
        #expect(phases.head == ["big": .pending, "small": .inqueue])
        #expect(phases.old == ["big": .pending, "small": .pending])
    }

    @Test("overcommit: memory that is short keeps out a gang that asks for none") func allResources() throws {
        let gangs =
            ["x", "y"].map { name in
                waiting(name, [.memory: 40 * gibibyte]).with { $0.phase = .inqueue }
            } + [waiting("g", [.cpu: 1_000])]
        #expect(
            try Versions { try run($0, "overcommit", gangs: gangs).phases["g"] }
                == Versions(head: .inqueue, old: .pending))
    }

    @Test("the CPUs that a running gang has yet to get are forgotten") func runningRemainder() throws {
        let gang = waiting("g", [.cpu: 8_000]).with { $0.phase = .running }
        let pods = Pod.members(of: "g", 1).map { $0.running(on: "n") }
        for plugin in ["overcommit overcommit-factor=1", "proportion"] {
            #expect(
                try Versions {
                    try run($0, plugin, pods: pods, gangs: [gang, waiting("next", [.cpu: 5_000])]).phases["next"]
                } == Versions(head: .pending, old: .inqueue), "\(plugin)")
        }
    }

    @Test("proportion: what is promised to a gang counts whole, also what it holds already") func inqueue() throws
    {
        let gang = waiting("g", [.cpu: 4_000]).with { $0.phase = .inqueue }
        let pods = Pod.members(of: "g", 4).map { $0.running(on: "n") }
        #expect(
            try Versions {
                try run($0, "proportion", pods: pods, gangs: [gang, waiting("next", [.cpu: 4_000])]).phases["next"]
            } == Versions(head: .inqueue, old: .pending))
    }

    @Test("proportion: a queue that is not open takes pods, and its priority does not matter") func queues() throws
    {
        let gangs = [PodGroup.gang("a", min: 1, queue: "a"), .gang("b", min: 1, queue: "b")]
        let pods = Pod.members(of: "a", 1) + Pod.members(of: "b", 1)
        let queues = [
            Queue(name: "a"), Queue(name: "b", state: .closed).with { $0.priority = 5 },
        ]
        func order(_ version: Compatibility, _ queues: [Queue]) throws -> [String] {
            try run(version, "proportion", pods: pods, gangs: gangs, queues: queues).order
        }
        #expect(try Versions { try order($0, queues) } == Versions(head: ["a-0"], old: ["a-0", "b-0"]))
        let open = queues.map { queue in queue.with { $0.state = .open } }
        #expect(
            try Versions { try order($0, open) } == Versions(head: ["b-0", "a-0"], old: ["a-0", "b-0"]))
    }

    @Test("proportion: a capability that lists devices limits those that it does not list to none")
    func capability() throws {
        func bound(_ capability: ResourceList) throws -> Versions<[String: String]> {
            try Versions { version in
                try run(
                    version, "proportion", node: .of("n", gpus: 8),
                    pods: Pod.members(of: "g", 1, asking: [.nvidiaGPU: 1]),
                    gangs: [.gang("g", min: 1, queue: "q")], queues: [Queue(name: "q", capability: capability)]
                ).bound
            }
        }
        #expect(
            try bound([.cpu: 1_000, "example.com/fpga": 1]) == Versions(head: ["g-0": "n"], old: [:]))
        #expect(try bound([.cpu: 1_000]) == Versions(head: ["g-0": "n"], old: ["g-0": "n"]))
    }

    @Test("proportion: slots are nothing that a queue could have too many of") func slots() throws {
        // Of two slots the queue deserves one for its two pods, and half of the CPUs, which is more than it asks for.
        let gangs = [PodGroup.gang("a", min: 1, queue: "a"), .gang("b", min: 1, queue: "b")]
        func deserved(_ version: Compatibility) throws -> Int64? {
            try run(
                version, "proportion", node: .of("n", slots: 2),
                pods: Pod.members(of: "a", 2) + Pod.members(of: "b", 2), gangs: gangs,
                queues: [Queue(name: "a"), Queue(name: "b")]
            ).deserved("a", .pods)
        }
        #expect(try Versions(deserved) == Versions(head: 1_000, old: nil))
    }

    @Test("phases: what is placed counts at once, what has failed or leaves does not, nothing is Completed")
    func phases() throws {
        func phase(_ min: Int, _ pods: [Pod], was before: PodGroup.Phase = .running) throws
            -> Versions<PodGroup.Phase?>
        {
            try Versions { version in
                try run(version, "conformance", pods: pods, gangs: [.admitted("g", min: min, as: before)]).phases["g"]
            }
        }
        let pods = Pod.members(of: "g", 2)
        let running = pods[0].running(on: "n")
        let ended = pods.map { pod in pod.running(on: "n").with { $0.phase = .succeeded } }
        #expect(try phase(2, pods, was: .inqueue) == Versions(head: .inqueue, old: .running))
        #expect(try phase(2, ended) == Versions(head: .completed, old: .running))
        #expect(try phase(0, []) == Versions(head: .completed, old: .running))
        #expect(try phase(2, [running, pods[1].leaving("n")]) == Versions(head: .running, old: .unknown))
        #expect(
            try phase(2, [running, ended[1].with { $0.phase = .failed }])
                == Versions(head: .running, old: .unknown))
    }
}
