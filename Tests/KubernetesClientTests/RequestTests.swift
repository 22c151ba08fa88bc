import Documents
import TestSupport
import Testing

@testable import KubernetesClient

@Suite("Verbs become requests as the API defines them", .timeLimit(.minutes(1)))
struct VerbTests {
    private let queue = GroupVersionResource(
        group: "scheduling.volcano.sh", version: "v1beta1", resource: "queues")

    /// `METHOD target body` of each request that a call makes.
    private func requests(_ call: (APIClient) async throws -> Void) async throws -> [String] {
        let server = LoopbackServer { _ in [.json(200, "{}")] }
        try await call(client(server))
        return server.requests.map { "\($0.method) \($0.target) \($0.text)" }
    }

    @Test("paths of core and other groups, in namespaces and without, with names that need encoding")
    func paths() async throws {
        let seen = try await requests { client in
            _ = try await client.get(.pods, namespace: "team-a", name: "worker-0")
            _ = try await client.get(.nodes, namespace: nil, name: "a:b/c", subresource: "status")
            _ = try await client.get(queue, namespace: nil, name: "..")
        }
        #expect(
            seen == [
                "GET /api/v1/namespaces/team-a/pods/worker-0 ", "GET /api/v1/nodes/a%3Ab%2Fc/status ",
                "GET /apis/scheduling.volcano.sh/v1beta1/queues/%2E%2E ",
            ])
    }

    @Test("create, update, patch and delete send what they are given")
    func writes() async throws {
        let server = LoopbackServer { _ in [.json(200, "{}")] }
        let client = try client(server)
        let body = Array("{}".utf8)
        _ = try await client.create(queue, namespace: nil, body: body)
        _ = try await client.update(queue, namespace: nil, name: "q", subresource: "status", body: body)
        for type in [PatchType.merge, .strategicMerge, .json] {
            _ = try await client.patch(.pods, namespace: "n", name: "p", type, body: body)
        }
        var options = DeleteOptions()
        options.uid = "u"
        options.resourceVersion = "7"
        options.gracePeriodSeconds = 0
        options.propagationPolicy = "Background"
        _ = try await client.delete(.pods, namespace: "n", name: "p", options: options)
        #expect(
            server.requests.map { "\($0.method) \($0.target) \($0.header("content-type") ?? "") \($0.text)" }
                == [
                    "POST /apis/scheduling.volcano.sh/v1beta1/queues application/json {}",
                    "PUT /apis/scheduling.volcano.sh/v1beta1/queues/q/status application/json {}",
                    "PATCH /api/v1/namespaces/n/pods/p application/merge-patch+json {}",
                    "PATCH /api/v1/namespaces/n/pods/p application/strategic-merge-patch+json {}",
                    "PATCH /api/v1/namespaces/n/pods/p application/json-patch+json {}",
                    "DELETE /api/v1/namespaces/n/pods/p application/json "
                        + #"{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0,"#
                        + #""preconditions":{"uid":"u","resourceVersion":"7"},"propagationPolicy":"Background"}"#,
                ])
    }

    @Test("a binding names the node, the pod's uid where it is known, and what is written on the pod")
    func bind() async throws {
        let seen = try await requests { client in
            try await client.bind(pod: "p", namespace: "n", uid: "u", node: "node-1")
            try await client.bind(pod: "p", namespace: "n", uid: nil, node: "node-1")
            try await client.bind(
                pod: "p", namespace: "n", uid: nil, node: "node-1", annotations: ["b": "2", "a": "1"])
        }
        let head = #"POST /api/v1/namespaces/n/pods/p/binding {"apiVersion":"v1","kind":"Binding","#
        let tail = #""target":{"apiVersion":"v1","kind":"Node","name":"node-1"}}"#
        #expect(
            seen == [
                head + #""metadata":{"name":"p","namespace":"n","uid":"u"},"# + tail,
                head + #""metadata":{"name":"p","namespace":"n"},"# + tail,
                head
                    + #""metadata":{"name":"p","namespace":"n","annotations":{"a":"1","b":"2"}},"# + tail,
            ])
    }

    @Test("an eviction carries its options, and is not repeated when a budget says no")
    func evict() async throws {
        let server = LoopbackServer { _ in
            [.refusal(429, "TooManyRequests", "Cannot evict pod", headers: ["Retry-After: 10"])]
        }
        let client = try client(server)
        var options = DeleteOptions()
        options.gracePeriodSeconds = 30
        let error = await failure { () throws(ClientError) in
            try await client.evict(pod: "p", namespace: "n", options: options)
        }
        #expect(error?.status?.reason == .tooManyRequests && error?.status?.retryAfter == .seconds(10))
        _ = await failure { () throws(ClientError) in
            try await client.evict(pod: "p", namespace: "n", version: "v1beta1")
        }
        let head = #"{"apiVersion":"policy/v1"#
        #expect(
            server.requests.map { "\($0.target) \($0.text)" } == [
                "/api/v1/namespaces/n/pods/p/eviction " + head
                    + #"","kind":"Eviction","metadata":{"name":"p","namespace":"n"},"deleteOptions":{"gracePeriodSeconds":30}}"#,
                "/api/v1/namespaces/n/pods/p/eviction " + head
                    + #"beta1","kind":"Eviction","metadata":{"name":"p","namespace":"n"}}"#,
            ])
    }

    @Test("a prefix of the server's URL, the agent's name and whom it acts as go with every request")
    func headers() async throws {
        let server = LoopbackServer { _ in [.json(200, "{}")] }
        var configuration = ClientConfiguration(
            server: try #require(ServerAddress(server.url + "/k8s/clusters/c-1/")))
        configuration.userAgent = "gangwright/1"
        configuration.impersonation.user = "jane"
        configuration.credentials = .fixed(Credentials(bearerToken: "secret"))
        _ = try await APIClient(configuration).send(APIRequest(.get, "/version"))
        let request = try #require(server.requests.first)
        #expect(
            request.target == "/k8s/clusters/c-1/version" && request.header("user-agent") == "gangwright/1")
        #expect(
            request.header("authorization") == "Bearer secret" && request.header("impersonate-user") == "jane"
        )
        #expect(request.header("accept") == "application/json")
    }
}

