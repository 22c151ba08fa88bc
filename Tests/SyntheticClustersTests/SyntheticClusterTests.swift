import ClusterModel
import SyntheticClusters
import Testing

@Suite("A synthetic cluster is what its recipe and its seed say") struct SyntheticClusterTests {
    @Test("the same seed gives the same snapshot, another seed another") func seeds() {
        var recipe = SyntheticCluster.mixed(nodes: 60)
        recipe.fillPercent = 50
        #expect(recipe.snapshot(seed: 1) == recipe.snapshot(seed: 1))
        #expect(recipe.snapshot(seed: 1).pods != recipe.snapshot(seed: 2).pods)
    }

    @Test("names count up with five digits") func names() {
        let snapshot = SyntheticCluster.uniform(nodes: 18).snapshot(seed: 1)
        #expect(snapshot.nodes.map(\.name).first == "node-00000")
        #expect(snapshot.nodes.map(\.name).last == "node-00017")
        #expect(snapshot.podGroups[16].key == ObjectKey(namespace: "training", name: "job-00016"))
        #expect(snapshot.pods[8 * 16 + 3].key == ObjectKey(namespace: "training", name: "job-00016-worker-3"))
        #expect(Set(snapshot.pods.map(\.key)).count == snapshot.pods.count)
    }

    @Test("a hundred uniform nodes get gangs of eight for 95 % of their GPUs") func uniform() {
        let snapshot = SyntheticCluster.uniform(nodes: 100).snapshot(seed: 1)
        #expect(snapshot.nodes.count == 100)
        #expect(snapshot.nodes.allSatisfy { $0.allocatable[.nvidiaGPU] == 8 })
        #expect(snapshot.podGroups.count == 95)
        #expect(snapshot.podGroups.allSatisfy { $0.minMember == 8 && $0.phase == .pending })
        #expect(snapshot.podGroups.allSatisfy { $0.minResources?[.nvidiaGPU] == 8 })
        #expect(snapshot.pods.count == 760)
        #expect(snapshot.pods.allSatisfy { $0.isPending && $0.requests[.nvidiaGPU] == 1 })
        #expect(snapshot.newestTimestamp == Timestamp(secondsSinceEpoch: 1_767_225_694))
    }

