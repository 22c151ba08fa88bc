import ClusterModel
import Foundation
import Testing
import Topology

private let folder = ProcessInfo.processInfo.environment["GANGWRIGHT_HWLOC_XML"]

private let needsMachines: Comment =
    "set GANGWRIGHT_HWLOC_XML to a folder of lstopo's exports, such as scripts/hwloc-exports.sh prints (make check-topology)"

/// The machines that hwloc itself is tested with, most of them exported from real servers.
@Suite("Machines that others have exported are read", .enabled(if: folder != nil, needsMachines))
struct RealMachineTests {
    private func files() throws -> [URL] {
        let all = try FileManager.default.contentsOfDirectory(
            at: URL(fileURLWithPath: folder ?? ""), includingPropertiesForKeys: nil)
        return all.filter { $0.pathExtension == "xml" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    private func topology(_ name: String) throws -> NodeTopology {
        let file = URL(fileURLWithPath: folder ?? "").appendingPathComponent(name)
        return try TopologySource.xml(Array(try Data(contentsOf: file))).read()
    }

    @Test("each of version 2 as a whole, each of version 1 is refused") func all() throws {
        var (read, refused) = (0, 0)
        for file in try files() {
            let bytes = Array(try Data(contentsOf: file))
            let name = file.lastPathComponent
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.contains("<topology version=\"2") else {
                #expect(throws: TopologyError.version("1.x"), "\(name)") {
                    try TopologySource.xml(bytes).read()
                }
                refused += 1
                continue
            }
            let topology = try TopologySource.xml(bytes).read()
            read += 1
            // Each processor once, on a NUMA node that there is; each part of the machine once in its tree.
            let ids = topology.cpus.map(\.id)
            #expect(!ids.isEmpty && Set(ids).count == ids.count, "\(name)")
            let nodes = Set(topology.numaNodes.map(\.id))
            #expect(topology.cpus.allSatisfy { nodes.contains($0.numaNode) }, "\(name)")
            #expect(topology.gpus.allSatisfy { $0.numaNode.map(nodes.contains) ?? true }, "\(name)")
            var seen: [TopologyOutline.Part: Int] = [:]
            func count(_ tree: TopologyOutline) {
                seen[tree.part, default: 0] += 1
                tree.children.forEach(count)
            }
            topology.outline.forEach(count)
            #expect(seen.values.allSatisfy { $0 == 1 }, "\(name)")
            for index in topology.gpus.indices { #expect(seen[.gpu(index)] == 1, "\(name)") }
            for index in topology.nics.indices { #expect(seen[.nic(index)] == 1, "\(name)") }
        }
        #expect(read >= 20 && refused >= 5, "read \(read), refused \(refused)")
    }

    @Test("a POWER8 with four P100 in two pairs of NVLink") func power8() throws {
        let machine = try topology("power8gpudistances.xml")
        #expect(machine.gpus.map(\.model) == Array(repeating: "Tesla P100-SXM2-16GB", count: 4))
        #expect(machine.gpus.map(\.numaNode) == [0, 0, 1, 1])
        #expect(
            machine.gpuLinks == [
                .init(first: 0, second: 1, kind: .nvLink, count: 2),
                .init(first: 2, second: 3, kind: .nvLink, count: 2),
            ])
    }

    @Test("a server with a K40 and an InfiniBand card on the second processor") func k40() throws {
        let machine = try topology("32em64t-2n8c2t-pci-normalio.xml")
        #expect(machine.gpus.contains { $0.model == "Tesla K40m" && $0.numaNode == 1 })
        #expect(machine.nics.contains { $0.name == "mlx5_0" && $0.isRDMACapable && $0.numaNode == 1 })
        #expect(machine.cpus.count == 32 && machine.numaNodes.count == 2)
    }

    @Test("a large one with a GPU on two of its eight NUMA nodes") func eightNodes() throws {
        let machine = try topology("64intel64-3g2n+2n-irregulargroups+pci.xml")
        #expect(machine.gpus.map(\.numaNode) == [4, 7])
        #expect(machine.cpus.count == 64 && machine.numaNodes.count == 8)
    }
}