@Suite("What a server refuses is said in its own words", .timeLimit(.minutes(1)))
struct RefusalTests {
    private func refusal(_ step: LoopbackServer.Step) async throws -> APIStatus {
        let server = LoopbackServer { _ in [step] }
        let client = try client(server)
        let error = await failure { () throws(ClientError) in try await client.send(APIRequest(.get, "/")) }
        return try #require(error?.status)
    }

    @Test("a Status gives code, reason, message, object and causes")
    func status() async throws {
        let body = """
            {"kind":"Status","apiVersion":"v1","status":"Failure","message":"Pod \\"p\\" is invalid","reason":"Invalid",
             "details":{"name":"p","kind":"Pod","causes":[
               {"reason":"FieldValueInvalid","message":"must be so","field":"spec.nodeName"},{"message":"also"}]},
             "code":422}
            """
        let status = try await refusal(.json(422, body))
        #expect(status.code == 422 && status.reason == .invalid && status.kind == "Pod" && status.name == "p")
        #expect(
            status.causes == [
                APIStatus.Cause(reason: "FieldValueInvalid", message: "must be so", field: "spec.nodeName"),
                APIStatus.Cause(reason: "", message: "also", field: ""),
            ])
        #expect(status.description == "422 Invalid: Pod \"p\" is invalid")
    }

    @Test("an answer that is no Status still says what happened")
    func other() async throws {
        #expect(
            try await refusal(.whole(502, Array("<html>\nBad Gateway".utf8))).description
                == "502: <html> Bad Gateway")
        #expect(try await refusal(.json(404, "nonsense")).description == "404 NotFound: nonsense")
        #expect(try await refusal(.json(403, "")).description == "403 Forbidden: the server gave no reason")
        #expect(try await refusal(.whole(302, [], headers: ["Location: /x"])).code == 302)
    }

    @Test("versions that are gone are told apart, whatever words the server uses")
    func versions() async throws {
        #expect(try await refusal(.refusal(410, "Expired")).isVersionUnavailable)
        #expect(try await refusal(.refusal(410, "Gone")).isVersionUnavailable)
        let future = """
            {"kind":"Status","code":504,"reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}}
            """
        #expect(try await refusal(.json(504, future)).isVersionUnavailable)
        #expect(try await !refusal(.refusal(504, "Timeout")).isVersionUnavailable)
    }

    @Test("an answer that is no JSON is told with its place")
    func malformed() async throws {
        let server = LoopbackServer { _ in [.json(200, "{\n\"a\": }")] }
        let response = try await client(server).send(APIRequest(.get, "/"))
        do {
            _ = try response.document(name: "pod")
            Issue.record("expected an error")
        } catch { #expect(error.description.hasPrefix("pod:2: ")) }
    }
}

