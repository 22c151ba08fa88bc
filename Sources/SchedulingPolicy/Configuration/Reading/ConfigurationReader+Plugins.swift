import Documents

extension ConfigurationReader {
    mutating func readTiers() -> [[PluginConfiguration]] {
        if root.value("tiers") == nil {
            root.report("tiers", "missing; expected a list of tiers with plugins")
        }
        var tiers: [[PluginConfiguration]] = []
        for tier in root.objects("tiers") {
            ignoreUnknownKeys(of: tier, known: ["plugins"], expected: "plugins")
            var plugins: [PluginConfiguration] = []
            for entry in tier.objects("plugins") {
                guard let plugin = readPlugin(entry) else { continue }
                if tiers.joined().contains(where: { $0.name == plugin.name })
                    || plugins.contains(where: { $0.name == plugin.name })
                {
                    surprising(
                        entry, "name", "\(plugin.name) is named a second time; a plugin stands in one tier",
                        volcano: "both places ask the last one, each with its own switches, as in Volcano")
                    // Volcano keeps callbacks by the plugin's name, so those of the last instance serve every place.
                    for tier in tiers.indices { Self.replace(plugin, in: &tiers[tier]) }
                    Self.replace(plugin, in: &plugins)
                }
                plugins.append(plugin)
            }
            refuseHierarchyBesideProportion(plugins)
            refuseTwoWaysOfSharing(plugins)
            tiers.append(plugins)
        }
        return tiers
    }

    /// Gives the instances that stand before the arguments of one that follows.
    private static func replace(_ plugin: PluginConfiguration, in tier: inout [PluginConfiguration]) {
        for index in tier.indices where tier[index].name == plugin.name {
            tier[index].arguments = plugin.arguments
        }
    }

    private mutating func readPlugin(_ entry: FieldReader) -> PluginConfiguration? {
        guard let name = entry.requiredString("name") else { return nil }
        guard PluginCallbacks.of(name, under: compatibility) != nil,
            let type = PluginRegistry.type(named: name)
        else {
            refusePlugin(name, entry)
            return nil
        }
        note(entry, "name")
        source.lines[entry.path] = entry.value.line
        var flags: [PluginFlag: Bool] = [:]
        var known: Set<String> = ["name", "arguments"]
        for flag in PluginFlag.allCases {
            guard let key = flag.key(under: compatibility) else { continue }
            known.insert(key)
            guard let value = entry.bool(key) else { continue }
            flags[flag] = value
            note(entry, key)
        }
        ignoreUnknownKeys(
            of: entry, known: known, expected: "name, arguments or a switch such as enableJobOrder")
        let arguments = readArguments(of: entry, schema: type.arguments(under: compatibility))
        return PluginConfiguration(
            name: name, flags: flags, arguments: arguments, path: entry.path, type: type)
    }

    /// Volcano skips a name that it does not know; what it knows and we do not have is refused, since leaving it out would
    /// change what is decided.
    private func refusePlugin(_ name: String, _ entry: FieldReader) {
        let known = PluginRegistry.plugins.map { $0.name }
            .filter { PluginCallbacks.of($0, under: compatibility) != nil }
        let expected = "expected one of " + known.joined(separator: ", ")
        if PluginCallbacks.of(name, under: compatibility) != nil {
            switch name {
            case "rescheduling":
                entry.report(
                    "name",
                    "rescheduling is refused: it evicts running pods without a place for them to go to; \(expected)"
                )
            default: entry.report("name", "\(name) comes with a later version; \(expected)")
            }
            return
        }
        let message: String
        if let other = Compatibility.allCases.first(where: { PluginCallbacks.of(name, under: $0) != nil }) {
            let version = other == .volcano15 ? "only in Volcano 1.5" : "only in later Volcano"
            message = "\(name) exists \(version); \(expected)"
        } else {
            let nearest = Spelling.nearest(to: name, among: known)
            message = "unknown plugin \"\(name)\"; " + (nearest.map { "did you mean \($0)?" } ?? expected)
        }
        surprising(entry, "name", message, volcano: "skipped, as Volcano does")
    }

    /// Volcano ends where a file asks for two of its ways to share GPUs.
    private func refuseTwoWaysOfSharing(_ tier: [PluginConfiguration]) {
        guard let plugin = tier.first(where: { $0.name == DeviceSharePlugin.name }) else { return }
        let ways = [DeviceSharePlugin.sharing, DeviceSharePlugin.counting, DeviceSharePlugin.virtual]
            .filter { plugin.arguments.bool($0) }
        guard ways.count > 1 else { return }
        let field = plugin.path + ".arguments"
        root.sink.report(
            Problem(
                file: source.file, line: source.line(of: plugin.path), field: field,
                message: "found \(ways.joined(separator: " and ")) true, which exclude each other; "
                    + "expected one of them"))
    }

    /// Volcano rejects such a file, since both would order the queues of the tier.
    private func refuseHierarchyBesideProportion(_ tier: [PluginConfiguration]) {
        guard let drf = tier.first(where: { $0.name == "drf" && $0.isEnabled(.hierarchy) }),
            tier.contains(where: { $0.name == "proportion" })
        else { return }
        let field = drf.path + "." + PluginFlag.hierarchy.rawValue
        root.sink.report(
            Problem(
                file: source.file, line: source.line(of: field), field: field,
                message: "drf with a hierarchy and proportion stand in one tier, which Volcano refuses; "
                    + "expected one of them in another tier"))
    }
}
