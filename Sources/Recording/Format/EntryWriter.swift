internal import ClusterModel
internal import Documents
internal import KubernetesAPI
internal import SchedulingLoop

/// Puts what a recorder was given into lines of JSON.
struct EntryWriter {
    private var summary = CycleSummary()

    /// Adds a line.
    mutating func write(_ item: RecorderItem, at time: LoopTime, to bytes: inout [UInt8]) {
        bytes += "{\"at\":\(time.milliseconds),".utf8
        switch item {
        case .object(let kind, let text, let seen, let untold):
            if let seen { bytes += "\"seen\":\(seen.milliseconds),".utf8 }
            Self.add(untold, to: &bytes)
            bytes += "\"set\":\"\(kind.recordedName)\",\"object\":".utf8
            bytes += text
            bytes += "}\n".utf8
        case .removal(let kind, let key, let untold):
            Self.add(untold, to: &bytes)
            Self.end(
                [("remove", .string(kind.recordedName)), ("name", .string(key.description))], to: &bytes)
        case .outcome(.bound(let pod)): Self.end([("bound", .string(pod.description))], to: &bytes)
        case .outcome(.bindRefused(let pod)):
            Self.end([("bindRefused", .string(pod.description))], to: &bytes)
        case .outcome(.evictionRefused(let pod)):
            Self.end([("evictionRefused", .string(pod.description))], to: &bytes)
        case .outcome(.claimAvoids(let claim, let nodes)):
            Self.end(
                [
                    ("claimAvoids", .string(claim.description)),
                    ("nodes", .list(nodes.map { .string($0) })),
                ], to: &bytes)
        case .configuration(let text): Self.end([("configuration", .string(text))], to: &bytes)
        case .cycle(let result): Self.end(Self.members(summary.record(of: result)), to: &bytes)
        }
    }

    private static func add(_ untold: [Int], to bytes: inout [UInt8]) {
        if untold.isEmpty { return }
        bytes += "\"untold\":[\(untold.map(String.init).joined(separator: ","))],".utf8
    }

    /// Adds the rest of a line.
    private static func end(_ members: [(String, OutputValue)], to bytes: inout [UInt8]) {
        bytes += OutputValue.object(members).json(pretty: false).utf8.dropFirst()
        bytes.append(0x0A)
    }

    private static func members(_ cycle: CycleRecord) -> [(String, OutputValue)] {
        func list<Item>(_ items: [Item], _ words: (Item) -> [String]) -> OutputValue {
            .list(items.map { .list(words($0).map { .string($0) }) })
        }
        var members: [(String, OutputValue)] = [("cycle", .integer(Int64(cycle.number)))]
        if !cycle.binds.isEmpty {
            members.append(("binds", .list(cycle.binds.map(row(of:)))))
        }
        if !cycle.evictions.isEmpty {
            let evictions = list(cycle.evictions) {
                ["\($0.pod)", $0.node, $0.reason, $0.preemptor.map { "\($0)" } ?? ""]
            }
            members.append(("evictions", evictions))
        }
        if !cycle.pipelined.isEmpty {
            members.append(("pipelined", list(cycle.pipelined) { ["\($0.pod)", $0.node, $0.waitsFor] }))
        }
        if !cycle.waits.isEmpty { members.append(("waits", list(cycle.waits) { ["\($0.pod)", $0.reason] })) }
        members.append(("pending", .integer(Int64(cycle.pendingCount))))
        members.append(
            ("digest", .list([.string(hex(cycle.pendingDigest)), .string(hex(cycle.standingDigest))])))
        return members
    }

    /// A pod and its node, and what is written on the pod where there is anything.
    private static func row(of bind: CycleRecord.Bind) -> OutputValue {
        let place: [OutputValue] = [.string(bind.pod.description), .string(bind.node)]
        return .list(bind.annotations.isEmpty ? place : place + [OutputValue.texts(bind.annotations)])
    }

    private static func hex(_ number: UInt64) -> String { String(number, radix: 16) }
}
