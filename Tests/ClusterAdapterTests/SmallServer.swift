import Documents
import Glibc
import Synchronization
import TestSupport

@testable import KubernetesClient

/// An API server that knows some kinds, shows some objects, takes bindings, and remembers what else was asked of it.
final class SmallServer: Sendable {
    /// Kinds by group and version, such as `/apis/scheduling.k8s.io/v1alpha2`; subresources included.
    typealias Kinds = [String: [String]]

    private final class Books: Sendable {
        /// By pod, its node.
        let bindings = Mutex<[String: String]>([:])
        let kinds: Mutex<Kinds>
        /// Kinds that are yet to be had, and the path with whose next request they are.
        let coming = Mutex<(path: String, kinds: Kinds)?>(nil)

        init(_ kinds: Kinds) { self.kinds = Mutex(kinds) }
    }

    private let books: Books
    private let server: LoopbackServer

    /// - Parameters:
    ///   - objects: What lists show, as JSON, by path.
    ///   - bindings: How many bindings come until the watch of pods shows them.
    init(kinds: Kinds, objects: [String: [String]] = [:], bindings: Int = 0) {
        let books = Books(kinds)
        self.books = books
        let pods = objects["/api/v1/pods", default: []]
        server = LoopbackServer { request in
            let new = books.coming.withLock { coming in
                coming?.path == request.path ? exchange(&coming, with: nil)?.kinds : nil
            }
            let kinds = books.kinds.withLock { kinds in
                if let new { kinds.merge(new) { $1 } }
                return kinds
            }
            if let names = kinds[request.path] { return [.json(200, Self.resources(names))] }
            switch (request.method, request.parameter("watch")) {
            case ("GET", "true"):
                if request.path != "/api/v1/pods" || bindings == 0 { return Self.silence }
                return [.head(200)] + Self.bound(pods, books, atLeast: bindings).map { .chunk($0) }
                    + [.wait(milliseconds: 20_000)]
            case ("GET", _):
                if let list = objects[request.path] { return [.json(200, Self.list(list))] }
                let isKnown = kinds.contains { path, names in
                    names.contains { request.path == "\(path)/\($0)" }
                }
                return [isKnown ? .json(200, Self.list([])) : .refusal(404, "NotFound")]
            case ("POST", _) where request.path.hasSuffix("/binding"):
                books.bindings.withLock { $0[Self.pod(of: request.path)] = Self.target(of: request) }
                return [.json(201, #"{"kind":"Status","status":"Success"}"#)]
            default: return [.json(200, "{}")]
            }
        }
    }

    private static let silence: [LoopbackServer.Step] = [.head(200), .wait(milliseconds: 20_000)]

    private static func resources(_ names: [String]) -> String {
        let resources = names.map {
            #"{"name":"\#($0)","kind":"K","namespaced":true,"verbs":["list","watch"]}"#
        }
        return #"{"kind":"APIResourceList","resources":[\#(resources.joined(separator: ","))]}"#
    }

    private static func list(_ items: [String]) -> String {
        #"{"kind":"List","metadata":{"resourceVersion":"1"},"items":[\#(items.joined(separator: ","))]}"#
    }

    private static func pod(of path: String) -> String {
        String(path.split(separator: "/").dropLast().last ?? "")
    }

    private static func target(of request: LoopbackServer.Request) -> String {
        document(request)?["target"]?["name"]?.string ?? ""
    }

    private static func document(_ request: LoopbackServer.Request) -> Value? {
        DocumentParser.parseJSON(request.body, file: request.path).documents.first
    }

    /// The pods as they are once they are bound, as a watch tells of them; waits for that.
    private static func bound(_ pods: [String], _ books: Books, atLeast count: Int) -> [String] {
        var bindings: [String: String] = [:]
        for _ in 0..<20_000 {
            bindings = books.bindings.withLock { $0 }
            if bindings.count >= count { break }
            usleep(10_000)
        }
        return pods.enumerated().compactMap { index, pod in
            let value = DocumentParser.parseJSON(Array(pod.utf8), file: "pod").documents.first
            let name = value?["metadata"]?["name"]?.string ?? ""
            guard let node = bindings[name] else { return nil }
            let shown = pod.replacing(
                #""spec":{"#, with: #""spec":{"nodeName":"\#(node)","#, maxReplacements: 1
            ).replacing(#""resourceVersion":"1""#, with: #""resourceVersion":"\#(index + 2)""#)
            return #"{"type":"MODIFIED","object":\#(shown)}"# + "\n"
        }
    }

    /// Has more kinds from the next request for a path on: not amid the questions of somebody who asks for that first.
    func serve(_ kinds: Kinds, fromRequestFor path: String) {
        books.coming.withLock { $0 = (path, kinds) }
    }

    /// A client of it.
    func client() throws -> APIClient {
        guard let address = ServerAddress(server.url) else {
            preconditionFailure("\(server.url) is no address")
        }
        return try APIClient(ClientConfiguration(server: address, credentials: .fixed(Credentials())))
    }

    /// The nodes of pods that were bound.
    var bindings: [String: String] { books.bindings.withLock { $0 } }

    /// What was sent to the paths that end so, oldest first.
    func patches(of suffix: String) -> [Value] {
        server.requests.filter { $0.method == "PATCH" && $0.path.hasSuffix(suffix) }.compactMap(Self.document)
    }
}
