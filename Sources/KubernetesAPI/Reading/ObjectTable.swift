internal import ClusterModel
internal import Documents

/// A value and where in the input it was found.
struct Placed<Wrapped> {
    var value: Wrapped
    var place: Place

    init(_ value: Wrapped, at place: Place) {
        self.value = value
        self.place = place
    }
}

/// Where in the input a value begins.
///
/// Without the column: to count it takes a walk along the line, and a machine may write 50 MB of JSON as one.
struct Place: CustomStringConvertible {
    let file: String
    let line: Int
    /// The path within the document, empty for a document itself.
    let path: String

    init(of value: Value, path: String) {
        file = value.file
        line = value.line
        self.path = path
    }

    /// `file:line`.
    var description: String { "\(file):\(line)" }

    /// A problem with a member of the object, found when its text is no longer at hand.
    func problem(_ field: String, _ message: String, severity: Problem.Severity = .error) -> Problem {
        Problem(
            file: file, line: line, field: path.isEmpty ? field : "\(path).\(field)",
            message: message, severity: severity)
    }
}

/// The objects of one kind, each name once.
struct ObjectTable<Object: Equatable> {
    private let kind: String
    private(set) var entries: [Placed<Object>] = []
    private var ordinals: [ObjectKey: Int] = [:]
    /// The entries that an overlay has brought, or put in the place of others.
    private var overlaid: Set<Int> = []

    init(kind: String) { self.kind = kind }

    /// Adds an object unless one of that name is there.
    ///
    /// A second object that says the same brings a warning, one that says something else an error; what counts is
    /// what scheduling looks at. Either way the first one stays.
    ///
    /// - Parameters:
    ///   - reader: The object's text.
    ///   - named: The part of it that holds `name`.
    ///   - isOverlay: Whether the object takes the place of one of that name that no overlay has brought.
    mutating func insert(
        _ object: Object, key: ObjectKey, from reader: FieldReader, named: FieldReader,
        isOverlay: Bool = false
    ) {
        guard let ordinal = ordinals[key] else {
            ordinals[key] = entries.count
            if isOverlay { overlaid.insert(entries.count) }
            entries.append(Placed(object, at: Place(of: reader.value, path: reader.path)))
            return
        }
        if isOverlay, overlaid.insert(ordinal).inserted {
            entries[ordinal] = Placed(object, at: Place(of: reader.value, path: reader.path))
            return
        }
        let first = entries[ordinal]
        let name = key.namespace.isEmpty ? key.name : key.description
        if first.value == object {
            named.report(
                "name", "\(kind) \(name) repeats the one at \(first.place) and is ignored",
                severity: .warning)
        } else {
            named.report("name", "\(kind) \(name) differs from the one at \(first.place)")
        }
    }

    /// The object of a name and its place.
    subscript(_ key: ObjectKey) -> Placed<Object>? { ordinals[key].map { entries[$0] } }

    /// Changes the object of a name where it stands; does nothing if there is none.
    mutating func change(_ key: ObjectKey, _ change: (inout Object) -> Void) {
        guard let ordinal = ordinals[key] else { return }
        change(&entries[ordinal].value)
    }
}