@Suite("A client obeys servers that ask it to wait", .timeLimit(.minutes(1)))
struct RetryTests {
    /// A server that refuses a number of times before it answers.
    private func server(refusing count: Int, _ step: LoopbackServer.Step) -> LoopbackServer {
        let seen = Collected<Int>()
        return LoopbackServer { _ in [seen.add(0) <= count ? step : .json(200, "{}")] }
    }

    @Test("429 and 5xx with Retry-After are tried again after that time", arguments: [429, 500, 503])
    func retryAfter(code: Int) async throws {
        let server = server(refusing: 2, .refusal(code, "", headers: ["Retry-After: 3"]))
        let time = ManualTime()
        _ = try await client(server, time: time).create(.pods, namespace: "n", body: Array("{}".utf8))
        #expect(time.waits == [.seconds(3), .seconds(3)])
        #expect(server.requests.map(\.text) == ["{}", "{}", "{}"])
    }

    @Test("a server that asks for an hour gets a minute, and is given up after ten attempts more")
    func bounds() async throws {
        let server = server(refusing: 100, .refusal(429, "TooManyRequests", headers: ["Retry-After: 3600"]))
        let time = ManualTime()
        let client = try client(server, time: time)
        let error = await failure { () throws(ClientError) in try await client.send(APIRequest(.get, "/")) }
        #expect(error?.status?.code == 429 && time.waits == Array(repeating: .seconds(60), count: 10))
    }

