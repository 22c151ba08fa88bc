import KubernetesClient
import Testing

/// Runs a test on a control plane of its own, with kubelets that do what they should, or do nothing.
func onCluster(
    nodes: Int = 4, hollow: Bool = true, _ body: (ControlPlane, Cluster) async throws -> Void
) async throws {
    let plane = try ControlPlane()
    let cluster = Cluster(client: plane.admin)
    try plane.apply("deploy/crds")
    try plane.apply("deploy/base")
    try await cluster.wait("the definitions are served") {
        _ = try await cluster.podGroup("none")
        return true
    } orRefusal: {
        $0.status?.code == 404 && $0.status?.name == "none"
    }
    try await cluster.addNodes(nodes)
    let kubelets = hollow ? Task { await HollowNodes(cluster: cluster).run() } : nil
    defer { kubelets?.cancel() }
    try await body(plane, cluster)
}

extension Cluster {
    /// Waits until something holds, or is refused as it should be.
    fileprivate func wait(
        _ what: String, until holds: () async throws -> Bool, orRefusal isRight: (ClientError) -> Bool
    ) async throws {
        try await wait(what) {
            do { return try await holds() } catch let error as ClientError { return isRight(error) }
        }
    }
}
