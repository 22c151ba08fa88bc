import ClusterModel
import Documents
import SchedulingPolicy

/// A change that would let a job run, in a phrase for people and as an object for machines: the contract of
/// `docs/explain-output.schema.json`.
enum RemedyText {
    /// What would have to change, as in `2 more nvidia.com/gpu on one node of pool a100 (a100-3)`.
    static func phrase(_ remedy: Remedy) -> String {
        let evictions = remedy.evictions == 0 ? "" : ", after \(Count.of(remedy.evictions, "eviction"))"
        let displaced =
            remedy.displaced.isEmpty
            ? "" : "; then \(list(remedy.displaced.map(\.description))) would wait instead"
        return phrase(remedy.kind) + evictions + displaced
    }

    private static func phrase(_ kind: Remedy.Kind) -> String {
        switch kind {
        case .capacity(let additions): return phrase(additions)
        case .endings(let endings): return phrase(endings)
        case .nodes(let count, let pool, let like):
            let nodes = "\(count) more node\(count == 1 ? "" : "s")"
            return pool.map { "\(nodes) of pool \($0.name)" } ?? "\(nodes) like \(like)"
        case .queueAmounts(let queue, let field, let by):
            return "\(more(by)) in the \(field.rawValue) of queue \(queue)"
        case .queueWeight(let queue, let from, let to):
            return "a weight of \(to) instead of \(from) for queue \(queue)"
        case .queueOpen(let queue, let exists): return exists ? "queue \(queue) open" : "a queue \(queue)"
        case .quota(let key, let by): return "\(more(by)) in the quota \(key)"
        case .constraint(let change): return phrase(change)
        case .gates(let gates): return "without the scheduling gates \(gates.joined(separator: ", "))"
        case .minMember(let from, let to): return "a minimum of \(to) instead of \(from) pods"
        }
    }

    private static func more(_ amounts: ResourceList) -> String {
        list(amounts.sorted.map { "\(AmountText.rounded($0.amount, of: $0.name, up: true)) more \($0.name)" })
    }

    private static func list(_ parts: [String]) -> String {
        parts.count < 3
            ? parts.joined(separator: " and ")
            : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
    }

    /// Nodes of a pool that get the same are told together.
    private static func phrase(_ additions: [Remedy.Addition]) -> String {
        var groups: [[Remedy.Addition]] = []
        for addition in additions {
            let known = groups.firstIndex {
                $0[0].pool == addition.pool && $0[0].amounts == addition.amounts
            }
            if let known { groups[known].append(addition) } else { groups.append([addition]) }
        }
        return groups.map(phrase(alike:)).joined(separator: ", ")
    }

    private static func phrase(alike additions: [Remedy.Addition]) -> String {
        guard let first = additions.first else { return "" }
        let names =
            additions.prefix(3).map(\.node).joined(separator: ", ") + (additions.count > 3 ? ", …" : "")
        let nodes = additions.count == 1 ? "one node" : "each of \(additions.count) nodes"
        let place = first.pool.map { "\(nodes) of pool \($0.name) (\(names))" }
        return "\(more(first.amounts)) on "
            + (place ?? (additions.count == 1 ? "node \(names)" : "\(nodes) (\(names))"))
    }

    private static func phrase(_ endings: [Remedy.Ending]) -> String {
        let running = endings.filter(\.isRunning)
        let starting = endings.filter { !$0.isRunning }
        return [("the end of ", running), ("without the start of ", starting)]
            .filter { !$0.1.isEmpty }
            .map { words, jobs in words + list(jobs.map { "\($0.isGang ? "job" : "pod") \($0.key)" }) }
            .joined(separator: ", ")
    }

    private static func phrase(_ change: ConstraintChange) -> String {
        switch change {
        case .nodeSelector(let key, let value): "without the node selector \(key)=\(value)"
        case .nodeAffinity: "without its required node affinity"
        case .toleration(let taint): "a toleration of the taint \(taint)"
        case .maxSkew(let key, let from, let to): "a maxSkew of \(to) instead of \(from) over \(key)"
        case .podAffinity(let key): "without its pod affinity over \(key)"
        case .podAntiAffinity(let key): "without its pod anti-affinity over \(key)"
        case .hostPorts: "without its host ports"
        case .volumes: "without its volumes"
        case .networkTopology: "without its network topology"
        case .uncordon(let node): "node \(node) uncordoned"
        case .ready(let node): "node \(node) ready"
        }
    }

