import ClusterModel
import Documents

/// Reads entries of the sections `events` and `failures`.
enum EventSectionReader {
    private static let actions = [
        "fail", "drain", "cordon", "return", "remove", "add", "queue", "removeQueue", "cancel",
    ]

    static func read(_ event: FieldReader) -> ScenarioDocument.EventSection? {
        event.refuseUnknownKeys(["at", "for", "every", "until"] + actions)
        let at = event.requiredTime("at")
        let named = actions.filter { event.value($0) != nil }
        guard named.count == 1 else {
            let found = named.isEmpty ? "nothing that happens" : named.joined(separator: " and ")
            event.sink.report(
                event.place.problem("found \(found), expected one of \(actions.joined(separator: ", "))"))
            return nil
        }
        let length = event.positiveDuration("for")
        let every = event.positiveDuration("every")
        if length != nil, !["fail", "drain", "cordon", "add", "remove"].contains(named[0]) {
            event.report("for", "found for beside \(named[0]), expected it with what can be taken back: "
                + "fail, drain, cordon, add, remove")
        }
        if let length, let every, length >= every {
            event.report("every", "found less than for, expected more: it must be over before it happens again")
        }
        if every == nil, event.value("until") != nil {
            event.report("until", "found until without every, expected both")
        }
        guard let at, let action = action(named[0], event) else { return nil }
        return ScenarioDocument.EventSection(
            at: at, action: action, length: length, every: every, until: event.time("until"),
            place: event.place)
    }

    private static func action(
        _ name: String, _ event: FieldReader
    ) -> ScenarioDocument.EventSection.Action? {
        switch name {
        case "fail": return nodes(event, name).map { .fail($0) }
        case "drain": return nodes(event, name).map { .drain($0) }
        case "cordon": return nodes(event, name).map { .cordon($0) }
        case "return": return nodes(event, name).map { .takeBack($0) }
        case "remove": return nodes(event, name).map { .remove($0) }
        case "add":
            guard let add = event.object(name) else { return nil }
            add.refuseUnknownKeys(["pool", "count"])
            guard let pool = add.requiredString("pool") else { return nil }
            return .add(pool: pool, count: Int(add.integer("count", in: 1...100_000) ?? 1))
        case "queue": return event.object(name).flatMap(ClusterSectionReader.queue).map { .queue($0) }
        case "removeQueue": return event.requiredString(name).map { .removeQueue($0) }
        default:
            guard let job = event.requiredString(name) else { return nil }
            let parts = job.split(separator: "/", maxSplits: 1).map(String.init)
            return .cancel(
                parts.count == 2
                    ? ObjectKey(namespace: parts[0], name: parts[1]) : ObjectKey(namespace: "default", name: job))
        }
    }

    /// Nodes by a name, a list of names, or a mapping with conditions.
    private static func nodes(_ event: FieldReader, _ key: String) -> ScenarioDocument.NodeChoice? {
        guard let value = event.value(key) else { return nil }
        guard value.kind == .mapping, let choice = event.object(key) else {
            let names = event.oneOrMoreStrings(key)
            return names.isEmpty ? nil : ScenarioDocument.NodeChoice(names: names, place: event.place(key))
        }
        choice.refuseUnknownKeys(choiceKeys)
        let nodes = nodes(choice)
        if nodes.names.isEmpty, nodes.pool == nil, nodes.labels.isEmpty, nodes.count == nil {
            event.report(key, "found no condition, expected one of \(choiceKeys.joined(separator: ", "))")
            return nil
        }
        return nodes
    }

    private static let choiceKeys = ["nodes", "pool", "labels", "count"]

    private static func nodes(_ choice: FieldReader) -> ScenarioDocument.NodeChoice {
        ScenarioDocument.NodeChoice(
            names: choice.oneOrMoreStrings("nodes"), pool: choice.string("pool"),
            labels: choice.stringMap("labels"),
            count: choice.integer("count", in: 1...1_000_000).map { Int($0) }, place: choice.place)
    }

    static func failure(_ failure: FieldReader) -> ScenarioDocument.FailureSection? {
        failure.refuseUnknownKeys(["meanTimeBetween", "repair", "from", "until", "nodes", "pool", "labels"])
        for key in ["meanTimeBetween", "repair"] where failure.value(key) == nil {
            failure.report(key, "found nothing, expected a duration such as 30d or 4h")
        }
        guard let between = failure.positiveDuration("meanTimeBetween"),
            let repair = failure.distribution("repair", .duration)
        else { return nil }
        return ScenarioDocument.FailureSection(
            nodes: nodes(failure), meanTimeBetween: Double(between), repair: repair,
            from: failure.time("from") ?? .afterStart(0), until: failure.time("until"), place: failure.place)
    }
}
