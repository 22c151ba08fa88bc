import ClusterModel
import Foundation
import Testing

@testable import Topology

@Suite("What hwloc does not know of GPUs comes from libraries and drivers") struct LiveDevicesTests {
    private static func machine(_ count: Int, vendor: NodeTopology.GPU.Vendor = .nvidia) -> NodeTopology {
        NodeTopology(
            gpus: (0..<count).map {
                NodeTopology.GPU(
                    index: $0, vendor: vendor, pciAddress: "0000:0\($0 + 1):00.0", isMIGCapable: true)
            })
    }

    @Test("NVML gives models, UUIDs, memory, MIG and links through switches") func switches() {
        var topology = Self.machine(4)
        LiveDevices.complete(&topology, files: DriverFiles(root: "/nowhere"), library: FakeNVML.library)
        #expect(topology.gpus.map(\.model) == Array(repeating: "NVIDIA H100 80GB HBM3", count: 4))
        #expect(topology.gpus.map(\.uuid) == ["GPU-0", "GPU-1", "GPU-2", "GPU-3"])
        #expect(topology.gpus.allSatisfy { $0.memoryBytes == 85_520_809_984 })
        #expect(topology.gpus.map(\.isMIGCapable) == [true, true, true, false])
        #expect(topology.gpus.map(\.isInMIGMode) == [false, false, true, false])
        // GPUs 0 to 2 have 18 links to two switches, GPU 3 has two to GPU 0 and none to a switch.
        #expect(
            topology.gpuLinks == [
                .init(first: 0, second: 1, kind: .nvSwitch, count: 16),
                .init(first: 0, second: 2, kind: .nvSwitch, count: 16),
                .init(first: 0, second: 3, kind: .nvLink, count: 2),
                .init(first: 1, second: 2, kind: .nvSwitch, count: 18),
            ])
    }

    @Test("what is missing without NVIDIA's library is named, on a live machine with its GPUs alone")
    func gap() throws {
        let topology = Self.machine(2)
        #expect(TopologySource.synthetic("pu:1").gap(in: topology) == nil)
        #expect(TopologySource.live.gap(in: Self.machine(2, vendor: .amd)) == nil)
        // A machine of the tests may have the library.
        guard let problem = NVML.problem else { return }
        #expect(problem.contains("libnvidia-ml.so.1"))
        #expect(try #require(TopologySource.live.gap(in: topology)).hasSuffix(problem))
    }

    @Test("a library that does not start changes nothing") func broken() {
        var topology = Self.machine(1)
        let before = topology
        LiveDevices.complete(&topology, files: DriverFiles(root: "/nowhere"), library: NVML { _ in nil })
        LiveDevices.complete(&topology, files: DriverFiles(root: "/nowhere"), library: nil)
        #expect(topology == before)
    }

    @Test("NVIDIA's driver has a page for each GPU") func page() throws {
        let root = try Folder()
        try root.write(
            "/proc/driver/nvidia/gpus/0000:01:00.0/information",
            "Model: \t\t NVIDIA A100-SXM4-80GB\nIRQ:   \t\t 42\nGPU UUID: \t GPU-5d5ba0d6\nBus Location: 0000:01:00.0\n"
        )
        try root.write(
            "/proc/driver/nvidia/gpus/0000:02:00.0/information",
            "Model: \t\t NVIDIA A100-SXM4-80GB\nGPU UUID: \t GPU-????????-????\n")
        var topology = Self.machine(2)
        LiveDevices.complete(&topology, files: DriverFiles(root: root.path), library: nil)
        #expect(topology.gpus.map(\.model) == ["NVIDIA A100-SXM4-80GB", "NVIDIA A100-SXM4-80GB"])
        #expect(topology.gpus.map(\.uuid) == ["GPU-5d5ba0d6", ""])
    }

    @Test("AMD's driver has files for each GPU, and the compute driver for links") func amd() throws {
        let root = try Folder()
        for index in 1...2 {
            let folder = "/sys/bus/pci/devices/0000:0\(index):00.0"
            try root.write("\(folder)/mem_info_vram_total", "206141652992\n")
            try root.write("\(folder)/unique_id", "abc\(index)\n")
        }
        let nodes = "/sys/class/kfd/kfd/topology/nodes"
        // Agent 0 is the processor; GPUs 1 and 2 are linked to each other and hang on the processor by PCIe.
        try root.write("\(nodes)/0/properties", "cpu_cores_count 96\nlocation_id 0\n")
        for index in 1...2 {
            try root.write(
                "\(nodes)/\(index)/properties", "simd_count 1216\nlocation_id \(index << 8)\ndomain 0\n")
            try root.write(
                "\(nodes)/\(index)/io_links/0/properties", "type 2\nnode_from \(index)\nnode_to 0\n")
            try root.write(
                "\(nodes)/\(index)/io_links/1/properties",
                "type 11\nnode_from \(index)\nnode_to \(3 - index)\n")
        }
        var topology = Self.machine(2, vendor: .amd)
        LiveDevices.complete(&topology, files: DriverFiles(root: root.path), library: FakeNVML.library)
        #expect(topology.gpus.map(\.memoryBytes) == [206_141_652_992, 206_141_652_992])
        #expect(topology.gpus.map(\.uuid) == ["abc1", "abc2"])
        #expect(topology.gpuLinks == [.init(first: 0, second: 1, kind: .xgmi, count: 1)])
    }

    @Test("PCI addresses are read in both spellings") func addresses() {
        #expect(PCIAddress("0000:1b:00.0")?.description == "0000:1b:00.0")
        #expect(PCIAddress("00000000:1B:00.0")?.description == "0000:1b:00.0")
        #expect(PCIAddress("0001:ff:1f.7")?.description == "0001:ff:1f.7")
        #expect(PCIAddress("1b:00") == nil)
        #expect(PCIAddress("0000:0a:00.0")! < PCIAddress("0000:1b:00.0")!)
    }
}

