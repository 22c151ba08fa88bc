import ClusterModel
import Documents
import Testing

@testable import KubernetesAPI

@Suite("What is published of a node's inside is read as exporters write it") struct NumatopologyReaderTests {
    private func read(_ text: String) -> (Numatopology?, [String]) {
        var reader = ClusterReader(options: ReadingOptions())
        reader.read(Array(text.utf8), file: "n.yaml")
        let result = reader.finish()
        return (result.snapshot.numatopologies.first, result.problems.map(\.description))
    }

    @Test("policies, what is left, processors without their zeros, and pods") func exporter() {
        let (published, problems) = read(
            """
            apiVersion: nodeinfo.volcano.sh/v1alpha1
            kind: Numatopology
            metadata: {name: n1}
            spec:
              policies: {CPUManagerPolicy: static, TopologyManagerPolicy: restricted}
              resReserved: {cpu: 1500m, memory: 1Gi}
              numares: {cpu: {allocatable: "0-1,3", capacity: 4}, memory: {capacity: 2}}
              cpuDetail: {"0": {}, "1": {core: 1}, "2": {numa: 1, socket: 1}, "3": {numa: 1, socket: 1, core: 1}}
              podAllocations: [{uid: u1}, {namespace: a, name: b}]
            """)
        #expect(problems == [])
        #expect(
            published
                == Numatopology(
                    name: "n1", cpuManagerPolicy: "static", topologyManagerPolicy: "restricted",
                    reservedMilliCPU: 1500, allocatableCPUs: CPUSet("0-1,3"),
                    cpus: [
                        NodeTopology.CPU(id: 0, core: 0, package: 0, numaNode: 0),
                        NodeTopology.CPU(id: 1, core: 1, package: 0, numaNode: 0),
                        NodeTopology.CPU(id: 2, core: 2, package: 1, numaNode: 1),
                        NodeTopology.CPU(id: 3, core: 3, package: 1, numaNode: 1),
                    ],
                    podAllocations: [
                        Numatopology.PodAllocation(uid: "u1"),
                        Numatopology.PodAllocation(key: ObjectKey(namespace: "a", name: "b")),
                    ]))
    }

    @Test("the node agent's annotation is read, and one that nobody understands passed over with a warning")
    func annotation() {
        let topology = NodeTopology(
            cpus: [NodeTopology.CPU(id: 0, core: 0, package: 0, numaNode: 0)],
            numaNodes: [NodeTopology.NUMANode(id: 0, package: 0, memoryBytes: 1 << 30)])
        func object(_ text: String) -> String {
            let value = OutputValue.string(text).json(pretty: false)
            return """
                apiVersion: nodeinfo.volcano.sh/v1alpha1
                kind: Numatopology
                metadata: {name: n1, annotations: {gangwright.io/node-topology: \(value)}}
                spec: {policies: {CPUManagerPolicy: none}}
                """
        }
        #expect(read(object(topology.annotationText)).0?.topology == topology)
        let (published, problems) = read(object("{}"))
        #expect(published?.cpuManagerPolicy == "none")
        #expect(published?.topology == nil)
        #expect(problems.count == 1)
        #expect(
            problems.first?.contains("metadata.annotations: gangwright.io/node-topology is passed over: ")
                ?? false)
    }

    @Test("sets and numbers that make no sense are named") func mistakes() {
        let (published, problems) = read(
            """
            apiVersion: nodeinfo.volcano.sh/v1alpha1
            kind: Numatopology
            metadata: {name: n1}
            spec:
              numares: {cpu: {allocatable: "3-1"}}
              cpuDetail: {"x": {}, "1": {numa: -1}}
            """)
        #expect(published == nil)
        #expect(
            problems == [
                "n.yaml:5: spec.numares.cpu.allocatable: found \"3-1\", expected a set of numbers such as 0-3,8",
                "n.yaml:6: spec.cpuDetail.x: expected the number of a processor, from 0 to 65535",
                "n.yaml:6: spec.cpuDetail.1.numa: found -1, expected an integer from 0 to 65535",
            ])
    }
}

@Suite("A pod that gets what it asks for and no more says so in its containers") struct GuaranteedReaderTests
{
    private func containers(_ spec: String) -> [GuaranteedContainer]? {
        var reader = ClusterReader(options: ReadingOptions())
        reader.read(
            Array("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: \(spec)\n".utf8), file: "p.yaml")
        return reader.finish().snapshot.pods.first?.guaranteedContainers
    }

    @Test("whole processors are a container's own, parts are not") func whole() {
        #expect(
            containers(
                """
                {containers: [
                  {name: a, resources: {limits: {cpu: 2, memory: 1Gi, nvidia.com/gpu: 4}}},
                  {name: b, resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 500m, memory: 1Gi}}}]}
                """) == [
                    GuaranteedContainer(name: "a", wholeCPUs: 2, gpus: 4),
                    GuaranteedContainer(name: "b", wholeCPUs: 0),
                ])
    }

    @Test(
        "limits that are missing or larger, in any container, make it another class",
        arguments: [
            "{containers: [{name: a, resources: {limits: {cpu: 2}}}]}",
            "{containers: [{name: a, resources: {requests: {cpu: 1}, limits: {cpu: 2, memory: 1Gi}}}]}",
            "{containers: [{name: a, resources: {limits: {cpu: 2, memory: 1Gi}}}, {name: b}]}",
            "{containers: [{name: a, resources: {limits: {cpu: 2, memory: 1Gi}}}], initContainers: [{name: i}]}",
            "{containers: [{name: a, resources: {limits: {cpu: 0, memory: 1Gi}}}]}",
        ])
    func others(spec: String) {
        #expect(containers(spec) == [])
    }

    @Test("where the pod as a whole says what it uses, that alone counts") func podLevel() {
        #expect(
            containers(
                "{resources: {limits: {cpu: 2, memory: 1Gi}}, containers: [{name: a}]}")
                == [GuaranteedContainer(name: "a", wholeCPUs: 0)])
        #expect(
            containers(
                "{resources: {requests: {cpu: 1}, limits: {cpu: 2, memory: 1Gi}}, containers: [{name: a, resources: {limits: {cpu: 2, memory: 1Gi}}}]}"
            ) == [])
    }
}
