import ClusterModel
import Foundation
import Topology

/// The machines of the folder Topologies, whose `make.py` says what they are made of.
enum Machine: String, CaseIterable {
    case dgx2 = "dgx-2"
    case dgxH100 = "dgx-h100"
    case pcieA10 = "pcie-a10"
    case amdMI300X = "amd-mi300x"

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Topologies/\(name).xml")))
    }

    func topology() throws -> NodeTopology {
        try TopologySource.xml(try Self.bytes(rawValue)).read()
    }
}
