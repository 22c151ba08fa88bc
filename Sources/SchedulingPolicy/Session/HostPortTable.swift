import Allocator
import ClusterModel

/// The host ports that pods use: how many pods use each on every node, and which ports exclude each other.
///
/// A port's mark is on the nodes where a pod uses it or one that conflicts with it. Nodes are the allocator's indices.
struct HostPortTable {
    private struct Entry {
        let mark: NodeMark
        /// The ports that conflict with it, itself included.
        var rivals: [Int]
        /// By node, how many pods use it there.
        var users: [Int: Int] = [:]
    }

    private struct Endpoint: Hashable {
        let port: UInt16
        let transport: HostPort.TransportProtocol
    }

    private var entries: [Entry] = []
    private var ids: [HostPort: Int] = [:]
    /// The ports of a number, for all addresses.
    private var endpoints: [Endpoint: [HostPort]] = [:]
    /// The ports of each pod that uses any.
    private var portsOfTask: [Int: [Int]] = [:]
    /// False where no filter looks at ports: then no node is marked.
    var areChecked = false

    /// All ports, by number in this table.
    var indices: Range<Int> { entries.indices }

    /// The number of a port; `nil` where no pod has used it.
    func find(_ port: HostPort) -> Int? { ids[port] }

    /// Takes in a port that no pod has used.
    mutating func add(_ port: HostPort, mark: NodeMark) -> Int {
        let id = entries.count
        let endpoint = Endpoint(port: port.port, transport: port.transport)
        var rivals = [id]
        for other in endpoints[endpoint] ?? [] where port.conflicts(with: other) {
            guard let rival = ids[other] else { continue }
            rivals.append(rival)
            entries[rival].rivals.append(id)
        }
        entries.append(Entry(mark: mark, rivals: rivals))
        ids[port] = id
        endpoints[endpoint, default: []].append(port)
        return id
    }

    func mark(of port: Int) -> NodeMark { entries[port].mark }

    /// The ports that conflict with one, itself included.
    func rivals(of port: Int) -> [Int] { entries[port].rivals }

    /// The nodes where a pod uses a port, in no order.
    func nodes(of port: Int) -> some Sequence<Int> { entries[port].users.keys }

    /// Whether a node has no place for a pod with this port.
    func isTaken(_ port: Int, on node: Int) -> Bool {
        entries[port].rivals.contains { entries[$0].users[node] != nil }
    }

    /// The ports of a pod; `nil` if it uses none.
    @inline(__always)
    func ports(of task: Int) -> [Int]? { portsOfTask.isEmpty ? nil : portsOfTask[task] }

    mutating func setPorts(_ ports: [Int]?, of task: Int) { portsOfTask[task] = ports }

    /// Counts a pod that comes to a node (`1`) or leaves it (`-1`); says whether it is the first, or was the last.
    mutating func count(_ port: Int, on node: Int, by sign: Int) -> Bool {
        let before = entries[port].users[node] ?? 0
        let after = before + sign
        entries[port].users[node] = after == 0 ? nil : after
        return before == 0 || after == 0
    }
}
