import Documents

extension OpenBTrace {
    /// Reads the jobs of a pod list: each task is a job of one pod.
    ///
    /// A task is submitted at its `creation_time` and runs from `scheduled_time` (or, where that is missing, from its
    /// creation) to `deletion_time`. Tasks without those times, such as those that were still pending, are left out.
    ///
    /// - Parameter shares: What becomes of tasks that ask for a part of a GPU.
    static func jobs(
        _ pods: [UInt8], file: String, shares: TraceSource.Shares
    ) -> (trace: JobTrace, problems: [Problem]) {
        let (trace, problems) = read(
            nodes: Array("sn,cpu_milli,memory_mib,gpu,model\n".utf8), nodesFile: file, pods: pods,
            podsFile: file)
        var jobs = JobTrace()
        for task in trace.tasks {
            guard let created = task.creationSeconds, let deleted = task.deletionSeconds else { continue }
            let begin = max(task.scheduledSeconds ?? created, created)
            var job = TraceJob(submitted: created * 1_000, runTime: max(deleted - begin, 0) * 1_000)
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
