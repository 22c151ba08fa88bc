import Allocator
import ClusterModel
import SchedulingLoop
import SchedulingPolicy

/// The result of `schedule` for people.
struct ScheduleTables {
    let run: CycleRun
    let style: Style
    let isWide: Bool

    /// Pods without a group are listed one by one up to this many.
    private static let mostSinglePods = 40

    private var result: CycleResult { run.result }

    func text() -> String {
        var sections: [String] = []
        let where_ = nodesByGroup()
        sections.append(section("JOBS", jobs(where_)))
        sections.append(section("PODS WITHOUT A JOB", singlePods()))
        sections.append(section("EVICTED", evicted()))
        sections.append(waiting())
        sections.append(section("QUEUES", queues()))
        if isWide { sections.append(section("NODES", nodes())) }
        sections.append(summary())
        return sections.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func section(_ title: String, _ table: TextTable) -> String {
        table.isEmpty ? "" : style.paint(title, .strong) + "\n" + table.text(style: style)
    }

    // MARK: Jobs

    /// For each gang, its new places: node and number of pods, in order of the names.
    private func nodesByGroup() -> [ObjectKey: [(node: String, pods: Int)]] {
        let gangs = Dictionary(
            run.input.snapshot.pods.compactMap { pod in pod.podGroup.map { (pod.key, $0) } },
            uniquingKeysWith: { first, _ in first })
        var counts: [ObjectKey: [String: Int]] = [:]
        for bind in result.binds {
            guard let name = gangs[bind.pod] else { continue }
            counts[ObjectKey(namespace: bind.pod.namespace, name: name), default: [:]][
                bind.node, default: 0] += 1
        }
        return counts.mapValues { nodes in
            nodes.sorted { $0.key.precedes($1.key) }.map { (node: $0.key, pods: $0.value) }
        }
    }

    private func jobs(_ places: [ObjectKey: [(node: String, pods: Int)]]) -> TextTable {
        var table = TextTable([
            .left("NAMESPACE"), .left("JOB"), .left("QUEUE"), .right("MIN"), .right("PLACED"), .left("PHASE"),
            .left("NEW PLACES"),
        ])
        for group in result.podGroups {
            let places = (places[group.key] ?? []).map { $0.pods == 1 ? $0.node : "\($0.node) ×\($0.pods)" }
            let shown = isWide ? places[...] : places.prefix(4)
            let more = places.count > shown.count ? ", and \(places.count - shown.count) more nodes" : ""
            let isPlaced = group.reason == nil
            table.add([
                .init(group.key.namespace), .init(group.key.name), .init(group.queue), "\(group.minMember)",
                .init("\(group.placed)/\(group.pods)", isPlaced ? .good : .bad),
                .init(group.phase.rawValue), .init(shown.joined(separator: ", ") + more),
            ])
        }
        return table
    }

    private func singlePods() -> TextTable {
        var table = TextTable([.left("NAMESPACE"), .left("POD"), .left("NODE")])
        let gangs = Set(run.input.snapshot.pods.filter { $0.podGroup != nil }.map(\.key))
        let binds = result.binds.filter { !gangs.contains($0.pod) }
        if !isWide, binds.count > Self.mostSinglePods {
            table.add(["", "\(binds.count) pods", "placed; -o wide lists them"])
            return table
        }
        for bind in binds {
            table.add([.init(bind.pod.namespace), .init(bind.pod.name), .init(bind.node, .good)])
        }
        return table
    }

    // MARK: Who leaves

    private func evicted() -> TextTable {
        var table = TextTable([
            .left("NAMESPACE"), .left("POD"), .left("NODE"), .left("ACTION"), .left("FOR"),
        ])
        for eviction in result.evictions {
            table.add([
                .init(eviction.pod.namespace), .init(eviction.pod.name), .init(eviction.node),
                .init(eviction.reason.rawValue, .doubtful),
                .init(eviction.preemptor.map { "\($0)" } ?? ""),
            ])
        }
        return table
    }

    // MARK: What waits

    /// Gangs and pods that wait, each with its reason; of gangs also those whose minimum is placed.
    private func waiting() -> String {
        var table = TextTable([.left("NAMESPACE"), .left("NAME"), .left("REASON"), .left("WHY")])
        let members = Dictionary(
            result.pending.compactMap { pod in pod.podGroup.map { ($0, pod.reason) } },
            uniquingKeysWith: { first, _ in first })
        for group in result.podGroups {
            guard let reason = group.reason ?? members[group.key] else { continue }
            table.add([
                .init(group.key.namespace), .init("job/\(group.key.name)"), .init(reason.rawValue, .doubtful),
                .init(group.message),
            ])
        }
        for pod in result.pipelined {
            table.add([
                .init(pod.pod.namespace), .init("pod/\(pod.pod.name)"), .init("Pipelined", .doubtful),
                .init(pod.sentence),
            ])
        }
        let single = result.pending.filter { $0.podGroup == nil }
        for pod in isWide ? single[...] : single.prefix(Self.mostSinglePods) {
            table.add([
                .init(pod.pod.namespace), .init("pod/\(pod.pod.name)"), .init(pod.reason.rawValue, .doubtful),
                .init(pod.message),
            ])
        }
        if !isWide, single.count > Self.mostSinglePods {
            table.add([
                "", .init(Count.of(single.count - Self.mostSinglePods, "more pod")), "", "-o wide lists them",
            ])
        }
        return section("WAITING", table)
    }

    // MARK: Queues and nodes

    private func queues() -> TextTable {
        var table = TextTable([
            .left("QUEUE"), .right("WEIGHT"), .left("ALLOCATED"), .left("REQUESTED"), .left("DESERVED"),
        ])
        let used = result.queues.filter { isWide || !$0.request.isEmpty }
        if used.count < 2, !isWide { return table }
        for queue in used {
            let deserved = queue.deservedMilli.filter { $0.resource != .pods }.map {
                "\($0.resource) \(AmountText.rounded(milli: $0.milli, of: $0.resource))"
            }
            table.add([
                .init(queue.name), "\(queue.weight)", .init(Self.amounts(queue.allocated)),
                .init(Self.amounts(queue.request)),
                .init(deserved.isEmpty ? "-" : deserved.joined(separator: ", ")),
            ])
        }
        return table
    }

    private static func amounts(_ list: ResourceList) -> String {
        var list = list
        list[.pods] = nil
        return list.isEmpty ? "-" : AmountText.sentence(list)
    }

    private func nodes() -> TextTable {
        let cluster = run.loop.cluster
        let devices = cluster.resources.canonical.filter { column in
            column > ResourceTable.pods && cluster.allocatable[column].contains { $0 > 0 }
        }
        var table = TextTable(
            [.left("NODE"), .left("STATUS"), .right("PODS"), .right("CPU"), .right("MEMORY")]
                + devices.map { .right(cluster.resources.names[$0].text.uppercased()) })
        for node in cluster.nodesByName {
            let state = cluster.node(node)
            let columns = [ResourceTable.cpu, ResourceTable.memory] + devices
            let pods = cluster.allocatable[ResourceTable.pods][node] - cluster.idle[ResourceTable.pods][node]
            table.add(
                [.init(state.name), Self.status(of: state), "\(pods)"]
                    + columns.map { column in
                        let allocatable = cluster.allocatable[column][node]
                        if allocatable == 0 { return "-" }
                        let name = cluster.resources.names[column]
                        let used = AmountText.rounded(allocatable - cluster.idle[column][node], of: name)
                        return "\(used)/\(AmountText.rounded(allocatable, of: name))"
                    })
        }
        return table
    }

    /// In kubectl's words.
    private static func status(of node: Node) -> TextTable.Cell {
        let ready = node.isReady ? "Ready" : "NotReady"
        let isUsable = node.isReady && !node.isUnschedulable
        return .init(ready + (node.isUnschedulable ? ",SchedulingDisabled" : ""), isUsable ? nil : .doubtful)
    }

    private func summary() -> String {
        var text = "\(Count.of(result.binds.count, "pod")) placed on \(nodesUsed) of "
        text += Count.of(result.nodeCount, "node")
        if !result.pipelined.isEmpty {
            text += ", \(result.pipelined.count) \(result.pipelined.count == 1 ? "holds" : "hold") a place"
        }
        text += ", \(result.pending.count) \(result.pending.count == 1 ? "waits" : "wait")"
        text += "; \(result.boundBefore) \(result.boundBefore == 1 ? "was" : "were") bound before"
        let skipped = run.input.skippedKinds.sorted { $0.key.precedes($1.key) }
        if !skipped.isEmpty {
            text += "; passed over: " + skipped.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
        return VisibleText.line(text) + "\n"
    }

    private var nodesUsed: Int { Set(result.binds.map(\.node)).count }
}
