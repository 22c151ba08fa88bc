import ClusterModel
import Documents
import KubernetesAPI
import KubernetesClient

/// Asks the API server for volumes, and takes that back.
///
/// Every step looks at the object first and writes only if it still is what was looked at, so that nothing is overwritten
/// and a step that was done before, by an attempt without an answer or a process that is gone, is not done again.
final class VolumeWriter: Sendable {
    static let selectedNode = "volume.kubernetes.io/selected-node"
    /// Says that the volume was not reserved by hand, and is free again when the claim is gone.
    static let boundByController = "pv.kubernetes.io/bound-by-controller"

    private let client: APIClient
    private let inbox: Inbox
    private let log: Log
    private let limit: ConcurrencyLimit
    /// How often something is tried that is not answered, or is overtaken by others.
    private static let attempts = 6

    init(client: APIClient, inbox: Inbox, log: Log, concurrency: Int) {
        self.client = client
        self.inbox = inbox
        self.log = log
        limit = ConcurrencyLimit(concurrency)
    }

    /// Sees to it that somebody brings the claim a volume; what became of that comes by the inbox.
    func write(_ work: ClaimWork) {
        Task {
            let outcome = await limit.withTurn {
                await persist { () async throws(ClientError) in try await ask(work) }
            }
            switch outcome {
            case .success(let outcome): inbox.put(.claimWritten(work.claim, outcome))
            case .failure(let error): inbox.put(.claimWritten(work.claim, .refused("\(error)")))
            }
        }
    }

    /// Takes back what `write` has done, unless the claim has its volume by now; the inbox hears when that is over.
    func undo(_ work: ClaimWork) {
        Task {
            let outcome = await limit.withTurn {
                await persist { () async throws(ClientError) in try await takeBack(work) }
            }
            if case .failure(let error) = outcome, !error.isCancellation {
                log.warning(
                    "a claim still asks for its volume", ["claim": "\(work.claim)", "error": "\(error)"])
            }
            inbox.put(.claimUndone(work.claim))
        }
    }

    /// Tries until there is an answer that another attempt would not change.
    private func persist<Outcome>(
        _ work: () async throws(ClientError) -> Outcome
    ) async -> Result<Outcome, ClientError> {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var attempt = 1
        while true {
            do { return .success(try await work()) } catch {
                attempt += 1
                if error.isCancellation || attempt > Self.attempts { return .failure(error) }
                // Overtaken: what it is now decides what is to be done.
                if error.status?.reason == .conflict { continue }
                if let code = error.status?.code, code < 500, code != 408, code != 429 {
                    return .failure(error)
                }
                try? await Task.sleep(for: backoff.next(now: SystemTime().elapsed, using: &random))
            }
        }
    }

    // MARK: Asking

    private func ask(_ work: ClaimWork) async throws(ClientError) -> ClaimOutcome {
        guard let claim = try await readClaim(work.claim) else { return .refused("it is gone") }
        if !claim.object.volumeName.isEmpty { return .written(claim.shown, nil) }
        if let name = work.volume { return try await take(name, for: claim) }
        if let node = claim.object.selectedNode {
            // One that many nodes may use can be made for any of them.
            return node == work.node || claim.object.isShareable
                ? .written(claim.shown, nil) : .refused("its volume is made for node \(node)")
        }
        let answer = try await patch(claim, annotations: [(Self.selectedNode, .string(work.node))])
        return .written(answer.shown, nil)
    }

    private func take(_ name: String, for claim: Found<PersistentVolumeClaim>)
        async throws(ClientError) -> ClaimOutcome
    {
        if let node = claim.object.selectedNode { return .refused("its volume is made for node \(node)") }
        guard let volume = try await readVolume(name) else { return .refused("volume \(name) is gone") }
        if let holder = volume.object.claim {
            let isOurs =
                holder.key == claim.object.key && (holder.uid.isEmpty || holder.uid == claim.object.uid)
            return isOurs
                ? .written(claim.shown, volume.shown)
                : .refused("volume \(name) is for claim \(holder.key)")
        }
        let reference: OutputValue = [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "namespace": .string(claim.object.key.namespace), "name": .string(claim.object.key.name),
            "uid": .string(claim.object.uid), "resourceVersion": .string(claim.version),
        ]
        let answer = try await patch(
            volume, annotations: [(Self.boundByController, "yes")], spec: ["claimRef": reference])
        return .written(claim.shown, answer.shown)
    }

