import Documents
import KubernetesClient
import Testing

// What a cluster shows.
extension Cluster {
    func pods() async throws -> [ShownPod] {
        try await client.list(ListScope(.pods, namespace: "default")) { ShownPod($0) }.items
    }

    /// The number of pods on nodes, by gang.
    func onNodes() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for pod in try await pods() where pod.holdsPlace { counts[pod.gang, default: 0] += 1 }
        return counts
    }

    /// The number of pods on each node: eight GPUs a pod of these tests unless said otherwise.
    func podsByNode() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for pod in try await pods() where !pod.node.isEmpty { counts[pod.node, default: 0] += 1 }
        return counts
    }

    func podGroup(_ name: String) async throws -> Value {
        try await client.get(Self.groups, namespace: "default", name: name).document()
    }

    func queue(_ name: String) async throws -> Value? {
        do throws(ClientError) {
            return try await client.get(Self.queues, namespace: nil, name: name).document()
        } catch {
            if error.status?.code == 404 { return nil }
            throw error
        }
    }

    func events(of name: String, in namespace: String = "default") async throws -> [String] {
        let scope = ListScope(GroupVersionResource(resource: "events"), namespace: namespace)
        return try await client.list(scope) { event in
            event["involvedObject"]?["name"]?.string == name ? event["reason"]?.string : nil
        }.items
    }

    /// What nodes can carry, in thousandths, by node and resource.
    func allocatable() async throws -> [String: [String: Int64]] {
        let nodes = try await client.list(ListScope(.nodes)) { node in
            (node["metadata"]?["name"]?.string ?? "", ShownPod.amounts(node["status"]?["allocatable"]))
        }.items
        return Dictionary(uniqueKeysWithValues: nodes)
    }

    // MARK: What must hold

    /// Waits until so many pods of each gang run, and holds the cluster to what must always be true.
    func expectWhole(
        _ gangs: [String: Int], atMost seconds: Double = 180, mayBeRejected: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await wait("whole: \(gangs)", atMost: seconds, sourceLocation: sourceLocation) {
            let running = try await pods().filter { $0.phase == "Running" && $0.holdsPlace }
            let counts = Dictionary(grouping: running, by: \.gang)
            return gangs.allSatisfy { counts[$0.key]?.count == $0.value }
        }
        try await expectIntact(mayBeRejected: mayBeRejected, sourceLocation: sourceLocation)
    }

    /// Holds the cluster to what must always be true: no node has more pods than it can carry, no pod is lost, and once
    /// things have settled no gang is bound in part.
    ///
    /// - Parameter mayBeRejected: Whether several schedulers may have given one place away, which only kubelets notice.
    func expectIntact(
        mayBeRejected: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await wait("no gang is bound in part", sourceLocation: sourceLocation) {
            try await gangsInPart().isEmpty
        }
        if mayBeRejected {
            // What is bound is on its node once the kubelet has let it in.
            try await wait("kubelets have seen all pods", sourceLocation: sourceLocation) {
                try await pods().allSatisfy { $0.node.isEmpty || $0.phase != "Pending" }
            }
        } else {
            #expect(ledger.rejections == 0, sourceLocation: sourceLocation)
        }
        let overCommitted = try await overCommitted()
        #expect(overCommitted.isEmpty, sourceLocation: sourceLocation)
        try await wait("no pod is lost", sourceLocation: sourceLocation) {
            try await Set(ledger.wanted.keys).subtracting(pods().map(\.name)).isEmpty
        }
    }

    /// Gangs that hold places for fewer pods than their minimum, but for some.
    func gangsInPart() async throws -> [String] {
        let scope = ListScope(Self.groups, namespace: "default")
        let minima = try await client.list(scope) { group in
            (group["metadata"]?["name"]?.string ?? "", group["spec"]?["minMember"]?.integer ?? 0)
        }.items
        let pods = Dictionary(grouping: try await pods().filter { !$0.gang.isEmpty }, by: \.gang)
        return minima.compactMap { name, minimum in
            let onNodes = pods[name]?.count { $0.holdsPlace } ?? 0
            let ended = pods[name]?.count { $0.phase == "Succeeded" } ?? 0
            return onNodes > 0 && onNodes + ended < minimum ? "\(name): \(onNodes) of \(minimum)" : nil
        }
    }

    /// Nodes whose pods ask for more than they can carry.
    func overCommitted() async throws -> [String] {
        let allocatable = try await allocatable()
        var used: [String: [String: Int64]] = [:]
        for pod in try await pods() where pod.holdsPlace {
            for (name, amount) in pod.requests { used[pod.node, default: [:]][name, default: 0] += amount }
        }
        return used.flatMap { node, amounts in
            amounts.compactMap { name, amount in
                let limit = allocatable[node]?[name] ?? 0
                return amount > limit ? "\(node): \(amount) of \(limit) thousandths of \(name)" : nil
            }
        }.sorted()
    }

    /// Waits until something holds, and fails the test if it does not in time.
    func wait(
        _ what: String, atMost seconds: Double = 180, every interval: Duration = .milliseconds(50),
        sourceLocation: SourceLocation = #_sourceLocation, until holds: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            // A server that is down is asked again.
            if (try? await holds()) ?? false { return }
            try await Task.sleep(for: interval)
        }
        Issue.record("after \(seconds) s: \(what)", sourceLocation: sourceLocation)
    }
}
