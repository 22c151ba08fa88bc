/// What a pod asks of a node whose GPUs can be shared.
public struct DeviceRequest: Hashable, Sendable {
    /// Thousandths of a core.
    public var milliCPU: Int64
    /// Memory, in the unit in which the cluster keeps its books.
    public var memory: Int64
    /// How many GPUs.
    public var devices: Int
    /// Thousandths of each of them: 1000 for whole GPUs, 0 if there are none.
    public var milliGPU: Int64
    /// The models that will do; without effect on a pod that asks for no GPU.
    public var models: ModelSet

    /// A request; several GPUs are always whole ones.
    public init(
        milliCPU: Int64, memory: Int64 = 0, devices: Int, milliGPU: Int64, models: ModelSet = .any
    ) {
        precondition(milliCPU >= 0 && memory >= 0, "a request is not negative")
        switch devices {
        case 0: precondition(milliGPU == 0, "no GPU has no thousandths")
        case 1: precondition((1...1000).contains(milliGPU), "a part of a GPU is 1 to 1000 thousandths")
        default: precondition(devices > 0 && milliGPU == 1000, "several GPUs are whole ones")
        }
        self.milliCPU = milliCPU
        self.memory = memory
        self.devices = devices
        self.milliGPU = milliGPU
        self.models = models
    }

    /// Whether it asks for a part of one GPU.
    public var isShare: Bool { devices == 1 && milliGPU < 1000 }

    /// Thousandths of GPUs in all.
    public var totalMilliGPU: Int64 { Int64(devices) * milliGPU }
}

/// Where a pod is, or could be.
public struct DevicePlacement: Hashable, Sendable {
    /// The node's position in the cluster.
    public var node: Int
    /// Which of the node's GPUs: bit *i* for the *i*-th.
    public var devices: UInt32

    /// A place on some GPUs of a node.
    public init(node: Int, devices: UInt32) {
        self.node = node
        self.devices = devices
    }
}
