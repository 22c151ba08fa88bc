import Allocator
import ClusterModel
import Documents
import SchedulingPolicy

/// `gangwright capacity`: how many more pods and whole gangs of each instance type fit.
struct CapacityCommand {
    static let command = Command(
        "capacity", abstract: "Count how many more pods and gangs of each instance type fit",
        discussion: """
            For each instance type: the pods that fit one after the other into what is free now, the whole gangs that \
            they make, and what stands in the way of one more. With --after, the pending pods are placed first: \
            --node-usage and --extender-answers are for that.
            """,
        examples: [
            Command.Example(
                "Pods, and gangs of 4 and of 16, of every type",
                "gangwright capacity --cluster simulations/quickstart --gang-size 4 --gang-size 16")
        ],
        options: ClusterInput.options + [
            ConfigurationInput.option, OutputFormat.option,
            Option(
                name: "gang-size", metavar: "PODS", help: "count whole gangs of this many pods",
                repeatable: true,
                integers: 1...1_000_000),
            Option(name: "instance-type", metavar: "NAME", help: "only this type", repeatable: true),
            Option.flag("after", help: "place the pending pods first"),
        ] + OutsideInput.options)

    private struct Row {
        let type: InstanceType
        let headroom: Headroom
        let gangs: [(size: Int, count: Int64)]
        let limits: [CycleResult.NodeReason]
    }

    private let arguments: Arguments
    private let style: Style

    init(_ arguments: Arguments, style: Style) {
        self.arguments = arguments
        self.style = style
    }

    func run(_ outcome: inout CommandOutcome) throws(CommandFailure) {
        let configuration = try ConfigurationInput(arguments)
        let input = try ClusterInput(arguments)
        outcome.warn(configuration.warnings + input.warnings)
        var options = SessionOptions()
        if arguments.flag("after") {
            let outside = try OutsideInput(arguments, configuration.configuration)
            if let note = outside.note { outcome.note(note) }
            (options.nodeUsage, options.extender) = (outside.nodeUsage, outside.extender)
        }
        let rows = try rows(input, configuration.configuration, options)
        let format = OutputFormat(arguments)
        let nodes = input.snapshot.nodes.count
        outcome.standardOutput =
            format.text { document(rows, nodes: nodes) } ?? table(rows, nodes: nodes)
    }

    private func rows(
        _ input: ClusterInput, _ configuration: SchedulerConfiguration, _ options: SessionOptions
    ) throws(CommandFailure) -> [Row] {
        let session: Session
        do {
            session = try Session(
                snapshot: input.snapshot, configuration: configuration, options: options)
        } catch {
            throw CommandFailure(.badInput, "the cluster's objects: \(error)")
        }
        if arguments.flag("after") { _ = session.runCycle() }
        let sizes = arguments.values("gang-size").compactMap { Int($0) }
        return try types(input.snapshot).map { type throws(CommandFailure) in
            let headroom = session.headroom(for: type.pod(key: ObjectKey(namespace: "", name: type.name)))
            return Row(
                type: type, headroom: headroom, gangs: sizes.map { ($0, headroom.pods / Int64($0)) },
                limits: headroom.reasons)
        }
    }

    private func types(_ snapshot: ClusterSnapshot) throws(CommandFailure) -> [InstanceType] {
        let all = snapshot.instanceTypes.sorted { $0.name.precedes($1.name) }
        let wanted = arguments.values("instance-type")
        for name in wanted where !all.contains(where: { $0.name == name }) {
            let known = all.map(\.name).joined(separator: ", ")
            throw CommandFailure(
                .badInput, "--instance-type: \"\(name)\" does not exist; expected one of \(known)")
        }
        return wanted.isEmpty ? all : all.filter { wanted.contains($0.name) }
    }

    private func document(_ rows: [Row], nodes: Int) -> OutputValue {
        .object([
            ("nodes", .integer(Int64(nodes))),
            (
                "instanceTypes",
                .list(
                    rows.map { row in
                        .object([
                            ("name", .string(row.type.name)),
                            ("requests", AmountText.object(row.type.requests)),
                            ("pods", .integer(row.headroom.pods)),
                            ("nodes", .integer(Int64(row.headroom.nodes))),
                            (
                                "gangs",
                                .list(
                                    row.gangs.map {
                                        .object([
                                            ("size", .integer(Int64($0.size))), ("count", .integer($0.count)),
                                        ])
                                    })
                            ),
                            (
                                "limits",
                                .object(row.limits.map { ($0.reason, .integer(Int64($0.count))) })
                            ),
                        ])
                    })
            ),
        ])
    }

    private func table(_ rows: [Row], nodes: Int) -> String {
        let sizes = rows.first?.gangs.map(\.size) ?? []
        var table = TextTable(
            [.left("INSTANCE TYPE"), .left("ASKS FOR"), .right("PODS"), .right("NODES")]
                + sizes.map { .right("GANGS OF \($0)") } + [.left("LIMITED BY")])
        for row in rows {
            let limits = row.limits.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
            table.add(
                [
                    .init(row.type.name), .init(AmountText.sentence(row.type.requests)),
                    .init("\(row.headroom.pods)", row.headroom.pods > 0 ? .good : .bad),
                    "\(row.headroom.nodes)",
                ] + row.gangs.map { .init("\($0.count)") } + [
                    .init(nodes == 0 ? "there are no nodes" : limits)
                ])
        }
        return table.text(style: style)
    }
}