    @Test("a mixed cluster has five kinds of node, 20 instance types and gangs of 1 to 64") func mixed() {
        var recipe = SyntheticCluster.mixed(nodes: 1_000)
        recipe.pending = .pods(20_000)
        let snapshot = recipe.snapshot(seed: 1)
        #expect(snapshot.nodes.count == 1_000)
        let models = Dictionary(grouping: snapshot.nodes) { $0.labels["nvidia.com/gpu.product"] ?? "none" }
        #expect(
            models.mapValues(\.count) == [
                "NVIDIA-H100-80GB-HBM3": 150, "NVIDIA-A100-SXM4-80GB": 400, "Tesla-V100-SXM2-16GB": 150,
                "Tesla-T4": 150, "none": 150,
            ])
        #expect(snapshot.instanceTypes.count == 20)
        #expect(Set(snapshot.podGroups.map(\.minMember)).isSuperset(of: [1, 2, 4, 8, 16, 32, 64]))
        #expect(snapshot.pods.count == 20_000)
        #expect(Set(snapshot.podGroups.map(\.queue)) == ["default", "research", "production"])
        #expect(Set(snapshot.pods.map(\.priority)) == [nil, -100, 1_000])
        #expect(snapshot.pods.contains { $0.requests[.nvidiaGPU] == nil })
        #expect(Set(snapshot.pods.map(\.nodeSelector)).count == 8)
    }

    @Test("every pod of a mixed cluster has a node that its selector and tolerations allow") func eligible() {
        var recipe = SyntheticCluster.mixed(nodes: 100)
        recipe.pending = .pods(2_000)
        let snapshot = recipe.snapshot(seed: 4)
        for pod in snapshot.pods { #expect(snapshot.nodes.contains { allows($0, pod) }, "\(pod.key)") }
    }

    @Test(
        "running pods hold what the fill level says, and no node is over-committed", arguments: [30, 90, 100])
    func fillLevel(percent: Int) {
        var recipe = SyntheticCluster.mixed(nodes: 200)
        recipe.fillPercent = percent
        recipe.pending = .pods(0)
        let snapshot = recipe.snapshot(seed: 11)
        #expect(nodesWithTooMuch(of: snapshot).isEmpty)
        #expect(snapshot.pods.allSatisfy { $0.phase == .running && $0.nodeName != nil })
        #expect(snapshot.podGroups.allSatisfy { $0.phase == .running })
        let nodes = Dictionary(snapshot.nodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for pod in snapshot.pods {
            #expect(pod.nodeName.flatMap { nodes[$0] }.map { allows($0, pod) } == true, "\(pod.key)")
        }
        let held = snapshot.pods.reduce(0) { $0 + ($1.requests[.nvidiaGPU] ?? 0) }
        let capacity = snapshot.nodes.reduce(0) { $0 + ($1.allocatable[.nvidiaGPU] ?? 0) }
        #expect(held * 100 <= capacity * Int64(percent))
        #expect(held * 100 >= capacity * Int64(percent - 3))
    }

    @Test("what runs comes before what waits, and is older") func runningFirst() {
        var recipe = SyntheticCluster.uniform(nodes: 10)
        recipe.fillPercent = 50
        recipe.pending = .pods(12)
        let snapshot = recipe.snapshot(seed: 1)
        #expect(snapshot.pods.filter { $0.nodeName != nil }.count == 40)
        #expect(
            snapshot.podGroups.map(\.phase) == [
                .running, .running, .running, .running, .running, .pending, .pending,
            ])
        #expect(snapshot.podGroups.map(\.minMember) == [8, 8, 8, 8, 8, 8, 4])
        #expect(
            snapshot.podGroups.map { $0.created?.secondsSinceEpoch ?? 0 }
                == Array(1_767_225_600...1_767_225_606))
    }

    @Test(
        "a demand in percent is measured in CPU where there are no GPUs, and is empty where no job asks for either"
    )
    func demandWithoutGPUs() {
        let pool = NodePool(count: 2, milliCPU: 4_000, memoryBytes: 1 << 33)
        let type = InstanceType(name: "cpu", requests: [.cpu: 1_000])
        let jobs = [Weighted(JobTemplate(instanceType: type, gangSizes: [Weighted(3, weight: 1)]), weight: 1)]
        var recipe = SyntheticCluster(pools: [pool], jobs: jobs, pending: .percentOfCapacity(100))
        #expect(recipe.snapshot(seed: 1).podGroups.map(\.minMember) == [3, 3, 2])
        #expect(recipe.snapshot(seed: 1).instanceTypes.map(\.name) == ["cpu", "defaultinstancetype"])
        recipe.jobs[0].value.instanceType.requests = [:]
        #expect(recipe.snapshot(seed: 1).pods.isEmpty)
        recipe.jobs = []
        #expect(recipe.snapshot(seed: 1).pods.isEmpty)
    }

    @Test("a shuffled snapshot holds the same objects in another order") func shuffled() {
        var snapshot = SyntheticCluster.mixed(nodes: 30).snapshot(seed: 1)
        snapshot.hyperNodes = (0..<20).map { HyperNode(name: "h\($0)", tier: 1) }
        snapshot.persistentVolumes = (0..<20).map { PersistentVolume(name: "v\($0)") }
        var random = SeededGenerator(seed: 2)
        var shuffled = snapshot.shuffled(using: &random)
        #expect(shuffled.pods != snapshot.pods)
        #expect(shuffled.nodes != snapshot.nodes)
        #expect(shuffled.podGroups != snapshot.podGroups)
        shuffled.nodes.sort { $0.name < $1.name }
        shuffled.podGroups.sort { $0.key < $1.key }
        let places = Dictionary(uniqueKeysWithValues: snapshot.pods.enumerated().map { ($1.key, $0) })
        shuffled.pods.sort { (places[$0.key] ?? -1) < (places[$1.key] ?? -1) }
        #expect(shuffled.nodes == snapshot.nodes)
        #expect(shuffled.podGroups == snapshot.podGroups)
        #expect(shuffled.pods == snapshot.pods)
        #expect(shuffled.hyperNodes != snapshot.hyperNodes)
        #expect(Set(shuffled.hyperNodes.map(\.name)) == Set(snapshot.hyperNodes.map(\.name)))
        #expect(shuffled.persistentVolumes != snapshot.persistentVolumes)
        #expect(Set(shuffled.persistentVolumes.map(\.name)) == Set(snapshot.persistentVolumes.map(\.name)))
        #expect(Set(shuffled.queues.map(\.name)) == Set(snapshot.queues.map(\.name)))
        #expect(Set(shuffled.instanceTypes.map(\.name)) == Set(snapshot.instanceTypes.map(\.name)))
    }

    private func allows(_ node: Node, _ pod: Pod) -> Bool {
        pod.nodeSelector.allSatisfy { node.labels[$0.key] == $0.value }
            && node.taints.allSatisfy { taint in pod.tolerations.contains { $0.tolerates(taint) } }
    }
}
