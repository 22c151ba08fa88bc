import Documents
import KubernetesClient
import Synchronization
import TestSupport

/// An API server with one node and, where it has the kind, its Numatopology.
final class ObjectServer: Sendable {
    private struct Books {
        var node: OutputValue
        var numatopology: OutputValue?
        var version = 1
        var refusals = 0
    }

    private let shared: SharedBooks
    private let server: LoopbackServer

    init(node: String, numatopology: String? = nil, hasKind: Bool = true) {
        let books = SharedBooks(
            Books(
                node: Self.parse(node)?.output ?? .null,
                numatopology: numatopology.flatMap { Self.parse($0)?.output }))
        shared = books
        server = LoopbackServer { request in
            [books.value.withLock { Self.answer(request, &$0, hasKind: hasKind) }]
        }
    }

    private final class SharedBooks: Sendable {
        let value: Mutex<Books>
        init(_ books: Books) { value = Mutex(books) }
    }

    private static func parse(_ text: String) -> Value? { parse(Array(text.utf8)) }

    private static func parse(_ bytes: [UInt8]) -> Value? {
        DocumentParser.parseJSON(bytes, file: "object").documents.first
    }

    private static func answer(
        _ request: LoopbackServer.Request, _ books: inout Books, hasKind: Bool
    ) -> LoopbackServer.Step {
        let isNode = request.path.hasPrefix("/api/v1/nodes/")
        if !isNode, !hasKind { return .refusal(404, "NotFound") }
        let body = parse(request.body)?.output
        switch (request.method, isNode) {
        case ("GET", true): return .json(200, books.node.json())
        case ("PATCH", true):
            books.node = merged(books.node, body ?? .null)
            return .json(200, books.node.json())
        case ("GET", false):
            return books.numatopology.map { .json(200, $0.json()) } ?? .refusal(404, "NotFound")
        case ("POST", false):
            if books.numatopology != nil { return .refusal(409, "AlreadyExists") }
            books.numatopology = body
            return .json(201, "{}")
        case ("PUT", false):
            if books.refusals > 0 {
                books.refusals -= 1
                return .refusal(409, "Conflict")
            }
            books.numatopology = body
            return .json(200, "{}")
        case ("PATCH", false):
            books.numatopology = merged(books.numatopology ?? .null, body ?? .null)
            return .json(200, "{}")
        default: return .refusal(405, "MethodNotAllowed")
        }
    }

    /// RFC 7386.
    private static func merged(_ target: OutputValue, _ patch: OutputValue) -> OutputValue {
        guard case .object(let changes) = patch else { return patch }
        var members: [(String, OutputValue)] = []
        if case .object(let known) = target { members = known }
        for (key, value) in changes {
            let index = members.firstIndex { $0.0 == key }
            if case .null = value {
                if let index { members.remove(at: index) }
            } else if let index {
                members[index].1 = merged(members[index].1, value)
            } else {
                members.append((key, merged(.null, value)))
            }
        }
        return .object(members)
    }

    func client() throws -> APIClient {
        guard let address = ServerAddress(server.url) else {
            preconditionFailure("\(server.url) is no address")
        }
        return try APIClient(ClientConfiguration(server: address, credentials: .fixed(Credentials())))
    }

    func refuseNextUpdates(_ count: Int) { shared.value.withLock { $0.refusals = count } }

    func removeNumatopology() { shared.value.withLock { $0.numatopology = nil } }

    var numatopology: Value? {
        shared.value.withLock { $0.numatopology }.flatMap { Self.parse($0.json()) }
    }

    var nodeLabels: [String: String] {
        var labels: [String: String] = [:]
        let node = shared.value.withLock { $0.node }
        if let members = Self.parse(node.json())?["metadata"]?["labels"]?.members {
            for (key, value) in members { labels[key] = value.string }
        }
        return labels
    }
}
