public import Documents

/// Turns traces of others into our own table of jobs, which people can cut and change.
public enum JobTableConversion {
    /// What becomes of a group of users: Philly's virtual cluster, openb's quality of service.
    public static let groups = TraceSection.GroupUse.allCases.map(\.rawValue)
    /// What becomes of tasks that ask for a part of a GPU.
    public static let shares = TraceSource.Shares.allCases.map(\.rawValue)

    /// The table of a Philly trace.
    ///
    /// - Parameters:
    ///   - gpusPerPod: The most GPUs of a pod.
    ///   - group: One of `groups`.
    /// - Returns: The table of what could be read, and everything that is wrong with the trace.
    public static func philly(
        _ bytes: [UInt8], file: String, gpusPerPod: Int64, group: String
    ) -> (text: String, problems: [Problem]) {
        let (trace, problems) = PhillyTrace.read(bytes, file: file)
        return (text(trace, gpusPerPod, group), problems)
    }

    /// The table of an openb pod list: its tasks that have ended.
    ///
    /// - Parameters:
    ///   - shares: One of `shares`.
    ///   - group: One of `groups`.
    /// - Returns: The table of what could be read, and everything that is wrong with the list.
    public static func openb(
        _ bytes: [UInt8], file: String, shares: String, group: String
    ) -> (text: String, problems: [Problem]) {
        let (trace, problems) = OpenBTrace.jobs(
            bytes, file: file, shares: TraceSource.Shares(rawValue: shares) ?? .wholeGPU)
        return (text(trace, .max, group), problems)
    }

    private static func text(_ trace: JobTrace, _ gpusPerPod: Int64, _ group: String) -> String {
        JobTable.text(
            trace, gpusPerPod: gpusPerPod, group: TraceSection.GroupUse(rawValue: group) ?? .user)
    }
}
