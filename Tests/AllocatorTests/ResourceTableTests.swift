import Allocator
import ClusterModel
import Testing

@Suite("Every resource has a column") struct ResourceTableTests {
    @Test("CPU, memory and pods come first, the others by name") func order() {
        let table = ResourceTable(["nvidia.com/gpu", "example.com/b", "memory", "example.com/a", "pods"])
        #expect(
            table.names == ["cpu", "memory", "pods", "example.com/a", "example.com/b", "nvidia.com/gpu"])
        #expect(table.count == 6)
        #expect(table.names.indices.map { table.column(table.names[$0]) } == [0, 1, 2, 3, 4, 5])
        #expect(table.column("amd.com/gpu") == nil)
        #expect(ResourceTable([]).names == ["cpu", "memory", "pods"])
    }

    @Test("the order of the names that are given does not matter") func arrival() {
        #expect(ResourceTable(["b", "a", "b"]) == ResourceTable(["a", "b"]))
    }

    @Test("a list becomes a row, and a row a list without its zeros") func rows() {
        let table = ResourceTable(["gpu"])
        #expect(table.row([.cpu: 5, "gpu": 2, "unknown": 9]) == [5, 0, 0, 2])
        #expect(table.row([:]) == [0, 0, 0, 0])
        #expect(table.list([5, 0, 0, 2]) == [.cpu: 5, "gpu": 2])
        #expect(table.list([0, 0, 0, 0]) == [:])
        #expect(table.list([-1, 0, 3, 0]) == [.cpu: -1, .pods: 3])
    }

    @Test("a pod takes its slot, whatever it says itself, and always counts CPU and memory") func requests() {
        let table = ResourceTable(["gpu"])
        func amounts(_ list: ResourceList) -> [[Int64]] {
            let pod = Pod(key: ObjectKey(namespace: "n", name: "p"), requests: list)
            return PodRequest(pod, in: table).amounts.map { [Int64($0.column), $0.amount] }
        }
        #expect(amounts([:]) == [[0, 0], [1, 0], [2, 1]])
        #expect(amounts([.cpu: 3, "gpu": 1]) == [[0, 3], [1, 0], [2, 1], [3, 1]])
        #expect(amounts([.pods: 7, "gpu": 0]) == [[0, 0], [1, 0], [2, 1]])
    }

    @Test("a pod that asks for zero of things asks for nothing") func bestEffort() {
        let table = ResourceTable(["gpu"])
        func isBestEffort(_ list: ResourceList) -> Bool {
            PodRequest(Pod(key: ObjectKey(namespace: "n", name: "p"), requests: list), in: table).isBestEffort
        }
        #expect(isBestEffort([:]))
        #expect(isBestEffort([.cpu: 0, .memory: 0, "gpu": 0]))
        #expect(!isBestEffort([.memory: 1]))
        #expect(!isBestEffort(["gpu": 1]))
    }
}