    // MARK: Machines

    /// The object of a change: its kind, its phrase and its figures.
    static func document(_ remedy: Remedy) -> OutputValue {
        let (kind, members) = members(remedy.kind)
        return .object(
            [("kind", .string(kind)), ("text", .string(phrase(remedy)))] + members
                + [
                    ("evictions", .integer(Int64(remedy.evictions))),
                    ("displaces", .list(remedy.displaced.map { .string($0.description) })),
                ])
    }

    private static func members(_ kind: Remedy.Kind) -> (String, [(String, OutputValue)]) {
        switch kind {
        case .capacity(let additions): return ("capacity", [("additions", .list(additions.map(document)))])
        case .endings(let endings): return ("end", [("jobs", .list(endings.map(document)))])
        case .nodes(let count, let pool, let like):
            return (
                "nodes",
                [("count", .integer(Int64(count))), ("pool", document(pool)), ("like", .string(like))]
            )
        case .queueAmounts(let queue, let field, let by):
            return (
                "queue",
                [
                    ("queue", .string(queue)), ("field", .string(field.rawValue)),
                    ("by", AmountText.object(by)),
                ]
            )
        case .queueWeight(let queue, let from, let to):
            return (
                "queue",
                [
                    ("queue", .string(queue)), ("field", .string(Remedy.QueueField.weight.rawValue)),
                    ("from", .integer(from)), ("to", .integer(to)),
                ]
            )
        case .queueOpen(let queue, let exists):
            return (
                "queue",
                [("queue", .string(queue)), ("field", .string("state")), ("exists", .bool(exists))]
            )
        case .quota(let key, let by):
            return (
                "quota",
                [
                    ("namespace", .string(key.namespace)), ("name", .string(key.name)),
                    ("by", AmountText.object(by)),
                ]
            )
        case .constraint(let change): return ("constraint", members(change))
        case .gates(let gates): return ("gates", [("gates", .list(gates.map { .string($0) }))])
        case .minMember(let from, let to):
            return ("minMember", [("from", .integer(Int64(from))), ("to", .integer(Int64(to)))])
        }
    }

    private static func members(_ change: ConstraintChange) -> [(String, OutputValue)] {
        func word(_ text: String) -> (String, OutputValue) { ("constraint", .string(text)) }
        switch change {
        case .nodeSelector(let key, let value):
            return [word("nodeSelector"), ("key", .string(key)), ("value", .string(value))]
        case .nodeAffinity: return [word("nodeAffinity")]
        case .toleration(let taint): return [word("toleration"), ("taint", .string(taint.description))]
        case .maxSkew(let key, let from, let to):
            return [
                word("maxSkew"), ("topologyKey", .string(key)), ("from", .integer(Int64(from))),
                ("to", .integer(Int64(to))),
            ]
        case .podAffinity(let key): return [word("podAffinity"), ("topologyKey", .string(key))]
        case .podAntiAffinity(let key): return [word("podAntiAffinity"), ("topologyKey", .string(key))]
        case .hostPorts: return [word("hostPorts")]
        case .volumes: return [word("volumes")]
        case .networkTopology: return [word("networkTopology")]
        case .uncordon(let node): return [word("uncordon"), ("node", .string(node))]
        case .ready(let node): return [word("ready"), ("node", .string(node))]
        }
    }

    private static func document(_ addition: Remedy.Addition) -> OutputValue {
        .object([
            ("node", .string(addition.node)), ("pool", document(addition.pool)),
            ("amounts", AmountText.object(addition.amounts)),
        ])
    }

    private static func document(_ pool: NodePoolName?) -> OutputValue {
        pool.map { .object([("label", .string($0.label)), ("name", .string($0.name))]) } ?? .null
    }

    private static func document(_ ending: Remedy.Ending) -> OutputValue {
        .object([
            ("namespace", .string(ending.key.namespace)), ("name", .string(ending.key.name)),
            ("kind", .string(ending.isGang ? "job" : "pod")), ("running", .bool(ending.isRunning)),
        ])
    }
}