    @Test(
        "without Retry-After, and for other codes, nothing is tried again",
        arguments: [
            LoopbackServer.Step.refusal(429, "TooManyRequests"), .refusal(500, "InternalError"),
            .refusal(409, "Conflict", headers: ["Retry-After: 1"]),
        ])
    func noRetry(step: LoopbackServer.Step) async throws {
        let server = server(refusing: 1, step)
        let client = try client(server)
        #expect(
            await failure { () throws(ClientError) in try await client.send(APIRequest(.get, "/")) } != nil)
        #expect(server.requests.count == 1)
    }

    @Test("after 401 credentials that can be renewed are, once")
    func unauthorized() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", "old")
        let server = LoopbackServer { request in
            _ = try? folder.write("token", "new")
            let isNew = request.header("authorization") == "Bearer new"
            return [isNew ? .json(200, "{}") : .refusal(401, "Unauthorized")]
        }
        let renewing = try client(server, credentials: .tokenFile(file, otherwise: Credentials()))
        _ = try await renewing.send(APIRequest(.get, "/"))
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer old", "Bearer new"])
        let fixed = try client(server, credentials: .fixed(Credentials(bearerToken: "x")))
        let error = await failure { () throws(ClientError) in try await fixed.send(APIRequest(.get, "/")) }
        #expect(error?.status?.reason == .unauthorized && server.requests.count == 3)
    }

    @Test("requests beyond the burst keep to the rate")
    func rateLimit() async throws {
        let server = LoopbackServer { _ in [.json(200, "{}")] }
        var limits = RequestLimits()
        limits.queriesPerSecond = 10
        limits.burst = 3
        let time = ManualTime()
        let client = try client(server, limits: limits, time: time)
        for _ in 0..<6 { _ = try await client.send(APIRequest(.get, "/")) }
        #expect(time.waits == Array(repeating: .milliseconds(100), count: 3))
    }

    @Test("a bucket fills up to its burst and no further, and lends in turn")
    func bucket() {
        var bucket = TokenBucket(queriesPerSecond: 2, burst: 2, now: .zero)
        #expect(
            (0..<4).map { _ in bucket.take(now: .zero) } == [.zero, .zero, .milliseconds(500), .seconds(1)])
        #expect(bucket.take(now: .seconds(1)) == .milliseconds(500))
        #expect((0..<3).map { _ in bucket.take(now: .seconds(100)) } == [.zero, .zero, .milliseconds(500)])
    }
}

@Suite("A list is read page by page, as of one moment", .timeLimit(.minutes(1)))
struct ListTests {
    /// A page of pods with these names.
    static func page(_ names: [String], version: String = "10", next: String = "") -> LoopbackServer.Step {
        let items = names.map { #"{"metadata":{"name":"\#($0)","resourceVersion":"1"}}"# }.joined(
            separator: ",")
        return .json(
            200,
            #"{"kind":"PodList","metadata":{"resourceVersion":"\#(version)","continue":"\#(next)"},"items":[\#(items)]}"#
        )
    }

    private func names(_ server: LoopbackServer, _ options: ListOptions = ListOptions()) async throws
        -> ObjectList<String>
    {
        try await client(server).list(ListScope(.pods), options: options) { $0["metadata"]?["name"]?.string }
    }

