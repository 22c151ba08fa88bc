internal import ClusterModel
internal import Documents

extension FieldReader {
    /// True when a member is absent or null.
    func lacks(_ key: String) -> Bool { value(key)?.isNull ?? true }

    /// A member's text; `nil` when it is absent, null or empty.
    func nonEmptyString(_ key: String) -> String? {
        guard let text = string(key), !text.isEmpty else { return nil }
        return text
    }

    /// A member that must be there and be fit to name an object.
    func objectName(_ key: String) -> String? {
        guard let name = requiredString(key) else { return nil }
        guard let mistake = ObjectName.mistake(in: name) else { return name }
        report(key, mistake)
        return nil
    }

    /// A member that is one of a closed list of words; `nil` when it is absent, null or empty.
    func choice<Word>(_ key: String, of type: Word.Type = Word.self) -> Word?
    where Word: CaseIterable & RawRepresentable, Word.RawValue == String {
        guard let text = nonEmptyString(key) else { return nil }
        if let word = Word(rawValue: text) { return word }
        report(key, "found \(text.debugDescription), expected \(alternatives(Word.allCases.map(\.rawValue)))")
        return nil
    }

    /// The same for a member that must be there.
    func requiredChoice<Word>(_ key: String, of type: Word.Type = Word.self) -> Word?
    where Word: CaseIterable & RawRepresentable, Word.RawValue == String {
        if lacks(key) || value(key)?.string == "" {
            report(key, "found nothing, expected \(alternatives(Word.allCases.map(\.rawValue)))")
            return nil
        }
        return choice(key)
    }

    /// A member that is a point in time in RFC 3339 text; `nil` when it is absent or null.
    func timestamp(_ key: String) -> Timestamp? {
        guard let text = string(key) else { return nil }
        if let time = Timestamp(rfc3339: text) { return time }
        report(key, "found \(text.debugDescription), expected a time such as 2026-03-01T08:00:00Z")
        return nil
    }
}

/// `A, B or C`.
func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) or \(last)"
}
