internal import ClusterModel
internal import Documents
internal import KubernetesAPI
internal import SchedulingLoop

/// Reads the lines of a recording after the first.
struct EntryReader {
    private let reader: FieldReader
    private let sink = ProblemSink()

    private init(_ value: Value) { reader = FieldReader(value, sink: sink) }

    static func read(_ value: Value, line: Int) throws(Problem) -> RecordedEntry {
        let entry = EntryReader(value)
        let content = entry.content()
        let time = entry.reader.integer("at")
        if entry.reader.value("at") == nil { entry.report("at", "found nothing, expected a time") }
        let seen = entry.reader.integer("seen").map { LoopTime(milliseconds: $0) }
        let untold = entry.untold()
        if var problem = entry.sink.problems.first {
            problem.line = line
            throw problem
        }
        guard let content, let time else {
            throw Problem(file: value.file, line: line, message: "found an entry of no kind that is known")
        }
        return RecordedEntry(
            time: LoopTime(milliseconds: time), seen: seen, untold: untold, content: content, line: line)
    }

    private func report(_ key: String, _ message: String) { reader.report(key, message) }

    private func content() -> RecordedEntry.Content? {
        if reader.value("set") != nil {
            guard let kind = kind("set") else { return nil }
            guard let object = reader.value("object"), object.kind == .mapping else {
                report("object", "found no object, expected one")
                return nil
            }
            return .object(kind, object)
        }
        if reader.value("remove") != nil {
            guard let kind = kind("remove"), let key = key("name", isNamespaced: kind.isNamespaced) else {
                return nil
            }
            return .removal(kind, key)
        }
        if reader.value("cycle") != nil { return .cycle(cycle()) }
        if reader.value("bound") != nil { return key("bound").map { .outcome(.bound($0)) } }
        if reader.value("bindRefused") != nil {
            return key("bindRefused").map { .outcome(.bindRefused($0)) }
        }
        if reader.value("evictionRefused") != nil {
            return key("evictionRefused").map { .outcome(.evictionRefused($0)) }
        }
        if reader.value("claimAvoids") != nil {
            let nodes = reader.strings("nodes")
            return key("claimAvoids").map { .outcome(.claimAvoids($0, nodes: nodes)) }
        }
        return reader.string("configuration").map { .configuration($0) }
    }

    private func kind(_ key: String) -> ObjectKind? {
        guard let name = reader.requiredString(key) else { return nil }
        if let kind = ObjectKind(recordedName: name) { return kind }
        report(key, "found \(name.debugDescription), expected a kind that is known")
        return nil
    }

    private func key(_ member: String, isNamespaced: Bool = true) -> ObjectKey? {
        guard let text = reader.requiredString(member) else { return nil }
        if let key = ObjectKey(recorded: text), key.namespace.isEmpty != isNamespaced { return key }
        report(member, "found \(text.debugDescription), expected namespace/name")
        return nil
    }

    private func untold() -> Set<Int> {
        guard let list = reader.value("untold") else { return [] }
        return Set(list.elements.compactMap { $0.integer.map(Int.init(truncatingIfNeeded:)) })
    }

    // MARK: Cycles

    private func cycle() -> CycleRecord {
        var cycle = CycleRecord(number: Int(reader.integer("cycle", in: 1 ... .max) ?? 0))
        cycle.binds = rows("binds", 2, hasMembers: true) {
            CycleRecord.Bind(pod: $0, node: $1[0], annotations: $2)
        }
        cycle.evictions = rows("evictions", 4) {
            CycleRecord.Eviction(
                pod: $0, node: $1[0], reason: $1[1], preemptor: ObjectKey(recorded: $1[2]))
        }
        cycle.pipelined = rows("pipelined", 3) {
            CycleRecord.Pipelined(pod: $0, node: $1[0], waitsFor: $1[1])
        }
        cycle.waits = rows("waits", 2) { CycleRecord.Wait(pod: $0, reason: $1[0]) }
        cycle.pendingCount = Int(reader.integer("pending", in: 0 ... .max) ?? 0)
        let digests = reader.strings("digest").compactMap { UInt64($0, radix: 16) }
        if digests.count == 2 {
            (cycle.pendingDigest, cycle.standingDigest) = (digests[0], digests[1])
        } else {
            report("digest", "found something else, expected two numbers in hexadecimal digits")
        }
        return cycle
    }

    /// The rows of a table whose first column is a pod.
    private func rows<Row>(
        _ key: String, _ columns: Int, _ make: (ObjectKey, [String]) -> Row
    ) -> [Row] {
        rows(key, columns, hasMembers: false) { pod, words, _ in make(pod, words) }
    }

    /// The same where an object with texts may follow the columns.
    private func rows<Row>(
        _ key: String, _ columns: Int, hasMembers: Bool,
        _ make: (ObjectKey, [String], [String: String]) -> Row
    ) -> [Row] {
        guard let list = reader.value(key) else { return [] }
        var rows: [Row] = []
        for row in list.elements {
            var cells = Array(row.elements)
            var members: [String: String] = [:]
            if hasMembers, cells.count == columns + 1, let last = cells.last, last.kind == .mapping {
                for (name, value) in last.members { members[name] = value.string }
                cells.removeLast()
            }
            let words = cells.compactMap(\.string)
            guard words.count == cells.count, words.count == columns, let pod = ObjectKey(recorded: words[0]),
                !pod.namespace.isEmpty
            else {
                report(key, "found a row that is none, expected a pod and \(columns - 1) more")
                return rows
            }
            rows.append(make(pod, Array(words.dropFirst()), members))
        }
        return rows
    }
}
