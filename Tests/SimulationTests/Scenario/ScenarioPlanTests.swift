import ClusterModel
import SchedulingLoop
import SchedulingPolicy
import Simulation
import Testing

@Suite("A scenario becomes a plan") struct ScenarioPlanTests {
    static let small =
        heading + """
            seed: 7
            start: 2026-03-01T00:00:00Z
            duration: 2h
            cluster:
              pools:
              - name: a100
                count: 4
                allocatable: {cpu: 96, memory: 900Gi, nvidia.com/gpu: 8}
                gpuModel: NVIDIA-A100
                pricePerHour: 10
                topology: {rack: 2, zone: [east, west]}
                taints: [{key: sku, value: gpu}]
              queues: [{name: research, weight: 3}, {name: production, capability: {nvidia.com/gpu: 16}}]
              priorityClasses: {high: 1000}
              instanceTypes: [{name: gpu1, requests: {cpu: 10, nvidia.com/gpu: 1}}]
            workload:
              generators:
              - name: train
                arrivals: {every: 10m}
                instanceType: gpu1
                queue: research
                runTime: 1h
                jobs:
                - {weight: 1, pods: 2, priorityClass: high, statedRunTime: exact, checkpoint: 10m}
                - {weight: 0, pods: 4}
            """

    @Test("pools become nodes with labels, taints and prices") func pools() throws {
        let plan = try makePlan(Self.small)
        #expect(plan.name == "test" && plan.seed == 7 && plan.duration == 7_200_000)
        #expect(plan.start.timestamp.rfc3339 == "2026-03-01T00:00:00Z")
        let nodes = plan.cluster.nodes
        #expect(nodes.map(\.name) == ["a100-0000", "a100-0001", "a100-0002", "a100-0003"])
        #expect(nodes[0].allocatable == [.cpu: 96_000, .memory: 900 << 30, .nvidiaGPU: 8, .pods: 110])
        #expect(
            nodes.map { $0.labels["rack"] } == ["a100-rack-0", "a100-rack-0", "a100-rack-1", "a100-rack-1"])
        #expect(
            nodes.map { $0.labels["topology.kubernetes.io/zone"] } == ["east", "east", "west", "west"])
        #expect(nodes[3].labels["nvidia.com/gpu.product"] == "NVIDIA-A100")
        #expect(nodes[3].labels["kubernetes.io/hostname"] == "a100-0003")
        #expect(nodes[0].taints == [Taint(key: "sku", value: "gpu", effect: .noSchedule)])
        #expect(plan.pricePerHour["a100-0002"] == 10)
        #expect(plan.cluster.queues.map(\.name) == ["research", "production"])
        #expect(plan.cluster.queues[1].capability == [.nvidiaGPU: 16])
    }

    @Test("generators become jobs that share shapes") func generators() throws {
        let plan = try makePlan(Self.small)
        #expect(plan.jobs.count == 12)
        #expect(plan.shapes.count == 1)
        let job = plan.jobs[3]
        #expect(job.key == ObjectKey(namespace: "default", name: "train-00003"))
        #expect(job.submitted == 1_800_000 && job.runTime == 3_600_000 && job.statedRunTime == 3_600_000)
        #expect(
            job.queue == "research" && job.priorityClassName == "high" && job.checkpointInterval == 600_000)
        let shape = plan.shapes[0]
        #expect(shape.instanceType == "gpu1" && shape.podCount == 2 && shape.minimum == 2)
        #expect(shape.podGroup?.minResources == [.cpu: 20_000, .nvidiaGPU: 2])
        #expect(shape.pods[0].pod.requests == [.cpu: 10_000, .nvidiaGPU: 1])
    }

    @Test("the same seed gives the same plan, another one another") func seeds() throws {
        let text = Self.small.replacing("arrivals: {every: 10m}", with: "arrivals: {poisson: {every: 1m}}")
        let one = try makePlan(text)
        #expect(try makePlan(text, seed: 7).jobs.map(\.submitted) == one.jobs.map(\.submitted))
        #expect(try makePlan(text, seed: 8).jobs.map(\.submitted) != one.jobs.map(\.submitted))
    }

    @Test("a generator does not move those beside it") func streams() throws {
        let text =
            Self.small.replacing("arrivals: {every: 10m}", with: "arrivals: {poisson: {every: 1m}}") + """

                  - {name: other, arrivals: {poisson: {every: 1m}}, gpus: 1, runTime: {exponential: {mean: 1h}}}
                """
        func others(_ settings: [(path: String, value: String)]) throws -> [SimulatedJobSummary] {
            try makePlan(text, settings: settings).jobs.filter { $0.key.name.hasPrefix("other") }
                .map { SimulatedJobSummary(submitted: $0.submitted, runTime: $0.runTime) }
        }
        let settings = [
            (path: "workload.generators.train.arrivals.poisson.every", value: "5s"),
            (path: "workload.generators.train.jobs[1].weight", value: "5"),
        ]
        #expect(try others(settings) == others([]))
    }

    struct SimulatedJobSummary: Equatable {
        var submitted: Int64
        var runTime: Int64
    }

    @Test("variants and settings are laid over") func variants() throws {
        let text =
            Self.small + """

                variants:
                  more:
                    cluster: {priorityClasses: {low: -5}}
                    set: {cluster.pools.a100.count: 9}
                  plain:
                """
        #expect(try makePlan(text).cluster.nodes.count == 4)
        let more = try makePlan(text, variant: "more")
        #expect(more.cluster.nodes.count == 9 && more.variant == "more")
        #expect(more.cluster.priorityClasses.map(\.name).sorted() == ["high", "low"])
        let set = try makePlan(
            text, variant: "more",
            settings: [
                ("cluster.pools.a100.count", "2"), ("cluster.pools.a100.allocatable[nvidia.com/gpu]", "4"),
                ("duration", "30m"),
            ])
        #expect(set.cluster.nodes.count == 2 && set.jobs.count == 3)
        #expect(set.cluster.nodes[0].allocatable[.nvidiaGPU] == 4)
        #expect(try makePlan(text, variant: "plain").cluster.nodes.count == 4)
    }

    @Test("objects that wait become jobs, objects that run stay") func objects() throws {
        let cluster = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {allocatable: {cpu: 8, pods: 10}}}
            - apiVersion: scheduling.volcano.sh/v1beta1
              kind: PodGroup
              metadata:
                {name: waits, creationTimestamp: "2026-03-01T00:00:00Z", annotations: {gangwright.io/run-time: 2h}}
              spec: {minMember: 2, queue: q}
            - {apiVersion: v1, kind: Pod, metadata: {name: w-0, annotations: {scheduling.k8s.io/group-name: waits}}, spec: {containers: [{name: c, resources: {requests: {cpu: 1}}}]}}
            - {apiVersion: v1, kind: Pod, metadata: {name: w-1, annotations: {scheduling.k8s.io/group-name: waits}}, spec: {containers: [{name: c, resources: {requests: {cpu: 1}}}]}}
            - apiVersion: v1
              kind: Pod
              metadata: {name: runs, creationTimestamp: "2026-03-01T01:00:00Z", annotations: {gangwright.io/run-time: 90m}}
              spec: {nodeName: n1, containers: [{name: c, resources: {requests: {cpu: 1}}}]}
              status: {phase: Running, startTime: "2026-03-01T01:10:00Z"}
            - {apiVersion: v1, kind: Pod, metadata: {name: alone}, spec: {containers: [{name: c}]}}
            """
        let plan = try makePlan(
            heading + """
                duration: 1d
                cluster: {files: [cluster.yaml]}
                workload:
                  objects:
                  - apiVersion: v1
                    kind: Pod
                    metadata: {name: later, annotations: {gangwright.io/submit-time: 5m, gangwright.io/run-time: 1h, gangwright.io/simulated-run-time: 40m}}
                    spec: {containers: [{name: c}]}
                """, files: MemoryFiles(files: ["dir/cluster.yaml": cluster]))
        #expect(plan.start.timestamp.rfc3339 == "2026-03-01T01:10:00Z")
        #expect(plan.cluster.pods.map(\.key.name) == ["runs"])
        #expect(plan.cluster.podGroups.isEmpty)
        #expect(plan.remainingRunTimes == [ObjectKey(namespace: "default", name: "runs"): 5_400_000])
        #expect(plan.jobs.map(\.key.name) == ["waits", "alone", "later"])
        #expect(plan.jobs.map(\.submitted) == [0, 0, 300_000])
        #expect(plan.jobs[0].queue == "q" && plan.jobs[0].statedRunTime == 7_200_000)
        #expect(plan.shapes[plan.jobs[0].shape].pods.map(\.pod.key.name) == ["w-0", "w-1"])
        #expect(plan.jobs[2].runTime == 2_400_000 && plan.jobs[2].statedRunTime == 3_600_000)
    }

    @Test("events name nodes, happen again and are taken back") func events() throws {
        let plan = try makePlan(
            Self.small + """

                events:
                - {at: 10m, fail: a100-0001, for: 5m}
                - {at: 20m, drain: {labels: {rack: a100-rack-1}}}
                - {at: 30m, add: {pool: a100, count: 1}, for: 1h}
                - {at: 40m, cordon: {nodes: "a100-*", count: 2}, for: 1m, every: 30m, until: 80m}
                - {at: 50m, queue: {name: research, weight: 9}}
                - {at: 2026-03-01T01:00:00Z, cancel: train-00002}
                """)
        let times = plan.events.map { $0.time / 60_000 }
        #expect(times == [10, 15, 20, 30, 40, 41, 50, 60, 70, 71, 90])
        #expect(plan.events[0].event == .nodesFail(["a100-0001"]))
        #expect(plan.events[1].event == .nodesReturn(["a100-0001"]))
        #expect(plan.events[2].event == .nodesDrain(["a100-0002", "a100-0003"]))
        guard case .nodesAdded(let added) = plan.events[3].event else {
            Issue.record("found \(plan.events[3].event)")
            return
        }
        #expect(added.map(\.name) == ["a100-0004"] && added[0].labels["rack"] == "a100-rack-2")
        guard case .nodesCordon(let cordoned) = plan.events[4].event else {
            Issue.record("found \(plan.events[4].event)")
            return
        }
        #expect(cordoned.count == 2 && plan.events[5].event == .nodesReturn(cordoned))
        #expect(plan.events[6].event == .queue(Queue(name: "research", weight: 9)))
        #expect(plan.events[7].event == .jobCancelled(ObjectKey(namespace: "default", name: "train-00002")))
        #expect(plan.events[10].event == .nodesRemoved(["a100-0004"]))
    }

    @Test("failures come as often as asked, each followed by a repair", arguments: [1, 2, 3] as [UInt64])
    func failures(seed: UInt64) throws {
        let plan = try makePlan(
            Self.small.replacing("duration: 2h", with: "duration: 1000d").replacing("10m}", with: "1000d}")
                + """

                failures: {meanTimeBetween: 10d, repair: {uniform: {from: 1h, to: 3h}}, pool: a100}
                """, seed: seed)
        let failed = plan.events.count { if case .nodesFail = $0.event { true } else { false } }
        #expect(abs(failed - 400) < 80, "seed \(seed)")
        #expect(plan.events.count == 2 * failed, "seed \(seed)")
    }

    @Test("pictures, timing and the configuration are taken over") func settings() throws {
        let plan = try makePlan(
            Self.small + """

                schedulerNames: [volcano]
                timing: {bindLatency: 5ms, podStartup: 30s, eviction: 2s, recreation: 3s, schedulePeriod: 500ms, debounce: 1ms}
                pictures: ["50%", 10m]
                configuration:
                  compatibility: volcano
                  actions: "allocate"
                  tiers: [{plugins: [{name: gang}]}]
                """)
        #expect(plan.pictures == [600_000, 3_600_000])
        #expect(plan.delays.binding == 5 && plan.delays.podStartup == 30_000 && plan.delays.eviction == 2_000)
        #expect(plan.delays.recreation == 3_000)
        #expect(plan.options.schedulerNames == ["volcano"])
        #expect(plan.shapes[0].pods[0].pod.schedulerName == "volcano")
        #expect(plan.configuration.actions.map(\.rawValue) == ["allocate"])
    }
}
