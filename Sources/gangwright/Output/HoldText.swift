import ClusterModel
import Documents
import SchedulingPolicy

/// What holds a job, in a sentence for people and as an object for machines: the contract of
/// `docs/explain-output.schema.json`.
enum HoldText {
    /// One line, without a full stop.
    static func sentence(_ hold: Hold) -> String {
        switch hold {
        case .queueShare(let share): sentence(share)
        case .quota(let message), .invalid(let message): message
        case .admission(let message): "admission: \(message)"
        case .gangMinimum(let gang): sentence(gang)
        case .resource(let resource): sentence(resource)
        case .constraint(let constraint):
            constraint.nodes == 0
                ? constraint.reason : "\(Count.of(constraint.nodes, "node")): \(constraint.reason)"
        case .reservation(let kept): sentence(kept)
        case .gate(let gates): "scheduling gates: \(gates.joined(separator: ", "))"
        case .queueState(let queue, let state):
            state.map { "queue \(queue) is \($0.rawValue)" } ?? "queue \(queue) does not exist"
        case .unsupported(let names): "not evaluated: \(names.joined(separator: ", "))"
        case .releasing: "the pods in its places have to go first"
        case .notTried: "no action of the configuration tries it"
        }
    }

    private static func sentence(_ share: QueueShareHold) -> String {
        let what = share.limit == .deserved ? "what it deserves" : "its capability"
        if share.excess.isEmpty { return "queue \(share.queue) has had \(what)" }
        let amounts = share.excess.map {
            "\(AmountText.rounded($0.over, of: $0.resource, up: true)) \($0.resource)"
        }
        return "queue \(share.queue) beyond \(what) by \(amounts.joined(separator: ", "))"
    }

    private static func sentence(_ gang: GangMinimumHold) -> String {
        let pods = "\(gang.found) of \(gang.needed) pods" + (gang.role.map { " of role \($0)" } ?? "")
        return switch gang.lack {
        case .pods: "\(pods) exist"
        case .room: "room for \(pods)"
        }
    }

    private static func sentence(_ hold: ResourceHold) -> String {
        func text(_ amount: Int64) -> String { AmountText.rounded(amount, of: hold.resource, up: true) }
        let range =
            hold.leastMissing == hold.mostMissing
            ? text(hold.leastMissing) : "\(text(hold.leastMissing)) to \(text(hold.mostMissing))"
        let all = hold.nodesShort + hold.nodesWithEnough
        let nodes =
            all == 1 ? "the one node that qualifies" : "\(hold.nodesShort) of \(all) nodes that qualify"
        return "\(hold.resource) short by \(range) on \(nodes)"
    }

    private static func sentence(_ kept: ReservationHold) -> String {
        let start = kept.until.map { " until \($0)" } ?? ""
        return "places on \(Count.of(kept.nodes.count, "node")) are kept for \(kept.keptFor)\(start)"
    }

    // MARK: Machines

    /// The object of a hold: its kind, its sentence and its figures.
    static func document(_ hold: Hold) -> OutputValue {
        .object([("kind", .string(hold.kind.rawValue)), ("text", .string(sentence(hold)))] + members(hold))
    }

    private static func members(_ hold: Hold) -> [(String, OutputValue)] {
        switch hold {
        case .queueShare(let share):
            return [
                ("queue", .string(share.queue)), ("limit", .string(share.limit.rawValue)),
                ("resources", .list(share.excess.map(document))),
            ]
        case .gangMinimum(let gang):
            return [
                ("lack", .string(gang.lack.rawValue)), ("needed", .integer(Int64(gang.needed))),
                ("found", .integer(Int64(gang.found))), ("role", gang.role.map { .string($0) } ?? .null),
            ]
        case .resource(let hold):
            func text(_ amount: Int64) -> OutputValue { .string(Quantity.format(amount, of: hold.resource)) }
            return [
                ("resource", .string(hold.resource.text)), ("asked", text(hold.asked)),
                ("nodesWithEnough", .integer(Int64(hold.nodesWithEnough))),
                ("nodesShort", .integer(Int64(hold.nodesShort))),
                ("leastMissing", text(hold.leastMissing)), ("mostMissing", text(hold.mostMissing)),
            ]
        case .constraint(let hold):
            return [
                ("constraint", .string(hold.constraint.rawValue)), ("reason", .string(hold.reason)),
                ("nodes", .integer(Int64(hold.nodes))),
            ]
        case .reservation(let kept):
            return [
                ("namespace", .string(kept.keptFor.namespace)), ("name", .string(kept.keptFor.name)),
                ("nodes", .list(kept.nodes.map { .string($0) })),
                ("until", kept.until.map { .string($0.description) } ?? .null),
            ]
        case .gate(let gates): return [("gates", .list(gates.map { .string($0) }))]
        case .queueState(let queue, let state):
            return [("queue", .string(queue)), ("state", state.map { .string($0.rawValue) } ?? .null)]
        case .unsupported(let names): return [("constraints", .list(names.map { .string($0) }))]
        case .quota, .admission, .releasing, .invalid, .notTried: return []
        }
    }

    private static func document(_ excess: QueueShareHold.Excess) -> OutputValue {
        func text(_ amount: Int64) -> OutputValue { .string(Quantity.format(amount, of: excess.resource)) }
        return .object([
            ("resource", .string(excess.resource.text)), ("held", text(excess.held)),
            ("asked", text(excess.asked)), ("limit", text(excess.limit)), ("over", text(excess.over)),
        ])
    }
}