    @Test("pages follow each other by their token")
    func pages() async throws {
        let server = LoopbackServer { request in
            switch request.parameter("continue") {
            case nil: [Self.page(["a", "b"], next: "x/+=")]
            case "x/+=": [Self.page(["c"], next: "y")]
            default: [Self.page(["d"], version: "11")]
            }
        }
        let list = try await names(server)
        #expect(list.items == ["a", "b", "c", "d"] && list.resourceVersion == "10")
        #expect(
            server.requests.map(\.target) == [
                "/api/v1/pods?limit=500", "/api/v1/pods?limit=500&continue=x%2F%2B%3D",
                "/api/v1/pods?limit=500&continue=y",
            ])
    }

    @Test("a token that has expired begins the list anew; three times at most")
    func expired() async throws {
        for (expiries, isRead) in [(2, true), (3, false)] {
            let seen = Collected<Int>()
            let server = LoopbackServer { request in
                guard request.parameter("continue") != nil else { return [Self.page(["a"], next: "x")] }
                return [seen.add(0) <= expiries ? .refusal(410, "Expired") : Self.page(["b"])]
            }
            if isRead {
                #expect(try await names(server).items == ["a", "b"])
            } else {
                await #expect(throws: ClientError.self) { try await names(server) }
            }
            #expect(server.requests.count == 6)
        }
    }

    @Test("selectors are sent, and a list that may be stale asks for any version in one page")
    func parameters() async throws {
        let server = LoopbackServer { _ in [Self.page([])] }
        var options = ListOptions()
        options.allowsStale = true
        var scope = ListScope(.pods, namespace: "n")
        scope.labelSelector = "a=b,c"
        scope.fieldSelector = "spec.nodeName="
        let list = try await client(server).list(scope, options: options) { _ in 0 }
        #expect(list.items.isEmpty)
        #expect(
            server.requests.map(\.target) == [
                "/api/v1/namespaces/n/pods?resourceVersion=0&labelSelector=a%3Db%2Cc&fieldSelector=spec.nodeName%3D"
            ])
    }

    @Test(
        "no items are an empty list, and what is no list is told",
        arguments: [
            (#"{"metadata":{"resourceVersion":"1"},"items":null}"#, ""),
            (#"{"metadata":{"resourceVersion":"1"},"items":{}}"#, "items: found a mapping, expected a list"),
            (#"{"metadata":{},"items":[]}"#, "metadata.resourceVersion: found nothing, expected a string"),
            (#"{"items":[]}"#, "metadata: found nothing, expected a mapping"),
            (#"[]"#, "found a list, expected a mapping"),
            ("", "found 0 documents, expected one"),
        ])
    func odd(body: String, message: String) async throws {
        let server = LoopbackServer { _ in [.json(200, body)] }
        let client = try client(server)
        let error = await failure { () throws(ClientError) in
            try await client.list(ListScope(.pods)) { _ in 0 }
        }
        #expect(
            message.isEmpty ? error == nil : error?.description.contains(message) == true, "\(error as Any)")
    }
}

@Suite("Discovery says what a server has", .timeLimit(.minutes(1)))
struct DiscoveryTests {
    private let server = LoopbackServer { request in
        switch request.path {
        case "/version": [.json(200, #"{"major":"1","minor":"20+","gitVersion":"v1.20.2"}"#)]
        case "/api": [.json(200, #"{"kind":"APIVersions","versions":["v1"]}"#)]
        case "/apis":
            [
                .json(
                    200,
                    #"{"groups":[{"name":"policy","versions":[{"groupVersion":"policy/v1","version":"v1"},{"version":"v1beta1"}],"#
                        + #""preferredVersion":{"version":"v1beta1"}}]}"#)
            ]
        case "/api/v1":
            [
                .json(
                    200,
                    #"{"resources":[{"name":"pods","namespaced":true,"kind":"Pod","verbs":["get","list"],"shortNames":["po"]},"#
                        + #"{"name":"nodes","namespaced":false,"kind":"Node","verbs":[]}]}"#)
            ]
        case "/apis/policy/v1": [.json(200, #"{"resources":[{"name":"poddisruptionbudgets","kind":"P"}]}"#)]
        case "/apis/broken/v1": [.json(200, #"{"resources":7}"#)]
        default: [.refusal(404, "NotFound")]
        }
    }

    @Test("groups come with the preferred version first")
    func groups() async throws {
        let client = try client(server)
        #expect(
            try await client.groups() == [
                APIGroup(name: "", versions: ["v1"]), APIGroup(name: "policy", versions: ["v1beta1", "v1"]),
            ])
        #expect(try await client.serverVersion().minor == "20+")
    }

    @Test("resources of a version; none for a version that is not there")
    func resources() async throws {
        let client = try client(server)
        let core = try #require(try await client.resources(group: "", version: "v1"))
        #expect(core.map(\.name) == ["pods", "nodes"] && core.map(\.isNamespaced) == [true, false])
        #expect(core[0].verbs == ["get", "list"] && core[0].shortNames == ["po"] && core[0].kind == "Pod")
        #expect(try await client.resources(group: "none", version: "v1") == nil)
        await #expect(throws: ClientError.self) { try await client.resources(group: "broken", version: "v1") }
    }

    @Test("of several candidates the first that is served is taken")
    func candidates() async throws {
        let client = try client(server)
        let budgets = ["v2", "v1", "v1beta1"].map {
            GroupVersionResource(group: "policy", version: $0, resource: "poddisruptionbudgets")
        }
        #expect(try await client.firstServed(of: budgets) == budgets[1])
        #expect(try await client.firstServed(of: [GroupVersionResource(resource: "queues")]) == nil)
    }
}
