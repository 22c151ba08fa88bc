import Allocator
import ClusterModel

/// What the nodes of each domain offer together and what is left of it, in step with the open cycle.
///
/// - Complexity: O(nodes × columns × depth) to make; a place that comes or goes costs O(amounts × depth).
final class DomainLedger {
    let tree: DomainTree
    /// Rows are domains.
    private(set) var allocatable: AmountTable
    /// What pods take, as Volcano follows it: a place counts when it is promised, and no more when its pod is to leave.
    private(set) var used: AmountTable
    private(set) var idle: AmountTable
    private(set) var futureIdle: AmountTable
    /// The domains whose amounts have changed, in the order in which they did.
    private(set) var changes: [Int32] = []

    init(_ tree: DomainTree, _ session: Session) {
        self.tree = tree
        var table = AmountTable(columns: session.resources.count)
        for _ in tree.domains { table.addRow() }
        (allocatable, used, idle, futureIdle) = (table, table, table, table)
        for node in tree[DomainTree.root].nodes {
            for column in 0..<session.resources.count {
                let offered = session.allocator.allocatable(node, column)
                let left = session.allocator.idle(node, column)
                let leftLater = session.allocator.futureIdle(node, column)
                if offered == 0, left == 0, leftLater == 0 { continue }
                forEachDomain(of: node) { domain in
                    allocatable[domain, column] += offered
                    used[domain, column] += offered - left
                    idle[domain, column] += left
                    futureIdle[domain, column] += leftLater
                }
            }
        }
    }

    private func forEachDomain(of node: Int, _ body: (Int) -> Void) {
        var domain = tree.home(of: node)
        while domain != DomainTree.root {
            body(domain)
            domain = tree[domain].parent
        }
        body(domain)
    }

    /// Follows a pod that gets a place, loses it, is evicted or stays after all.
    func note(_ task: Int, _ event: PlaceEvent, _ session: Session) {
        guard let node = session.tasks[task].node.flatMap({ session.nodes.entries[$0].index }) else { return }
        let (use, now, later): (Int64, Int64, Int64) =
            switch (event, session.tasks[task].status) {
            case (.placed, .pipelined): (1, 0, -1)
            case (.placed, _): (1, -1, -1)
            case (.unplaced, .pipelined): (-1, 0, 1)
            case (.unplaced, _): (-1, 1, 1)
            case (.evicted, _): (-1, 0, 1)
            case (.restored, _): (1, 0, -1)
            }
        forEachDomain(of: node) { changes.append(Int32($0)) }
        for index in session.amounts.range(of: session.tasks[task].request) {
            let entry = session.amounts.entries[index]
            forEachDomain(of: node) { domain in
                used[domain, entry.column] += use * entry.amount
                idle[domain, entry.column] += now * entry.amount
                futureIdle[domain, entry.column] += later * entry.amount
            }
        }
    }

    /// Whether amounts by column are left in a domain, now or once leaving pods have gone.
    func hasRoom(for amounts: ArraySlice<Int64>, in domain: Int) -> Bool {
        func fits(_ left: AmountTable) -> Bool {
            amounts.enumerated().allSatisfy { $0.element <= 0 || $0.element <= left[domain, $0.offset] }
        }
        return fits(idle) || fits(futureIdle)
    }
}
