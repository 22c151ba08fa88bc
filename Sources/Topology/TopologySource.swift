public import ClusterModel

/// Where a node's topology is read from.
public enum TopologySource: Hashable, Sendable {
    /// The machine that this process runs on.
    case live
    /// An export of hwloc's `lstopo`, version 2 of its XML.
    case xml([UInt8])
    /// A description in hwloc's words, such as `package:2 [numanode(memory=512GB)] core:32 pu:2`; it has no devices.
    case synthetic(String)

    /// Reads the topology.
    ///
    /// On a live machine what hwloc does not know of GPUs is asked of NVML, where there is one, and read from the drivers' files. All processors of the
    /// machine count, also those that this process may not use.
    public func read() throws(TopologyError) -> NodeTopology {
        var topology = try HwlocTopology(self).nodeTopology()
        if case .live = self { LiveDevices.complete(&topology) }
        return topology
    }

    /// What is missing in a topology that was read from here, though the machine may have it; `nil` where nothing is known to be.
    public func gap(in topology: NodeTopology) -> String? {
        guard case .live = self, topology.gpus.contains(where: { $0.vendor == .nvidia }) else { return nil }
        return NVML.problem.map {
            "links between GPUs and MIG modes are not known without NVIDIA's management library: \($0)"
        }
    }
}

/// Why there is no topology.
public enum TopologyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text is no XML of `lstopo`.
    case notXML
    /// The XML has a version that cannot be read.
    case version(String)
    /// The XML is of the right version, and broken.
    case brokenXML
    /// The description means nothing to hwloc.
    case synthetic(String)
    /// The machine could not be read, with the system's reason.
    case machine(String)

    /// One line.
    public var description: String {
        switch self {
        case .notXML: "found no <topology>, expected XML as lstopo writes it: lstopo machine.xml"
        case .version(let version):
            "found version \(version) of hwloc's XML, expected 2.x: "
                + (version.hasPrefix("1.")
                    ? "export it with lstopo of hwloc 2"
                    : "lstopo of hwloc 3 writes that with --export-xml-flags 2")
        case .brokenXML: "found broken XML, expected it as lstopo writes it: lstopo machine.xml"
        case .synthetic(let text):
            "found \"\(text)\", expected a description such as package:2 [numanode(memory=512GB)] core:32 pu:2"
        case .machine(let reason): "cannot read the machine's topology: \(reason)"
        }
    }
}
