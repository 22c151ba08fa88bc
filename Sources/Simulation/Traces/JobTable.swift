import ClusterModel
import Documents

/// Reads our own table of jobs, which other traces can be turned into: `docs/scenarios.md` describes it.
enum JobTable {
    /// The columns that are known; the first two must be there.
    static let columns = [
        "submit", "run_time", "name", "pods", "gpus_per_pod", "cpu", "memory", "queue", "priority_class",
        "user", "instance_type", "min_member", "checkpoint", "stated_run_time",
        "gpu_models",
    ]

    /// Reads a table.
    ///
    /// - Parameter names: What the file calls columns, by our names; a column that is not mapped has ours.
    /// - Complexity: O(*n* log *n*) in the rows.
    static func read(
        _ bytes: [UInt8], file: String, names: [String: String] = [:]
    ) -> (trace: JobTrace, problems: [Problem]) {
        var reader = Reader(table: CSVTable(bytes, file: file), names: names)
        let trace = reader.read()
        return (trace, reader.table.problems)
    }

    private struct Reader {
        var table: CSVTable
        let names: [String: String]
        private var hasDates: Bool?

        init(table: CSVTable, names: [String: String]) {
            self.table = table
            self.names = names
        }

        mutating func read() -> JobTrace {
            var trace = JobTrace()
            let submit = table.requiredColumn(names["submit"] ?? "submit")
            let runTime = table.requiredColumn(names["run_time"] ?? "run_time")
            guard let submit, let runTime else { return trace }
            refuseUnknownColumns()
            for (ours, theirs) in names.sorted(by: { $0.key < $1.key })
            where table.optionalColumn(theirs) == nil && !table.columns.isEmpty {
                table.report(1, theirs, "the column is missing, which columns.\(ours) of the scenario names")
            }
            trace.jobs.reserveCapacity(table.rows.count)
            for row in table.rows {
                guard let time = time(row, submit), let length = table.milliseconds(row, runTime) else {
                    continue
                }
                if let job = job(row, TraceJob(submitted: time, runTime: length)) { trace.jobs.append(job) }
            }
            trace.hasDates = hasDates ?? false
            trace.jobs.sortBySubmission()
            return trace
        }

        private mutating func refuseUnknownColumns() {
            let known = Set(JobTable.columns.map { names[$0] ?? $0 })
            // With a mapping the file is somebody else's, and may have more.
            guard names.isEmpty else { return }
            for column in table.columns where !known.contains(column) {
                let nearest = Spelling.nearest(to: column, among: JobTable.columns)
                let expected = nearest ?? "one of \(JobTable.columns.joined(separator: ", "))"
                table.report(1, column, "found a column that is not known, expected \(expected)")
            }
        }

        /// Seconds or a duration since the beginning, or a date; all rows alike.
        private mutating func time(_ row: CSVTable.Row, _ column: Int) -> Int64? {
            let text = row.fields[column]
            if let date = SimulatedTime.calendar(text) {
                return isAlike(row, column, dates: true) ? date : nil
            }
            guard let time = table.milliseconds(row, column) else { return nil }
            return isAlike(row, column, dates: false) ? time : nil
        }

        private mutating func isAlike(_ row: CSVTable.Row, _ column: Int, dates: Bool) -> Bool {
            if hasDates == nil { hasDates = dates }
            if hasDates == dates { return true }
            table.report(
                row.line, table.columns[column],
                dates
                    ? "found a date, expected a time since the beginning as in the rows before"
                    : "found a time since the beginning, expected a date as in the rows before")
            return false
        }

        private mutating func job(_ row: CSVTable.Row, _ start: TraceJob) -> TraceJob? {
            var job = start
            let before = table.problems.count
            job.name = text(row, "name")
            job.queue = text(row, "queue")
            job.priorityClass = text(row, "priority_class")
            job.user = text(row, "user")
            job.instanceType = text(row, "instance_type")
            job.pods = integer(row, "pods", in: 1...100_000).map { Int($0) } ?? 1
            job.gpus = integer(row, "gpus_per_pod", in: 0...10_000) ?? 0
            job.gpuModels = text(row, "gpu_models").split(separator: "|").map(String.init)
            job.milliCPU = amount(row, "cpu", of: .cpu)
            job.memoryBytes = amount(row, "memory", of: .memory)
            job.minMember = integer(row, "min_member", in: 1...100_000).map { Int($0) }
            job.checkpoint = duration(row, "checkpoint")
            job.statedRunTime = duration(row, "stated_run_time")
            return table.problems.count == before ? job : nil
        }

        /// The column of a name, and the field unless it is empty.
        private func field(_ row: CSVTable.Row, _ name: String) -> (column: Int, text: String)? {
            guard let column = table.optionalColumn(names[name] ?? name), !row.fields[column].isEmpty else {
                return nil
            }
            return (column, row.fields[column])
        }

        private func text(_ row: CSVTable.Row, _ name: String) -> String { field(row, name)?.text ?? "" }

        private mutating func integer(
            _ row: CSVTable.Row, _ name: String, in range: ClosedRange<Int64>
        ) -> Int64? {
            guard let field = field(row, name) else { return nil }
            return table.integer(row, field.column, in: range)
        }

        private mutating func duration(_ row: CSVTable.Row, _ name: String) -> Int64? {
            guard let field = field(row, name) else { return nil }
            return table.milliseconds(row, field.column)
        }

        private mutating func amount(
            _ row: CSVTable.Row, _ name: String, of resource: ResourceName
        ) -> Int64? {
            guard let field = field(row, name) else { return nil }
            do throws(QuantityError) {
                let amount = try resource == .cpu ? Quantity.milli(field.text) : Quantity.units(field.text)
                if amount >= 0 { return amount }
                table.report(row.line, name, "found '\(field.text)', expected an amount of at least 0")
            } catch {
                table.report(row.line, name, error.description)
            }
            return nil
        }
    }
}
