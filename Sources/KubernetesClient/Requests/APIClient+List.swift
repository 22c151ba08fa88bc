public import Documents

/// Which objects a list or a watch is about.
public struct ListScope: Sendable {
    /// The kind.
    public var resource: GroupVersionResource
    /// The namespace; nil for all of them, or for a resource without.
    public var namespace: String?
    /// A label selector such as `app=web`; empty for all.
    public var labelSelector = ""
    /// A field selector such as `spec.nodeName=`; empty for all.
    public var fieldSelector = ""

    /// All objects of a kind.
    public init(_ resource: GroupVersionResource, namespace: String? = nil) {
        self.resource = resource
        self.namespace = namespace
    }

    func request(_ parameters: [(name: String, value: String)]) -> APIRequest {
        var request = APIRequest(.get, resource.path(namespace: namespace))
        request.parameters = parameters
        if !labelSelector.isEmpty { request.parameters.append(("labelSelector", labelSelector)) }
        if !fieldSelector.isEmpty { request.parameters.append(("fieldSelector", fieldSelector)) }
        return request
    }
}

/// How a list is read.
public struct ListOptions: Sendable {
    /// Objects a page.
    public var pageSize = 500
    /// Whether the server may answer from its cache, however old, in one page (`resourceVersion=0`).
    ///
    /// Spares etcd, and may go back in time behind what another server has shown.
    public var allowsStale = false
    /// How long one page may take.
    public var pageTimeout = Duration.seconds(60)

    /// Pages of 500, consistent.
    public init() {}
}

/// An object by name, and what the server calls its state.
public struct ObjectVersion: Equatable, Sendable {
    /// The namespace; empty for an object without.
    public let namespace: String
    /// The name.
    public let name: String
    /// The version.
    public let resourceVersion: String

    /// Takes the three from an object's metadata; nil for an object without a name.
    public init?(_ object: Value) {
        guard let metadata = object["metadata"], let name = metadata["name"]?.string else { return nil }
        self.name = name
        namespace = metadata["namespace"]?.string ?? ""
        resourceVersion = metadata["resourceVersion"]?.string ?? ""
    }
}

/// All objects of a list as they were at one moment.
public struct ObjectList<Item: Sendable>: Sendable {
    /// The objects, in the server's order.
    public var items: [Item]
    /// The resource version of that moment, from which a watch goes on.
    public var resourceVersion: String
}

extension APIClient {
    /// How often a list whose pages expire is begun before it is given up.
    static let listAttempts = 3

    private static let metadataOnly =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

    /// Reads all objects of a list, page by page, of one resource version.
    ///
    /// Where pages expire on the way (410), the list begins anew.
    ///
    /// - Parameter read: Makes of an object what the caller keeps, or nil to leave it out. The object has no `kind` and
    ///   no `apiVersion` in answers of most servers, and keeps the text of its page in memory.
    public func list<Item: Sendable>(
        _ scope: ListScope, options: ListOptions = ListOptions(), read: @Sendable (Value) -> Item?
    ) async throws(ClientError) -> ObjectList<Item> {
        var attempts = 1
        var options = options
        while true {
            do {
                return try await pages(scope, options, read)
            } catch {
                guard error.status?.isVersionUnavailable == true, attempts < Self.listAttempts else {
                    throw error
                }
                attempts += 1
                options.allowsStale = false
            }
        }
    }

    /// Which objects there were at one version, exactly; only their metadata come.
    ///
    /// Refused with `isVersionUnavailable` by a server that no longer knows: etcd forgets what is older than some minutes.
    func versions(
        _ scope: ListScope, at version: String, options: ListOptions
    ) async throws(ClientError) -> [ObjectVersion] {
        try await pages(scope, options, at: version) { ObjectVersion($0) }.items
    }

    private func pages<Item: Sendable>(
        _ scope: ListScope, _ options: ListOptions, at version: String? = nil,
        _ read: @Sendable (Value) -> Item?
    ) async throws(ClientError) -> ObjectList<Item> {
        var list = ObjectList<Item>(items: [], resourceVersion: "")
        var token = ""
        repeat {
            var parameters = [(name: "limit", value: String(options.pageSize))]
            if !token.isEmpty {
                // The token knows the version; servers refuse both together.
                parameters.append(("continue", token))
            } else if let version {
                parameters += [("resourceVersion", version), ("resourceVersionMatch", "Exact")]
            } else if options.allowsStale {
                // A limit would make some servers go past their cache.
                parameters = [("resourceVersion", "0")]
            }
            var request = scope.request(parameters)
            request.timeout = options.pageTimeout
            if version != nil { request.accept = Self.metadataOnly }
            let page = try Page(try await send(request), of: scope.resource)
            if let items = page.items { list.items += items.elements.lazy.compactMap(read) }
            // Later pages have the first one's version, but for servers that lost it and say so by 410.
            if list.resourceVersion.isEmpty { list.resourceVersion = page.resourceVersion }
            token = page.continueToken
        } while !token.isEmpty
        return list
    }
}

/// One answer to a list.
private struct Page {
    let resourceVersion: String
    let continueToken: String
    /// Null where Go had no list.
    let items: Value?

    init(_ response: HTTPResponse, of resource: GroupVersionResource) throws(ClientError) {
        let sink = ProblemSink()
        let page = FieldReader(try response.document(name: "list of \(resource)"), sink: sink)
        let metadata = page.object("metadata")
        if metadata == nil { page.report("metadata", "found nothing, expected a mapping") }
        resourceVersion = metadata?.requiredString("resourceVersion") ?? ""
        continueToken = metadata?.string("continue") ?? ""
        items = page.value("items")
        if let items, items.kind != .sequence {
            page.report("items", "found \(items.kindName), expected a list")
        }
        if let problem = sink.problems.first { throw .malformedAnswer(problem) }
    }
}
