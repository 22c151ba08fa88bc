import Documents
import KubernetesClient
import Synchronization

/// What the volume controller and a provisioner would do: claims that name a node get a volume there, and volumes that
/// name a claim are bound to it.
final class HollowStorage: Sendable {
    /// What the provisioner does with a claim that asks for a volume on a node.
    enum Answer: Sendable, Equatable {
        case make, refuse, ignore
        /// It makes one that only another node reaches.
        case misplace(String)
    }

    private let cluster: Cluster
    private let answers: Mutex<@Sendable (String, String) -> Answer>
    private let asked = Mutex<[String]>([])

    init(_ cluster: Cluster, _ answer: @escaping @Sendable (_ claim: String, _ node: String) -> Answer) {
        self.cluster = cluster
        answers = Mutex(answer)
    }

    /// Does something else from now on.
    func answer(_ answer: @escaping @Sendable (_ claim: String, _ node: String) -> Answer) {
        answers.withLock { $0 = answer }
    }

    /// The claims and nodes for which volumes were asked for, in order, each once.
    var requests: [String] { asked.withLock { $0 } }

    /// Acts until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await act()
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func act() async throws {
        let volumes = try await cluster.shownVolumes()
        for volume in volumes where volume.phase == "Pending" {
            try await setPhase("Available", Cluster.volumes, nil, volume.name)
        }
        for claim in try await cluster.shownClaims() where claim.phase != "Bound" {
            if let volume = volumes.first(where: { $0.claim == claim.uid }) {
                if answers.withLock({ $0(claim.name, volume.name) }) == .make {
                    try await bind(claim, volume)
                }
            } else if !claim.node.isEmpty {
                try await provision(claim)
            }
        }
    }

    private func provision(_ claim: ShownClaim) async throws {
        let request = "\(claim.name) \(claim.node)"
        asked.withLock { if !$0.contains(request) { $0.append(request) } }
        switch answers.withLock({ $0(claim.name, claim.node) }) {
        case .make: try await make(claim, on: claim.isShareable ? nil : claim.node)
        case .misplace(let node): try await make(claim, on: node)
        case .refuse:
            try await patch(
                Cluster.claims, "default", claim.name, nil,
                ["metadata": ["annotations": ["volume.kubernetes.io/selected-node": .null]]])
        case .ignore: break
        }
    }

    private func make(_ claim: ShownClaim, on node: String?) async throws {
        try await cluster.addVolume("made-for-\(claim.name)", of: "made", on: node, for: claim)
    }

    private func bind(_ claim: ShownClaim, _ volume: ShownVolume) async throws {
        try await setPhase("Bound", Cluster.volumes, nil, volume.name)
        try await patch(
            Cluster.claims, "default", claim.name, nil,
            [
                "metadata": ["annotations": ["pv.kubernetes.io/bind-completed": "yes"]],
                "spec": ["volumeName": .string(volume.name)],
            ])
        try await setPhase("Bound", Cluster.claims, "default", claim.name)
    }

    private func setPhase(
        _ phase: String, _ resource: GroupVersionResource, _ namespace: String?, _ name: String
    ) async throws {
        try await patch(resource, namespace, name, "status", ["status": ["phase": .string(phase)]])
    }

    private func patch(
        _ resource: GroupVersionResource, _ namespace: String?, _ name: String, _ subresource: String?,
        _ patch: OutputValue
    ) async throws {
        _ = try await cluster.client.patch(
            resource, namespace: namespace, name: name, subresource: subresource, .merge,
            body: Array(patch.json(pretty: false).utf8))
    }
}
