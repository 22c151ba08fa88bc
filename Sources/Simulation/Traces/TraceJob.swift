/// A job that a trace tells of.
struct TraceJob: Sendable, Equatable {
    /// When it was submitted, in milliseconds since 1970, or since the beginning of a trace without dates.
    var submitted: Int64
    /// How long it ran, in milliseconds.
    var runTime: Int64
    /// Its name; empty where the trace has none.
    var name = ""
    /// Its pods; nil where the trace knows only of GPUs.
    var pods: Int?
    /// The GPUs of each pod, or of the whole job where the number of pods is not known.
    var gpus: Int64 = 0
    /// Thousandths of one GPU that each pod asks for in place of whole ones; 0 for none.
    var milliGPU: Int64 = 0
    /// The models that will do; all if empty.
    var gpuModels: [String] = []
    /// Thousandths of a core for each pod; nil where the trace does not say.
    var milliCPU: Int64?
    /// Bytes for each pod; nil where the trace does not say.
    var memoryBytes: Int64?
    /// The instance type; empty where the trace has none.
    var instanceType = ""
    /// The queue; empty where the trace has none.
    var queue = ""
    /// Who submitted it; empty where the trace does not say.
    var user = ""
    /// The group of those who submitted it, such as a virtual cluster; empty where the trace does not say.
    var group = ""
    /// The priority class; empty where the trace has none.
    var priorityClass = ""
    /// The pods that must run together; nil where the trace does not say.
    var minMember: Int?
    /// How often it saves its work, in milliseconds; nil where the trace does not say.
    var checkpoint: Int64?
    /// How long its owner said that it runs, in milliseconds; nil where the trace does not say.
    var statedRunTime: Int64?

    /// Pods, and the GPUs of each.
    ///
    /// A job of which only its GPUs are known has one pod as long as that is not larger than a pod may be, else as few equal
    /// ones as will do: 12 GPUs are two pods of six.
    ///
    /// - Parameter most: the most GPUs of a pod.
    func size(gpusPerPod most: Int64) -> (pods: Int, gpus: Int64) {
        if let pods { return (pods, gpus) }
        if gpus <= most { return (1, gpus) }
        var count = (gpus + most - 1) / most
        while gpus % count != 0 { count += 1 }
        return (Int(count), gpus / count)
    }
}

/// The jobs of a trace's file.
struct JobTrace: Sendable {
    /// Jobs by time of submission; those of one time as they stand in the file.
    var jobs: [TraceJob] = []
    /// Whether times are dates rather than times since the trace's beginning.
    var hasDates = false
}

extension [TraceJob] {
    /// Puts jobs in the order of their submission, those of one time in the order that they have.
    mutating func sortBySubmission() {
        let sorted = indices.sorted { (self[$0].submitted, $0) < (self[$1].submitted, $1) }
        self = sorted.map { self[$0] }
    }
}
