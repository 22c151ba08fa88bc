public import Documents

/// One setting in which two configurations differ, every default filled in.
public struct ConfigurationDifference: Sendable, Equatable {
    /// The setting, such as `plugin gang: enablePreemptable`.
    public let setting: String
    /// What the first configuration says; null where it has no such setting.
    public let from: OutputValue
    /// What the second one says; null where it has no such setting.
    public let to: OutputValue
}

extension SchedulerConfiguration {
    /// What would change if another configuration held.
    ///
    /// Compared is what is in force, so a default that one file writes out and the other leaves away is no difference.
    public func differences(from other: SchedulerConfiguration) -> [ConfigurationDifference] {
        let after = Self.settings(of: self, besides: other)
        let before = Self.settings(of: other, besides: self)
        let values = Dictionary(before, uniquingKeysWith: { first, _ in first })
        let names = Set(after.map(\.0))
        var result: [ConfigurationDifference] = []
        for (name, value) in after where values[name] != value {
            result.append(ConfigurationDifference(setting: name, from: values[name] ?? .null, to: value))
        }
        for (name, value) in before where !names.contains(name) {
            result.append(ConfigurationDifference(setting: name, from: value, to: .null))
        }
        let passwords = [other, self].map { $0.metrics?.elasticsearch.password }
        if passwords[0] != passwords[1] {
            let shown = passwords.map { $0 == nil ? OutputValue.null : "(hidden)" }
            result.append(
                ConfigurationDifference(
                    setting: "metrics: elasticsearch.password", from: shown[0], to: shown[1]))
        }
        // A plugin that only one of the two has is one line, not one for each of its settings.
        let whole = Set(
            result.filter { $0.setting.hasSuffix(Self.tierSuffix) && ($0.from == .null || $0.to == .null) }
                .map { String($0.setting.dropLast(Self.tierSuffix.count)) + ":" })
        return result.filter { difference in
            difference.setting.hasSuffix(Self.tierSuffix)
                || !whole.contains { difference.setting.hasPrefix($0) }
        }
    }

    private static let tierSuffix = ": tier"

    private static func settings(
        of configuration: SchedulerConfiguration, besides other: SchedulerConfiguration
    ) -> [(String, OutputValue)] {
        var result: [(String, OutputValue)] = [
            ("compatibility", .string(configuration.compatibility.rawValue)),
            ("actions", .string(configuration.actions.map(\.rawValue).joined(separator: ", "))),
        ]
        for (tier, plugins) in configuration.tiers.enumerated() {
            result.append(("tier \(tier + 1)", .string(plugins.map(\.name).joined(separator: ", "))))
        }
        var seen: [String: Int] = [:]
        for (tier, plugins) in configuration.tiers.enumerated() {
            for plugin in plugins {
                seen[plugin.name, default: 0] += 1
                let count = seen[plugin.name] ?? 1
                let name = "plugin \(plugin.name)" + (count > 1 ? " (\(count))" : "")
                result.append((name + tierSuffix, .integer(Int64(tier + 1))))
                for flag in PluginFlag.allCases {
                    result.append(("\(name): \(flag.rawValue)", .bool(plugin.isEnabled(flag))))
                }
                result += plugin.arguments.effective.map { ("\(name): \($0.name)", $0.value) }
            }
        }
        for action in ActionName.allCases where configuration.actions.contains(action) {
            let arguments = configuration.actionArguments[action] ?? Arguments(schema: [])
            // The defaults of an action that only one of the two runs say nothing.
            result += arguments.effective
                .filter { other.actions.contains(action) || arguments.isGiven($0.name) }
                .map { ("action \(action.rawValue): \($0.name)", $0.value) }
        }
        result += (configuration.metrics?.settings ?? []).map { ("metrics: \($0.name)", .string($0.value)) }
        return result
    }
}
