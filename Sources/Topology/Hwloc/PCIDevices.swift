import CHwloc
import ClusterModel

/// GPUs, network cards and the PCIe switches above them, gathered from a loaded topology.
struct PCIDevices {
    private(set) var gpus: [NodeTopology.GPU] = []
    private(set) var nics: [NodeTopology.NIC] = []
    private(set) var pcieSwitches: [NodeTopology.PCIeSwitch] = []

    private let cpus: [NodeTopology.CPU]
    /// The numbers of switches by the bridge that is their way up.
    private var switchNumbers: [HwlocObject: Int] = [:]

    init(cpus: [NodeTopology.CPU]) { self.cpus = cpus }

    mutating func collect(_ topology: borrowing HwlocTopology) {
        var devices: [(address: PCIAddress, object: HwlocObject)] = []
        var last: HwlocObject?
        while let object = hwloc_get_next_pcidev(topology.handle, last) {
            last = object
            if let attributes = object.pointee.attr?.pointee.pcidev {
                devices.append((PCIAddress(attributes), object))
            }
        }
        devices.sort { $0.address < $1.address }
        for (address, object) in devices {
            guard let attributes = object.pointee.attr?.pointee.pcidev else { continue }
            if let vendor = Self.gpuVendor(attributes) {
                add(gpu: object, attributes, address, vendor)
            } else if attributes.class_id >> 8 == 0x02 {
                add(nic: object, attributes, address)
            }
        }
    }

    /// Who made a GPU; `nil` for what is none. A server's own screen is one of other makers.
    private static func gpuVendor(_ device: hwloc_pcidev_attr_s) -> NodeTopology.GPU.Vendor? {
        // Display controllers, and processing accelerators.
        guard [0x03, 0x12].contains(device.class_id >> 8) else { return nil }
        return switch device.vendor_id {
        case 0x10DE: .nvidia
        case 0x1002: .amd
        default: nil
        }
    }

    private mutating func add(
        gpu object: HwlocObject, _ attributes: hwloc_pcidev_attr_s, _ address: PCIAddress,
        _ vendor: NodeTopology.GPU.Vendor
    ) {
        let known = GPUModel.find(vendor: attributes.vendor_id, device: attributes.device_id)
        let place = place(of: object)
        var gpu = NodeTopology.GPU(
            index: gpus.count, vendor: vendor, model: known?.name ?? "",
            memoryBytes: known?.memoryBytes ?? 0, pciAddress: address.description, numaNode: place.numaNode,
            pcieSwitch: place.pcieSwitch, isMIGCapable: known?.isMIGCapable ?? false)
        // One card shows up as several devices of the operating system, each of which knows a part.
        for device in object.pointee.io_first_child?.siblings ?? [] {
            let model = device.info("GPUModel")
            if !model.isEmpty { gpu.model = model }
            let uuid = device.info("NVIDIAUUID") + device.info("AMDUUID")
            if !uuid.isEmpty { gpu.uuid = uuid }
            for key in ["CUDAGlobalMemorySize", "RSMIVRAMSize", "OpenCLGlobalMemorySize"] {
                if let kibibytes = Int64(device.info(key)), kibibytes > 0, kibibytes < 1 << 50 {
                    gpu.memoryBytes = kibibytes << 10
                }
            }
        }
        gpus.append(gpu)
    }

    private mutating func add(
        nic object: HwlocObject, _ attributes: hwloc_pcidev_attr_s, _ address: PCIAddress
    ) {
        let devices = object.pointee.io_first_child?.siblings ?? []
        func name(_ type: hwloc_obj_osdev_type_t) -> String? {
            devices.first {
                $0.pointee.type == HWLOC_OBJ_OS_DEVICE && $0.pointee.attr?.pointee.osdev.type == type
            }?
            .name
        }
        let rdma = name(HWLOC_OBJ_OSDEV_OPENFABRICS)
        let place = place(of: object)
        nics.append(
            NodeTopology.NIC(
                // In a pod's network the host's cards have no name.
                name: rdma ?? name(HWLOC_OBJ_OSDEV_NETWORK) ?? address.description,
                pciAddress: address.description, numaNode: place.numaNode, pcieSwitch: place.pcieSwitch,
                // Class 0207 is an InfiniBand controller.
                isRDMACapable: rdma != nil || attributes.class_id == 0x0207))
    }

