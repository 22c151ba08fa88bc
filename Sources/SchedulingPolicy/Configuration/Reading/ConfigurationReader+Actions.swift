import Documents

extension ConfigurationReader {
    mutating func readActions() -> [ActionName] {
        note(root, "actions")
        guard let text = root.string("actions") else {
            if root.value("actions") == nil {
                root.report("actions", "missing; expected names separated by commas")
            }
            return []
        }
        if Arguments.trimmed(text[...]).isEmpty {
            root.report("actions", "found no name, expected names separated by commas")
            return []
        }
        let actions = text.split(separator: ",", omittingEmptySubsequences: false)
            .compactMap { readAction(Arguments.trimmed($0)) }
        for (one, whole) in [(ActionName.preempt, ActionName.gangpreempt), (.reclaim, .gangreclaim)]
        where actions.contains(one) && actions.contains(whole) {
            root.report(
                "actions",
                "\(one.rawValue) and \(whole.rawValue) evict for the same gangs; expected one of the two",
                severity: .warning)
        }
        return actions
    }

    private func readAction(_ name: String) -> ActionName? {
        let known = ActionName.allCases
            .filter { $0.exists(under: compatibility) && !ActionName.later.contains($0) }
            .map(\.rawValue).joined(separator: ", ")
        if name.isEmpty {
            root.report("actions", "found a comma without a name; expected \(known)")
            return nil
        }
        guard let action = ActionName(rawValue: name) else {
            root.report("actions", "unknown action \"\(name)\"; expected \(known)")
            return nil
        }
        guard action.exists(under: compatibility) else {
            root.report(
                "actions",
                compatibility == .volcano15
                    ? "\(name) exists only in later Volcano, not under compatibility: volcano-1.5; expected \(known)"
                    : "\(name) exists only in Volcano 1.5, under compatibility: volcano-1.5; expected \(known)"
            )
            return nil
        }
        if ActionName.later.contains(action) {
            root.report("actions", "\(name) comes with a later version; expected \(known)")
            return nil
        }
        return action
    }

    mutating func readActionArguments() -> [ActionName: Arguments] {
        var result: [ActionName: Arguments] = [:]
        for action in ActionName.allCases {
            result[action] = Arguments(schema: action.arguments(under: compatibility))
        }
        var seen: Set<ActionName> = []
        for entry in root.objects("configurations") {
            guard let name = entry.requiredString("name") else { continue }
            guard let action = ActionName(rawValue: name), action.exists(under: compatibility) else {
                ignored(entry, "name", "there is no action \"\(name)\"")
                continue
            }
            ignoreUnknownKeys(of: entry, known: ["name", "arguments"], expected: "name or arguments")
            let arguments = readArguments(of: entry, schema: action.arguments(under: compatibility))
            if seen.insert(action).inserted {
                note(entry, "name")
                source.lines["configurations.\(name)"] = entry.value("name")?.line
                result[action] = arguments
            } else {
                surprising(
                    entry, "name", "\(name) is named a second time", volcano: "the first holds, as in Volcano"
                )
            }
        }
        return result
    }

    mutating func readArguments(of entry: FieldReader, schema: [ArgumentSchema]) -> Arguments {
        var arguments = Arguments(schema: schema)
        guard let object = entry.object("arguments") else { return arguments }
        for (key, value) in object.value.members where !value.isNull {
            if let mistake = arguments.set(key, to: value, under: compatibility) {
                ignored(object, key, mistake)
            } else {
                note(object, key)
            }
        }
        return arguments
    }
}
