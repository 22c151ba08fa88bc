/// The scheduler's configuration, in the language of `volcano-scheduler.conf`.
public struct SchedulerConfiguration: Sendable {
    /// Whose semantics hold.
    public var compatibility: Compatibility
    /// The steps of a cycle, in order.
    public var actions: [ActionName]
    /// The plugins by tier; an earlier tier decides before a later one.
    public var tiers: [[PluginConfiguration]]
    /// Arguments of actions.
    public var actionArguments: [ActionName: Arguments]
    /// Where the load of nodes is read; nil where it is not.
    public var metrics: MetricsConfiguration?
    /// Where in the file each setting stands.
    public internal(set) var source: ConfigurationSource

    /// The plugins of all tiers, in order.
    var plugins: [ConfiguredPlugin] {
        tiers.enumerated().flatMap { tier, plugins in
            plugins.map { ConfiguredPlugin($0, tier: tier) }
        }
    }
}

/// The file of a configuration, and the lines of its settings.
public struct ConfigurationSource: Sendable {
    /// The file's name as its reader gave it.
    public let file: String
    /// Lines by the path of a setting, such as `tiers[0].plugins[1].enableJobOrder`.
    var lines: [String: Int] = [:]

    /// The line of a setting; 0 for what the file does not say.
    public func line(of path: String) -> Int { lines[path] ?? 0 }

    /// Counts lines from another beginning.
    mutating func move(by offset: Int) { lines = lines.mapValues { $0 + offset } }
}

/// One plugin of a tier.
public struct PluginConfiguration: Sendable {
    /// The plugin's name.
    public var name: String
    /// The callbacks that the file switches on or off; the others are at their default.
    public var flags: [PluginFlag: Bool]
    /// The plugin's arguments.
    public var arguments: Arguments
    /// Where in the file the plugin stands, such as `tiers[0].plugins[1]`.
    public let path: String
    let type: any Plugin.Type

    /// Whether a callback is on.
    public func isEnabled(_ flag: PluginFlag) -> Bool { flags[flag] ?? flag.isOnByDefault }
}
