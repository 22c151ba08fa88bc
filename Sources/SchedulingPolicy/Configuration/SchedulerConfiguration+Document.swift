public import Documents

extension SchedulerConfiguration {
    /// The configuration as a file would have it, with every argument written out.
    public var document: OutputValue {
        var members: [(String, OutputValue)] = [
            ("compatibility", .string(compatibility.rawValue)),
            ("actions", .string(actions.map(\.rawValue).joined(separator: ", "))),
            ("tiers", .list(tiers.map(tierDocument))),
            ("configurations", .list(ActionName.allCases.compactMap(actionDocument))),
        ]
        if let metrics {
            members.append(("metrics", .object(metrics.settings.map { ($0.name, .string($0.value)) })))
        }
        return .object(members)
    }

    private func tierDocument(_ tier: [PluginConfiguration]) -> OutputValue {
        .object([("plugins", .list(tier.map { $0.document(under: compatibility) }))])
    }

    private func actionDocument(_ action: ActionName) -> OutputValue? {
        guard actions.contains(action), let arguments = actionArguments[action], !arguments.effective.isEmpty
        else { return nil }
        return .object([
            ("name", .string(action.rawValue)),
            ("arguments", .object(arguments.effective.map { ($0.name, $0.value) })),
        ])
    }
}

extension PluginConfiguration {
    fileprivate func document(under compatibility: Compatibility) -> OutputValue {
        var members: [(String, OutputValue)] = [("name", .string(name))]
        for flag in PluginFlag.allCases {
            if let value = flags[flag], let key = flag.key(under: compatibility) {
                members.append((key, .bool(value)))
            }
        }
        let arguments = arguments.effective
        if !arguments.isEmpty {
            members.append(("arguments", .object(arguments.map { ($0.name, $0.value) })))
        }
        return .object(members)
    }
}
