import Allocator
import ClusterModel
import SyntheticClusters

/// The index and the reference, side by side through the same random history.
struct Duel {
    private var random: SeededGenerator
    private var reference: ReferenceAllocator
    private var indexed: IndexedAllocator
    /// Pods to draw from: their needs come to the cluster again and again.
    private let pods: [Pod]
    /// Nodes to draw from: what they say and offer is given to nodes that come or change.
    private let models: [Node]
    private var nodeNumber = 0
    private var marks: [NodeMark] = []
    private var taken: [(placement: Placement, shape: ShapeID)] = []
    private var others: [(request: RequestID, node: Int, occupancy: Occupancy)] = []

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        let count = random.chance(1, in: 4) ? random.integer(in: 31...70) : random.integer(in: 1...12)
        let snapshot = AdversarialCluster(nodes: count...count).snapshot(seed: seed)
        pods = snapshot.pods.filter(\.isPending) + [Pod(key: ObjectKey(namespace: "", name: "nothing"))]
        let spare = AdversarialCluster(nodes: 12...12).snapshot(seed: random.next())
        models = snapshot.nodes + spare.nodes
        let (filters, kernels) = (Self.filters(&random), Self.kernels(&random))
        if random.chance(1, in: 3) {
            // All nodes come later, as changes.
            reference = ReferenceAllocator(filters: filters, kernels: kernels)
            indexed = IndexedAllocator(filters: filters, kernels: kernels)
            for _ in 0..<count { addNode() }
            return
        }
        // Some resources are seen only later.
        var cluster = try ClusterState(nodes: snapshot.nodes, resources: ResourceTable([]))
        for pod in snapshot.pods where !pod.isTerminal {
            guard let node = pod.nodeName.flatMap(cluster.index(ofNode:)) else { continue }
            cluster.add(pod, to: node, as: pod.isTerminating ? .releasing : .bound)
        }
        reference = ReferenceAllocator(cluster: cluster, filters: filters, kernels: kernels)
        indexed = IndexedAllocator(cluster: cluster, filters: filters, kernels: kernels)
    }

    static func filters(_ random: inout SeededGenerator) -> NodeFilters {
        random.chance(1, in: 8)
            ? [] : [.nodeReady, .nodeUnschedulable, .nodeAffinity, .taintToleration, .podCount]
    }

    static func kernels(_ random: inout SeededGenerator) -> [ScoreKernel] {
        var kernels: [ScoreKernel] = []
        let weight = { (random: inout SeededGenerator) in Int64(random.integer(in: 1...10)) }
        let devices: [ResourceName] = [.nvidiaGPU, "example.com/fpga", "example.com/quantum"]
        if random.chance(1, in: 2) {
            let resources = ([.memory, .cpu] + devices).map {
                ScoreKernel.WeightedResource($0, weight: Int64(random.integer(in: 0...5)))
            }
            kernels.append(.binpack(resources: resources, weight: weight(&random)))
        }
        if random.chance(1, in: 3) {
            let strategies = ["cpu", "memory", "nvidia.com/gpu"].map {
                ScoreKernel.ResourceStrategy(
                    $0, prefersFull: random.chance(1, in: 2), weight: Int64(random.integer(in: 1...5)))
            }
            let others = ScoreKernel.ResourceStrategy(
                "example.com/", isPrefix: true, prefersFull: random.chance(1, in: 2), weight: 2)
            kernels.append(.resourceStrategy(strategies + [others], weight: weight(&random)))
        }
        if random.chance(1, in: 3) {
            let scarce = devices.map {
                ScoreKernel.WeightedResource($0, weight: Int64(random.integer(in: 0...5)))
            }
            kernels.append(.scarcity(resources: scarce, weight: weight(&random)))
        }
        if random.chance(1, in: 2) { kernels.append(.leastAllocated(weight: weight(&random))) }
        if random.chance(1, in: 4) { kernels.append(.mostAllocated(weight: weight(&random))) }
        if random.chance(1, in: 2) {
            kernels.append(
                .balancedAllocation(resources: [.cpu, .memory, .nvidiaGPU], weight: weight(&random)))
        }
        if random.chance(1, in: 2) { kernels.append(.nodeAffinity(weight: weight(&random))) }
        if random.chance(1, in: 2) { kernels.append(.taintToleration(weight: weight(&random))) }
        if random.chance(1, in: 2) { kernels.append(.imageLocality(weight: weight(&random))) }
        return kernels
    }

    /// Takes a number of steps; says what differed, `nil` if nothing did.
    mutating func run(steps: Int) -> String? {
        for step in 0..<steps {
            let difference =
                switch random.integer(in: 0...22) {
                case 0...7: placePod()
                case 8...10: placeGang()
                case 11...12: giveBack()
                case 13: addOther()
                case 14: removeOther()
                case 15: askForRoom()
                case 16: changeNodes()
                case 17: changeNode()
                case 18...19: setMarks()
                case 20: makeMark()
                case 21: random.chance(1, in: 8) ? configure() : nil
                default: compareStates()
                }
            if let difference { return "step \(step): \(difference)" }
        }
        return compareStates()
    }

    // MARK: Pods

    private mutating func intern(_ pod: Pod) -> ShapeID? {
        var (avoiding, requiring): ([NodeMark], [NodeMark]) = ([], [])
        if !marks.isEmpty, random.chance(1, in: 2) {
            for _ in 0...random.integer(in: 0...1) { avoiding.append(random.choice(marks)) }
            if random.chance(1, in: 3) { requiring.append(random.choice(marks)) }
        }
        let shape = reference.intern(pod, avoiding: avoiding, requiring: requiring)
        return indexed.intern(pod, avoiding: avoiding, requiring: requiring) == shape ? shape : nil
    }

    private mutating func placePod() -> String? {
        let pod = random.choice(pods)
        guard let shape = intern(pod) else { return "shapes of \(pod.key) differ" }
        if let difference = place(shape) { return "\(pod.key) \(difference)" }
        for node in reference.nodesByName
        where reference.placement(of: shape, on: node) != indexed.placement(of: shape, on: node) {
            return "placement of \(pod.key) on \(reference.node(node).name) differs"
        }
        return nil
    }

    /// Asks for a place and, as a rule, takes it; sometimes candidates are checked.
    private mutating func place(_ shape: ShapeID) -> String? {
        var expected: Placement?
        var found: Placement?
        if random.chance(1, in: 4) {
            let (divisor, rest) = (random.integer(in: 2...5), random.integer(in: 0...4))
            var (asked, alsoAsked): ([Int], [Int]) = ([], [])
            expected = reference.bestNode(for: shape) {
                asked.append($0)
                return $0 % divisor == rest
            }
            found = indexed.bestNode(for: shape) {
                alsoAsked.append($0)
                return $0 % divisor == rest
            }
            if asked != alsoAsked { return "candidates \(asked) were to be checked, \(alsoAsked) were" }
        } else {
            expected = reference.bestNode(for: shape)
            found = indexed.bestNode(for: shape)
        }
        if expected != found { return "expected \(text(expected)), found \(text(found))" }
        if let found, random.chance(7, in: 8) { take(found, for: shape) }
        return nil
    }

    private mutating func take(_ placement: Placement, for shape: ShapeID) {
        reference.take(placement, for: shape)
        indexed.take(placement, for: shape)
        taken.append((placement, shape))
    }

    /// Places the pods of a gang, of one shape or two; undoes it if it does not come together, or for no reason.
    private mutating func placeGang() -> String? {
        let shapes = [intern(random.choice(pods)), intern(random.choice(pods))].compactMap(\.self)
        if shapes.count < 2 { return "shapes differ" }
        let start = taken.count
        let size = random.integer(in: 1...12)
        var isWhole = true
        for member in 0..<size {
            let before = taken.count
            if let difference = place(shapes[random.chance(1, in: 4) ? 1 : 0]) {
                return "member \(member) of a gang: \(difference)"
            }
            if taken.count == before {
                isWhole = false
                break
            }
        }
        if isWhole, random.chance(3, in: 4) { return nil }
        while taken.count > start { giveBack(at: taken.count - 1) }
        return nil
    }

    private mutating func giveBack() -> String? {
        for _ in 0..<random.integer(in: 1...3) where !taken.isEmpty {
            giveBack(at: random.integer(in: 0...(taken.count - 1)))
        }
        return nil
    }

    private mutating func giveBack(at index: Int) {
        let (placement, shape) = taken.remove(at: index)
        reference.giveBack(placement, for: shape)
        indexed.giveBack(placement, for: shape)
    }

    /// A pod comes that somebody else has placed, whether it fits or not.
    private mutating func addOther() -> String? {
        guard let node = anyNode() else { return nil }
        var pod = random.choice(pods)
        if random.chance(1, in: 6) {
            pod.requests[ResourceName("example.com/late-\(random.integer(in: 0...2))")] = 1
        }
        let request = reference.internRequest(of: pod)
        if indexed.internRequest(of: pod) != request { return "requests of \(pod.key) differ" }
        let occupancy = random.choice([Occupancy.bound, .bound, .releasing, .pipelined])
        reference.add(request, to: node, as: occupancy)
        indexed.add(request, to: node, as: occupancy)
        others.append((request, node, occupancy))
        return nil
    }

    private mutating func removeOther() -> String? {
        if others.isEmpty { return nil }
        let (request, node, occupancy) = others.remove(at: random.integer(in: 0...(others.count - 1)))
        reference.remove(request, from: node, as: occupancy)
        indexed.remove(request, from: node, as: occupancy)
        if occupancy == .bound, random.chance(1, in: 2) {
            // It has only begun to leave.
            reference.add(request, to: node, as: .releasing)
            indexed.add(request, to: node, as: .releasing)
            others.append((request, node, .releasing))
        }
        return nil
    }

    /// The room is as many places as can be taken.
    private mutating func askForRoom() -> String? {
        guard let shape = intern(random.choice(pods)) else { return "shapes differ" }
        let expected = reference.room(for: shape)
        let found = indexed.room(for: shape)
        if expected != found { return "expected room for \(expected), found \(found)" }
        // A node without a limit on pods takes as many as there are numbers; nobody can try that out.
        if expected > 500 { return nil }
        var trial = reference
        var count = 0
        while let place = trial.bestNode(for: shape), place.kind == .allocate {
            trial.take(place, for: shape)
            count += 1
        }
        return count == expected ? nil : "expected room for \(expected), \(count) were placed"
    }

    // MARK: Marks

    private mutating func makeMark() -> String? {
        if marks.count == 5 { return nil }
        let mark = reference.makeMark(refusal: "mark \(marks.count)")
        if indexed.makeMark(refusal: "mark \(marks.count)") != mark { return "marks differ" }
        marks.append(mark)
        return nil
    }

    /// A mark changes on one node or on many.
    private mutating func setMarks() -> String? {
        guard let node = anyNode(), !marks.isEmpty else { return nil }
        let mark = random.choice(marks)
        let isSet = random.chance(2, in: 3)
        let domain = random.chance(1, in: 3) ? reference.nodesByName.filter { $0 % 3 == node % 3 } : [node]
        for node in domain {
            reference.setMark(mark, on: node, to: isSet)
            indexed.setMark(mark, on: node, to: isSet)
        }
        return nil
    }

    // MARK: Nodes

    private mutating func anyNode() -> Int? {
        reference.nodeCount == 0 ? nil : random.choice(reference.nodesByName)
    }

    /// A node comes or goes, sometimes a few.
    private mutating func changeNodes() -> String? {
        for _ in 0..<(random.chance(1, in: 5) ? 10 : 1) {
            if random.chance(1, in: 2) {
                addNode()
            } else if let node = anyNode() {
                reference.removeNode(node)
                indexed.removeNode(node)
                taken.removeAll { $0.placement.node == node }
                others.removeAll { $0.node == node }
            }
        }
        return reference.nodesByName == indexed.nodesByName ? nil : "the nodes differ"
    }

    private mutating func addNode() {
        var node = random.choice(models)
        nodeNumber += 1
        node.name = "new-\(random.integer(in: 0...999))-\(nodeNumber)"
        reference.addNode(node)
        indexed.addNode(node)
    }

    /// A node is cordoned, or says or offers something else.
    private mutating func changeNode() -> String? {
        guard let index = anyNode() else { return nil }
        var node = reference.node(index)
        let other = random.choice(models)
        switch random.integer(in: 0...6) {
        case 0: node.isUnschedulable.toggle()
        case 1: node.labels = other.labels
        case 2: node.taints = other.taints
        case 3: node.ready = other.ready
        case 4: node.images = other.images
        case 5: node.allocatable = other.allocatable
        default: node.allocatable[ResourceName("example.com/late-\(random.integer(in: 0...2))")] = 4
        }
        reference.updateNode(index, to: node)
        indexed.updateNode(index, to: node)
        return nil
    }

    private mutating func configure() -> String? {
        let (filters, kernels) = (Self.filters(&random), Self.kernels(&random))
        reference.configure(filters: filters, kernels: kernels)
        indexed.configure(filters: filters, kernels: kernels)
        return nil
    }

    // MARK: Comparing

    private func compareStates() -> String? {
        let (left, right) = (reference.cluster, indexed.cluster)
        if left.resources != right.resources { return "the columns differ" }
        for node in left.nodesByName {
            for column in left.resources.names.indices
            where left.allocatable[column][node] != right.allocatable[column][node]
                || left.idle[column][node] != right.idle[column][node]
                || left.futureIdle[column][node] != right.futureIdle[column][node]
                || left.requested[column][node] != right.requested[column][node]
            {
                return "\(left.resources.names[column]) of \(left.node(node).name) differs"
            }
        }
        return nil
    }

    private func text(_ placement: Placement?) -> String {
        placement.map { "\($0.kind) on \(reference.node($0.node).name)" } ?? "nowhere"
    }
}
