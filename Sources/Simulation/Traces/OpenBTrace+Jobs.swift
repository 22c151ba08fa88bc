import Documents

extension OpenBTrace {
    /// Reads the jobs of a pod list: each task is a job of one pod.
    ///
    /// A task is submitted at its `creation_time` and runs from `scheduled_time` (or, where that is missing, from its
    /// creation) to `deletion_time`. Tasks without those times, such as those that were still pending, are left out.
    ///
    /// - Parameters:
    ///   - shares: What becomes of tasks that ask for a part of a GPU.
    ///   - pace: Times for all tasks, in place of the list's own.
    static func jobs(
        _ pods: [UInt8], file: String, shares: TraceSource.Shares, pace: TraceSource.Pace? = nil
    ) -> (trace: JobTrace, problems: [Problem]) {
        let (trace, problems) = read(
            nodes: Array("sn,cpu_milli,memory_mib,gpu,model\n".utf8), nodesFile: file, pods: pods,
            podsFile: file)
        var jobs = JobTrace()
        for (ordinal, task) in trace.tasks.enumerated() {
            let times = pace.map { ($0.every * Int64(ordinal), $0.runTime) } ?? task.times
            guard let (submitted, runTime) = times else { continue }
            var job = TraceJob(submitted: submitted, runTime: runTime)
            switch task.gpuUse {
            case .none: break
            case .part(let milliGPU):
                switch shares {
                case .skip: continue
                case .wholeGPU: job.gpus = 1
                case .part: job.milliGPU = milliGPU
                }
            case .whole(let gpus): job.gpus = gpus
            }
            job.name = task.name
            job.pods = 1
            job.milliCPU = task.milliCPU
            job.memoryBytes = task.memoryMiB << 20
            job.gpuModels = task.gpus > 0 ? task.models : []
            job.group = task.qos
            jobs.jobs.append(job)
        }
        jobs.jobs.sortBySubmission()
        var all = problems
        if jobs.jobs.isEmpty, !trace.tasks.isEmpty {
            all.append(
                Problem(
                    file: file, line: 1, field: "creation_time",
                    message:
                        "found no task with creation_time and deletion_time, expected a list that has them"))
        }
        return (jobs, all)
    }
}

extension OpenBTrace.Task {
    /// When it was submitted, and how long it ran, in milliseconds; `nil` where the list does not say.
    fileprivate var times: (submitted: Int64, runTime: Int64)? {
        guard let created = creationSeconds, let deleted = deletionSeconds else { return nil }
        let begin = max(scheduledSeconds ?? created, created)
        return (created * 1_000, max(deleted - begin, 0) * 1_000)
    }
}
