import SyntheticClusters

@testable import Simulation

/// Clusters and workloads unlike openb's: nodes of a few random shapes, pods of a few random classes.
enum GeneratedTrace {
    static func trace(seed: UInt64) -> OpenBTrace {
        var random = SeededGenerator(seed: seed)
        let shapes = (0..<random.integer(in: 2...4)).map { model in
            let gpus = Int64(random.choice([1, 2, 4, 8, 8]))
            return OpenBTrace.Node(
                name: "", milliCPU: gpus * Int64(random.integer(in: 8...20)) * 1_000,
                memoryMiB: gpus << 20, gpus: gpus, model: "model\(model)")
        }
        let nodes = (0..<50).map { index in
            var node = random.choice(shapes)
            node.name = "node-\(100 + index)"
            return node
        }
        let gpus = nodes.reduce(0) { $0 + $1.gpus }
        let classes = (0..<random.integer(in: 8...16)).map { index in
            let count = index == 0 ? 0 : Int64(random.choice([1, 1, 1, 1, 1, 1, 2]))
            let isShare = count == 1 && random.chance(2, in: 3)
            let milliGPU = count == 0 ? 0 : isShare ? Int64(random.integer(in: 10...90)) * 10 : 1_000
            // CPU in proportion to GPU, more or less, so that neither alone decides.
            let milliCPU = max(count * milliGPU, 500) * Int64(random.integer(in: 4...12))
            return Weighted(
                OpenBTrace.Task(
                    name: "", milliCPU: milliCPU, memoryMiB: 100, gpus: count, milliGPU: milliGPU,
                    models: [], qos: "", creationSeconds: nil),
                weight: random.integer(in: 1...10))
        }
        var tasks: [OpenBTrace.Task] = []
        var asked: Int64 = 0
        while asked < gpus * 1_000 {
            var task = random.choice(classes)
            task.name = "pod-\(10_000 + tasks.count)"
            tasks.append(task)
            asked += task.gpus * task.milliGPU
        }
        return OpenBTrace(nodes: nodes, tasks: tasks)
    }
}
