/// A node of a cluster whose GPUs can be shared, as it is when nothing runs.
public struct DeviceNode: Hashable, Sendable {
    /// Thousandths of a core.
    public var milliCPU: Int64
    /// Memory, in the unit of the requests.
    public var memory: Int64
    /// The most pods.
    public var pods: Int
    /// GPUs.
    public var devices: Int
    /// The ordinal of their model.
    public var model: Int

    /// A node.
    public init(milliCPU: Int64, memory: Int64, pods: Int, devices: Int, model: Int) {
        self.milliCPU = milliCPU
        self.memory = memory
        self.pods = pods
        self.devices = devices
        self.model = model
    }
}

/// The books of a cluster whose GPUs can be shared: what each node has left, to the thousandth of a GPU.
///
/// Where policies are indifferent, the node that comes first is taken: the order of the nodes is theirs in a tie.
/// Breaking the books (more than there is, a place that the pod does not have) traps.
public struct DeviceCluster: Sendable {
    /// The nodes as they are when nothing runs.
    public let nodes: [DeviceNode]
    /// Free CPU and GPUs of each node.
    public private(set) var free: [NodeDevices]
    /// Free memory of each node.
    public private(set) var freeMemory: [Int64]
    /// Pods that each node can take yet.
    public private(set) var freePods: [Int]
    /// How often each node has changed.
    public private(set) var changes: [Int]
    /// Pods of each kind on each node: parts of GPUs, then 1, 2, … GPUs.
    private var kinds: [Int32]

    /// What the filter reads, side by side.
    private struct Room {
        var milliCPU: Int64
        var memory: Int64
        var pods: Int64
        var largestFree: Int64
        var idleDevices: Int64
        var model: Int
    }

    private var rooms: [Room] = []

    static let kindCount = NodeDevices.most + 1

    /// A cluster in which nothing runs.
    public init(nodes: [DeviceNode]) {
        self.nodes = nodes
        free = nodes.map { NodeDevices(milliCPU: $0.milliCPU, devices: $0.devices, model: $0.model) }
        freeMemory = nodes.map(\.memory)
        freePods = nodes.map(\.pods)
        changes = nodes.map { _ in 0 }
        kinds = Array(repeating: 0, count: nodes.count * Self.kindCount)
        rooms = nodes.indices.map(room)
    }

    /// Whether a node has room for a pod.
    public func fits(_ request: DeviceRequest, on node: Int) -> Bool {
        let room = rooms[node]
        // All differences are 0 or more where the pod fits, so that none has the sign bit.
        let left = (room.milliCPU - request.milliCPU) | (room.memory - request.memory) | (room.pods - 1)
        if request.devices == 0 { return left >= 0 }
        let gpu =
            request.isShare
            ? room.largestFree - request.milliGPU : room.idleDevices - Int64(request.devices)
        return left | gpu >= 0 && request.models.contains(room.model)
    }

    /// The kind of a pod that uses GPUs: 0 for a part of one, else how many.
    static func kind(of request: DeviceRequest) -> Int { request.isShare ? 0 : request.devices }

    /// How many pods of a kind a node hosts.
    func hosted(_ kind: Int, on node: Int) -> Int32 { kinds[node * Self.kindCount + kind] }

    /// How many pods that use GPUs a node hosts.
    func hostedPods(on node: Int) -> Int32 {
        var sum: Int32 = 0
        for kind in 0..<Self.kindCount { sum += hosted(kind, on: node) }
        return sum
    }

    /// Puts a pod on a node.
    public mutating func place(_ request: DeviceRequest, _ place: DevicePlacement) {
        precondition(place.devices.nonzeroBitCount == request.devices, "a pod gets the GPUs that it asks for")
        let node = place.node
        free[node].take(milliCPU: request.milliCPU, milliGPU: request.milliGPU, of: place.devices)
        freeMemory[node] -= request.memory
        freePods[node] -= 1
        precondition(freeMemory[node] >= 0 && freePods[node] >= 0, "a node takes no more than fits")
        if request.devices > 0 { kinds[node * Self.kindCount + Self.kind(of: request)] += 1 }
        refresh(node)
    }

    /// Takes a pod off its node.
    public mutating func release(_ request: DeviceRequest, _ place: DevicePlacement) {
        precondition(place.devices.nonzeroBitCount == request.devices, "a pod returns the GPUs that it has")
        let node = place.node
        free[node].giveBack(milliCPU: request.milliCPU, milliGPU: request.milliGPU, of: place.devices)
        freeMemory[node] += request.memory
        freePods[node] += 1
        precondition(
            free[node].freeMilliCPU <= nodes[node].milliCPU && freeMemory[node] <= nodes[node].memory
                && freePods[node] <= nodes[node].pods, "a pod returns what it has")
        if request.devices > 0 {
            let kind = node * Self.kindCount + Self.kind(of: request)
            kinds[kind] -= 1
            precondition(kinds[kind] >= 0, "a pod leaves the node that it is on")
        }
        refresh(node)
    }

    private mutating func refresh(_ node: Int) {
        changes[node] += 1
        rooms[node] = room(node)
    }

    private func room(_ node: Int) -> Room {
        Room(
            milliCPU: free[node].freeMilliCPU, memory: freeMemory[node], pods: Int64(freePods[node]),
            largestFree: free[node].largestFree, idleDevices: Int64(free[node].devices(with: 1000)),
            model: nodes[node].model)
    }
}
