import CHwloc
import ClusterModel
import Glibc

/// A topology that hwloc has loaded.
///
/// Owns hwloc's handle; objects that it hands out are valid as long as it lives.
struct HwlocTopology: ~Copyable {
    let handle: hwloc_topology_t

    /// Once: other threads may look at the environment later on.
    private static let hideErrors: Void = { setenv("HWLOC_HIDE_ERRORS", "2", 0) }()

    /// Loads a topology; hwloc's own remarks on standard error are kept away.
    init(_ source: TopologySource) throws(TopologyError) {
        Self.hideErrors
        var made: hwloc_topology_t?
        guard hwloc_topology_init(&made) == 0, let topology = made else {
            throw .machine(String(cString: strerror(errno)))
        }
        do throws(TopologyError) {
            try Self.configure(topology, source)
            guard hwloc_topology_load(topology) == 0 else {
                if case .live = source { throw .machine(String(cString: strerror(errno))) }
                throw Self.refusal(of: source)
            }
        } catch {
            hwloc_topology_destroy(topology)
            throw error
        }
        handle = topology
    }

    deinit { hwloc_topology_destroy(handle) }

    private static func configure(
        _ topology: hwloc_topology_t, _ source: TopologySource
    ) throws(TopologyError) {
        // A pod may be kept to a few processors; what matters is the machine.
        hwloc_topology_set_flags(topology, UInt(HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue))
        // Their plugins start drivers, and tell nothing that is asked for here.
        for component in ["gl", "opencl"] {
            hwloc_topology_set_components(
                topology, UInt(HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST.rawValue), component)
        }
        // Must come before loading, or there are no devices.
        hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_IMPORTANT)
        switch source {
        case .live: break
        case .synthetic(let text):
            guard hwloc_topology_set_synthetic(topology, text) == 0 else { throw .synthetic(text) }
        case .xml(let bytes):
            try HwlocXML.check(bytes)
            // The length counts a zero at the end.
            let text = bytes.map { CChar(bitPattern: $0) } + [0]
            guard hwloc_topology_set_xmlbuffer(topology, text, Int32(text.count)) == 0 else {
                throw .brokenXML
            }
        }
    }

    private static func refusal(of source: TopologySource) -> TopologyError {
        if case .synthetic(let text) = source { .synthetic(text) } else { .brokenXML }
    }

    /// What the model has of it.
    borrowing func nodeTopology() -> NodeTopology {
        var topology = NodeTopology()
        topology.cpus = cpus
        topology.numaNodes = numaNodes
        var devices = PCIDevices(cpus: topology.cpus)
        devices.collect(self)
        topology.pcieSwitches = devices.pcieSwitches
        topology.gpus = devices.gpus
        topology.nics = devices.nics
        topology.gpuLinks = linkGraph(devices.gpus).links
        return topology
    }
}

/// An object of a topology, valid as long as the topology lives.
typealias HwlocObject = UnsafeMutablePointer<hwloc_obj>

extension UnsafeMutablePointer where Pointee == hwloc_obj {
    /// The value of an info by its name; empty where there is none.
    func info(_ name: String) -> String {
        hwloc_obj_get_info_by_name(self, name).map { String(cString: $0) } ?? ""
    }

    /// hwloc's finer type, such as `NVSwitch`; empty where there is none.
    var subtype: String { pointee.subtype.map { String(cString: $0) } ?? "" }

    /// The object's own name, such as `eth0`; empty where there is none.
    var name: String { pointee.name.map { String(cString: $0) } ?? "" }

    /// The nearest object of a type above.
    func ancestor(_ type: hwloc_obj_type_t) -> HwlocObject? {
        var parent = pointee.parent
        while let object = parent {
            if object.pointee.type == type { return object }
            parent = object.pointee.parent
        }
        return nil
    }

    /// The objects on a list that begins with this one.
    var siblings: [HwlocObject] {
        var list: [HwlocObject] = []
        var next: HwlocObject? = self
        while let object = next {
            list.append(object)
            next = object.pointee.next_sibling
        }
        return list
    }
}
