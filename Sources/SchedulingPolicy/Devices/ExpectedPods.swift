import Allocator
import ClusterModel
import Fragmentation

/// Which pods are expected, and what that makes of GPUs that are left idle.
struct FragmentSettings: Equatable, Sendable {
    /// Where the expectation comes from.
    enum Workload: String, Sendable, CaseIterable {
        /// The instance types that there are, each as likely as the others.
        case instanceTypes = "instance-types"
        /// The pods that there are, waiting or not.
        case recent
    }

    var policy = FragmentScorer.Policy.fgd
    var workload = Workload.recent
    /// What a point of the policy counts; 0 where only cards are chosen by it.
    var weight: Int64 = 0
}

/// What pods are expected, as of the opening of a cycle, and the scorer that goes with it.
struct FragmentState: Sendable {
    var settings: FragmentSettings?
    /// The pods that there are; `nil` while nobody has asked.
    var tally: PodTally?
    /// The counts that the scorer was made from.
    var counts: [PodClass: Int] = [:]
    /// `nil` while nothing is expected.
    var scorer: FragmentScorer?
    /// GPUs that no scorer knows of.
    var counted = CountedGPUs()
    /// GPU models by name: their ordinals, from 1.
    var models: [String: Int] = [:]
    /// Whether nodes have changed since models were named.
    var isStale = true
    /// Counts the scorers that there have been.
    var generation = 0
    /// By node, what was found out of it last.
    var known: [KnownDevices?] = []
}

/// What is free on a node, card by card, as long as nothing has changed there.
struct KnownDevices: Sendable {
    let version: Int
    let milliCPU: Int64
    let wholeCards: Int
    let devices: NodeDevices
    /// What the expected pods cannot use of it, in thousandths.
    var fragmented = 0.0
    /// The scorer for which that holds; -1 until somebody asks.
    var generation = -1
}

extension Session {
    /// The labels that say of which model a node's GPUs are, the first that is there.
    private static let modelLabels = ["alibabacloud.com/gpu-card-model", "nvidia.com/gpu.product"]

    /// Looks at what is expected, when a cycle opens.
    ///
    /// It depends on the pods there are alone, so that a scheduler that begins anew expects the same.
    ///
    /// - Complexity: O(different requests); the first time O(pods).
    func expectPods(_ settings: FragmentSettings?) {
        guard let settings else {
            if fragments.settings != nil { fragments = FragmentState() }
            return
        }
        if fragments.isStale { nameModels() }
        var counts = settings.workload == .instanceTypes ? instanceTypeCounts() : [:]
        let areInstanceTypes = !counts.isEmpty
        if !areInstanceTypes { counts = podCounts() }
        let resources = countedGPUResources()
        fragments.counted = CountedGPUs(
            resources: resources,
            shares: areInstanceTypes
                ? countedGPUSharesOfInstanceTypes(resources) : countedGPUShares(resources))
        if settings == fragments.settings, counts == fragments.counts { return }
        let typical = TargetWorkload(typicalOf: counts, percent: 95)
        let mix = TargetWorkload(typicalOf: counts, percent: 100)
        fragments.settings = settings
        fragments.counts = counts
        fragments.generation += 1
        fragments.scorer =
            counts.isEmpty
            ? nil
            : FragmentScorer(
                settings.policy, workload: typical, mix: mix, models: fragments.models.count + 1)
    }

    /// Gives GPU models their ordinals, in the order of their names; 0 is for nodes that do not say.
    private func nameModels() {
        var names: Set<String> = []
        for index in allocator.nodesByName { names.insert(model(of: allocator.node(index))) }
        let sorted = names.filter { !$0.isEmpty }.sorted { $0.precedes($1) }.prefix(ModelSet.capacity - 1)
        let models = Dictionary(
            uniqueKeysWithValues: sorted.enumerated().map { ($0.element, $0.offset + 1) })
        fragments.isStale = false
        if models == fragments.models { return }
        fragments.models = models
        fragments.counts = [:]
        fragments.known = []
    }

    private func model(of node: Node) -> String {
        for label in Self.modelLabels { if let name = node.labels[label] { return name } }
        return ""
    }

