import ClusterModel

/// What a machine's drivers and libraries know of its GPUs beyond hwloc.
enum LiveDevices {
    /// Fills in models, UUIDs, memory, MIG and links; the management library's word counts most.
    static func complete(
        _ topology: inout NodeTopology, files: DriverFiles = DriverFiles(), library: NVML? = NVML.open()
    ) {
        // A node without GPUs has none to ask about, and starting the library takes a second.
        if topology.gpus.isEmpty { return }
        files.complete(&topology)
        let devices = topology.gpus.contains { $0.vendor == .nvidia } ? library?.devices() ?? [] : []
        let byAddress = Dictionary(devices.map { ($0.address.description, $0) }) { first, _ in first }
        for index in topology.gpus.indices {
            guard let device = byAddress[topology.gpus[index].pciAddress] else { continue }
            if !device.name.isEmpty { topology.gpus[index].model = device.name }
            if !device.uuid.isEmpty { topology.gpus[index].uuid = device.uuid }
            if device.memoryBytes > 0 { topology.gpus[index].memoryBytes = device.memoryBytes }
            topology.gpus[index].isMIGCapable = device.isMIGCapable
            topology.gpus[index].isInMIGMode = device.isInMIGMode
        }
        // hwloc has had its say where it was built with these libraries.
        if topology.gpuLinks.isEmpty {
            var graph = LinkGraph(gpuCount: topology.gpus.count)
            addNVLink(devices, topology.gpus, to: &graph)
            files.addXGMI(topology.gpus, to: &graph)
            topology.gpuLinks = graph.links
        }
    }

    private static func addNVLink(
        _ devices: [NVMLDevice], _ gpus: [NodeTopology.GPU], to graph: inout LinkGraph
    ) {
        let indices = Dictionary(gpus.map { ($0.pciAddress, $0.index) }) { first, _ in first }
        var switches: [PCIAddress: Int] = [:]
        // Switches of which nobody says where they are make one fabric.
        var elsewhere: Int?
        for device in devices {
            guard let gpu = indices[device.address.description] else { continue }
            var counts: [Int: Int] = [:]
            for peer in device.peers {
                switch peer {
                case .gpu(let address):
                    if let other = indices[address.description] { counts[other, default: 0] += 1 }
                case .nvSwitch(let address?):
                    if switches[address] == nil { switches[address] = graph.addSwitch() }
                    if let number = switches[address] { graph.join(gpu: gpu, toSwitch: number, count: 1) }
                case .nvSwitch(nil):
                    let number = elsewhere ?? graph.addSwitch()
                    elsewhere = number
                    graph.join(gpu: gpu, toSwitch: number, count: 1)
                }
            }
            for (other, count) in counts.sorted(by: { $0.key < $1.key }) {
                graph.join(gpu, other, .nvLink, count: count)
            }
        }
    }
}
