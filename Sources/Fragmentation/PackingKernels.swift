/// The scores of the policies that look at a node's free amounts alone; the node with the highest wins.
///
/// Each takes a node on which the pod fits. 128 cores and 8 GPUs are the largest node of the cluster for which they were made, and
/// part of their definition.
///
/// Source: Weng et al., USENIX ATC 2023, section 6.1, and its simulator, whose rounding they keep.
enum PackingKernels {
    private static let mostMilliCPU = 128_000.0
    private static let mostMilliGPU = 8_000.0

    /// How little would be left, from 0 to 100, before it is spread over the nodes that fit.
    static func bestFit(_ request: DeviceRequest, _ node: NodeDevices) -> Int {
        let cpu = Double(node.freeMilliCPU - request.milliCPU) / mostMilliCPU * 0.5
        let gpu = Double(node.freeMilliGPU - request.totalMilliGPU) / mostMilliGPU * 0.5
        return Int((1 - (cpu + gpu)) * 100)
    }

    /// How little the free amounts point in the direction of the request.
    static func dotProduct(_ request: DeviceRequest, _ node: NodeDevices) -> Int {
        let cpu = (Double(node.freeMilliCPU) / mostMilliCPU) * (Double(request.milliCPU) / mostMilliCPU)
        let gpu =
            (Double(node.freeMilliGPU) / mostMilliGPU) * (Double(request.totalMilliGPU) / mostMilliGPU)
        return Int(100 * (1 - (cpu + gpu) / 2))
    }

    /// First GPUs in use, then idle ones of nodes in use, then idle nodes, small ones before large ones.
    static func packing(_ request: DeviceRequest, _ node: NodeDevices) -> Int {
        if request.devices == 0 { return 0 }
        if node.freeMilliGPU == Int64(node.count) * 1000 { return max(33 - node.count, node.count) }
        // The GPUs that the pod would get, the fullest that are free enough first.
        var idle = 0
        var percent: Int64 = 0
        var missing = request.devices
        var floor = request.milliGPU
        while missing > 0 {
            var least = Int64.max
            for device in 0..<node.count where node[device] >= floor { least = min(least, node[device]) }
            if least == .max { break }
            for device in 0..<node.count where missing > 0 && node[device] == least {
                if least == 1000 { idle += 1 }
                percent += least * 100 / 1000
                missing -= 1
            }
            floor = least + 1
        }
        return idle > 0 ? max(50 - idle, 33) : max(100 - Int(percent / 10), 50)
    }

    /// Pods of one kind together, on the fuller node.
    ///
    /// - Parameters:
    ///   - ofKind: Pods of the same kind that the node hosts.
    ///   - others: Pods of other kinds that use GPUs.
    static func clustering(
        _ request: DeviceRequest, _ node: NodeDevices, ofKind: Int32, others: Int32
    ) -> Int {
        if request.devices == 0 { return 0 }
        let base: Int
        switch (ofKind > 0, others > 0) {
        case (true, false): base = 75
        case (true, true): base = 50
        case (false, false): base = 25
        case (false, true): base = 0
        }
        return base + Int(25 * (8000 - node.freeMilliGPU) / 8000)
    }
}
