import KubernetesAPI
import KubernetesClient
import Testing

@testable import ClusterAdapter

@Suite("Kinds are followed where the server has them, and once it has them") struct ClusterFeedTests {
    /// Listens until something has been said.
    private func listen(
        to inbox: Inbox, _ heard: inout [String], until holds: ([String]) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        // Rounds, not seconds: other tests may hold the threads for long.
        for _ in 0..<500 where !holds(heard) {
            await inbox.wait(atMost: .milliseconds(20))
            heard += inbox.take().map { message in
                switch message {
                case .served(let kind, let resource): "\(kind.qualifiedName) at \(resource.version)"
                case .absent(let kind): "no \(kind.qualifiedName)"
                case .replaced(let kind, let objects): "\(objects.count) \(kind.qualifiedName)"
                default: "?"
                }
            }
        }
        #expect(holds(heard), "\(heard)", sourceLocation: sourceLocation)
    }

    @Test("what is absent is said in one line, and followed once it is there, at the best version")
    func grows()
        async throws
    {
        // Every server has this group, with something else in it.
        let server = SmallServer(kinds: ["/apis/scheduling.k8s.io/v1": ["priorityclasses"]])
        let lines = Lines()
        var feed = ClusterFeed(
            client: try server.client(), kinds: [.kubernetesPodGroup, .workload, .priorityClass],
            inbox: Inbox(), log: lines.log, metrics: Metrics())
        feed.absenceCheck = .milliseconds(20)
        let running = Task { [feed] in await feed.run() }
        var heard: [String] = []
        await listen(to: feed.inbox, &heard) { $0.count == 4 }
        #expect(
            Set(heard) == [
                "no PodGroup.scheduling.k8s.io", "no Workload", "PriorityClass at v1", "0 PriorityClass",
            ])
        #expect(
            lines.all == [
                "info the server lacks some kinds: what needs them is off "
                    + #"resources="podgroups.v1beta1.scheduling.k8s.io, workloads.v1alpha1.scheduling.k8s.io""#
            ])
        server.serve(
            [
                "/apis/scheduling.k8s.io/v1alpha2": ["podgroups", "workloads"],
                "/apis/scheduling.k8s.io/v1alpha3": ["podgroups", "workloads"],
            ], fromRequestFor: "/apis/scheduling.k8s.io/v1beta1")
        await listen(to: feed.inbox, &heard) { $0.count == 6 }
        #expect(
            heard.suffix(2) == ["PodGroup.scheduling.k8s.io at v1alpha3", "0 PodGroup.scheduling.k8s.io"])
        #expect(lines.all.count == 2)
        #expect(lines.all.last?.hasPrefix("info the server now has podgroups") ?? false)
        running.cancel()
        await running.value
    }
}
