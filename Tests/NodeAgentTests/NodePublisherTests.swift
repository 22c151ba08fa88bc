import ClusterModel
import Documents
import KubernetesAPI
import KubernetesClient
import Testing

@testable import NodeAgent

@Suite("A node's topology and labels are written where they belong") struct NodePublisherTests {
    private static let path = "/apis/nodeinfo.volcano.sh/v1alpha1/numatopologies"

    private static func report(gpus: Int = 2, state: String? = nil) -> NodeReport {
        var topology = NodeTopology()
        topology.cpus = (0..<4).map { .init(id: $0, core: $0 / 2, package: 0, numaNode: 0) }
        topology.numaNodes = [.init(id: 0, package: 0, memoryBytes: 1 << 36, distances: [10])]
        topology.gpus = (0..<gpus).map {
            .init(
                index: $0, model: "NVIDIA H100 80GB HBM3", memoryBytes: 81_559 << 20,
                pciAddress: "0000:0\($0 + 1):00.0", numaNode: 0)
        }
        var kubelet = KubeletSettings()
        kubelet.cpuManagerPolicy = "static"
        kubelet.topologyManagerPolicy = "restricted"
        kubelet.reservedMilliCPU = 500
        let read = state.flatMap { CPUManagerState(Array($0.utf8), file: "state", sink: ProblemSink()) }
        return NodeReport(topology: topology, kubelet: kubelet, state: read)
    }

