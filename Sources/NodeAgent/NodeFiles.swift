import ClusterModel
import Documents
import Glibc
public import Topology

/// The machine and the kubelet's files on it, as a source of reports.
public struct NodeFiles: NodeReportSource {
    /// Where the topology is read from.
    public var topology = TopologySource.live
    /// The kubelet's configuration, YAML or JSON; `nil` where nobody should look.
    public var kubeletConfiguration: String? = "/var/lib/kubelet/config.yaml"
    /// The CPU manager's checkpoint; `nil` where nobody should look.
    public var cpuManagerState: String? = "/var/lib/kubelet/cpu_manager_state"
    /// What the administrator says, which counts more than the kubelet's configuration.
    public var cpuManagerPolicy: String?
    /// The same.
    public var topologyManagerPolicy: String?
    /// The same, in thousandths.
    public var reservedMilliCPU: Int64?

    /// This machine, with the kubelet's files where they usually are.
    public init() {}

    /// The node as it is now; what cannot be read of the kubelet is as it is without a configuration.
    public func report() throws(NodeReportFailure) -> (report: NodeReport, remarks: [String]) {
        let read: NodeTopology
        do { read = try topology.read() } catch { throw NodeReportFailure(error.description) }
        var remarks: [String] = []
        if let gap = topology.gap(in: read) { remarks.append(gap) }
        let (kubelet, state) = kubelet(&remarks)
        return (NodeReport(topology: read, kubelet: kubelet, state: state), remarks)
    }

    /// The same machine, with the kubelet's files as they are now.
    public func kubelet(beside report: NodeReport) -> NodeReport? {
        var remarks: [String] = []
        let (kubelet, state) = kubelet(&remarks)
        return NodeReport(topology: report.topology, kubelet: kubelet, state: state)
    }

    private func kubelet(_ remarks: inout [String]) -> (KubeletSettings, CPUManagerState?) {
        var settings = KubeletSettings()
        if let path = kubeletConfiguration {
            settings = read(path, &remarks) { KubeletSettings($0, file: path, sink: $1) } ?? settings
        }
        settings.cpuManagerPolicy = cpuManagerPolicy ?? settings.cpuManagerPolicy
        settings.topologyManagerPolicy = topologyManagerPolicy ?? settings.topologyManagerPolicy
        settings.reservedMilliCPU = reservedMilliCPU ?? settings.reservedMilliCPU
        guard let path = cpuManagerState else { return (settings, nil) }
        return (settings, read(path, &remarks) { CPUManagerState($0, file: path, sink: $1) })
    }

    private func read<Result>(
        _ path: String, _ remarks: inout [String], _ convert: ([UInt8], ProblemSink) -> Result?
    ) -> Result? {
        guard let bytes = Self.bytes(of: path) else {
            remarks.append("\(path): \(String(cString: strerror(errno)))")
            return nil
        }
        let sink = ProblemSink()
        let result = convert(bytes, sink)
        if result == nil { remarks += sink.problems.map(\.description) }
        return result
    }

    /// Files of the kubelet are small.
    private static let mostBytes = 4 << 20

    private static func bytes(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= mostBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 { return nil }
            bytes.append(contentsOf: chunk[..<count])
        }
        errno = EFBIG
        return nil
    }
}
