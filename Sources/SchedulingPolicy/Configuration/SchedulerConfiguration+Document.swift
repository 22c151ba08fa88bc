public import Documents

extension SchedulerConfiguration {
    /// The configuration as a file would have it, with every argument written out.
    public var document: OutputValue {
        .object([
            ("compatibility", .string(compatibility.rawValue)),
            ("actions", .string(actions.map(\.rawValue).joined(separator: ", "))),
            (
                "tiers",
                .list(
                    tiers.map { tier in
                        .object([("plugins", .list(tier.map { $0.document(under: compatibility) }))])
                    })
            ),
            ("configurations", .list(ActionName.allCases.compactMap(actionDocument))),
        ])
    }

    private func actionDocument(_ action: ActionName) -> OutputValue? {
        guard actions.contains(action), let arguments = actionArguments[action], !arguments.effective.isEmpty
        else { return nil }
        return .object([
            ("name", .string(action.rawValue)),
            ("arguments", .object(arguments.effective.map { ($0.name, $0.value) })),
        ])
    }

    /// What is allowed and probably not meant.
    public var remarks: [String] {
        var remarks: [String] = []
        let names = Set(tiers.joined().map(\.name))
        if !actions.contains(.allocate) {
            remarks.append("without allocate, no pod that asks for anything is placed")
        }
        if !actions.contains(.backfill) {
            remarks.append("without backfill, pods that ask for nothing are not placed")
        }
        if !names.contains("gang") {
            remarks.append("without gang, minMember is not enforced: jobs of several pods may run in part")
        }
        if !names.contains("predicates") {
            remarks.append("without predicates, selectors, taints and cordons are not looked at")
        }
        return remarks
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
