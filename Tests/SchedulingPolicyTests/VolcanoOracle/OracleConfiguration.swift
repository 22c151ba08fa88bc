/// A plugin of a configuration: its name, its switches and its arguments as they are written.
struct OraclePluginSetting: Sendable {
    var name: String
    var settings: [String: String] = [:]

    /// Switches are on unless they are turned off, but for the hierarchy (3.1).
    func isOn(_ flag: String) -> Bool { settings[flag].map { $0 == "true" } ?? (flag != "enableHierarchy") }

    func number(_ name: String, _ fallback: Double) -> Double {
        settings[name].flatMap { Double($0) } ?? fallback
    }
}

/// What the oracle runs: the text that `policy(...)` takes, and nothing of how the scheduler reads it.
struct OracleConfiguration: Sendable {
    var actions: [String]
    var tiers: [[OraclePluginSetting]]

    init(actions: String, tiers: [[String]]) {
        self.actions = actions.split(separator: ",").map { $0.split(separator: " ").joined() }
        self.tiers = tiers.map { tier in
            tier.map { plugin in
                let words = plugin.split(separator: " ").map(String.init)
                var setting = OraclePluginSetting(name: words[0])
                for word in words.dropFirst() {
                    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                    setting.settings[parts[0]] = parts[1]
                }
                return setting
            }
        }
    }
}
