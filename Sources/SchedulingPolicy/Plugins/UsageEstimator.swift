import ClusterModel
import Documents

/// What matters of a pod whose use nobody has measured yet.
struct PodLoad: Equatable, Sendable {
    /// When the kubelet took it.
    let started: Timestamp?
    /// The most that it may use of CPU and memory; `nil` where nothing limits it.
    let cpuLimit: Int64?
    let memoryLimit: Int64?

    init(_ pod: Pod) {
        started = pod.started
        cpuLimit = pod.limits[.cpu]
        memoryLimit = pod.limits[.memory]
    }
}

/// Says what a pod will use, from what it asks for.
///
/// Source: Volcano's `usage`: the request × `request_ratio`, and what the limit exceeds it by × `burst_ratio`; × `risk_factor`
/// on nodes that use more than `risk_threshold` of the resource; never more than the limit.
struct UsageEstimator: Sendable {
    private var requestRatio = 0.7
    private var burstRatio = 0.0
    private var riskThreshold = 0.6
    private var riskFactor = 1.2
    private var bestEffortCPU: Int64 = 250
    private var bestEffortMemory: Int64 = 200 * 1_048_576

    /// As the argument says; what it leaves out has its default.
    init(_ value: Value?) {
        guard let value else { return }
        requestRatio = value["request_ratio"]?.double ?? requestRatio
        burstRatio = value["burst_ratio"]?.double ?? burstRatio
        riskThreshold = value["risk_threshold"]?.double ?? riskThreshold
        riskFactor = value["risk_factor"]?.double ?? riskFactor
        bestEffortCPU = Self.quantity(value["be_cpu"], isMilli: true) ?? bestEffortCPU
        bestEffortMemory = Self.quantity(value["be_mem"], isMilli: false) ?? bestEffortMemory
    }

    private static func quantity(_ value: Value?, isMilli: Bool) -> Int64? {
        guard let text = value?.scalarText else { return nil }
        return isMilli ? try? Quantity.milli(text) : try? Quantity.units(text)
    }

    /// What is wrong with the argument; `nil` if nothing is.
    @Sendable static func check(_ value: Value) -> String? {
        if value.kind != .mapping { return "found \(value.kindName), expected a mapping" }
        for (name, entry) in value.members {
            switch name {
            case "request_ratio", "burst_ratio", "risk_threshold", "risk_factor":
                guard let number = entry.double, (0...1_000).contains(number) else {
                    return "\(name): found \(entry.scalarText ?? entry.kindName), expected a number from 0"
                }
            case "be_cpu", "be_mem":
                guard let amount = quantity(entry, isMilli: name == "be_cpu"), amount >= 0 else {
                    return "\(name): found \(entry.scalarText ?? entry.kindName), expected an amount"
                }
            default:
                return "\(name): unknown; expected request_ratio, burst_ratio, risk_threshold, risk_factor, "
                    + "be_cpu or be_mem"
            }
        }
        return nil
    }

    /// Millicores that a pod will use on a node of which so large a part is in use.
    func cpu(asking request: Int64, limit: Int64?, inUse part: Double) -> Int64 {
        estimate(request, limit, part, bestEffort: bestEffortCPU)
    }

    /// Bytes that a pod will use on a node of which so large a part is in use.
    func memory(asking request: Int64, limit: Int64?, inUse part: Double) -> Int64 {
        estimate(request, limit, part, bestEffort: bestEffortMemory)
    }

    private func estimate(_ request: Int64, _ limit: Int64?, _ part: Double, bestEffort: Int64) -> Int64 {
        if request == 0, limit == nil { return bestEffort }
        let asked = Double(request)
        let burst = max(0, Double(limit ?? request) - asked)
        let risk = part > riskThreshold ? riskFactor : 1
        let amount = (asked * requestRatio + burst * burstRatio) * risk
        let most = limit.map(Double.init) ?? amount
        return Int64(min(amount, most, 0x1p62).rounded())
    }
}
