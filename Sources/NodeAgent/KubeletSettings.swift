import ClusterModel
public import Documents

/// What the kubelet's configuration says of how it gives out processors.
public struct KubeletSettings: Hashable, Sendable {
    /// `none` or `static`.
    public var cpuManagerPolicy = "none"
    /// `none`, `best-effort`, `restricted` or `single-numa-node`.
    public var topologyManagerPolicy = "none"
    /// Thousandths of processors that are kept from pods.
    public var reservedMilliCPU: Int64 = 0

    /// The kubelet's defaults.
    public init() {}

    /// Reads a `KubeletConfiguration`, in YAML or JSON, or what `/configz` answers.
    ///
    /// - Returns: `nil` where the text is none, with the reasons in `sink`.
    public init?(_ text: [UInt8], file: String, sink: ProblemSink) {
        let parsed = DocumentParser.parse(text, file: file)
        for problem in parsed.problems { sink.report(problem) }
        guard parsed.problems.allSatisfy({ $0.severity != .error }), let document = parsed.documents.first
        else {
            return nil
        }
        let whole = FieldReader(document, sink: sink)
        let settings = whole.object("kubeletconfig") ?? whole
        if let policy = settings.string("cpuManagerPolicy"), !policy.isEmpty { cpuManagerPolicy = policy }
        if let policy = settings.string("topologyManagerPolicy"), !policy.isEmpty {
            topologyManagerPolicy = policy
        }
        // A list of processors takes the place of amounts, as the kubelet has it.
        if let list = settings.string("reservedSystemCPUs"), !list.isEmpty {
            guard let set = CPUSet(list) else {
                settings.report(
                    "reservedSystemCPUs", "found \(list.debugDescription), expected processors such as 0-3,8")
                return nil
            }
            reservedMilliCPU = Int64(set.ids.count) * 1_000
        } else {
            for key in ["kubeReserved", "systemReserved"] {
                guard let reserved = settings.object(key), let text = reserved.value("cpu")?.scalarText else {
                    continue
                }
                guard let amount = try? Quantity.milli(text), amount >= 0, amount < 1 << 40 else {
                    reserved.report("cpu", "found \(text.debugDescription), expected an amount such as 500m")
                    return nil
                }
                reservedMilliCPU += amount
            }
        }
        if sink.hasErrors { return nil }
    }
}
