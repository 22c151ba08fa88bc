import Foundation
import Fragmentation

/// The policies once more, by plain loops over everything, in the words of their descriptions.
///
/// Nothing is remembered from one pod to the next but what each node has left, so that there is little that can be wrong.
struct ReferencePlacement {
    struct Node {
        var milliCPU: Int64
        var memory: Int64
        var pods: Int
        var model: Int
        var gpus: [Int64]
        /// Pods with GPUs that are here.
        var hosted: [DeviceRequest] = []

        var idle: Int64 { gpus.reduce(0, +) }
    }

    let policy: DevicePolicy
    let workload: TargetWorkload
    let patterns: DevicePatterns
    var nodes: [Node]

    init(_ policy: DevicePolicy, nodes: [DeviceNode], workload: TargetWorkload) {
        self.policy = policy
        self.workload = workload
        self.nodes = nodes.map {
            Node(
                milliCPU: $0.milliCPU, memory: $0.memory, pods: $0.pods, model: $0.model,
                gpus: Array(repeating: 1000, count: $0.devices))
        }
        var weights: [Int: Double] = [:]
        var sizes: [Int] = []
        for entry in workload.entries where entry.podClass.devices == 1 && entry.podClass.milliGPU < 1000 {
            let size = Int(entry.podClass.milliGPU)
            if weights[size] == nil { sizes.append(size) }
            weights[size, default: 0] += entry.weight
        }
        patterns = DevicePatterns(sizes.map { .init(milliGPU: $0, weight: weights[$0] ?? 0) })
    }

    /// Chooses a node and GPUs; `nil` if no node has room.
    func choose(_ request: DeviceRequest) -> DevicePlacement? {
        let fitting = nodes.indices.filter { fits(request, nodes[$0]) }
        var scored = fitting.map { (node: $0, choice: score(request, nodes[$0])) }
        if policy == .bestFit, let low = scored.map(\.choice.score).min(),
            let high = scored.map(\.choice.score).max()
        {
            for index in scored.indices {
                let raw = scored[index].choice.score
                scored[index].choice.score = high == low ? 0 : (raw - low) * 100 / (high - low)
            }
        }
        guard let best = scored.map(\.choice.score).max() else { return nil }
        guard let winner = scored.first(where: { $0.choice.score == best }) else { return nil }
        let bits = winner.choice.gpus.reduce(into: UInt32(0)) { $0 |= 1 << UInt32($1) }
        return DevicePlacement(node: winner.node, devices: bits)
    }

    mutating func place(_ request: DeviceRequest, _ place: DevicePlacement) {
        nodes[place.node] = after(request, nodes[place.node], gpus(of: place))
        nodes[place.node].memory -= request.memory
        nodes[place.node].pods -= 1
        if request.devices > 0 { nodes[place.node].hosted.append(request) }
    }

    mutating func release(_ request: DeviceRequest, _ place: DevicePlacement) {
        nodes[place.node].milliCPU += request.milliCPU
        nodes[place.node].memory += request.memory
        nodes[place.node].pods += 1
        for gpu in gpus(of: place) { nodes[place.node].gpus[gpu] += request.milliGPU }
        if let index = nodes[place.node].hosted.firstIndex(of: request) {
            nodes[place.node].hosted.remove(at: index)
        }
    }

    private func gpus(of place: DevicePlacement) -> [Int] {
        (0..<32).filter { place.devices >> UInt32($0) & 1 == 1 }
    }

    private func fits(_ request: DeviceRequest, _ node: Node) -> Bool {
        if node.milliCPU < request.milliCPU || node.memory < request.memory || node.pods < 1 { return false }
        if request.devices == 0 { return true }
        let enough = node.gpus.count { $0 >= request.milliGPU }
        return request.models.contains(node.model) && enough >= request.devices
    }

    private func after(_ request: DeviceRequest, _ node: Node, _ gpus: [Int]) -> Node {
        var node = node
        node.milliCPU -= request.milliCPU
        for gpu in gpus { node.gpus[gpu] -= request.milliGPU }
        return node
    }

    // MARK: Scores

