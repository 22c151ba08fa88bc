internal import ClusterModel
internal import Documents

/// Reads the ports of its node that a pod uses.
///
/// Source: kube-scheduler's `GetHostPorts`: those of containers and of sidecars. Other init containers are gone by the time
/// that the pod runs.
enum HostPortReader {
    static func read(_ spec: FieldReader, containers: [FieldReader], initContainers: [FieldReader])
        -> [HostPort]
    {
        let isOnHostNetwork = spec.bool("hostNetwork") ?? false
        let sidecars = initContainers.filter { $0.string("restartPolicy") == "Always" }
        return (containers + sidecars).flatMap { container in
            container.objects("ports").compactMap { port($0, isOnHostNetwork: isOnHostNetwork) }
        }
    }

    /// On the host's network every container port is a port of the host, as the API server defaults it.
    private static func port(_ port: FieldReader, isOnHostNetwork: Bool) -> HostPort? {
        let hostPort = port.integer("hostPort", in: 0...65_535) ?? 0
        let containerPort = port.integer("containerPort", in: 0...65_535) ?? 0
        let used = hostPort > 0 || !isOnHostNetwork ? hostPort : containerPort
        if used == 0 { return nil }
        return HostPort(
            UInt16(used), port.choice("protocol") ?? .tcp, hostIP: port.string("hostIP") ?? "")
    }
}
