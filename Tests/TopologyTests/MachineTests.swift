import ClusterModel
import Testing
import Topology

@Suite("Machines are read from what lstopo exports") struct MachineTests {
    @Test("a DGX-2: pairs of GPUs below two levels of switches, all linked through NVSwitches") func dgx2()
        throws
    {
        let topology = try Machine.dgx2.topology()
        #expect(topology.gpus.count == 16)
        #expect(topology.gpus.map(\.index) == Array(0..<16))
        #expect(topology.gpus.allSatisfy { $0.model == "Tesla V100-SXM3-32GB" && !$0.isMIGCapable })
        #expect(topology.gpus.allSatisfy { $0.memoryBytes == 32 << 30 })
        #expect(
            topology.gpus.map(\.numaNode) == Array(repeating: 0, count: 8) + Array(repeating: 1, count: 8))
        #expect(topology.nics.count == 8)
        #expect(topology.nics.allSatisfy { $0.isRDMACapable })
        #expect(topology.gpuLinks.count == 16 * 15 / 2)
        #expect(topology.gpuLinks.allSatisfy { $0.kind == .nvSwitch && $0.count == 6 })
        // Two GPUs and a card share a switch, two such pairs the switch above.
        for pair in 0..<8 {
            #expect(topology.gpus[2 * pair].pcieSwitch == topology.gpus[2 * pair + 1].pcieSwitch)
            #expect(topology.nics[pair].pcieSwitch == topology.gpus[2 * pair].pcieSwitch)
        }
        let parents = topology.gpus.map { gpu in
            topology.pcieSwitches.first { $0.id == gpu.pcieSwitch }?.parent
        }
        #expect(parents[0] != nil && parents[0] == parents[3] && parents[0] != parents[4])
    }

    @Test("a DGX H100: four switches of two GPUs and two cards, and links by NVSwitch") func dgxH100() throws
    {
        let topology = try Machine.dgxH100.topology()
        #expect(topology.gpus.count == 8)
        #expect(topology.gpus.allSatisfy { $0.model == "NVIDIA H100 80GB HBM3" && $0.isMIGCapable })
        #expect(Set(topology.gpus.map(\.uuid)).count == 8)
        #expect(topology.gpus[0].pciAddress == "0000:1a:00.0")
        #expect(topology.gpus.map(\.pcieSwitch) == [0, 0, 1, 1, 2, 2, 3, 3])
        #expect(topology.pcieSwitches.map(\.numaNode) == [0, 0, 1, 1])
        #expect(topology.gpuLinks.count == 28)
        #expect(topology.gpuLinks.allSatisfy { $0.kind == .nvSwitch && $0.count == 18 })
        // Ten cards of the fabric and two of the board, which speak Ethernet alone.
        #expect(topology.nics.filter(\.isRDMACapable).count == 10)
        #expect(topology.nics.filter { !$0.isRDMACapable }.map(\.name) == ["eno1", "eno2"])
        #expect(topology.numaNodes.map(\.distances) == [[10, 21], [21, 10]])
        #expect(topology.numaNodes.map(\.memoryBytes) == [1 << 40, 1 << 40])
        #expect(topology.cpus.count == 32)
        #expect(topology.cpus[17] == .init(id: 17, core: 1, package: 0, numaNode: 0))
        #expect(topology.cpus[8] == .init(id: 8, core: 8, package: 1, numaNode: 1))
    }

    @Test("a box of four A10: no switches, no links, and the board's screen is no GPU") func pcieOnly() throws
    {
        let topology = try Machine.pcieA10.topology()
        #expect(topology.gpus.map(\.model) == Array(repeating: "NVIDIA A10", count: 4))
        #expect(topology.gpus.allSatisfy { $0.pcieSwitch == nil && $0.numaNode == 0 && !$0.isMIGCapable })
        #expect(topology.gpuLinks.isEmpty)
        #expect(topology.pcieSwitches.isEmpty)
        #expect(topology.nics == [NodeTopology.NIC(name: "eth0", pciAddress: "0000:c1:00.0", numaNode: 0)])
    }

    @Test("a box of eight MI300X: a card beside each, and xGMI between all") func amd() throws {
        let topology = try Machine.amdMI300X.topology()
        #expect(topology.gpus.count == 8)
        #expect(topology.gpus.allSatisfy { $0.vendor == .amd && $0.memoryBytes == 192 << 30 })
        #expect(topology.gpus[0].uuid == "0x0000000000001000")
        #expect(topology.gpuLinks.count == 28)
        #expect(topology.gpuLinks.allSatisfy { $0.kind == .xgmi && $0.count == 1 })
        #expect(topology.numaNodes.map(\.distances) == [[10, 32], [32, 10]])
        #expect(topology.gpus.indices.map { topology.nearestNICs(gpu: $0) } == (0..<8).map { [$0] })
    }

    @Test("and every part of a machine is once in its outline", arguments: Machine.allCases)
    func outline(_ machine: Machine) throws {
        let topology = try machine.topology()
        var seen: [TopologyOutline.Part: Int] = [:]
        func count(_ tree: TopologyOutline) {
            seen[tree.part, default: 0] += 1
            tree.children.forEach(count)
        }
        topology.outline.forEach(count)
        #expect(seen.values.allSatisfy { $0 == 1 })
        for index in topology.gpus.indices { #expect(seen[.gpu(index)] == 1) }
        for index in topology.nics.indices { #expect(seen[.nic(index)] == 1) }
        for index in topology.pcieSwitches.indices { #expect(seen[.pcieSwitch(index)] == 1) }
        for index in topology.numaNodes.indices { #expect(seen[.numaNode(index)] == 1) }
    }

    @Test("the words between GPUs are those of nvidia-smi") func words() throws {
        let h100 = try Machine.dgxH100.topology()
        #expect(h100.connection(0, 7).word == "NV18")
        #expect(h100.connection(gpu: 0, nic: 0).word == "PIX")
        #expect(h100.connection(gpu: 0, nic: 2).word == "NODE")
        var bare = try Machine.dgx2.topology()
        bare.gpuLinks = []
        #expect(bare.connection(0, 1).word == "PIX")
        #expect(bare.connection(0, 2).word == "PXB")
        #expect(bare.connection(2, 0).word == "PXB")
        #expect(bare.connection(0, 4).word == "NODE")
        #expect(bare.connection(0, 15).word == "SYS")
    }
}

@Suite("Odd machines are read as well") struct OddMachineTests {
    @Test("processors whose memory was kept from whoever looked are next to some of what is left")
    func hidden() throws {
        // The machine's NUMA node is number 1, and the first thread of the first core has no memory near.
        let text = String(decoding: try Machine.bytes("pcie-a10"), as: UTF8.self)
            .replacing(#"nodeset="0x00000001""#, with: #"nodeset="0x00000002""#)
            .replacing(#"type="NUMANode" os_index="0""#, with: #"type="NUMANode" os_index="1""#)
        let cpus = #"cpuset="0x00000001" complete_cpuset="0x00000001""#
        let unit = #"<object type="PU" os_index="0" \#(cpus) nodeset="0x00000002""#
        #expect(text.contains(unit))
        let hidden = text.replacing(unit, with: unit.replacing("0x00000002", with: "0x0"))
        let topology = try TopologySource.xml(Array(hidden.utf8)).read()
        #expect(topology.numaNodes.map(\.id) == [1])
        #expect(topology.cpus.allSatisfy { $0.numaNode == 1 })
        #expect(topology.gpus.allSatisfy { $0.numaNode == 1 })
    }

    @Test("links between GPUs without switches") func direct() throws {
        var text = String(decoding: try Machine.bytes("pcie-a10"), as: UTF8.self)
        let gpus = text.matches(of: #/gp_index="(\d+)" name="nvml/#).map { String($0.1) }
        let rows = "0 40000 0 0 40000 0 0 0 0 0 0 50000 0 0 50000 0 "
        let ends = gpus.joined(separator: " ") + " "
        text = text.replacing(
            "</topology>",
            with: """
                <distances2 type="OSDev" nbobjs="4" kind="9" name="NVLinkBandwidth" indexing="gp">
                <indexes length="\(ends.count)">\(ends)</indexes><u64values length="\(rows.count)">\(rows)</u64values>
                </distances2>
                </topology>
                """)
        let topology = try TopologySource.xml(Array(text.utf8)).read()
        #expect(
            topology.gpuLinks == [
                .init(first: 0, second: 1, kind: .nvLink, count: 2),
                .init(first: 2, second: 3, kind: .nvLink, count: 2),
            ])
        #expect(topology.connection(0, 1).word == "NV2")
        #expect(topology.connection(1, 2).word == "NODE")
    }
}

@Suite("Machines are made up in hwloc's words") struct SyntheticMachineTests {
    @Test("with processors and memory, and no devices") func plain() throws {
        let topology = try TopologySource.synthetic("package:2 [numanode(memory=512GB)] core:4 pu:2").read()
        #expect(topology.cpus.count == 16)
        #expect(Set(topology.cpus.map(\.core)).count == 8)
        #expect(topology.cpus.map(\.package) == Array(repeating: 0, count: 8) + Array(repeating: 1, count: 8))
        #expect(topology.numaNodes.map(\.memoryBytes) == [512_000_000_000, 512_000_000_000])
        #expect(topology.numaNodes.map(\.package) == [0, 1])
        #expect(topology.gpus.isEmpty)
    }

    @Test("several NUMA nodes a package") func quarters() throws {
        let topology = try TopologySource.synthetic("package:2 numanode:4 core:8 pu:1").read()
        #expect(topology.numaNodes.map(\.package) == [0, 0, 0, 0, 1, 1, 1, 1])
        #expect(topology.cpus[63].numaNode == 7)
    }

    @Test("and this machine has processors that it can name") func live() throws {
        let topology = try TopologySource.live.read()
        #expect(!topology.cpus.isEmpty)
        #expect(!topology.numaNodes.isEmpty)
        #expect(topology.cpus.allSatisfy { cpu in topology.numaNodes.contains { $0.id == cpu.numaNode } })
    }
}

@Suite("What is no machine is refused with its reason") struct RefusedMachineTests {
    @Test(
        "whatever stands in its place",
        arguments: [
            ("", TopologyError.notXML), ("hello", .notXML), ("{\"version\":1}", .notXML),
            ("<?xml version=\"1.0\"?><topologydiff/>", .notXML),
            ("<topology><object type=\"Machine\"/></topology>", .version("1.x")),
            ("<topology version=\"3.0\"></topology>", .version("3.0")),
            ("<topology version=\"2.0\"></topology>", .brokenXML),
            ("<topology version=\"2.0\"><object type=\"Machine\"", .brokenXML),
            ("<topology version=\"2.0\"><object type=\"Gizmo\"/></topology>", .brokenXML),
        ])
    func xml(_ text: String, _ expected: TopologyError) {
        #expect(throws: expected) { try TopologySource.xml(Array(text.utf8)).read() }
    }

    @Test("and every part of a machine's text that is cut off", arguments: [200, 1_000, 5_000, 15_000])
    func cut(_ length: Int) throws {
        let bytes = Array(try Machine.bytes("dgx-h100").prefix(length))
        #expect(throws: TopologyError.brokenXML) { try TopologySource.xml(bytes).read() }
    }

    @Test(
        "and a machine that lacks what hwloc takes for granted",
        arguments: [" cpuset=", " complete_cpuset=", " nodeset=", " complete_nodeset="])
    func lacking(_ attribute: String) throws {
        let text = String(decoding: try Machine.bytes("pcie-a10"), as: UTF8.self)
        let unit = text.split(separator: "\n").first { $0.contains(#"type="PU" os_index="3""#) }
        let line = String(try #require(unit))
        let lacking = text.replacing(line, with: line.replacing(attribute, with: " was="))
        #expect(lacking != text)
        #expect(throws: TopologyError.brokenXML) { try TopologySource.xml(Array(lacking.utf8)).read() }
    }

    @Test(
        "and descriptions that mean nothing",
        arguments: ["", "nonsense", "package:0", "pu:2 core:2", "package:2 ["])
    func synthetic(_ text: String) {
        #expect(throws: TopologyError.synthetic(text)) { try TopologySource.synthetic(text).read() }
    }
}
