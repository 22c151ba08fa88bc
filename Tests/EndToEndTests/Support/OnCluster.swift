import KubernetesClient
import Testing

/// Runs a test on a control plane that nobody else uses meanwhile, with kubelets that do what they should.
///
/// - Parameters:
///   - restores: Whether pods that fail or are evicted are made anew.
///   - spoils: Whether the control plane is no good for others afterwards.
///   - kubelets: Whether bound pods run; a test of thousands of pods is quicker without.
func onCluster(
    nodes: Int = 4, restores: Bool = false, spoils: Bool = false, kubelets: Bool = true,
    _ body: (ControlPlane, Cluster) async throws -> Void
) async throws {
    let plane = try await ControlPlanes.shared.borrow()
    do {
        let cluster = Cluster(client: plane.admin)
        try await cluster.addNodes(nodes)
        let running = kubelets ? Task { await HollowNodes(cluster: cluster).run(restores: restores) } : nil
        do { try await body(plane, cluster) } catch {
            running?.cancel()
            await running?.value
            throw error
        }
        running?.cancel()
        await running?.value
        if !spoils { try await cluster.clear() }
    } catch {
        await ControlPlanes.shared.giveBack(nil)
        throw error
    }
    await ControlPlanes.shared.giveBack(spoils ? nil : plane)
}
