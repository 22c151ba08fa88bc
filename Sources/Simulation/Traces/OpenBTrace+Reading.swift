public import Documents

extension OpenBTrace {
    /// Reads a node list and a pod list.
    ///
    /// Columns are found by their names in the header, in any order, and others are ignored. The lists without `gpu_spec`,
    /// `qos` and `creation_time` are read as well. A row with a mistake is left out of the trace.
    ///
    /// - Returns: What could be read, and all that is wrong in either file.
    public static func read(
        nodes: [UInt8], nodesFile: String, pods: [UInt8], podsFile: String
    ) -> (trace: OpenBTrace, problems: [Problem]) {
        var nodeTable = CSVTable(nodes, file: nodesFile)
        var podTable = CSVTable(pods, file: podsFile)
        let trace = OpenBTrace(nodes: readNodes(&nodeTable), tasks: readTasks(&podTable))
        let problems = [nodeTable, podTable].flatMap { $0.problems.sorted { $0.line < $1.line } }
        return (trace, problems)
    }

    /// The largest number of mebibytes whose bytes fit in 63 bits.
    private static let memoryRange: ClosedRange<Int64> = 0...(Int64.max >> 20)
    private static let amountRange: ClosedRange<Int64> = 0...1_000_000_000
    /// Times stay within what a four-digit year can say.
    private static let timeRange: ClosedRange<Int64> = 0...100_000_000_000

    private static func readNodes(_ table: inout CSVTable) -> [Node] {
        let name = table.requiredColumn("sn")
        let cpu = table.requiredColumn("cpu_milli")
        let memory = table.requiredColumn("memory_mib")
        let gpus = table.requiredColumn("gpu")
        let model = table.requiredColumn("model")
        guard let name, let cpu, let memory, let gpus, let model else { return [] }

        var nodes: [Node] = []
        var names: Set<String> = []
        for row in table.rows {
            let milliCPU = table.integer(row, cpu, in: amountRange)
            let memoryMiB = table.integer(row, memory, in: memoryRange)
            let gpuCount = table.integer(row, gpus, in: amountRange)
            let isNew = isNewName(row, name, in: &table, among: &names)
            guard let milliCPU, let memoryMiB, let gpuCount, isNew else { continue }
            nodes.append(
                Node(
                    name: row.fields[name], milliCPU: milliCPU, memoryMiB: memoryMiB, gpus: gpuCount,
                    model: row.fields[model]))
        }
        return nodes
    }

    private static func readTasks(_ table: inout CSVTable) -> [Task] {
        let name = table.requiredColumn("name")
        let cpu = table.requiredColumn("cpu_milli")
        let memory = table.requiredColumn("memory_mib")
        let gpus = table.requiredColumn("num_gpu")
        let share = table.requiredColumn("gpu_milli")
        guard let name, let cpu, let memory, let gpus, let share else { return [] }
        let models = table.optionalColumn("gpu_spec")
        let qos = table.optionalColumn("qos")
        let creation = table.optionalColumn("creation_time")
        let scheduling = table.optionalColumn("scheduled_time")
        let deletion = table.optionalColumn("deletion_time")

        var tasks: [Task] = []
        var names: Set<String> = []
        for row in table.rows {
            let milliCPU = table.integer(row, cpu, in: amountRange)
            let memoryMiB = table.integer(row, memory, in: memoryRange)
            let gpuCount = table.integer(row, gpus, in: amountRange)
            let milliGPU = gpuCount.flatMap { table.integer(row, share, in: shareRange(ofGPUs: $0)) }
            let created = creation.map { table.integer(row, $0, in: timeRange) }
            let isNew = isNewName(row, name, in: &table, among: &names)
            if case .some(.none) = created { continue }
            guard let milliCPU, let memoryMiB, let gpuCount, let milliGPU, isNew else { continue }
            let allowed = models.map { row.fields[$0].split(separator: "|").map(String.init) }
            tasks.append(
                Task(
                    name: row.fields[name], milliCPU: milliCPU, memoryMiB: memoryMiB, gpus: gpuCount,
                    milliGPU: milliGPU, models: allowed ?? [], qos: qos.map { row.fields[$0] } ?? "",
                    creationSeconds: created ?? nil,
                    scheduledSeconds: optionalTime(row, scheduling, in: &table),
                    deletionSeconds: optionalTime(row, deletion, in: &table)))
        }
        return tasks
    }

    /// A time that has not come for every task.
    private static func optionalTime(
        _ row: CSVTable.Row, _ column: Int?, in table: inout CSVTable
    ) -> Int64? {
        guard let column, !row.fields[column].isEmpty else { return nil }
        return table.integer(row, column, in: timeRange)
    }

    /// A task uses several GPUs as a whole, one as a whole or in part, and none not at all.
    private static func shareRange(ofGPUs count: Int64) -> ClosedRange<Int64> {
        switch count {
        case 0: 0...0
        case 1: 1...1000
        default: 1000...1000
        }
    }

    private static func isNewName(
        _ row: CSVTable.Row, _ column: Int, in table: inout CSVTable, among names: inout Set<String>
    ) -> Bool {
        let name = row.fields[column]
        if name.isEmpty {
            table.report(row.line, table.columns[column], "found nothing, expected a name")
        } else if names.insert(name).inserted {
            return true
        } else {
            table.report(row.line, table.columns[column], "found '\(name)' again, expected each name once")
        }
        return false
    }
}
