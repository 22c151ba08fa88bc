import Documents

/// What happened to one object.
public enum WatchEvent<Item: Sendable>: Sendable {
    /// It is new, or new to the selection.
    case added(Item)
    /// It is another than before.
    case modified(Item)
    /// It is gone, or no longer in the selection; the item is its last state.
    case deleted(Item)
}

extension WatchEvent: Equatable where Item: Equatable {}

/// The lines of a watch, read.
struct WatchBatch<Item: Sendable>: Sendable {
    var events: [WatchEvent<Item>] = []
    /// How far the watch has come; nil for no further.
    var resourceVersion: String?
    /// What ends the watch: the server's last word, or a line that is none.
    var end: ClientError?

    /// Reads whole lines, one JSON object each.
    ///
    /// All lines go through the parser at once. What comes before a line that cannot be read counts.
    ///
    /// - Parameter read: Makes of an object what the caller keeps, or nil to leave it out.
    /// - Complexity: O(*n*) in the length of the lines.
    init(_ lines: [UInt8], name: String, read: (Value) -> Item?) {
        let parsed = DocumentParser.parseJSON(lines, file: name)
        events.reserveCapacity(parsed.documents.count)
        for document in parsed.documents {
            take(document, read)
            if end != nil { return }
        }
        if let problem = parsed.problems.first { end = .malformedAnswer(problem) }
    }

    private mutating func take(_ document: Value, _ read: (Value) -> Item?) {
        guard let type = document["type"]?.string, let object = document["object"], object.kind == .mapping
        else {
            let message = "found no watch event, expected a type and an object"
            end = .malformedAnswer(Problem(at: document, message: message))
            return
        }
        if type == "ERROR" {
            end =
                APIStatus(object).map { .refused($0) }
                ?? .malformedAnswer(Problem(at: object, field: "object", message: "expected a Status"))
            return
        }
        guard let version = object["metadata"]?["resourceVersion"]?.string, !version.isEmpty else {
            let field = "object.metadata.resourceVersion"
            end = .malformedAnswer(
                Problem(at: object, field: field, message: "found nothing, expected a version"))
            return
        }
        switch type {
        case "ADDED": if let item = read(object) { events.append(.added(item)) }
        case "MODIFIED": if let item = read(object) { events.append(.modified(item)) }
        case "DELETED": if let item = read(object) { events.append(.deleted(item)) }
        case "BOOKMARK": break
        default:
            let message = "found \(type), expected ADDED, MODIFIED, DELETED, BOOKMARK or ERROR"
            end = .malformedAnswer(Problem(at: document, field: "type", message: message))
            return
        }
        resourceVersion = version
    }
}
