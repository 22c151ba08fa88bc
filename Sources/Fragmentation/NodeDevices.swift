/// What is free on a node: its CPU and each of its GPUs.
///
/// A value without references, so that kernels can try what would be after a placement.
public struct NodeDevices: Hashable, Sendable {
    /// The most GPUs on a node.
    public static let most = 16

    /// The GPUs' model.
    public let model: Int
    /// How many GPUs there are.
    public let count: Int
    /// Free thousandths of a core.
    public private(set) var freeMilliCPU: Int64
    /// Free thousandths of all GPUs together.
    public private(set) var freeMilliGPU: Int64
    /// Free thousandths of each; 0 beyond the last.
    private var free: SIMD16<Int16>

    /// A node on which nothing runs.
    public init(milliCPU: Int64, devices: Int, model: Int) {
        precondition((0...Self.most).contains(devices), "a node has at most 16 GPUs")
        self.model = model
        count = devices
        freeMilliCPU = milliCPU
        freeMilliGPU = Int64(devices) * 1000
        free = .zero
        for device in 0..<devices { free[device] = 1000 }
    }

    /// A node on which so much of each GPU is free.
    public init(freeMilliCPU: Int64, freeMilliGPU: [Int64], model: Int) {
        self.init(milliCPU: freeMilliCPU, devices: freeMilliGPU.count, model: model)
        for (device, amount) in freeMilliGPU.enumerated() { setFree(device, amount) }
    }

    /// Free thousandths of a GPU.
    public subscript(device: Int) -> Int64 { Int64(free[device]) }

    /// How many GPUs have so much free.
    ///
    /// - Precondition: `milliGPU` is above 0.
    public func devices(with milliGPU: Int64) -> Int {
        let isEnough = free .>= SIMD16(repeating: Int16(milliGPU))
        return Int(SIMD16<Int16>.zero.replacing(with: 1, where: isEnough).wrappedSum())
    }

    /// The most that is free on any GPU; 0 if there is none.
    public var largestFree: Int64 { Int64(free.max()) }

    /// The GPU with the least free that is enough, the first of equals; `nil` if there is none.
    public func tightest(_ milliGPU: Int64) -> Int? {
        var best: Int?
        var least = Int64.max
        for device in 0..<count where self[device] >= milliGPU && self[device] < least {
            (best, least) = (device, self[device])
        }
        return best
    }

    /// The first GPUs on which nothing runs, as bits; 0 if there are fewer.
    public func firstIdle(_ wanted: Int) -> UInt32 {
        var bits: UInt32 = 0
        var missing = wanted
        for device in 0..<count where missing > 0 && free[device] == 1000 {
            bits |= 1 << UInt32(device)
            missing -= 1
        }
        return missing == 0 ? bits : 0
    }

    /// Whether an earlier GPU has just as much free, so that what holds for that one holds for this.
    func isRepeated(_ device: Int) -> Bool {
        for earlier in 0..<device where free[earlier] == free[device] { return true }
        return false
    }

    /// Takes CPU, and the same part of each of some GPUs.
    mutating func take(milliCPU: Int64, milliGPU: Int64, of devices: UInt32) {
        change(milliCPU: milliCPU, milliGPU: milliGPU, of: devices)
    }

    /// Gives back what was taken.
    mutating func giveBack(milliCPU: Int64, milliGPU: Int64, of devices: UInt32) {
        change(milliCPU: -milliCPU, milliGPU: -milliGPU, of: devices)
    }

    private mutating func change(milliCPU: Int64, milliGPU: Int64, of devices: UInt32) {
        freeMilliCPU -= milliCPU
        precondition(freeMilliCPU >= 0, "a node gives no more CPU than it has")
        var bits = devices
        while bits != 0 {
            let device = bits.trailingZeroBitCount
            setFree(device, self[device] - milliGPU)
            bits &= bits - 1
        }
    }

    private mutating func setFree(_ device: Int, _ amount: Int64) {
        precondition(device < count && (0...1000).contains(amount), "a GPU is used from 0 to 100 %")
        freeMilliGPU += amount - self[device]
        free[device] = Int16(amount)
    }
}