    /// How many of a thousand pods are of each class, so that single pods do not change the picture of many.
    private func podCounts() -> [PodClass: Int] {
        var counts: [PodClass: Int] = [:]
        for (asked, count) in podTally().counts {
            let known: PodClass? =
                if let part = asked.part { podClass(of: part, asked.request) } else {
                    podClass(of: asked.request)
                }
            if let known { counts[known, default: 0] += count }
        }
        let total = counts.values.reduce(0, +)
        if total <= 1_000 { return counts }
        return counts.ofThousand(total)
    }

    private func instanceTypeCounts() -> [PodClass: Int] {
        var counts: [PodClass: Int] = [:]
        for type in objects.instanceTypes.values {
            let gpus = min(type.requests[.nvidiaGPU] ?? 0, Int64(NodeDevices.most))
            let models = Self.modelLabels.compactMap { type.nodeSelector[$0] }
            let podClass = PodClass(
                milliCPU: max(0, type.requests[.cpu] ?? 0), devices: Int(gpus),
                milliGPU: gpus > 0 ? 1000 : 0, models: modelSet(models),
                constraint: models.joined(separator: "|"))
            counts[podClass, default: 0] += 1
        }
        return counts
    }

    private func podClass(of request: RequestID) -> PodClass {
        let (milliCPU, gpus) = asked(by: request)
        return PodClass(milliCPU: milliCPU, devices: gpus, milliGPU: gpus > 0 ? 1000 : 0)
    }

    private func podClass(of part: GPUPart, _ request: RequestID) -> PodClass? {
        guard part.milli > 0, !part.isUnreadable else { return nil }
        let milliCPU = asked(by: request).milliCPU
        // Parts of several cards count as so many pods would that ask for one.
        let devices = part.milli == 1000 ? min(part.cards, NodeDevices.most) : 1
        return PodClass(
            milliCPU: milliCPU, devices: devices, milliGPU: part.milli, models: modelSet(part.models),
            constraint: part.models.joined(separator: "|"))
    }

    func asked(by request: RequestID) -> (milliCPU: Int64, gpus: Int) {
        let gpuColumn = self.gpuColumn
        var (milliCPU, gpus) = (Int64(0), Int64(0))
        for index in amounts.range(of: request) {
            let entry = amounts.entries[index]
            if entry.column == ResourceTable.cpu { milliCPU = entry.amount }
            if entry.column == gpuColumn { gpus = entry.amount }
        }
        return (max(0, milliCPU), Int(min(max(0, gpus), Int64(NodeDevices.most))))
    }

    private func modelSet(_ names: [String]) -> ModelSet {
        names.isEmpty ? .any : ModelSet(names.compactMap { fragments.models[$0] })
    }

    // MARK: Nodes

    /// What is free on a node, card by card; `nil` for one with more GPUs than are told apart.
    func freeDevices(of node: Int) -> NodeDevices? {
        // Which whole ones are given away is not counted here.
        if !pins.isEmpty {
            return freeDevices(of: node, devices.nodes[node], wholeCards: wholeCards(of: node))
        }
        let (whole, milliCPU) = (wholeCards(of: node), free(on: node, ResourceTable.cpu))
        let version = node < devices.summaries.count ? devices.summaries[node].version : 0
        if node < fragments.known.count, let known = fragments.known[node], known.version == version,
            known.milliCPU == milliCPU, known.wholeCards == whole
        {
            return known.devices
        }
        guard let free = freeDevices(of: node, devices.nodes[node], wholeCards: whole) else { return nil }
        while fragments.known.count <= node { fragments.known.append(nil) }
        fragments.known[node] = KnownDevices(
            version: version, milliCPU: milliCPU, wholeCards: whole, devices: free)
        return free
    }

