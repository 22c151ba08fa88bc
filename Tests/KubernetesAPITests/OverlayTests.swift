import ClusterModel
import KubernetesAPI
import Testing

@Suite("Objects that are read later take the place of those of their name") struct OverlayTests {
    private static let base = """
        apiVersion: scheduling.volcano.sh/v1beta1
        kind: Queue
        metadata: {name: vision}
        spec: {weight: 1, capability: {cpu: "4", nvidia.com/gpu: 8}}
        ---
        apiVersion: scheduling.volcano.sh/v1beta1
        kind: Queue
        metadata: {name: vision.eu}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n1, labels: {pool: a}}
        status: {allocatable: {cpu: "8"}}
        ---
        apiVersion: scheduling.volcano.sh/v1beta1
        kind: PodGroup
        metadata: {name: train, namespace: team}
        spec: {minMember: 4}
        ---
        apiVersion: amlarc.azureml.com/v1alpha1
        kind: InstanceType
        metadata: {name: gpu}
        spec:
          nodeSelector: {pool: a}
          resources: {requests: {cpu: "2", memory: 1Gi}, limits: {cpu: "4", memory: 1Gi, nvidia.com/gpu: 1}}
        ---
        type: command
        command: train
        name: job
        resources: {instance_type: gpu}
        """

    private static func read(overlay: String, settings: [String] = []) -> ReadResult {
        var reader = ClusterReader(options: ReadingOptions())
        reader.read(Array(base.utf8), file: "base.yaml")
        reader.beginOverlay()
        if !overlay.isEmpty { reader.read(Array(overlay.utf8), file: "overlay.yaml") }
        for setting in settings { reader.set(setting, source: "--set") }
        return reader.finish()
    }

    private static func set(_ settings: String...) -> ReadResult { read(overlay: "", settings: settings) }

    private static let queue = """
        apiVersion: scheduling.volcano.sh/v1beta1
        kind: Queue
        metadata: {name: vision}
        spec: {weight: 3}
        """

    @Test("one object of a name replaces, another one clashes with it") func replacing() {
        let once = Self.read(overlay: Self.queue)
        #expect(once.problems.isEmpty)
        #expect(once.snapshot.queues.map(\.weight) == [3, 1])
        #expect(once.snapshot.queues[0].capability == nil)
        let twice = Self.read(overlay: Self.queue + "\n---\n" + Self.queue.replacing("3", with: "4"))
        #expect(
            twice.messages == [
                "overlay.yaml:8: metadata.name: Queue vision differs from the one at overlay.yaml:1"
            ])
        let new = Self.read(overlay: Self.queue.replacing("vision", with: "other"))
        #expect(new.snapshot.queues.map(\.name) == ["vision", "vision.eu", "other"])
    }

    @Test("a changed instance type changes the jobs that ask for it") func instanceType() {
        let result = Self.set("instancetype/gpu.limits.nvidia.com/gpu=2", "instancetype/gpu.requests.cpu=3")
        #expect(result.problems.isEmpty)
        let pod = result.snapshot.pods[0]
        #expect(pod.requests[.nvidiaGPU] == 2 && pod.requests[.cpu] == 3_000)
        let selected = Self.set(
            "instancetype/gpu.nodeSelector.pool=true", "instancetype/gpu.limits.memory=2Gi")
        #expect(selected.snapshot.pods[0].nodeSelector == ["pool": "true"])
        #expect(selected.snapshot.pods[0].requests[.memory] == 2 << 30)
    }

    @Test("fields are set, amounts and labels taken away") func fields() throws {
        let result = Self.set(
            "queue/vision.weight=4", "queue/vision.capability.nvidia.com/gpu=16",
            "queue/vision.capability.cpu=",
            "queue/vision.deserved.cpu=500m", "queue/vision.guarantee.cpu=2", "queue/vision.eu.state=Closed",
            "node/n1.unschedulable=true", "node/n1.labels.pool=", "node/n1.labels.zone=7",
            "node/n1.allocatable.cpu=16", "podgroup/team/train.minMember=2",
            "podgroup/team/train.queue=vision"
        )
        #expect(result.problems.isEmpty)
        let queue = result.snapshot.queues[0]
        #expect(queue.weight == 4 && queue.capability == [.nvidiaGPU: 16])
        #expect(queue.deserved == [.cpu: 500] && queue.guarantee == [.cpu: 2_000])
        #expect(result.snapshot.queues[1].state == .closed && result.snapshot.queues[1].weight == 1)
        let node = result.snapshot.nodes[0]
        #expect(node.isUnschedulable && node.labels == ["zone": "7"] && node.allocatable[.cpu] == 16_000)
        let group = try #require(result.snapshot.podGroups.first { $0.key.name == "train" })
        #expect(group.minMember == 2 && group.queue == "vision")
    }

    @Test(
        "what cannot be set says what was expected",
        arguments: [
            ("queue/vision", "found no field and value, expected KIND/NAME.FIELD=VALUE"),
            ("pod/x.y=1", "found the kind \"pod\", expected queue, instancetype, node or podgroup"),
            ("queue/visio.weight=1", "found no queue of that name and a field; known are vision, vision.eu"),
            (
                "queue/vision.size=1",
                "found the field \"size\", expected parent, priority, reclaimable, state, weight, capability.KEY, "
                    + "deserved.KEY or guarantee.KEY"
            ),
            ("queue/vision.weight=", "found no value, expected one after ="),
            (
                "queue/vision.weight=many",
                "spec.weight: found a string (\"many\"), expected an integer from 1 to 65535"
            ),
            ("queue/vision.weight=[", "found the value \"[\", expected a word or a number"),
            (
                "instancetype/gpu.requests.cpu=8",
                "requests: found a request of 8, expected at most the limit of 4: set limits.cpu before it"
            ),
        ])
    func refused(setting: String, message: String) {
        let result = Self.set(setting)
        #expect(result.messages == ["--set \(setting): \(message)"])
    }
}
