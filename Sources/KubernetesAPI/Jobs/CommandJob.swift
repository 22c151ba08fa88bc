internal import ClusterModel

/// A job as an Azure ML CLI v2 file states it, before its instance type is looked up.
struct CommandJob: Equatable {
    /// Pods of one role, all alike.
    struct Role: Equatable {
        var name: String
        var count: Int
    }

    /// Namespace and name.
    var key: ObjectKey
    /// The name of the instance type.
    var instanceType: String
    /// The name of the compute target, empty if the file names none.
    var compute: String
    /// The roles in byte-wise order, each with at least one pod.
    var roles: [Role]
    /// True when each role has a minimum of its own.
    var hasRoleMinimums = false

    /// The number of pods.
    var size: Int { roles.reduce(0) { $0 + $1.count } }

    /// The gang and its pods.
    ///
    /// - Parameter type: The instance type, `nil` when there is none of that name; the pods then ask for nothing.
    /// - Throws: `ResourceOverflow` when the pods ask for more than 63 bits hold.
    func gang(of type: InstanceType?) throws(ResourceOverflow) -> (group: PodGroup, pods: [Pod]) {
        var requests = type?.requests ?? [:]
        requests[.pods] = nil
        let group = PodGroup(
            key: key, minMember: size,
            minTaskMember: hasRoleMinimums ? roles.map { RoleMinimum(role: $0.name, minimum: $0.count) } : [],
            minResources: try requests.multiplied(by: Int64(size)), origin: .jobFile)
        let tolerations = self.tolerations
        var pods: [Pod] = []
        pods.reserveCapacity(size)
        for role in roles {
            for index in 0..<role.count {
                pods.append(
                    Pod(
                        key: ObjectKey(namespace: key.namespace, name: "\(key.name)-\(role.name)-\(index)"),
                        podGroup: key.name, role: role.name, schedulerName: Self.schedulerName,
                        requests: requests,
                        nodeSelector: type?.nodeSelector ?? [:], tolerations: tolerations))
            }
        }
        return (group, pods)
    }

    /// Azure ML gives the pods of jobs to Volcano.
    private static let schedulerName = "volcano"

    /// What Azure ML's workload pods tolerate. Source: the extension's documents on dedicated nodes.
    private var tolerations: [Toleration] {
        var result = InstanceType.workloadTolerations
        if !compute.isEmpty {
            result.append(Toleration(key: "ml.azure.com/compute", value: compute))
        }
        return result
    }
}

extension ResourceList {
    fileprivate func multiplied(by count: Int64) throws(ResourceOverflow) -> ResourceList {
        var result = ResourceList()
        for (name, amount) in sorted {
            let (product, overflow) = amount.multipliedReportingOverflow(by: count)
            if overflow { throw ResourceOverflow(resource: name) }
            result[name] = product
        }
        return result
    }
}