    private func freeDevices(of node: Int, _ cards: NodeCards?, wholeCards whole: Int) -> NodeDevices? {
        let model = fragments.models[model(of: allocator.node(node))] ?? 0
        let milliCPU = max(0, free(on: node, ResourceTable.cpu))
        if let cards, cards.kind == .parts {
            if cards.cards.count > NodeDevices.most { return nil }
            return NodeDevices(
                freeMilliCPU: milliCPU,
                freeMilliGPU: cards.freeMilli(wholeCards: whole, except: givenGPUs(of: node)), model: model)
        }
        let count = allocator.node(node).allocatable[.nvidiaGPU] ?? 0
        if count > NodeDevices.most { return nil }
        let free = (0..<Int(max(0, count))).map { Int64($0 < whole ? 1000 : 0) }
        return NodeDevices(freeMilliCPU: milliCPU, freeMilliGPU: free, model: model)
    }

    /// What a pod asks for as the scorer sees it; `nil` where a node cannot give it as it is now.
    private func deviceRequest(of task: Int, on node: Int, _ free: NodeDevices) -> DeviceRequest? {
        let (milliCPU, gpus) = asked(by: tasks[task].request)
        if milliCPU > free.freeMilliCPU { return nil }
        guard let part = devices.demand(of: task)?.part, let cards = devices.nodes[node],
            cards.kind == .parts
        else {
            if gpus > 0, free.firstIdle(gpus) == 0 { return nil }
            return DeviceRequest(milliCPU: milliCPU, devices: gpus, milliGPU: gpus > 0 ? 1000 : 0)
        }
        guard let milli = cards.milli(of: part), (1...1000).contains(milli) else { return nil }
        let count = milli == 1000 ? part.cards : 1
        if count > NodeDevices.most || free.devices(with: milli) < count { return nil }
        return DeviceRequest(milliCPU: milliCPU, devices: count, milliGPU: milli)
    }

    /// The points of a node for a pod; 50 where nothing changes or nothing is known.
    func fragmentScore(of task: Int, on node: Int) -> Int {
        guard let free = freeDevices(of: node), let request = deviceRequest(of: task, on: node, free),
            let choice = fragments.scorer?.choice(for: request, on: free)
        else { return 50 }
        return choice.score
    }

    /// The card on which a part leaves the rest that is of most use.
    func leastFragmentingCard(
        for task: Int, _ milli: Int64, on node: Int, _ cards: NodeCards, wholeCards whole: Int
    ) -> Int? {
        guard let free = freeDevices(of: node, cards, wholeCards: whole),
            let request = deviceRequest(of: task, on: node, free),
            let choice = fragments.scorer?.choice(for: request, on: free), choice.devices != 0
        else { return nil }
        return choice.devices.trailingZeroBitCount
    }

    private func fragmentedMilliGPU(of node: Int, _ free: NodeDevices) -> Double {
        let isKnown = pins.isEmpty && node < fragments.known.count
        if isKnown, let known = fragments.known[node], known.generation == fragments.generation {
            return known.fragmented
        }
        let fragmented = fragments.scorer?.fragmentedMilliGPU(of: free) ?? 0
        if isKnown, var known = fragments.known[node] {
            known.fragmented = fragmented
            known.generation = fragments.generation
            fragments.known[node] = known
        }
        return fragmented
    }

    /// Idle GPUs of all nodes, slices of MIG as the parts that they are, and what of them the expected pods cannot use; `nil` where
    /// nothing is expected.
    ///
    /// - Complexity: O(nodes × (classes + resources that stand for GPUs × what is asked for of them)).
    func countFragments() -> (idleMilliGPU: Int64, fragmentedMilliGPU: Double)? {
        guard fragments.scorer != nil else { return nil }
        var (idle, idleCounted, fragmented) = (Int64(0), 0.0, 0.0)
        let counted = fragments.counted
        for node in allocator.nodesByName {
            if !counted.resources.isEmpty {
                let sum = counted.count(
                    free: { self.free(on: node, $0) }, milliCPU: free(on: node, ResourceTable.cpu))
                idleCounted += sum.idle
                fragmented += sum.fragmented
            }
            guard let free = freeDevices(of: node), free.freeMilliGPU > 0 else { continue }
            idle += free.freeMilliGPU
            fragmented += fragmentedMilliGPU(of: node, free)
        }
        return (idle + Int64(idleCounted.rounded()), fragmented)
    }
}
