import ClusterModel
import Simulation
import TestSupport
import Testing

@Suite("A word means nodes by name, pattern or label") struct NodeSelectionTests {
    private static let nodes = [
        Node.of("dgx-10", labels: ["pool": "dgx", "zone": "a"]), Node.of("dgx-2", labels: ["pool": "dgx"]),
        Node.of("t4-1", labels: ["pool": "t4", "zone": "a"]), Node.of("dgx"),
    ]

    @Test(
        "the nodes that it means, by name",
        arguments: [
            ("dgx-2", ["dgx-2"]), ("dgx-*", ["dgx-10", "dgx-2"]), ("*", ["dgx", "dgx-10", "dgx-2", "t4-1"]),
            ("dgx-?", ["dgx-2"]), ("*-1*", ["dgx-10", "t4-1"]), ("dgx*", ["dgx", "dgx-10", "dgx-2"]),
            ("*x", ["dgx"]), ("d*g*1*", ["dgx-10"]), ("dgx-", []), ("pool=dgx", ["dgx-10", "dgx-2"]),
            ("pool==dgx,zone=a", ["dgx-10"]), ("pool!=dgx", ["dgx", "t4-1"]), ("pool=", []),
            ("zone=a,pool!=t4", ["dgx-10"]),
        ])
    func meaning(word: String, names: [String]) throws {
        #expect(try #require(NodeSelection(word)).nodes(of: Self.nodes).map(\.name) == names)
    }

    @Test(
        "words that mean nothing are refused", arguments: ["", "=dgx", "pool=dgx,", "pool=dgx,zone", "!=a"])
    func malformed(word: String) {
        #expect(NodeSelection(word) == nil)
    }
}
