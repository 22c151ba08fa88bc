import ClusterModel
import Testing

@testable import BenchmarkCases

@Suite("A peer's loop places as it should, so that its cost can be compared") struct PeerClusterTests {
    private func node(_ name: String, gpus: Int64, labels: [String: String] = [:]) -> PeerNode {
        PeerNode(
            Node(
                name: name, labels: labels, ready: .isTrue,
                allocatable: [.cpu: 8_000, .memory: 1 << 30, .nvidiaGPU: gpus, .pods: 110]))
    }

    private func pod(gpus: Int64, selector: [String: String] = [:]) -> Pod {
        Pod(
            key: ObjectKey(namespace: "a", name: "b"), requests: [.cpu: 1_000, .nvidiaGPU: gpus],
            nodeSelector: selector)
    }

    @Test("a gang that does not fit whole gives its places back") func whole() {
        let cluster = PeerCluster(copying: [node("a", gpus: 4)], samples: false)
        #expect(!cluster.place([pod(gpus: 2), pod(gpus: 2), pod(gpus: 1)]))
        #expect(cluster.place([pod(gpus: 2), pod(gpus: 2)]))
        #expect(!cluster.place([pod(gpus: 1)]))
    }

    @Test("selectors are kept") func selectors() {
        let nodes = [node("a", gpus: 1), node("b", gpus: 1, labels: ["model": "x"])]
        let cluster = PeerCluster(copying: nodes, samples: true)
        #expect(cluster.place([pod(gpus: 1, selector: ["model": "x"])]))
        #expect(!cluster.place([pod(gpus: 1, selector: ["model": "x"])]))
    }

    @Test("a cycle works on copies") func copies() {
        let nodes = [node("a", gpus: 1)]
        let first = PeerCluster(copying: nodes, samples: false)
        #expect(first.place([pod(gpus: 1)]))
        let second = PeerCluster(copying: nodes, samples: false)
        #expect(second.place([pod(gpus: 1)]))
    }
}
