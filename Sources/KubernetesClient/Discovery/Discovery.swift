import Documents

/// A group of the API, and the versions that the server has of it.
public struct APIGroup: Sendable, Equatable {
    /// The name; empty for the core group.
    public var name: String
    /// The versions, the one first that the server would choose.
    public var versions: [String]
}

/// A resource of one group and version.
public struct APIResource: Sendable, Equatable {
    /// The plural, such as `pods`; a subresource has its own after a slash, such as `pods/binding`.
    public var name: String
    /// The kind of its objects.
    public var kind: String
    /// Whether its objects are in namespaces.
    public var isNamespaced: Bool
    /// What can be done with it, such as `list` and `watch`.
    public var verbs: [String]
    /// Short names, such as `po`.
    public var shortNames: [String]
}

/// What release an API server is.
public struct ServerVersion: Sendable, Equatable {
    /// The major number; clouds may add to it.
    public var major: String
    /// The minor number, such as `36` or `20+`.
    public var minor: String
    /// The whole, such as `v1.36.0`.
    public var gitVersion: String
}

extension APIClient {
    /// What release the server is: `/version`.
    public func serverVersion() async throws(ClientError) -> ServerVersion {
        try await read("/version") { version in
            ServerVersion(
                major: version.string("major") ?? "", minor: version.string("minor") ?? "",
                gitVersion: version.requiredString("gitVersion") ?? "")
        }
    }

    /// All groups that the server has, the core group first: `/api` and `/apis`.
    public func groups() async throws(ClientError) -> [APIGroup] {
        let core = try await read("/api") { APIGroup(name: "", versions: $0.strings("versions")) }
        return try await read("/apis") { list in
            [core]
                + list.objects("groups").compactMap { group in
                    guard let name = group.requiredString("name") else { return nil }
                    let versions = group.objects("versions").compactMap { $0.requiredString("version") }
                    let preferred = group.object("preferredVersion")?.string("version")
                    return APIGroup(
                        name: name,
                        versions: versions.filter { $0 == preferred } + versions.filter { $0 != preferred })
                }
        }
    }

    /// The resources of a group and version, subresources included; nil if the server has no such version.
    public func resources(group: String, version: String) async throws(ClientError) -> [APIResource]? {
        let root = GroupVersionResource(group: group, version: version, resource: "").root
        do {
            return try await read(root) { list in
                list.objects("resources").compactMap { resource in
                    guard let name = resource.requiredString("name") else { return nil }
                    return APIResource(
                        name: name, kind: resource.string("kind") ?? "",
                        isNamespaced: resource.bool("namespaced") ?? false, verbs: resource.strings("verbs"),
                        shortNames: resource.strings("shortNames"))
                }
            }
        } catch {
            if error.status?.code == 404 { return nil }
            throw error
        }
    }

    /// The first of several candidates that the server has; nil if it has none.
    ///
    /// Candidates are one resource in several versions, or several resources that serve the same end.
    public func firstServed(
        of candidates: [GroupVersionResource]
    ) async throws(ClientError) -> GroupVersionResource? {
        for candidate in candidates {
            let resources = try await resources(group: candidate.group, version: candidate.version)
            if resources?.contains(where: { $0.name == candidate.resource }) ?? false { return candidate }
        }
        return nil
    }

    private func read<Result: Sendable>(
        _ path: String, _ convert: (FieldReader) -> Result
    ) async throws(ClientError) -> Result {
        let document = try await send(APIRequest(.get, path)).document(name: path)
        let sink = ProblemSink()
        let result = convert(FieldReader(document, sink: sink))
        if let problem = sink.problems.first { throw .malformedAnswer(problem) }
        return result
    }
}
