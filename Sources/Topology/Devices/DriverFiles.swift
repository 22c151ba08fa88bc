import ClusterModel
import Glibc

/// What GPU drivers tell in files, for machines without a management library.
struct DriverFiles {
    /// What stands before all paths; empty on a machine, a folder in tests.
    var root = ""

    /// Fills in what the files know and the topology does not.
    func complete(_ topology: inout NodeTopology) {
        for index in topology.gpus.indices {
            switch topology.gpus[index].vendor {
            case .nvidia: nvidia(&topology.gpus[index])
            case .amd: amd(&topology.gpus[index])
            }
        }
    }

    /// The driver's own page of a GPU.
    private func nvidia(_ gpu: inout NodeTopology.GPU) {
        let page = read("/proc/driver/nvidia/gpus/\(gpu.pciAddress)/information") ?? ""
        for line in page.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...]).trimmingBlanks
            switch line[..<colon] {
            case "Model": gpu.model = value
            // It has question marks until somebody has used the GPU.
            case "GPU UUID" where !value.contains("?"): gpu.uuid = value
            default: break
            }
        }
    }

    private func amd(_ gpu: inout NodeTopology.GPU) {
        let folder = "/sys/bus/pci/devices/\(gpu.pciAddress)"
        if let bytes = read("\(folder)/mem_info_vram_total").flatMap({ Int64($0.trimmingBlanks) }), bytes > 0
        {
            gpu.memoryBytes = bytes
        }
        if let name = read("\(folder)/product_name")?.trimmingBlanks, !name.isEmpty { gpu.model = name }
        if let id = read("\(folder)/unique_id")?.trimmingBlanks, !id.isEmpty, gpu.uuid.isEmpty {
            gpu.uuid = id
        }
    }

    // MARK: AMD's links

    /// `HSA_IOLINKTYPE_XGMI`.
    private static let xgmi = 11

    /// Links between AMD's GPUs as the kernel's compute driver lists them: a folder for each agent, with one for each link in it.
    func addXGMI(_ gpus: [NodeTopology.GPU], to graph: inout LinkGraph) {
        let nodes = "/sys/class/kfd/kfd/topology/nodes"
        let indices = Dictionary(gpus.map { ($0.pciAddress, $0.index) }) { first, _ in first }
        var agents: [Int: Int] = [:]
        let names = list(nodes).compactMap { Int($0) }.sorted()
        for name in names {
            let properties = properties("\(nodes)/\(name)/properties")
            guard let place = properties["location_id"], place > 0 else { continue }
            let address = PCIAddress(
                domain: properties["domain"] ?? 0, bus: place >> 8, device: place >> 3, function: place)
            agents[name] = indices[address.description]
        }
        for name in names {
            for link in list("\(nodes)/\(name)/io_links").sorted() {
                let properties = properties("\(nodes)/\(name)/io_links/\(link)/properties")
                guard properties["type"] == Self.xgmi, let first = agents[name],
                    let second = properties["node_to"].flatMap({ agents[$0] })
                else { continue }
                graph.join(first, second, .xgmi, count: 1)
            }
        }
    }

    /// Lines of a name and a number.
    private func properties(_ path: String) -> [String: Int] {
        var properties: [String: Int] = [:]
        for line in (read(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let number = Int(words[1]) { properties[String(words[0])] = number }
        }
        return properties
    }

    // MARK: Files

    /// A small file; `nil` where it cannot be read.
    private func read(_ path: String) -> String? {
        let descriptor = open(root + path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private func list(_ path: String) -> [String] {
        guard let folder = opendir(root + path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmingBlanks: String {
        let start = drop { $0.isWhitespace }
        return String(String(start.reversed()).drop { $0.isWhitespace }.reversed())
    }
}
