import ClusterModel
import Documents
import KubernetesClient

/// Something that the API server is to show of an object: a patch of a part of it.
struct StatusWrite: Sendable {
    /// Which part of which object.
    enum Target: Hashable, Sendable {
        case podGroup(ObjectKey)
        case podCondition(ObjectKey)
        case nomination(ObjectKey)
    }

    let target: Target
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
        var write = StatusWrite(
            target: .podGroup(key), patch: .merge, content: members([]),
            body: ["status": members(stamps)])
        if status.hasOtherConditions, let type = status.news.condition?.type {
            // A patch replaces the list as a whole, and only the object itself has all that others wrote.
            write.amended = { object in
                let others = object["status"]?["conditions"]?.elements.filter { $0["type"]?.string != type }
                return [
                    "metadata": [
                        "resourceVersion": .string(object["metadata"]?["resourceVersion"]?.string ?? "")
                    ],
                    "status": members(stamps, after: others?.map(\.output) ?? []),
                ]
            }
        }
        return write
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
            target: .podCondition(key), patch: .strategicMerge, content: .object(content),
            body: ["status": ["conditions": .list([.object(stamped)])]])
    }

    /// The node that others leave for a pod.
    static func nomination(_ key: ObjectKey, node: String) -> StatusWrite {
        let content: OutputValue = ["status": ["nominatedNodeName": .string(node)]]
        return StatusWrite(target: .nomination(key), patch: .merge, content: content, body: content)
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
    /// Whether the object has conditions of other types, which stay as they are.
    let hasOtherConditions: Bool
}
