import ClusterModel
import Documents
import KubernetesClient

/// Something that the API server is to show of an object: a patch of a part of it.
struct StatusWrite: Sendable {
    /// Which part of which object.
    enum Target: Hashable, Sendable {
        case podGroup(ObjectKey)
        case groupCondition(ObjectKey)
        case podCondition(ObjectKey)
        case nomination(ObjectKey)
    }

    /// The object, and its subresource for the status if it has one.
    struct Place: Sendable {
        let resource: GroupVersionResource
        let namespace: String
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
}

extension StatusWrite {
    /// The status of a gang as Volcano writes it.
    static func podGroup(_ key: ObjectKey, _ status: PodGroupStatus, at time: String, transition: String)
        -> StatusWrite
    {
        func members(_ extra: [(String, OutputValue)]) -> OutputValue {
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
                members.append(("conditions", .list(status.otherConditions + [.object(own + extra)])))
            }
            return .object(members)
        }
        let stamps: [(String, OutputValue)] = [
            ("lastTransitionTime", .string(time)), ("transitionID", .string(transition)),
        ]
        // Volcano's definition has no subresource for the status.
        let place = Place(
            resource: .podGroups, namespace: key.namespace, name: key.name, subresource: nil)
        return StatusWrite(
            target: .podGroup(key), place: place, patch: .merge, content: members([]),
            body: ["status": members(stamps)])
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
    }

    let news: News
    /// Conditions of other types, which stay as they are.
    let otherConditions: [OutputValue]
}