    // MARK: Where a device hangs

    private mutating func place(of device: HwlocObject) -> (numaNode: Int?, pcieSwitch: Int?) {
        var bridges: [HwlocObject] = []
        var parent = device.pointee.parent
        while let object = parent, object.pointee.type == HWLOC_OBJ_BRIDGE {
            if object.pointee.attr?.pointee.bridge.upstream_type == HWLOC_OBJ_BRIDGE_PCI {
                bridges.append(object)
            }
            parent = object.pointee.parent
        }
        let numaNode = parent.flatMap(numaNode)
        // From the processor on: its own port, then a way up and a way down for each switch.
        bridges.reverse()
        var pcieSwitch: Int?
        for up in stride(from: 1, to: bridges.count - 1, by: 2) {
            pcieSwitch = number(of: bridges[up], parent: pcieSwitch, numaNode)
        }
        return (numaNode, pcieSwitch)
    }

    private mutating func number(of bridge: HwlocObject, parent: Int?, _ numaNode: Int?) -> Int {
        if let number = switchNumbers[bridge] { return number }
        let number = pcieSwitches.count
        switchNumbers[bridge] = number
        let address = bridge.pointee.attr.map { PCIAddress($0.pointee.bridge.upstream.pci).description } ?? ""
        pcieSwitches.append(
            NodeTopology.PCIeSwitch(id: number, pciAddress: address, parent: parent, numaNode: numaNode))
        return number
    }

    /// The one NUMA node of the processors next to an object; `nil` where there are several.
    private func numaNode(of object: HwlocObject) -> Int? {
        guard let near = object.pointee.cpuset else { return nil }
        var found: Int?
        for cpu in cpus where hwloc_bitmap_isset(near, UInt32(cpu.id)) != 0 {
            if let found, found != cpu.numaNode { return nil }
            found = cpu.numaNode
        }
        if found != nil { return found }
        // Memory without processors.
        guard let nodes = object.pointee.nodeset, hwloc_bitmap_weight(nodes) == 1 else { return nil }
        return Int(hwloc_bitmap_first(nodes))
    }
}

/// A PCI address, in the order of domain, bus, device and function.
struct PCIAddress: Hashable, Comparable, CustomStringConvertible {
    let number: UInt32

    init(domain: Int, bus: Int, device: Int, function: Int) {
        number =
            UInt32(domain & 0xFFFF) << 16 | UInt32(bus & 0xFF) << 8 | UInt32(device & 0x1F) << 3
            | UInt32(function & 7)
    }

    init(_ attributes: hwloc_pcidev_attr_s) {
        self.init(
            domain: Int(attributes.domain), bus: Int(attributes.bus), device: Int(attributes.dev),
            function: Int(attributes.func))
    }

    /// Reads `0000:1b:00.0` and NVML's `00000000:1B:00.0`.
    init?(_ text: some StringProtocol) {
        let parts = text.split(whereSeparator: { $0 == ":" || $0 == "." }).map { Int($0, radix: 16) }
        guard parts.count == 4, let domain = parts[0], let bus = parts[1], let device = parts[2],
            let function = parts[3]
        else { return nil }
        self.init(domain: domain, bus: bus, device: device, function: function)
    }

    static func < (left: PCIAddress, right: PCIAddress) -> Bool { left.number < right.number }

    /// `0000:1b:00.0`, as Linux writes it.
    var description: String {
        func hex(_ value: UInt32, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let bus = hex(number >> 8 & 0xFF, 2)
        return "\(hex(number >> 16, 4)):\(bus):\(hex(number >> 3 & 0x1F, 2)).\(number & 7)"
    }
}
