import ClusterModel
import Documents

// Reading that all parts of a scenario share.
extension FieldReader {
    /// Reports members that nobody knows, with the name that was probably meant.
    func refuseUnknownKeys(_ known: [String]) {
        for (key, _) in unknownKeys(Set(known)) {
            let nearest = Spelling.nearest(to: key, among: known)
            let expected = nearest.map { "\($0)" } ?? "one of \(known.joined(separator: ", "))"
            report(key, "found a key that is not known, expected \(expected)")
        }
    }

    /// A member that is a duration, in milliseconds.
    func duration(_ key: String) -> Int64? {
        guard let value = value(key) else { return nil }
        if let duration = value.duration { return duration }
        report(key, "found \(value.shown), expected a duration such as 90s, 1h30m or 7d")
        return nil
    }

    /// A member that is a duration above 0, in milliseconds.
    func positiveDuration(_ key: String) -> Int64? {
        guard let duration = duration(key) else { return nil }
        if duration > 0 { return duration }
        report(key, "found \(value(key)?.shown ?? ""), expected a duration above 0")
        return nil
    }

    /// A member that is a time: after the start, or in RFC 3339.
    func time(_ key: String) -> ScenarioTime? {
        guard let value = value(key) else { return nil }
        if let time = value.scenarioTime { return time }
        report(key, "found \(value.shown), expected \(ScenarioTime.expectation)")
        return nil
    }

    /// The same for a member that must be there.
    func requiredTime(_ key: String) -> ScenarioTime? {
        if value(key) == nil { report(key, "found nothing, expected \(ScenarioTime.expectation)") }
        return time(key)
    }

    /// A member that is a finite number of at least 0, whole or not.
    func nonNegative(_ key: String) -> Double? {
        guard let number = double(key) else { return nil }
        if number >= 0 { return number }
        report(key, "found \(number), expected a number of at least 0")
        return nil
    }

    /// A member that is a finite number above 0, whole or not.
    func positive(_ key: String) -> Double? {
        guard let number = double(key) else { return nil }
        if number > 0 { return number }
        report(key, "found \(number), expected a number above 0")
        return nil
    }

    /// A member that is one text or a list of some.
    func oneOrMoreStrings(_ key: String) -> [String] {
        guard let value = value(key) else { return [] }
        if value.kind == .sequence { return strings(key) }
        return string(key).map { [$0] } ?? []
    }

    /// A member that is one mapping or a list of some.
    func oneOrMoreObjects(_ key: String) -> [FieldReader] {
        guard let value = value(key) else { return [] }
        if value.kind == .sequence { return objects(key) }
        return object(key).map { [$0] } ?? []
    }

    /// A member that is one of a closed list of words.
    func word<Word>(_ key: String, _ type: Word.Type = Word.self) -> Word?
    where Word: CaseIterable & RawRepresentable, Word.RawValue == String {
        guard let value = value(key) else { return nil }
        if let word = value.string.flatMap(Word.init(rawValue:)) { return word }
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        report(key, "found \(value.shown), expected one of \(known)")
        return nil
    }

    /// Where a member stands.
    func place(_ key: String) -> ScenarioPlace {
        let value = value[key] ?? value
        return ScenarioPlace(file: value.file, line: value.line, field: path(to: key))
    }

    /// Where the mapping itself stands.
    var place: ScenarioPlace { ScenarioPlace(file: value.file, line: value.line, field: path) }
}

extension Value {
    /// The value as a duration in milliseconds; the number 0 needs no unit.
    var duration: Int64? {
        if let integer { return integer == 0 ? 0 : nil }
        return string.flatMap(SimulatedTime.duration)
    }

    /// The value as a time of a simulation.
    var scenarioTime: ScenarioTime? {
        if let duration { return .afterStart(duration) }
        return string.flatMap(SimulatedTime.calendar).map { .calendar($0) }
    }

    /// The value for a message.
    var shown: String {
        switch kind {
        case .string: (string ?? "").debugDescription
        case .null, .sequence, .mapping: kindName
        default: scalarText ?? kindName
        }
    }
}

/// A time of a simulation.
enum ScenarioTime: Sendable, Equatable {
    /// So many milliseconds after its start.
    case afterStart(Int64)
    /// So many milliseconds after 1970-01-01T00:00:00Z.
    case calendar(Int64)

    /// Milliseconds since the start; negative before it.
    func milliseconds(since start: Int64) -> Int64 {
        switch self {
        case .afterStart(let time): time
        case .calendar(let time): time - start
        }
    }

    static let expectation = "a time after the start such as 90m or 7d, or one such as 2026-01-01T08:00:00Z"
}

/// Where in a scenario something stands, for problems that are found when its text has been left behind.
struct ScenarioPlace: Sendable, Hashable {
    var file: String
    var line: Int
    var field: String

    func problem(_ message: String, severity: Problem.Severity = .error) -> Problem {
        Problem(file: file, line: line, field: field, message: message, severity: severity)
    }
}

/// Something and where it stands.
struct Located<Wrapped: Sendable>: Sendable {
    var value: Wrapped
    var place: ScenarioPlace
}
