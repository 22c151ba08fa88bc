public import Documents

/// How a patch is to be read.
public enum PatchType: String, Sendable {
    /// RFC 7386: members replace members, null removes.
    case merge = "application/merge-patch+json"
    /// Kubernetes' own, for built-in kinds: lists are merged by key.
    case strategicMerge = "application/strategic-merge-patch+json"
    /// RFC 6902: a list of operations.
    case json = "application/json-patch+json"
}

/// What a deletion depends on, and what it does beside.
public struct DeleteOptions: Sendable {
    /// Only the object with this uid is deleted.
    public var uid: String?
    /// Only the object in this version is deleted.
    public var resourceVersion: String?
    /// How long a pod may take to end, in seconds; nil for its own time.
    public var gracePeriodSeconds: Int64?
    /// `Background`, `Foreground` or `Orphan`; nil for the resource's own way.
    public var propagationPolicy: String?

    /// No conditions.
    public init() {}

    var object: OutputValue {
        var members: [(String, OutputValue)] = [("apiVersion", "v1"), ("kind", "DeleteOptions")]
        members += self.members
        return .object(members)
    }

    /// The members without the head.
    var members: [(String, OutputValue)] {
        var members: [(String, OutputValue)] = []
        if let gracePeriodSeconds { members.append(("gracePeriodSeconds", .integer(gracePeriodSeconds))) }
        var preconditions: [(String, OutputValue)] = []
        if let uid { preconditions.append(("uid", .string(uid))) }
        if let resourceVersion { preconditions.append(("resourceVersion", .string(resourceVersion))) }
        if !preconditions.isEmpty { members.append(("preconditions", .object(preconditions))) }
        if let propagationPolicy { members.append(("propagationPolicy", .string(propagationPolicy))) }
        return members
    }
}

// A namespace of nil means a resource without namespaces. `subresource` is `status` and the like.
extension APIClient {
    /// Reads one object.
    public func get(
        _ resource: GroupVersionResource, namespace: String?, name: String, subresource: String? = nil
    ) async throws(ClientError) -> HTTPResponse {
        try await send(
            APIRequest(.get, resource.path(namespace: namespace, name: name, subresource: subresource)))
    }

    /// Creates an object, or a subresource of one (which then has a name).
    public func create(
        _ resource: GroupVersionResource, namespace: String?, name: String? = nil, subresource: String? = nil,
        body: [UInt8]
    ) async throws(ClientError) -> HTTPResponse {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        return try await send(APIRequest(.post, path, body: body))
    }

    /// Replaces an object as a whole; refused as `conflict` when `metadata.resourceVersion` is not the latest.
    public func update(
        _ resource: GroupVersionResource, namespace: String?, name: String, subresource: String? = nil,
        body: [UInt8]
    ) async throws(ClientError) -> HTTPResponse {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        return try await send(APIRequest(.put, path, body: body))
    }

    /// Changes parts of an object.
    public func patch(
        _ resource: GroupVersionResource, namespace: String?, name: String, subresource: String? = nil,
        _ type: PatchType, body: [UInt8]
    ) async throws(ClientError) -> HTTPResponse {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        var request = APIRequest(.patch, path, body: body)
        request.contentType = type.rawValue
        return try await send(request)
    }

    /// Deletes an object.
    public func delete(
        _ resource: GroupVersionResource, namespace: String?, name: String,
        options: DeleteOptions = DeleteOptions()
    ) async throws(ClientError) -> HTTPResponse {
        let body = Array(options.object.json(pretty: false).utf8)
        return try await send(
            APIRequest(.delete, resource.path(namespace: namespace, name: name), body: body))
    }
}

extension HTTPResponse {
    /// The body as the object that it should be.
    ///
    /// - Parameter name: What the answer is called in an error.
    public func document(name: String = "answer") throws(ClientError) -> Value {
        let parsed = DocumentParser.parseJSON(body, file: name)
        if let problem = parsed.problems.first { throw .malformedAnswer(problem) }
        guard parsed.documents.count == 1, let document = parsed.documents.first else {
            let message = "found \(parsed.documents.count) documents, expected one"
            throw .malformedAnswer(Problem(file: name, line: 0, message: message))
        }
        return document
    }
}
