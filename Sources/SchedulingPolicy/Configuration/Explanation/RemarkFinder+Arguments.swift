extension RemarkFinder {
    mutating func lookAtArguments() {
        for (_, plugin) in plugins {
            lookAtWeightsOfUnlisted(plugin)
            switch plugin.name {
            case "binpack": lookAtBinpack(plugin)
            case "nodeorder": lookAtNodeOrder(plugin)
            case "overcommit":
                let factor = plugin.arguments.float("overcommit-factor")
                if factor < 1 {
                    warn(argument("overcommit-factor", of: plugin), "\(factor) is below 1 and counts as 1.2")
                }
            case "tdm": lookAtTDM(plugin)
            default: break
            }
        }
    }

    /// The resources of `binpack.resources.NAME` count only where `binpack.resources` lists them; so with its likes.
    private mutating func lookAtWeightsOfUnlisted(_ plugin: PluginConfiguration) {
        let families = [
            ("binpack.resources", []), ("hypernode.binpack.resources", []),
            ("predicate.resources", [".cpu", ".memory"]),
        ]
        for (list, suffixes) in families where plugin.arguments.schema(of: list) != nil {
            let listed = plugin.arguments.names(list)
            for member in plugin.arguments.members(of: list + ".*") {
                let suffix = suffixes.first { member.hasSuffix($0) } ?? ""
                let name = String(member.dropLast(suffix.count))
                if listed.contains(name) { continue }
                warn(
                    argument("\(list).\(member)", of: plugin),
                    "\(name) is not listed in \(list): the setting has no effect")
            }
        }
    }

    private mutating func lookAtBinpack(_ plugin: PluginConfiguration) {
        let arguments = plugin.arguments
        if arguments.integer("binpack.weight") == 0 {
            note(argument("binpack.weight", of: plugin), "binpack.weight 0 switches binpack off")
            return
        }
        let weights =
            ["binpack.cpu", "binpack.memory"]
            + arguments.members(of: "binpack.resources.*")
            .map { "binpack.resources." + $0 }
        for name in weights where arguments.integer(name) < 0 {
            note(argument(name, of: plugin), "a negative weight counts as 1")
        }
        guard let (_, order) = self.plugin("nodeorder"), order.isEnabled(.nodeOrder),
            plugin.isEnabled(.nodeOrder)
        else { return }
        let least = order.arguments.integer("leastrequested.weight")
        if least > 0 {
            warn(
                order.path,
                "leastrequested.weight \(least) spreads what binpack.weight "
                    + "\(arguments.integer("binpack.weight")) packs: the two pull against each other; "
                    + "expected leastrequested.weight: 0 to pack")
        }
    }

    private mutating func lookAtNodeOrder(_ plugin: PluginConfiguration) {
        let least = plugin.arguments.integer("leastrequested.weight")
        let most = plugin.arguments.integer("mostrequested.weight")
        if least > 0, most > 0 {
            warn(
                argument("mostrequested.weight", of: plugin),
                "leastrequested.weight \(least) and mostrequested.weight \(most) pull against each other")
        }
    }

    private mutating func lookAtTDM(_ plugin: PluginConfiguration) {
        let zones = plugin.arguments.members(of: "tdm.revocable-zone.*")
        if zones.isEmpty {
            note(plugin.path, "no tdm.revocable-zone is set: nodes of a revocable zone take no pods")
        }
        for zone in zones where compatibility.isVolcano {
            let name = "tdm.revocable-zone." + zone
            let times = (plugin.arguments.string(name) ?? "").split(separator: "-").map(String.init)
            // Times of day have leading zeros, so that they compare as text.
            guard times.count == 2, times[1] <= times[0] else { continue }
            warn(
                argument(name, of: plugin),
                "the window \(times[0])-\(times[1]) ends on the next day: after midnight it counts as closed, as in Volcano"
            )
        }
    }
}
