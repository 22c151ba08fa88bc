import ClusterModel
import Documents
import KubernetesAPI
import SyntheticClusters
import TestSupport
import Testing

@Suite("A node's topology goes through its text form unchanged") struct NodeTopologyTextTests {
    @Test("whatever the machine") func roundTrip() {
        for seed in Seeds.first(200) {
            let topology = NodeTopology.random(seed: seed)
            let sink = ProblemSink()
            let read = NodeTopology(annotationText: topology.annotationText, file: "annotation", sink: sink)
            #expect(sink.problems == [], "seed \(seed)")
            #expect(read == topology, "seed \(seed)")
        }
    }

    @Test("as short text where processors are numbered as machines number them") func size() {
        let topology = NodeTopology.twoSockets(coresPerSocket: 64, gpus: 8)
        #expect(topology.cpus.count == 256)
        #expect(topology.annotationText.utf8.count < 6_000)
        #expect(topology.annotationText.contains("\"cpus\":\"0-63,128-191\",\"cores\":\"0-63,0-63\""))
    }

    @Test(
        "and what is wrong with a text is said, whatever it is",
        arguments: [
            ("[]", "found a list, expected a mapping"),
            ("{", "topology:1"),
            ("{}", "version: found nothing, expected 1"),
            (#"{"version":2}"#, "version: found 2, expected an integer from 1 to 1"),
            (#"{"version":1,"gpu":[]}"#, "gpu: found an unknown member, expected cpus, gpuLinks,"),
            (
                #"{"version":1,"cpus":[{"package":0,"numaNode":0,"cpus":"0-3","cores":"0-2"}]}"#,
                "cpus[0].cores: found 3, expected one for each of the 4 processors"
            ),
            (
                #"{"version":1,"cpus":[{"package":0,"numaNode":0,"cpus":"3-0","cores":"0"}]}"#,
                #"cpus[0].cpus: found "3-0", expected numbers such as 0-3,8"#
            ),
            (
                #"{"version":1,"cpus":[{"package":0,"numaNode":1,"cpus":"0","cores":"0"}]}"#,
                "cpus: found NUMA node 1, expected one that the topology has"
            ),
            (
                #"{"version":1,"gpus":[{"index":0,"vendor":"Intel","pciAddress":"0000:01:00.0"}]}"#,
                #"gpus[0].vendor: found "Intel", expected NVIDIA or AMD"#
            ),
            (
                #"{"version":1,"gpus":[{"index":0,"vendor":"AMD","pciAddress":"a"},{"index":0,"vendor":"AMD","pciAddress":"b"}]}"#,
                "gpus: found number 0 twice, expected it once"
            ),
            (
                #"{"version":1,"gpuLinks":[{"first":0,"second":1,"kind":"NVLink"}]}"#,
                "gpuLinks: found GPU 0, expected one that the topology has"
            ),
            (
                #"{"version":1,"pcieSwitches":[{"id":0,"pciAddress":"a","parent":0}]}"#,
                "pcieSwitches: found switch 0 below switch 0, expected one of a smaller number"
            ),
            (
                #"{"version":1,"numaNodes":[{"id":0,"distances":[10,21]}]}"#,
                "numaNodes: found 2 distances of NUMA node 0, expected 1"
            ),
        ])
    func broken(_ text: String, _ message: String) {
        let sink = ProblemSink()
        #expect(NodeTopology(annotationText: text, file: "topology", sink: sink) == nil)
        #expect(sink.problems.contains { $0.description.contains(message) }, "\(sink.problems)")
    }
}

@Suite("Sets of processors are written as the kernel writes them") struct CPUSetTests {
    @Test("ranges and numbers in order") func reading() {
        #expect(CPUSet("0-3,8")?.ids == [0, 1, 2, 3, 8])
        #expect(CPUSet("8,1,0-2,1")?.description == "0-2,8")
        #expect(CPUSet("")?.isEmpty == true)
        #expect(CPUSet([5, 3, 4, 3]).description == "3-5")
        #expect(CPUSet([1, 3]).contains(3))
        #expect(!CPUSet([1, 3]).contains(2))
    }

    @Test(
        "and nothing else",
        arguments: ["-", "1-", "-1", "3-1", "1,,2", "1,", "a", " 1", "65536", "1-2-3", "+1"])
    func broken(_ text: String) {
        #expect(CPUSet(text) == nil)
    }

    @Test("and cannot fill the memory") func bounded() {
        #expect(CPUSet.run(Array(repeating: "0-65535", count: 50).joined(separator: ",")) == nil)
    }
}

extension NodeTopology {
    /// A machine of two packages whose second hardware threads are numbered after all first ones.
    fileprivate static func twoSockets(coresPerSocket: Int, gpus: Int) -> NodeTopology {
        var topology = NodeTopology()
        for id in 0..<(4 * coresPerSocket) {
            let core = id % (2 * coresPerSocket)
            let socket = core / coresPerSocket
            topology.cpus.append(CPU(id: id, core: core, package: socket, numaNode: socket))
        }
        topology.numaNodes = (0..<2).map {
            NUMANode(id: $0, package: $0, memoryBytes: 1 << 40, distances: $0 == 0 ? [10, 21] : [21, 10])
        }
        topology.gpus = (0..<gpus).map {
            GPU(
                index: $0, uuid: "GPU-00000000-0000-0000-0000-00000000000\($0)",
                model: "NVIDIA H100 80GB HBM3", memoryBytes: 80 << 30, pciAddress: "0000:\(10 + $0):00.0",
                numaNode: $0 * 2 / gpus, isMIGCapable: true)
        }
        for first in 0..<gpus {
            for second in (first + 1)..<max(gpus, first + 1) {
                topology.gpuLinks.append(
                    GPULink(first: first, second: second, kind: .nvSwitch, count: 18))
            }
        }
        return topology
    }

    /// Any machine, with numbers in no sensible order.
    fileprivate static func random(seed: UInt64) -> NodeTopology {
        var random = SeededGenerator(seed: seed)
        var topology = NodeTopology()
        let nodes = random.integer(in: 1...4)
        for id in 0..<nodes {
            topology.numaNodes.append(
                NUMANode(
                    id: id * 3, package: random.chance(3, in: 4) ? id / 2 : nil,
                    memoryBytes: Int64(random.integer(in: 0...1_000_000)),
                    distances: random.chance(1, in: 2) ? (0..<nodes).map { $0 == id ? 10 : 21 } : []))
        }
        func someNode() -> Int? { random.chance(3, in: 4) ? random.integer(in: 0...(nodes - 1)) * 3 : nil }
        for id in 0..<random.integer(in: 0...40) where random.chance(5, in: 6) {
            topology.cpus.append(
                CPU(
                    id: id, core: random.integer(in: 0...20), package: random.integer(in: 0...1),
                    numaNode: random.integer(in: 0...(nodes - 1)) * 3))
        }
        let switches = random.integer(in: 0...4)
        for id in 0..<switches {
            topology.pcieSwitches.append(
                PCIeSwitch(
                    id: id, pciAddress: "0000:0\(id):00.0",
                    parent: id > 0 && random.chance(1, in: 2) ? random.integer(in: 0...(id - 1)) : nil,
                    numaNode: someNode()))
        }
        func someSwitch() -> Int? {
            switches > 0 && random.chance(2, in: 3) ? random.integer(in: 0...(switches - 1)) : nil
        }
        for index in 0..<random.integer(in: 0...9) {
            topology.gpus.append(
                GPU(
                    index: index, vendor: random.choice(GPU.Vendor.allCases),
                    uuid: random.choice(["", "GPU-1"]), model: random.choice(["", "A \"model\""]),
                    memoryBytes: random.choice([0, 80 << 30]), pciAddress: "0000:1\(index):00.0",
                    numaNode: someNode(), pcieSwitch: someSwitch(), isMIGCapable: random.chance(1, in: 2)))
        }
        for index in 0..<random.integer(in: 0...5) {
            topology.nics.append(
                NIC(
                    name: "eth\(index)", pciAddress: "0000:2\(index):00.0", numaNode: someNode(),
                    pcieSwitch: someSwitch(), isRDMACapable: random.chance(1, in: 2)))
        }
        for second in topology.gpus.indices.dropFirst() {
            for first in 0..<second where random.chance(1, in: 2) {
                topology.gpuLinks.append(
                    GPULink(
                        first: first, second: second, kind: random.choice(GPULink.Kind.allCases),
                        count: random.integer(in: 1...18)))
            }
        }
        topology.gpuLinks.sort { ($0.first, $0.second) < ($1.first, $1.second) }
        return topology
    }
}
