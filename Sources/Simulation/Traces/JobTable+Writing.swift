import ClusterModel

extension JobTable {
    /// Writes jobs as `read` reads them: the columns in our order, without those in which nothing would stand.
    ///
    /// - Parameters:
    ///   - gpusPerPod: The most GPUs of a pod, where the trace knows of jobs only.
    ///   - group: What becomes of a group of users.
    static func text(_ trace: JobTrace, gpusPerPod: Int64, group: TraceSection.GroupUse) -> String {
        let rows = trace.jobs.map { fields($0, hasDates: trace.hasDates, gpusPerPod, group) }
        // When a job comes and how long it runs has to stand there.
        let used = columns.indices.filter { column in column < 2 || rows.contains { !$0[column].isEmpty } }
        var writer = CSVWriter()
        writer.add(used.map { columns[$0] })
        for row in rows { writer.add(used.map { row[$0] }) }
        return writer.text
    }

    /// A field for each of `columns`, in their order; empty where it would say what holds anyway.
    private static func fields(
        _ job: TraceJob, hasDates: Bool, _ gpusPerPod: Int64, _ group: TraceSection.GroupUse
    ) -> [String] {
        let (pods, gpus) = job.size(gpusPerPod: gpusPerPod)
        return [
            hasDates ? date(job.submitted) : CSVWriter.field(milliseconds: job.submitted),
            CSVWriter.field(milliseconds: job.runTime), job.name, pods == 1 ? "" : "\(pods)",
            gpus == 0 ? "" : "\(gpus)", job.milliCPU.map { Quantity.format($0, of: .cpu) } ?? "",
            job.memoryBytes.map { Quantity.format($0, of: .memory) } ?? "",
            group == .queue && !job.group.isEmpty ? job.group : job.queue, job.priorityClass,
            job.user.isEmpty && group == .user ? job.group : job.user, job.instanceType,
            job.minMember.map { "\($0)" } ?? "", CSVWriter.field(milliseconds: job.checkpoint),
            CSVWriter.field(milliseconds: job.statedRunTime), job.gpuModels.joined(separator: "|"),
        ]
    }

    /// Traces with dates have whole seconds.
    private static func date(_ milliseconds: Int64) -> String {
        Timestamp(secondsSinceEpoch: milliseconds / 1_000).rfc3339
    }
}
