public import ClusterModel

/// Gives every resource name of a cluster a column, so that nothing below compares names.
///
/// CPU is column 0, memory 1 and pods 2; the others follow in byte-wise order. The order decides which missing
/// resource is named first, and nothing else.
public struct ResourceTable: Equatable, Sendable {
    /// The column of CPU.
    public static let cpu = 0
    /// The column of memory.
    public static let memory = 1
    /// The column of the number of pods.
    public static let pods = 2

    /// The names by column.
    public let names: [ResourceName]
    private let columns: [ResourceName: Int]

    /// A table of the given names besides CPU, memory and pods, which are always there.
    public init(_ names: some Sequence<ResourceName>) {
        let fixed: [ResourceName] = [.cpu, .memory, .pods]
        let others = Set(names).subtracting(fixed).sorted()
        self.names = fixed + others
        columns = Dictionary(uniqueKeysWithValues: self.names.enumerated().map { ($1, $0) })
    }

    /// The number of columns.
    public var count: Int { names.count }

    /// The column of a resource; `nil` when no node, pod or queue names it.
    public func column(_ name: ResourceName) -> Int? { columns[name] }

    /// A list as a dense row; resources that the table does not know are left out.
    public func row(_ list: ResourceList) -> [Int64] {
        var row = [Int64](repeating: 0, count: count)
        for (name, amount) in list.sorted {
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