/// A folder of a test, gone with it.
private final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "topology-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let file = URL(fileURLWithPath: path + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
}

/// NVIDIA's library as four GPUs would have it: devices are pointers whose number is the index plus one.
private enum FakeNVML {
    static var library: NVML { NVML { functions[$0] } }

    private static func index(_ device: OpaquePointer) -> Int { Int(bitPattern: device) - 1 }

    private static func put(_ text: String, at target: UnsafeMutableRawPointer) {
        for (offset, byte) in (Array(text.utf8) + [0]).enumerated() {
            target.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        }
    }

    private static func name(_ text: String, _ target: UnsafeMutableRawPointer, _ length: UInt32) -> Int32 {
        if text.utf8.count >= Int(length) { return 7 }
        put(text, at: target)
        return 0
    }

    /// The other end of a link: the address, and 0 for a GPU, 2 for a switch; nil for a link that is down.
    private static func peer(_ gpu: Int, _ link: UInt32) -> (address: String, type: UInt32)? {
        switch (gpu, link) {
        case (0, 16...17): ("00000000:04:00.0", 0)
        case (3, 0...1): ("00000000:01:00.0", 0)
        case (0...2, 0...8): ("00000000:0A:00.0", 2)
        case (0...2, 9...17): ("00000000:0B:00.0", 2)
        default: nil
        }
    }

    nonisolated(unsafe) private static let functions: [String: UnsafeMutableRawPointer] = {
        typealias Link = @convention(c) (OpaquePointer, UInt32, UnsafeMutablePointer<UInt32>) -> Int32
        let start: @convention(c) () -> Int32 = { 0 }
        let count: @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32 = {
            $0.pointee = 4
            return 0
        }
        let handle: @convention(c) (UInt32, UnsafeMutablePointer<OpaquePointer?>) -> Int32 = {
            $1.pointee = OpaquePointer(bitPattern: Int($0) + 1)
            return 0
        }
        let place: @convention(c) (OpaquePointer, UnsafeMutableRawPointer) -> Int32 = {
            put("00000000:0\(index($0) + 1):00.0", at: $1 + 36)
            return 0
        }
        let model: @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UInt32) -> Int32 = {
            name("NVIDIA H100 80GB HBM3", $1, $2)
        }
        let uuid: @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UInt32) -> Int32 = {
            name("GPU-\(index($0))", $1, $2)
        }
        let memory: @convention(c) (OpaquePointer, UnsafeMutableRawPointer) -> Int32 = {
            $1.storeBytes(of: 85_520_809_984, as: UInt64.self)
            return 0
        }
        // 3 is "not supported".
        let mig:
            @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) ->
                Int32 = {
                    device, current, _ in
                    current.pointee = index(device) == 2 ? 1 : 0
                    return index(device) == 3 ? 3 : 0
                }
        let state: Link = {
            $2.pointee = peer(index($0), $1) == nil ? 0 : 1
            return $1 < 18 ? 0 : 2
        }
        let type: Link = {
            guard let peer = peer(index($0), $1) else { return 3 }
            $2.pointee = peer.type
            return 0
        }
        let remote: @convention(c) (OpaquePointer, UInt32, UnsafeMutableRawPointer) -> Int32 = {
            guard let peer = peer(index($0), $1) else { return 3 }
            put(peer.address, at: $2 + 36)
            return 0
        }
        return [
            "nvmlInit_v2": unsafeBitCast(start, to: UnsafeMutableRawPointer.self),
            "nvmlShutdown": unsafeBitCast(start, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetCount_v2": unsafeBitCast(count, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetHandleByIndex_v2": unsafeBitCast(handle, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetPciInfo_v3": unsafeBitCast(place, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetName": unsafeBitCast(model, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetUUID": unsafeBitCast(uuid, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetMemoryInfo": unsafeBitCast(memory, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetMigMode": unsafeBitCast(mig, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetNvLinkState": unsafeBitCast(state, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetNvLinkRemoteDeviceType": unsafeBitCast(type, to: UnsafeMutableRawPointer.self),
            "nvmlDeviceGetNvLinkRemotePciInfo_v2": unsafeBitCast(remote, to: UnsafeMutableRawPointer.self),
        ]
    }()
}
