public import ClusterModel

/// Gives every resource name of a cluster a column, so that nothing below compares names.
///
/// CPU is column 0, memory 1 and pods 2; the others follow as they have come. Nothing may depend on that order: whoever
/// lists resources does so in `canonical` order.
public struct ResourceTable: Equatable, Sendable {
    /// The column of CPU.
    public static let cpu = 0
    /// The column of memory.
    public static let memory = 1
    /// The column of the number of pods.
    public static let pods = 2

    /// The names by column.
    public private(set) var names: [ResourceName] = [.cpu, .memory, .pods]
    /// The columns in the order of reports: CPU, memory, pods, then by name, byte-wise.
    public private(set) var canonical = [Self.cpu, Self.memory, Self.pods]
    private var columns: [ResourceName: Int] = [.cpu: Self.cpu, .memory: Self.memory, .pods: Self.pods]

    /// A table of the given names besides CPU, memory and pods, which are always there.
    public init(_ names: some Sequence<ResourceName>) { add(Set(names).sorted()) }

    /// Appends columns for the names that are new.
    ///
    /// - Returns: true if there was one.
    @discardableResult
    public mutating func add(_ names: some Sequence<ResourceName>) -> Bool {
        var isNew = false
        for name in names where columns[name] == nil {
            isNew = true
            columns[name] = self.names.count
            let others = canonical[(Self.pods + 1)...]
            let position = others.firstIndex { name < self.names[$0] } ?? canonical.count
            canonical.insert(self.names.count, at: position)
            self.names.append(name)
        }
        return isNew
    }

    /// The number of columns.
    public var count: Int { names.count }

    /// The column of a resource; `nil` when no node, pod or queue names it.
    public func column(_ name: ResourceName) -> Int? { columns[name] }

    /// A list as a dense row; resources that the table does not know are left out.
    public func row(_ list: ResourceList) -> [Int64] {
        var row = [Int64](repeating: 0, count: count)
        list.forEach { name, amount in
            if let column = columns[name] { row[column] = amount }
        }
        return row
    }

    /// A dense row as a list, without the zeros.
    public func list(_ row: [Int64]) -> ResourceList {
        var list = ResourceList()
        for (column, amount) in row.enumerated() where amount != 0 { list[names[column]] = amount }
        return list
    }
}
