import Fragmentation
import SyntheticClusters
import TestSupport
import Testing

@Suite("Policies decide as their descriptions say, and the books are right")
struct DeviceSchedulerTests {
    /// A small cluster, and pods that come and go.
    private struct World {
        var random: SeededGenerator
        let nodes: [DeviceNode]
        let classes: [DeviceRequest]
        let workload: TargetWorkload

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            nodes = (0..<random.integer(in: 2...7)).map { _ in
                let gpus = random.choice([0, 1, 2, 4, 8])
                return DeviceNode(
                    milliCPU: Int64(random.integer(in: 1...12)) * 8_000,
                    memory: Int64(random.integer(in: 2...20)), pods: random.integer(in: 3...40),
                    devices: gpus, model: random.integer(in: 0...2))
            }
            let classes = (0..<random.integer(in: 3...10)).map { _ in
                let gpus = random.choice([0, 1, 1, 1, 1, 2, 4])
                let isShare = gpus == 1 && random.chance(2, in: 3)
                let milliGPU = isShare ? Int64(random.integer(in: 1...19)) * 50 : 1000
                let models = random.chance(1, in: 4) ? ModelSet([random.integer(in: 0...2)]) : .any
                return DeviceRequest(
                    milliCPU: Int64(random.integer(in: 0...8)) * 1_500,
                    memory: Int64(random.integer(in: 0...1)), devices: gpus,
                    milliGPU: gpus == 0 ? 0 : milliGPU, models: models)
            }
            let drawn = (0..<60).map { _ in random.choice(classes) }
            self.classes = classes
            workload = TargetWorkload(typicalOf: drawn.map { PodClass($0) }, percent: 90)
            self.random = random
        }
    }

    @Test(
        "every decision is the reference's, while pods come and go",
        arguments: DevicePolicy.allCases.filter { $0 != .random })
    func decisions(policy: DevicePolicy) {
        for seed in Seeds.first(60) {
            var world = World(seed: seed)
            var scheduler = DeviceScheduler(
                policy, cluster: DeviceCluster(nodes: world.nodes), workload: world.workload)
            var reference = ReferencePlacement(policy, nodes: world.nodes, workload: world.workload)
            var running: [(request: DeviceRequest, place: DevicePlacement)] = []
            for step in 0..<80 {
                if !running.isEmpty, world.random.chance(1, in: 4) {
                    let gone = running.remove(at: world.random.integer(in: 0...(running.count - 1)))
                    scheduler.release(gone.request, gone.place)
                    reference.release(gone.request, gone.place)
                    continue
                }
                let request = world.random.choice(world.classes)
                let expected = reference.choose(request)
                let place = scheduler.place(request)
                guard place == expected else {
                    Issue.record("\(policy) seed \(seed) step \(step): \(request)")
                    return
                }
                if let place {
                    reference.place(request, place)
                    running.append((request, place))
                }
            }
        }
    }

    @Test("the books are what a recount says, and no GPU is used beyond 100 %", arguments: DevicePolicy.allCases)
    func books(policy: DevicePolicy) {
        for seed in Seeds.first(40) {
            var world = World(seed: seed &+ 10_000)
            var scheduler = DeviceScheduler(
                policy, cluster: DeviceCluster(nodes: world.nodes), workload: world.workload)
            var running: [(request: DeviceRequest, place: DevicePlacement)] = []
            for _ in 0..<100 {
                if !running.isEmpty, world.random.chance(1, in: 3) {
                    let gone = running.remove(at: world.random.integer(in: 0...(running.count - 1)))
                    scheduler.release(gone.request, gone.place)
                } else {
                    let request = world.random.choice(world.classes)
                    if let place = scheduler.place(request, draw: world.random.next()) {
                        running.append((request, place))
                    } else {
                        let hasRoom = world.nodes.indices.contains { scheduler.cluster.fits(request, on: $0) }
                        #expect(!hasRoom, "seed \(seed): refused what fits")
                    }
                }
                for (node, capacity) in world.nodes.enumerated() {
                    var cpu = capacity.milliCPU
                    var memory = capacity.memory
                    var gpus = Array(repeating: Int64(1000), count: capacity.devices)
                    let here = running.filter { $0.place.node == node }
                    for (request, place) in here {
                        cpu -= request.milliCPU
                        memory -= request.memory
                        for gpu in gpus.indices where place.devices >> UInt32(gpu) & 1 == 1 {
                            gpus[gpu] -= request.milliGPU
                        }
                    }
                    let free = scheduler.cluster.free[node]
                    #expect(free.freeMilliCPU == cpu && cpu >= 0, "seed \(seed)")
                    #expect(scheduler.cluster.freeMemory[node] == memory && memory >= 0, "seed \(seed)")
                    #expect(scheduler.cluster.freePods[node] == capacity.pods - here.count, "seed \(seed)")
                    #expect((0..<free.count).map { free[$0] } == gpus, "seed \(seed)")
                    #expect(gpus.allSatisfy { (0...1000).contains($0) }, "seed \(seed)")
                    #expect(free.freeMilliGPU == gpus.reduce(0, +), "seed \(seed)")
                }
            }
            for (request, place) in running { scheduler.release(request, place) }
            let fresh = DeviceCluster(nodes: world.nodes)
            for node in world.nodes.indices {
                #expect(scheduler.cluster.free[node].freeMilliGPU == fresh.free[node].freeMilliGPU)
                #expect(scheduler.cluster.free[node].freeMilliCPU == fresh.free[node].freeMilliCPU)
            }
        }
    }

    @Test("any node on which a pod fits may be drawn") func random() {
        let nodes = (0..<4).map { _ in
            DeviceNode(milliCPU: 8_000, memory: 8, pods: 8, devices: 2, model: 0)
        }
        var scheduler = DeviceScheduler(
            .random, cluster: DeviceCluster(nodes: nodes), workload: TargetWorkload([]))
        var random = SeededGenerator(seed: 5)
        let request = DeviceRequest(milliCPU: 100, devices: 1, milliGPU: 300)
        var places: Set<DevicePlacement> = []
        for _ in 0..<400 {
            if let place = scheduler.choose(request, draw: random.next()) { places.insert(place) }
        }
        #expect(places.count == 8)
    }
}
