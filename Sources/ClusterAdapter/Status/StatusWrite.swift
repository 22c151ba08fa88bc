import ClusterModel
import Documents
import KubernetesClient
import SchedulingPolicy

/// Something that the API server is to show of an object: a patch of a part of it.
struct StatusWrite: Sendable {
    /// Which part of which object.
    enum Target: Hashable, Sendable {
        case podGroup(ObjectKey)
        case groupCondition(ObjectKey)
        case podCondition(ObjectKey)
        case nomination(ObjectKey)
        case queue(String)
    }

    /// The object, and its subresource for the status if it has one.
    struct Place: Sendable {
        let resource: GroupVersionResource
        let namespace: String?
        let name: String
        let subresource: String?

        /// The status of a pod.
        static func status(ofPod key: ObjectKey) -> Place {
            Place(resource: .pods, namespace: key.namespace, name: key.name, subresource: "status")
        }
    }

    let target: Target
    let place: Place
    let patch: PatchType
    /// What the patch says; what was written last is not written again.
    let content: OutputValue
    /// What beside the content goes into the patch, such as a time: another one alone is nothing new.
    let body: OutputValue
    /// Makes the patch of the object as it is now, where the body would take away what others have written to it.
    var amended: (@Sendable (Value) -> OutputValue)?
}

extension StatusWrite {
    /// The status of a gang as Volcano writes it.
    static func podGroup(_ key: ObjectKey, _ status: PodGroupStatus, at time: String, transition: String)
        -> StatusWrite
    {
        @Sendable func members(_ extra: [(String, OutputValue)], after others: [OutputValue] = [])
            -> OutputValue
        {
            var members: [(String, OutputValue)] = [
                ("phase", .string(status.news.phase.rawValue)),
                ("running", .integer(Int64(status.news.counts.running))),
                ("succeeded", .integer(Int64(status.news.counts.succeeded))),
                ("failed", .integer(Int64(status.news.counts.failed))),
            ]
            if let condition = status.news.condition {
                let own: [(String, OutputValue)] = [
                    ("type", .string(condition.type)), ("status", "True"),
                    ("reason", .string(condition.reason)),
                    ("message", .string(condition.message)),
                ]
                members.append(("conditions", .list(others + [.object(own + extra)])))
            }
            return .object(members)
        }
        let stamps: [(String, OutputValue)] = [
            ("lastTransitionTime", .string(time)), ("transitionID", .string(transition)),
        ]
        // The domain is said where there is one; nothing takes it back.
        let annotations: [(String, OutputValue)] =
            status.news.allocatedHyperNode.map {
                [("annotations", [Self.hyperNodeAnnotation: .string($0)])]
            } ?? []
        @Sendable func patch(_ status: OutputValue, _ metadata: [(String, OutputValue)]) -> OutputValue {
            let all = metadata + annotations
            return all.isEmpty ? ["status": status] : ["metadata": .object(all), "status": status]
        }
        // Volcano's definition has no subresource for the status.
        let place = Place(
            resource: .podGroups, namespace: key.namespace, name: key.name, subresource: nil)
        var write = StatusWrite(
            target: .podGroup(key), place: place, patch: .merge, content: patch(members([]), []),
            body: patch(members(stamps), []))
        if status.hasOtherConditions, let type = status.news.condition?.type {
            // A patch replaces the list as a whole, and only the object itself has all that others wrote.
            write.amended = { object in
                let others = object["status"]?["conditions"]?.elements.filter { $0["type"]?.string != type }
                let version = object["metadata"]?["resourceVersion"]?.string ?? ""
                return patch(
                    members(stamps, after: others?.map(\.output) ?? []),
                    [("resourceVersion", .string(version))])
            }
        }
        return write
    }

    /// Where Volcano says which domain of the network a gang is in.
    private static let hyperNodeAnnotation = "volcano.sh/job-allocated-hypernode"

    /// What the pods of a queue hold: quantities by resource.
    ///
    /// - Parameter before: What the queue says so far, which is taken out where nothing takes its place.
    static func queue(_ name: String, allocated: [String: String], instead before: [String: String])
        -> StatusWrite
    {
        var members = allocated.mapValues { OutputValue.string($0) }
        for resource in before.keys where allocated[resource] == nil { members[resource] = .null }
        let amounts = OutputValue.object(members.sorted { $0.key < $1.key })
        let content: OutputValue = ["status": ["allocated": amounts]]
        return StatusWrite(
            target: .queue(name),
            place: Place(resource: .queues, namespace: nil, name: name, subresource: "status"),
            patch: .merge, content: content, body: content)
    }

    /// Whether a gang of Kubernetes' own API has been scheduled; conditions of other types stay as they are.
    static func groupCondition(
        _ gang: ObjectKey, _ condition: PodGroupCondition, of name: String, _ resource: GroupVersionResource
    ) -> StatusWrite {
        let content: [(String, OutputValue)] = [
            ("type", .string(condition.type)), ("status", .string(condition.status.rawValue)),
            ("reason", .string(condition.reason)), ("message", .string(condition.message)),
        ]
        let stamp = condition.lastTransitionTime.map { [("lastTransitionTime", OutputValue.string("\($0)"))] }
        return StatusWrite(
            target: .groupCondition(gang),
            place: Place(
                resource: resource, namespace: gang.namespace, name: name, subresource: "status"),
            patch: .strategicMerge, content: .object(content),
            body: ["status": ["conditions": .list([.object(content + (stamp ?? []))])]])
    }

    /// Why a pod is on no node: what cluster autoscalers look at.
    static func podCondition(_ key: ObjectKey, reason: String, message: String, at time: String)
        -> StatusWrite
    {
        let content: [(String, OutputValue)] = [
            ("type", "PodScheduled"), ("status", "False"), ("reason", .string(reason)),
            ("message", .string(message)),
        ]
        let stamped = content + [("lastTransitionTime", .string(time))]
        return StatusWrite(
            target: .podCondition(key), place: .status(ofPod: key), patch: .strategicMerge,
            content: .object(content),
            body: ["status": ["conditions": .list([.object(stamped)])]])
    }

    /// The node that others leave for a pod.
    static func nomination(_ key: ObjectKey, node: String) -> StatusWrite {
        let content: OutputValue = ["status": ["nominatedNodeName": .string(node)]]
        return StatusWrite(
            target: .nomination(key), place: .status(ofPod: key), patch: .merge, content: content,
            body: content)
    }
}

/// How a gang stands, as its object is to say.
struct PodGroupStatus: Sendable {
    struct Condition: Sendable, Equatable {
        let type: String
        let reason: String
        let message: String
    }

    /// What makes it another status.
    struct News: Sendable, Equatable {
        let phase: PodGroup.Phase
        let counts: GangCounts
        let condition: Condition?
        /// The domain of the network that its pods are in, for a gang that wishes for nearness.
        var allocatedHyperNode: String?
    }

    let news: News
    /// Whether the object has conditions of other types, which stay as they are.
    let hasOtherConditions: Bool
}

/// What the events of a gang tell: when it is another, there is one more.
enum GangAnnouncement: Equatable, Sendable {
    case scheduled
    case waiting(PendingReason)
}
