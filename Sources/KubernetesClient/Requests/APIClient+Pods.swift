import Documents

extension GroupVersionResource {
    /// Pods.
    public static let pods = GroupVersionResource(resource: "pods")
    /// Nodes.
    public static let nodes = GroupVersionResource(resource: "nodes")
}

extension APIClient {
    /// Binds a pod to a node.
    ///
    /// Refused as `conflict` when the pod is bound already or has another uid, as `notFound` when it is gone.
    /// - Parameter uid: The uid of the pod that is meant; nil for whichever has the name.
    public func bind(
        pod: String, namespace: String, uid: String?, node: String, annotations: [String: String] = [:]
    ) async throws(ClientError) {
        var metadata: [(String, OutputValue)] = [("name", .string(pod)), ("namespace", .string(namespace))]
        if let uid { metadata.append(("uid", .string(uid))) }
        if !annotations.isEmpty {
            metadata.append(("annotations", OutputValue.texts(annotations)))
        }
        let binding: OutputValue = [
            "apiVersion": "v1", "kind": "Binding", "metadata": .object(metadata),
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ]
        _ = try await create(
            .pods, namespace: namespace, name: pod, subresource: "binding",
            body: Array(binding.json(pretty: false).utf8))
    }

    /// Asks for a pod to be evicted, under the disruption budgets that cover it.
    ///
    /// A budget that allows no eviction refuses as `tooManyRequests`. That is for the caller to hear at once, so nothing
    /// is sent again here.
    /// - Parameter version: The version of `policy` to speak: `v1` (Kubernetes 1.22 and newer) or `v1beta1`.
    public func evict(
        pod: String, namespace: String, options: DeleteOptions = DeleteOptions(), version: String = "v1"
    ) async throws(ClientError) {
        var members: [(String, OutputValue)] = [
            ("apiVersion", .string("policy/\(version)")), ("kind", "Eviction"),
            ("metadata", ["name": .string(pod), "namespace": .string(namespace)]),
        ]
        if !options.members.isEmpty { members.append(("deleteOptions", .object(options.members))) }
        let path = GroupVersionResource.pods.path(namespace: namespace, name: pod, subresource: "eviction")
        var request = APIRequest(
            .post, path, body: Array(OutputValue.object(members).json(pretty: false).utf8))
        request.maximumRetries = 0
        _ = try await send(request)
    }
}
