import Documents

/// Reads Microsoft's Philly trace as Pollux' authors have condensed it: one row a training job.
///
/// Columns: `timestamp` (submission, universal time, `2017-10-09 07:01:55`), `duration` (seconds of running), `num_gpus`
/// (of the whole job), `cluster` (the virtual cluster's hash); others are ignored. Rows need not be sorted.
///
/// Sources: Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training Workloads", USENIX ATC 2019;
/// Qiao et al., "Pollux", OSDI 2021, `simulator/traces/philly.csv`.
enum PhillyTrace {
    /// - Complexity: O(*n* log *n*) in the rows.
    static func read(_ bytes: [UInt8], file: String) -> (trace: JobTrace, problems: [Problem]) {
        var table = CSVTable(bytes, file: file)
        let timestamp = table.requiredColumn("timestamp")
        let duration = table.requiredColumn("duration")
        let gpus = table.requiredColumn("num_gpus")
        let cluster = table.optionalColumn("cluster")
        var trace = JobTrace(hasDates: true)
        guard let timestamp, let duration, let gpus else { return (trace, table.problems) }
        trace.jobs.reserveCapacity(table.rows.count)
        for row in table.rows {
            guard let submitted = SimulatedTime.calendar(row.fields[timestamp]) else {
                table.report(
                    row.line, "timestamp",
                    "found '\(row.fields[timestamp])', expected a time such as 2017-10-09 07:01:55")
                continue
            }
            guard let runTime = table.milliseconds(row, duration),
                let count = table.integer(row, gpus, in: 1...1_000_000)
            else { continue }
            var job = TraceJob(submitted: submitted, runTime: runTime)
            job.gpus = count
            if let cluster { job.group = row.fields[cluster] }
            trace.jobs.append(job)
        }
        trace.jobs.sortBySubmission()
        return (trace, table.problems)
    }
}

extension CSVTable {
    /// A field that is a number of seconds, whole or not, or a duration with a unit; in milliseconds.
    mutating func milliseconds(_ row: Row, _ column: Int) -> Int64? {
        let text = row.fields[column]
        if let seconds = Double(text), seconds >= 0, seconds < 1e11 {
            return Int64((seconds * 1_000).rounded())
        }
        if let duration = SimulatedTime.duration(text) { return duration }
        let found = text.isEmpty ? "nothing" : "'\(text)'"
        report(row.line, columns[column], "found \(found), expected seconds, or a duration such as 90s or 1h30m")
        return nil
    }
}
