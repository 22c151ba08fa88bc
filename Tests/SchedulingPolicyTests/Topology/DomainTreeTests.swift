import ClusterModel
import TestSupport
import Testing

@testable import SchedulingPolicy

@Suite("HyperNodes form a tree of domains") struct DomainTreeTests {
    private static func tree(_ hyperNodes: [HyperNode], nodes: [Node] = Fabric().nodes) -> DomainTree {
        DomainTree(hyperNodes, nodes: nodes.enumerated().map { (index: $0.offset, node: $0.element) })
    }

    private static func names(_ domains: [Int], _ tree: DomainTree) -> [String] {
        domains.map { tree[$0].name }
    }

    @Test("a domain holds the nodes of the domains in it, the root all of them") func nodes() throws {
        let tree = Self.tree(Fabric().hyperNodes, nodes: Fabric().nodes + [.of("x")])
        #expect(tree.defect == nil)
        #expect(tree[try #require(tree.domain(named: "r2"))].nodes == [2, 3])
        #expect(tree[try #require(tree.domain(named: "s2"))].nodes == [4, 5, 6, 7])
        #expect(tree[DomainTree.root].nodes == Array(0...8))
        #expect(tree[DomainTree.root].tier == 4)
        #expect(tree[tree.home(of: 3)].name == "r2")
        #expect(tree.home(of: 8) == DomainTree.root)
        #expect(Self.tree([])[DomainTree.root].tier == 1)
    }

    @Test("the common domain of nodes is the innermost that holds them") func common() {
        let tree = Self.tree(Fabric().hyperNodes, nodes: Fabric().nodes + [.of("x")])
        func common(_ nodes: Int...) -> String? { tree.commonDomain(ofNodes: nodes).map { tree[$0].name } }
        #expect(common(0, 1) == "r1")
        #expect(common(0, 3) == "s1")
        #expect(common(0, 1, 6) == "z")
        #expect(common(0, 8) == "<cluster-top-hypernode>")
        #expect(common() == nil)
    }

    @Test("a search goes tier by tier, from the nearest domains to the widest that are allowed")
    func gradient() {
        let tree = Self.tree(Fabric().hyperNodes)
        let found = tree.gradient(within: DomainTree.root, upTo: 2)
        #expect(found.map { Self.names($0, tree) } == [["r1", "r2", "r3", "r4"], ["s1", "s2"]])
        let all = tree.gradient(within: DomainTree.root, upTo: 4)
        #expect(all.suffix(2).map { Self.names($0, tree) } == [["z"], ["<cluster-top-hypernode>"]])
        #expect(tree.gradient(within: DomainTree.root, upTo: 0) == [])
    }

    @Test("what holds places searches in the widest allowed domain around them") func searchRoot() throws {
        let tree = Self.tree(Fabric().hyperNodes)
        func domain(_ name: String) throws -> Int { try #require(tree.domain(named: name)) }
        func root(within start: String, upTo tier: Int, held: String) throws -> String? {
            tree.searchRoot(within: try domain(start), upTo: tier, held: try domain(held)).map {
                tree[$0].name
            }
        }
        #expect(try root(within: "z", upTo: 2, held: "r3") == "s2")
        #expect(try root(within: "z", upTo: 1, held: "r3") == "r3")
        #expect(try root(within: "r3", upTo: 2, held: "r4") == "r3")
        #expect(try root(within: "s1", upTo: 2, held: "r4") == nil)
        #expect(try root(within: "z", upTo: 1, held: "s1") == nil)
        #expect(tree.searchRoot(within: try domain("s1"), upTo: 1, held: nil) == (try domain("s1")))
    }

    @Test("members are named, found by a pattern in their names, or by labels") func members() throws {
        let nodes = [
            Node.of("gpu-1-a"), .of("gpu-1-b"), .of("gpu-10-a"), .of("old-gpu-1"),
            .of("x", labels: ["rack": "7"]),
        ]
        func found(_ match: HyperNode.NodeMatch) -> [Int] {
            let tree = Self.tree([HyperNode(name: "d", tier: 1, members: [.nodes(match)])], nodes: nodes)
            return tree.domain(named: "d").map { tree[$0].nodes } ?? []
        }
        #expect(found(.exact("gpu-1-b")) == [1])
        #expect(found(.exact("gone")) == [])
        #expect(found(.regex("gpu-1")) == [0, 1, 2, 3])
        #expect(found(.regex("^gpu-1")) == [0, 1, 2])
        #expect(found(.regex("^gpu-1-")) == [0, 1])
        #expect(found(.regex("^gpu-10*-a$")) == [0, 2])
        #expect(found(.regex("^gpu-1-b|x$")) == [1, 4])
        #expect(found(.labels(LabelSelector(matchLabels: ["rack": "7"]))) == [4])
    }

    @Test("a domain in two others, one that is in itself, and two that share a node make no tree")
    func defects() {
        var two = Fabric().hyperNodes
        two[5].members.append(.hyperNode("r1"))
        #expect(Self.tree(two).defect == "r1 is in both s1 and s2")
        var circle = Fabric().hyperNodes
        circle[0].members.append(.hyperNode("z"))
        #expect(Self.tree(circle).defect == "r1 is in itself, by way of others")
        #expect(
            Self.tree([.around("a", tier: 1, ["a"])]).defect == "a is in itself, by way of others")
        var shared = Fabric().hyperNodes
        shared[1].members.append(.nodes(.exact("n1")))
        #expect(Self.tree(shared).defect == "r1 and r2 share a node")
        #expect(Self.tree(shared).domains.count == 1)
        #expect(Self.tree(shared)[DomainTree.root].nodes.count == 8)
    }

    @Test("a domain may name a node again that a domain in it has, and domains that do not exist")
    func harmless() {
        var again = Fabric().hyperNodes
        again[4].members += [.nodes(.exact("n1")), .hyperNode("gone")]
        let tree = Self.tree(again)
        #expect(tree.defect == nil)
        #expect(tree[tree.home(of: 0)].name == "r1")
        #expect(Self.tree(again.reversed()).defect == nil)
    }
}
