import ClusterModel
import Documents
import SchedulingPolicy
import SyntheticClusters

/// Somebody outside whose answers hang on nothing but the question: any answer, but always the same.
struct DrawnExtender: SchedulerExtender {
    let seed: UInt64

    func answer(_ verb: String, to request: OutputValue) throws(ExtenderError) -> OutputValue {
        var random = SeededGenerator(seed: seed ^ Self.hash("\(verb) \(Self.subject(of: request))"))
        if random.chance(1, in: 20) { throw ExtenderError("no answer in time") }
        return switch verb {
        case "predicate":
            random.chance(1, in: 4) ? ["status": "not here", "code": .integer(2)] : ["status": ""]
        case "prioritize": ["nodeScore": .object(scores(request, &random)), "errorMessage": ""]
        case "preemptable", "reclaimable":
            random.chance(1, in: 3)
                ? ["status": .integer(0)] : ["status": .integer(1), "victims": victims(request)]
        case "queueOverused": ["overused": .bool(random.chance(1, in: 8))]
        case "jobEnqueueable": ["status": .integer(Int64(random.integer(in: -1...1)))]
        case "jobReady": ["status": .bool(random.chance(7, in: 8))]
        default: .object([])
        }
    }

    private static func member(_ value: OutputValue, _ name: String) -> OutputValue? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.0 == name }?.1
    }

    private static func name(_ value: OutputValue?) -> String {
        guard let value, case .string(let uid)? = member(value, "UID") ?? member(value, "Name") else {
            return ""
        }
        return uid
    }

    /// Who is asked about: amounts change within a cycle, and the answer must not.
    private static func subject(of request: OutputValue) -> String {
        ["task", "node", "evictor", "job", "queue"].map { name(member(request, $0)) }.joined(separator: " ")
    }

    private static func list(_ request: OutputValue, _ name: String) -> [OutputValue] {
        guard case .list(let values)? = member(request, name) else { return [] }
        return values
    }

    private func scores(
        _ request: OutputValue, _ random: inout SeededGenerator
    ) -> [(String, OutputValue)] {
        Self.list(request, "nodes").map { node in
            let name = Self.name(node)
            return (name, .number(Double(Self.hash(name) % 7) * 3.5))
        }
    }

    private func victims(_ request: OutputValue) -> OutputValue {
        .list(
            Self.list(request, "evictees").map(Self.name).filter { (Self.hash($0) ^ seed) % 3 != 0 }
                .map { .string($0) })
    }

    /// FNV-1a.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

extension RecordedNodeUsage {
    /// Measurements of most nodes, some of them too old to count.
    static func drawn(seed: UInt64, _ snapshot: ClusterSnapshot, now: Timestamp) -> RecordedNodeUsage {
        var usages: [String: NodeUsage] = [:]
        for node in snapshot.nodes {
            var random = SeededGenerator(seed: seed ^ node.name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
            if random.chance(1, in: 5) { continue }
            usages[node.name] = NodeUsage(
                cpu: Double(random.integer(in: 0...100)), memory: Double(random.integer(in: 0...100)),
                time: Timestamp(secondsSinceEpoch: now.secondsSinceEpoch - Int64(random.integer(in: 0...600)))
            )
        }
        return RecordedNodeUsage(usages)
    }
}