    private func score(_ request: DeviceRequest, _ node: Node) -> (score: Int, gpus: [Int]) {
        let open = node.gpus.indices.filter { node.gpus[$0] >= request.milliGPU }
        var usual: [Int] = []
        if request.isShare {
            let least = open.map { node.gpus[$0] }.min()
            usual = open.filter { node.gpus[$0] == least }.prefix(1).map { $0 }
        } else {
            usual = Array(node.gpus.indices.filter { node.gpus[$0] == 1000 }.prefix(request.devices))
        }
        switch policy {
        case .random: return (0, usual)
        case .bestFit:
            let cpu = Double(node.milliCPU - request.milliCPU) / 128_000 * 0.5
            let gpu = Double(node.idle - request.totalMilliGPU) / 8_000 * 0.5
            return (Int((1 - (cpu + gpu)) * 100), usual)
        case .dotProd:
            let cpu = Double(node.milliCPU) / 128_000 * (Double(request.milliCPU) / 128_000)
            let gpu = Double(node.idle) / 8_000 * (Double(request.totalMilliGPU) / 8_000)
            return (Int(100 * (1 - (cpu + gpu) / 2)), usual)
        case .gpuPacking: return (packing(request, node, open), usual)
        case .gpuClustering: return (clustering(request, node), usual)
        case .fgd, .patternPricing:
            if !request.isShare { return (gradient(request, node, usual), usual) }
            var best: (score: Int, gpus: [Int]) = (.min, [])
            for gpu in open {
                var score = gradient(request, node, [gpu])
                if policy == .patternPricing {
                    let regret = patterns.regret(placing: Int(request.milliGPU), in: Int(node.gpus[gpu]))
                    score -= 1000 * Int((regret / 0.02 + 1e-6).rounded(.down))
                }
                if score > best.score { best = (score, [gpu]) }
            }
            return best
        }
    }

    private func packing(_ request: DeviceRequest, _ node: Node, _ open: [Int]) -> Int {
        if request.devices == 0 { return 0 }
        if node.gpus.allSatisfy({ $0 == 1000 }) { return max(33 - node.gpus.count, node.gpus.count) }
        let taken = open.map { node.gpus[$0] }.sorted().prefix(request.devices)
        let idle = taken.count { $0 == 1000 }
        if idle > 0 { return max(50 - idle, 33) }
        return max(100 - Int(taken.reduce(0) { $0 + $1 * 100 / 1000 } / 10), 50)
    }

    private func clustering(_ request: DeviceRequest, _ node: Node) -> Int {
        if request.devices == 0 { return 0 }
        func kind(_ request: DeviceRequest) -> Int { request.isShare ? 0 : request.devices }
        let kinds = Set(node.hosted.map(kind))
        let base: Int
        if kinds.isEmpty {
            base = 25
        } else if !kinds.contains(kind(request)) {
            base = 0
        } else {
            base = kinds.count == 1 ? 75 : 50
        }
        return base + Int(25 * (8_000 - node.idle) / 8_000)
    }

    private func gradient(_ request: DeviceRequest, _ node: Node, _ gpus: [Int]) -> Int {
        let change = fragments(node) - fragments(after(request, node, gpus))
        return Int((1 / (1 + exp(-change / 1000))) * 100)
    }

    /// Milli-GPU that are idle and of no use, the mean over the workload.
    private func fragments(_ node: Node) -> Double {
        var buckets: [String: Double] = [:]
        let idle = Double(node.idle)
        for entry in workload.entries {
            let wanted = entry.podClass
            let hasCPU = node.milliCPU >= wanted.milliCPU
            let enough = node.gpus.count { $0 >= wanted.milliGPU } >= wanted.devices
            let small = Double(node.gpus.filter { $0 < wanted.milliGPU }.reduce(0, +))
            let bucket: String
            var amount = idle
            if wanted.devices == 0 {
                bucket = hasCPU ? "xl" : "xr"
            } else if !wanted.models.contains(node.model) {
                bucket = "no access"
            } else if !enough {
                bucket = hasCPU ? "q2" : "q1"
            } else if !hasCPU {
                bucket = "q4"
            } else {
                bucket = "q2"
                amount = small
                if policy == .patternPricing {
                    // CPU has to last for all GPUs that the class could use, or only a part is usable.
                    let perGPU = Double(wanted.milliCPU) / Double(wanted.devices * 1000)
                    let lasting = 0.85 * perGPU * (idle - small)
                    if lasting > Double(node.milliCPU) {
                        amount = idle - (idle - small) * (Double(node.milliCPU) / lasting)
                    }
                }
            }
            buckets[bucket, default: 0] += entry.weight * amount
        }
        return ["q1", "q2", "q4", "xl", "xr", "no access"].reduce(0) { $0 + (buckets[$1] ?? 0) }
    }
}
