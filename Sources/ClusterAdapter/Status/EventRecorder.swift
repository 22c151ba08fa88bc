import ClusterModel
import Documents
import KubernetesClient
import Synchronization

/// Something worth telling of an object.
struct EventNote: Sendable {
    /// The object's kind.
    enum Kind: String, Sendable {
        case pod = "Pod"
        case podGroup = "PodGroup"
        case lease = "Lease"

        var apiVersion: String {
            switch self {
            case .pod: "v1"
            case .podGroup: "scheduling.volcano.sh/v1beta1"
            case .lease: "coordination.k8s.io/v1"
            }
        }
    }

    let kind: Kind
    let key: ObjectKey
    let uid: String
    let isWarning: Bool
    let reason: String
    let message: String
    let time: WallClock
}

/// Posts events; one that says what another said before counts that one up.
final class EventRecorder: Sendable {
    private struct Known {
        let name: String
        var count: Int64
    }

    private struct Subject: Hashable {
        let key: ObjectKey
        let uid: String
        let reason: String
        let message: String
    }

    private static let resource = GroupVersionResource(resource: "events")
    /// Events that are remembered, at most; then all are forgotten, and later ones begin anew.
    private static let mostKnown = 8_192
    private let client: APIClient
    private let known = Mutex<[Subject: Known]>([:])

    init(client: APIClient) { self.client = client }

    func post(_ note: EventNote) async throws(ClientError) {
        let subject = Subject(key: note.key, uid: note.uid, reason: note.reason, message: note.message)
        let time = "\(note.time.timestamp)"
        let earlier = known.withLock { known -> Known? in
            known[subject]?.count += 1
            return known[subject]
        }
        if let earlier {
            let patch: OutputValue = ["count": .integer(earlier.count), "lastTimestamp": .string(time)]
            do {
                _ = try await client.patch(
                    Self.resource, namespace: note.key.namespace, name: earlier.name, .merge,
                    body: Array(patch.json(pretty: false).utf8))
                return
            } catch {
                // Events live for an hour.
                guard error.status?.code == 404 else { throw error }
            }
        }
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        let name = "\(note.key.name).\(random)"
        let event: OutputValue = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(note.key.namespace)],
            "involvedObject": [
                "apiVersion": .string(note.kind.apiVersion), "kind": .string(note.kind.rawValue),
                "namespace": .string(note.key.namespace), "name": .string(note.key.name),
                "uid": .string(note.uid),
            ],
            "type": note.isWarning ? "Warning" : "Normal", "reason": .string(note.reason),
            "message": .string(note.message), "source": ["component": "gangwright"],
            "firstTimestamp": .string(time), "lastTimestamp": .string(time), "count": 1,
        ]
        _ = try await client.create(
            Self.resource, namespace: note.key.namespace, body: Array(event.json(pretty: false).utf8))
        known.withLock { known in
            if known.count >= Self.mostKnown { known = [:] }
            known[subject] = Known(name: name, count: 1)
        }
    }
}