    // MARK: Taking back

    private func takeBack(_ work: ClaimWork) async throws(ClientError) {
        guard let claim = try await readClaim(work.claim), claim.object.volumeName.isEmpty else { return }
        if let name = work.volume {
            guard let volume = try await readVolume(name), volume.object.phase != .bound,
                volume.object.claim == ClaimReference(key: work.claim, uid: claim.object.uid),
                volume.value["metadata"]?["annotations"]?[Self.boundByController] != nil
            else { return }
            _ = try await patch(
                volume, annotations: [(Self.boundByController, .null)], spec: ["claimRef": .null])
        } else if claim.object.selectedNode == work.node {
            _ = try await patch(claim, annotations: [(Self.selectedNode, .null)])
        }
    }

    // MARK: Objects

    /// An object, and what is needed to write to it.
    private struct Found<Object: Sendable> {
        let object: Object
        let value: Value
        let resource: GroupVersionResource
        let namespace: String?
        let name: String
        let read: (ClusterObject) -> Object?

        var version: String { value["metadata"]?["resourceVersion"]?.string ?? "" }
        var shown: Shown<Object> { Shown(object: object, version: UInt64(version) ?? 0) }
    }

    private func readClaim(_ key: ObjectKey) async throws(ClientError) -> Found<PersistentVolumeClaim>? {
        try await find(.persistentVolumeClaims, .persistentVolumeClaim, key.namespace, key.name) {
            if case .persistentVolumeClaim(let claim) = $0 { claim } else { nil }
        }
    }

    private func readVolume(_ name: String) async throws(ClientError) -> Found<PersistentVolume>? {
        try await find(.persistentVolumes, .persistentVolume, nil, name) {
            if case .persistentVolume(let volume) = $0 { volume } else { nil }
        }
    }

    /// Reads an object; nil if there is none.
    private func find<Object>(
        _ resource: GroupVersionResource, _ kind: ObjectKind, _ namespace: String?, _ name: String,
        _ read: @escaping (ClusterObject) -> Object?
    ) async throws(ClientError) -> Found<Object>? {
        let value: Value
        do {
            value = try await client.get(resource, namespace: namespace, name: name).document()
        } catch {
            if error.status?.code == 404 { return nil }
            throw error
        }
        return Found(
            object: try Self.read(value, kind, read), value: value, resource: resource, namespace: namespace,
            name: name, read: read)
    }

    /// Changes an object that still is what was found.
    private func patch<Object>(
        _ found: Found<Object>, annotations: [(String, OutputValue)], spec: OutputValue? = nil
    ) async throws(ClientError) -> Found<Object> {
        var members: [(String, OutputValue)] = [
            (
                "metadata",
                ["resourceVersion": .string(found.version), "annotations": .object(annotations)]
            )
        ]
        if let spec { members.append(("spec", spec)) }
        let value = try await client.patch(
            found.resource, namespace: found.namespace, name: found.name, .merge,
            body: Array(OutputValue.object(members).json(pretty: false).utf8)
        ).document()
        let kind: ObjectKind = found.namespace == nil ? .persistentVolume : .persistentVolumeClaim
        return Found(
            object: try Self.read(value, kind, found.read), value: value, resource: found.resource,
            namespace: found.namespace, name: found.name, read: found.read)
    }

    private static func read<Object>(
        _ value: Value, _ kind: ObjectKind, _ read: (ClusterObject) -> Object?
    ) throws(ClientError) -> Object {
        let sink = ProblemSink()
        guard let object = ClusterObject.read(value, kind: kind, sink: sink)?.object, let read = read(object)
        else {
            throw .malformedAnswer(
                sink.problems.first ?? Problem(file: kind.name, line: 0, message: "cannot be read"))
        }
        return read
    }
}

extension GroupVersionResource {
    static let persistentVolumes = GroupVersionResource(resource: "persistentvolumes")
    static let persistentVolumeClaims = GroupVersionResource(resource: "persistentvolumeclaims")
}
