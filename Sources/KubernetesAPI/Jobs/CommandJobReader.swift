internal import ClusterModel
internal import Documents

/// Reads Azure ML CLI v2 job files, as far as they say what a job needs.
enum CommandJobReader {
    /// True when a mapping without `kind` looks like a job of any type.
    static func recognises(_ document: Value) -> Bool {
        if document["apiVersion"] != nil { return false }
        return document["command"] != nil || document["type"]?.string != nil
            || document["$schema"]?.string?.contains("Job.schema") == true
    }

    /// Reads a job; problems are reported.
    ///
    /// - Parameter fallbackName: What the job is called when the file gives it no name.
    static func read(_ document: FieldReader, namespace: String, fallbackName: String) -> CommandJob {
        checkType(document)
        let resources = document.object("resources")
        let distribution = document.object("distribution")
        let instances = Int(resources?.integer("instance_count", in: 1...mostPods) ?? 1)
        var job = CommandJob(
            key: ObjectKey(namespace: namespace, name: name(document) ?? fallbackName),
            instanceType: resources?.nonEmptyString("instance_type") ?? InstanceType.defaultName,
            compute: computeName(document.string("compute") ?? ""),
            roles: [CommandJob.Role(name: "worker", count: instances)])
        guard let distribution, let framework = framework(of: distribution) else { return job }
        if framework == .tensorflow {
            let servers = Int(distribution.integer("parameter_server_count", in: 0...mostPods) ?? 0)
            let workers = Int(distribution.integer("worker_count", in: 1...mostPods) ?? Int64(instances))
            job.roles = [CommandJob.Role(name: "worker", count: workers)]
            if servers > 0 {
                job.roles.insert(CommandJob.Role(name: "ps", count: servers), at: 0)
            }
            job.hasRoleMinimums = true
        }
        return job
    }

    private static func name(_ document: FieldReader) -> String? {
        document.nonEmptyString("name") == nil ? nil : document.objectName("name")
    }

    /// More than any cluster holds; it keeps a slip of the finger from filling the memory.
    private static let mostPods: Int64 = 100_000

    private enum Framework: String, CaseIterable {
        case pytorch, mpi, tensorflow, ray
    }

    private static func checkType(_ document: FieldReader) {
        let supported = "the only type of job that is supported"
        if let type = document.nonEmptyString("type") {
            if type != "command" {
                document.report("type", "found \(type.debugDescription), expected command, \(supported)")
            }
        } else if document.lacks("command"), let schema = document.string("$schema"),
            !schema.contains("commandJob")
        {
            document.report(
                "$schema", "found \(schema.debugDescription), expected that of commandJob, \(supported)")
        }
    }

    private static func framework(of distribution: FieldReader) -> Framework? {
        guard let type = distribution.requiredString("type") else { return nil }
        if let framework = Framework(rawValue: type.lowercased()) { return framework }
        let known = alternatives(Framework.allCases.map(\.rawValue))
        distribution.report("type", "found \(type.debugDescription), expected \(known)")
        return nil
    }

    /// The name in `azureml:name`, in the ID of a compute target, or as it stands.
    private static func computeName(_ text: String) -> String {
        let reference = text.hasPrefix("azureml:") ? text.dropFirst("azureml:".count) : text[...]
        return String(reference.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
    }
}