    @Test("the object is made, is left alone while it is right, and follows the kubelet") func life()
        async throws
    {
        let server = ObjectServer(node: #"{"metadata":{"name":"gpu-0","uid":"u1","labels":{"a":"b"}}}"#)
        let publisher = NodePublisher(client: try server.client(), node: "gpu-0")
        let first = try await publisher.publish(Self.report())
        #expect(first == .init(topology: .created, labels: .updated))
        let made = try #require(server.numatopology)
        #expect(made["metadata"]?["ownerReferences"]?.output.json(pretty: false).contains("u1") == true)
        #expect(made["spec"]?["policies"]?["TopologyManagerPolicy"]?.string == "restricted")
        #expect(made["spec"]?["resReserved"]?["cpu"]?.string == "500m")
        #expect(made["spec"]?["numares"]?["cpu"]?["allocatable"]?.string == "0-3")
        #expect(made["spec"]?["numares"]?["cpu"]?["capacity"]?.integer == 4)
        #expect(made["spec"]?["cpuDetail"]?["3"]?["core"]?.integer == 1)
        let text = try #require(made["metadata"]?["annotations"]?[NodeTopology.annotation]?.string)
        let sink = ProblemSink()
        #expect(NodeTopology(annotationText: text, file: "annotation", sink: sink) == Self.report().topology)
        #expect(
            server.nodeLabels == [
                "a": "b", "nvidia.com/gpu.count": "2", "nvidia.com/gpu.memory": "81559",
                "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3",
            ])

        #expect(try await publisher.publish(Self.report()) == .init())

        let busy = Self.report(state: #"{"defaultCpuSet":"0-1","entries":{"uid":{"train":"2-3"}}}"#)
        #expect(try await publisher.publish(busy) == .init(topology: .updated))
        #expect(server.numatopology?["spec"]?["numares"]?["cpu"]?["allocatable"]?.string == "0-1")
        let pods = server.numatopology?["spec"]?["podAllocations"]?.output.json(pretty: false)
        #expect(
            pods == #"[{"uid":"uid","containerAllocations":[{"name":"train","allocations":{"cpu":"2-3"}}]}]"#)
        // What others have written into it stays, and a list that is over goes.
        #expect(try await publisher.publish(Self.report()) == .init(topology: .updated))
        #expect(server.numatopology?["spec"]?["podAllocations"] == nil)
    }

    @Test("of an object that somebody else writes only our annotation is ours") func foreign() async throws {
        let server = ObjectServer(
            node: #"{"metadata":{"name":"gpu-0"}}"#,
            numatopology:
                #"{"metadata":{"name":"gpu-0","annotations":{"timestamp":"1"}},"spec":{"policies":{}}}"#)
        let publisher = NodePublisher(client: try server.client(), node: "gpu-0")
        #expect(try await publisher.publish(Self.report(gpus: 0)) == .init(topology: .annotated))
        #expect(server.numatopology?["spec"]?.output.json(pretty: false) == #"{"policies":{}}"#)
        #expect(server.numatopology?["metadata"]?["annotations"]?["timestamp"]?.string == "1")
        #expect(try await publisher.publish(Self.report(gpus: 0)) == .init())
    }

    @Test("without the kind only labels are written") func noKind() async throws {
        let server = ObjectServer(node: #"{"metadata":{"name":"gpu-0"}}"#, hasKind: false)
        let publisher = NodePublisher(client: try server.client(), node: "gpu-0")
        #expect(try await publisher.publish(Self.report()) == .init(topology: .noSuchKind, labels: .updated))
    }

    @Test("somebody who comes in between is waited for") func conflict() async throws {
        let server = ObjectServer(node: #"{"metadata":{"name":"gpu-0"}}"#)
        let publisher = NodePublisher(client: try server.client(), node: "gpu-0")
        _ = try await publisher.publish(Self.report())
        server.refuseNextUpdates(2)
        let busy = Self.report(state: #"{"defaultCpuSet":"1"}"#)
        #expect(try await publisher.publish(busy) == .init(topology: .updated))
        server.refuseNextUpdates(50)
        await #expect(throws: ClientError.self) { try await publisher.publish(Self.report()) }
    }
}

@Suite("Labels of others stay") struct LabelOwnershipTests {
    private static let wanted = [
        (key: "nvidia.com/gpu.count", value: "8"), (key: "nvidia.com/gpu.product", value: "H100"),
    ]

    private func patch(_ ownership: LabelOwnership) -> String { ownership.patch?.json(pretty: false) ?? "" }

    @Test("a label that was there before is not ours") func before() {
        let ownership = LabelOwnership(
            wanted: Self.wanted, labels: ["nvidia.com/gpu.product": "other"], annotations: [:])
        #expect(ownership.foreign == ["nvidia.com/gpu.product"])
        #expect(
            patch(ownership)
                == #"{"metadata":{"labels":{"nvidia.com/gpu.count":"8"},"annotations":{"gangwright.io/node-labels":"{\"nvidia.com/gpu.count\":\"8\"}"}}}"#
        )
    }

    @Test("one of ours that changes is changed, and one that somebody has changed is given up") func changed()
    {
        let annotations = [
            LabelOwnership.annotation: #"{"nvidia.com/gpu.count":"7","nvidia.com/gpu.product":"A100"}"#
        ]
        let ownership = LabelOwnership(
            wanted: Self.wanted, labels: ["nvidia.com/gpu.count": "7", "nvidia.com/gpu.product": "mine"],
            annotations: annotations)
        #expect(ownership.foreign == ["nvidia.com/gpu.product"])
        #expect(patch(ownership).contains(#""labels":{"nvidia.com/gpu.count":"8"}"#))
        #expect(patch(ownership).contains(#"{\"nvidia.com/gpu.count\":\"8\"}"#))
    }

    @Test("nothing is written twice") func settled() {
        let ownership = LabelOwnership(
            wanted: Self.wanted, labels: ["nvidia.com/gpu.count": "8", "nvidia.com/gpu.product": "H100"],
            annotations: [
                LabelOwnership.annotation: #"{"nvidia.com/gpu.count":"8","nvidia.com/gpu.product":"H100"}"#
            ])
        #expect(ownership.patch == nil)
        #expect(ownership.foreign == [])
    }

    @Test("with GPUs gone, or with node-feature-discovery there, ours go") func gone() {
        let labels = ["nvidia.com/gpu.count": "8"]
        let ours = [LabelOwnership.annotation: #"{"nvidia.com/gpu.count":"8"}"#]
        #expect(
            patch(LabelOwnership(wanted: [], labels: labels, annotations: ours))
                == #"{"metadata":{"labels":{"nvidia.com/gpu.count":null},"annotations":{"gangwright.io/node-labels":null}}}"#
        )
        let discovered = ours.merging([LabelOwnership.discoveryAnnotation: "cpu-x,nvidia.com/gpu.count"]) {
            $1
        }
        let ownership = LabelOwnership(wanted: Self.wanted, labels: labels, annotations: discovered)
        #expect(patch(ownership) == #"{"metadata":{"annotations":{"gangwright.io/node-labels":null}}}"#)
        #expect(ownership.foreign == ["nvidia.com/gpu.count", "nvidia.com/gpu.product"])
    }

    @Test("names of models become values of labels") func values() {
        #expect(NodeReport.labelValue("NVIDIA H100 80GB HBM3") == "NVIDIA-H100-80GB-HBM3")
        #expect(NodeReport.labelValue("(odd) ") == "odd")
        #expect(NodeReport.labelValue("") == "")
        #expect(NodeReport.labelValue(String(repeating: "x", count: 80)).count == 63)
    }
}
