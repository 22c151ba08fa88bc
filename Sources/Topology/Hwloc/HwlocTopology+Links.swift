import CHwloc
import ClusterModel

extension HwlocTopology {
    /// What hwloc's matrices tell of links between GPUs.
    func linkGraph(_ gpus: [NodeTopology.GPU]) -> LinkGraph {
        var graph = LinkGraph(gpuCount: gpus.count)
        let indices = Dictionary(gpus.map { ($0.pciAddress, $0.index) }) { first, _ in first }
        if let matrix = distances("NVLinkBandwidth") { addNVLink(matrix, indices, to: &graph) }
        if let matrix = distances("XGMIBandwidth") {
            let ends = matrix.objects.map { $0.flatMap { gpu(of: $0, indices) } }
            for (row, first) in ends.enumerated() {
                for (column, second) in ends.enumerated() {
                    if let first, let second, first < second, matrix[row, column] > 0 {
                        graph.join(first, second, .xgmi, count: 1)
                    }
                }
            }
        }
        return graph
    }

    private func addNVLink(_ matrix: DistanceMatrix, _ indices: [String: Int], to graph: inout LinkGraph) {
        let gpus = matrix.objects.map { $0.flatMap { gpu(of: $0, indices) } }
        // A switch with several ports stands several times in the matrix.
        var numbers: [HwlocObject: Int] = [:]
        let switches = matrix.objects.map { object -> Int? in
            guard let object, object.subtype == "NVSwitch" else { return nil }
            if let number = numbers[object] { return number }
            let number = graph.addSwitch()
            numbers[object] = number
            return number
        }
        for row in matrix.objects.indices {
            for column in matrix.objects.indices where row != column && matrix[row, column] > 0 {
                let count = Self.linkCount(megabytesPerSecond: matrix[row, column])
                switch (gpus[row], gpus[column], switches[row], switches[column]) {
                case (let first?, let second?, _, _): graph.join(first, second, .nvLink, count: count)
                case (let gpu?, _, _, let other?): graph.join(gpu: gpu, toSwitch: other, count: count)
                case (_, _, let one?, let other?): graph.join(switch: one, toSwitch: other)
                default: break
                }
            }
        }
    }

    /// The GPU that an object is, or that it belongs to.
    private func gpu(of object: HwlocObject, _ indices: [String: Int]) -> Int? {
        let device =
            object.pointee.type == HWLOC_OBJ_PCI_DEVICE ? object : object.ancestor(HWLOC_OBJ_PCI_DEVICE)
        guard let attributes = device?.pointee.attr?.pointee.pcidev else { return nil }
        return indices[PCIAddress(attributes).description]
    }

    /// How many links make a bandwidth: 25 GB/s each since the second generation, 20 GB/s in the first.
    private static func linkCount(megabytesPerSecond: UInt64) -> Int {
        for each in [25_000, 20_000] as [UInt64] where megabytesPerSecond % each == 0 {
            return Int(clamping: megabytesPerSecond / each)
        }
        return max(1, Int(clamping: megabytesPerSecond / 25_000))
    }
}
