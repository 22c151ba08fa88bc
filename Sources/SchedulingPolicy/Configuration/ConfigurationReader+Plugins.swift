import Documents

extension ConfigurationReader {
    mutating func readTiers() -> [[PluginConfiguration]] {
        if root.value("tiers") == nil {
            root.report("tiers", "missing; expected a list of tiers with plugins")
        }
        var seen: Set<String> = []
        var tiers: [[PluginConfiguration]] = []
        for tier in root.objects("tiers") {
            ignoreUnknownKeys(of: tier, known: ["plugins"], expected: "plugins")
            var plugins: [PluginConfiguration] = []
            for entry in tier.objects("plugins") {
                guard let plugin = readPlugin(entry) else { continue }
                if !seen.insert(plugin.name).inserted {
                    entry.report(
                        "name", "\(plugin.name) is named a second time; a plugin stands in one tier")
                    continue
                }
                plugins.append(plugin)
            }
            refuseHierarchyBesideProportion(plugins)
            tiers.append(plugins)
        }
        return tiers
    }

    private mutating func readPlugin(_ entry: FieldReader) -> PluginConfiguration? {
        guard let name = entry.requiredString("name") else { return nil }
        guard let type = PluginRegistry.type(named: name) else {
            let known = PluginRegistry.plugins.map { $0.name }.joined(separator: ", ")
            let nearest = Spelling.nearest(to: name, among: PluginRegistry.plugins.map { $0.name })
            entry.report(
                "name",
                PluginRegistry.later.contains(name)
                    ? "\(name) comes with a later version; expected one of \(known)"
                    : "unknown plugin \"\(name)\"; "
                        + (nearest.map { "did you mean \($0)?" } ?? "expected one of \(known)"))
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
