import Allocator
import ClusterModel
import Documents

/// Shares GPUs out: memory of a card, whole cards and vGPUs as Volcano does, and parts of the cards of `nvidia.com/gpu`.
///
/// Source: Volcano's `deviceshare`; parts of cards are ours, for pods that ask as KAI's or as those of the openb traces do.
/// The ledger is the session's (`DeviceTable`).
struct DeviceSharePlugin: Plugin {
    static let name = "deviceshare"
    static let sharing = "deviceshare.GPUSharingEnable"
    static let counting = "deviceshare.GPUNumberEnable"
    static let virtual = "deviceshare.VGPUEnable"
    private static let parts = "deviceshare.gpuParts"
    private static let choice = "deviceshare.gpuParts.policy"

    static func arguments(under compatibility: Compatibility) -> [ArgumentSchema] {
        [
            ArgumentSchema(name: sharing, kind: .bool(default: false)),
            ArgumentSchema(name: counting, kind: .bool(default: false)),
            ArgumentSchema(name: virtual, kind: .bool(default: false)),
            // Nodes need no lock where one scheduler decides and the API server takes or refuses.
            ArgumentSchema(name: "deviceshare.NodeLockEnable", kind: .bool(default: false)),
            ascend("deviceshare.AscendMindClusterVNPUEnable"),
            ascend("deviceshare.AscendHAMiVNPUEnable"),
            ArgumentSchema(name: "deviceshare.SchedulePolicy", kind: .string(default: nil)) { value in
                ["binpack", "spread"].contains(value.string) ? nil : "expected binpack or spread"
            },
            ArgumentSchema(name: "deviceshare.ScheduleWeight", kind: .integer(default: 0)),
            ArgumentSchema(
                name: "deviceshare.KnownGeometriesCMName",
                kind: .string(default: "volcano-vgpu-device-config")),
            ArgumentSchema(
                name: "deviceshare.KnownGeometriesCMNamespace", kind: .string(default: "kube-system")),
            ArgumentSchema(
                name: "deviceshare.GPUExclusiveRules", kind: .structure(expected: "a list of labels"),
                check: { $0.kind == .sequence ? nil : "expected a list of mappings of labels" }),
            ArgumentSchema(name: parts, kind: .bool(default: compatibility == .gangwright)),
            ArgumentSchema(name: choice, kind: .string(default: "tightest")) { value in
                DeviceSettings.CardChoice(rawValue: value.string ?? "") == nil
                    ? "expected tightest or fragmentation" : nil
            },
        ]
    }

    private static func ascend(_ name: String) -> ArgumentSchema {
        ArgumentSchema(name: name, kind: .bool(default: false)) { value in
            value.bool == true ? "Ascend devices are not known here; expected false" : nil
        }
    }

    private let settings: DeviceSettings

    init(_ arguments: Arguments) {
        var settings = DeviceSettings()
        settings.sharesMemory = arguments.bool(Self.sharing)
        settings.countsCards = arguments.bool(Self.counting)
        settings.virtual = arguments.bool(Self.virtual)
        settings.parts = arguments.bool(Self.parts)
        settings.choice =
            arguments.string(Self.choice).flatMap(DeviceSettings.CardChoice.init) ?? .tightest
        settings.schedulePolicy = arguments.string("deviceshare.SchedulePolicy") ?? ""
        settings.scheduleWeight = arguments.integer("deviceshare.ScheduleWeight")
        if let rules = arguments.structure("deviceshare.GPUExclusiveRules") {
            for rule in rules.elements {
                var labels: [String: String] = [:]
                for (key, value) in rule.members { labels[key] = value.string }
                if !labels.isEmpty { settings.exclusiveRules.append(labels) }
            }
        }
        self.settings = settings
    }

    func describeNodes(_ nodes: inout NodeDescriptions) { nodes.devices = settings }

    func open(_ session: Session, _ points: inout PluginPoints) {
        if session.devices.isIdle { return }
        points.filterNodes(by: DeviceRule.self)
        points.annotateBinds { session, task in session.deviceAnnotations(of: task) }
        let weight = settings.scheduleWeight
        if !settings.virtual || weight == 0 || settings.schedulePolicy.isEmpty { return }
        points.scoreNodes { session, task in
            guard session.devices.demand(of: task).map({ !$0.virtual.isEmpty }) ?? false else { return nil }
            return NodeScore { nodes in
                nodes.map { node in
                    let score = session.virtualChoice(for: task, on: node)?.score ?? 0
                    return Int64((score + 0.5).rounded(.down)) * weight * scoreUnit
                }
            }
        }
    }
}
