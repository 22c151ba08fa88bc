import Allocator
import ClusterModel
import Documents

/// Keeps so much CPU and memory of a node free for each of its free devices.
///
/// Source: the proportional rule of Volcano's `resource-strategy-fit`, and of `predicates` in 1.5. A pod that asks for
/// one of the devices is not held to it.
struct ProportionRule: Sendable {
    /// What one device is to have beside it.
    private struct Proportion: Sendable {
        let resource: ResourceName
        /// CPUs.
        let cpu: Double
        /// Gigabytes, of 10⁹ bytes.
        let memory: Double
    }

    private let proportions: [Proportion]

    /// The rule of `resource-strategy-fit`, `nil` where it is off.
    init?(_ value: Value) {
        guard value["enable"]?.bool ?? false else { return nil }
        self.init(ResourceNames.list(value["resources"]?.string ?? "")) { name, part in
            value["resourceProportion"]?["\(name).\(part)"]?.double
        }
    }

    /// The rule of `predicates` in Volcano 1.5, `nil` where it is off.
    init?(_ arguments: Arguments) {
        let isThere = arguments.schema(of: "predicate.ProportionalEnable") != nil
        guard isThere, arguments.bool("predicate.ProportionalEnable") else { return nil }
        self.init(arguments.names("predicate.resources")) { name, part in
            let key = "predicate.resources.\(name).\(part)"
            return arguments.isGiven(key) ? arguments.float(key) : nil
        }
    }

    private init(_ names: [String], rate: (String, String) -> Double?) {
        func part(_ name: String, _ part: String) -> Double {
            let given = rate(name, part) ?? 1
            return given < 0 ? 1 : given
        }
        proportions = names.map {
            Proportion(resource: ResourceName($0), cpu: part($0, "cpu"), memory: part($0, "memory"))
        }
    }

    /// What it says of the nodes of a pod; `nil` for a pod that it does not hold for.
    func check(for task: Int, in session: Session) -> NodeCheck? {
        let request = session.tasks[task].request
        var columns: [(proportion: Proportion, column: Int)] = []
        var (cpu, memory): (Int64, Int64) = (0, 0)
        for proportion in proportions {
            if let column = session.resources.column(proportion.resource) {
                columns.append((proportion, column))
            }
        }
        if columns.isEmpty { return nil }
        for index in session.amounts.range(of: request) {
            let entry = session.amounts.entries[index]
            if entry.amount > 0, columns.contains(where: { $0.column == entry.column }) { return nil }
            if entry.column == ResourceTable.cpu { cpu = entry.amount }
            if entry.column == ResourceTable.memory { memory = entry.amount }
        }
        return NodeCheck { [allocator = session.allocator] node in
            for (proportion, column) in columns {
                let idle = Double(allocator.idle(node, column))
                if idle <= 0 { continue }
                let cpuLeft = Double(allocator.idle(node, ResourceTable.cpu) - cpu)
                let memoryLeft = Double(allocator.idle(node, ResourceTable.memory) - memory)
                if cpuLeft < idle * 1_000 * proportion.cpu
                    || memoryLeft < idle * 1_000_000_000 * proportion.memory
                {
                    return .rule(
                        "proportional of resource \(proportion.resource) check failed", isResolvable: true)
                }
            }
            return nil
        }
    }
}
