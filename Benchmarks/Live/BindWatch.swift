import Documents
import KubernetesClient
import Synchronization

/// Watches the pods of a namespace, and notes when each is first seen on a node.
final class BindWatch: Sendable {
    private struct SeenPod: Sendable {
        let name: String
        let node: String?

        init?(_ value: Value) {
            guard let name = value["metadata"]?["name"]?.string else { return nil }
            self.name = name
            node = value["spec"]?["nodeName"]?.string
        }
    }

    private struct State {
        var pods = 0
        var bound: [String: ContinuousClock.Instant] = [:]
        var first: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let task: Task<Void, Never>

    init(_ client: APIClient, namespace: String) {
        let reflector = Reflector(
            client: client, scope: ListScope(.pods, namespace: namespace), read: { SeenPod($0) })
        let (events, heard) = AsyncStream<ReflectorEvent<SeenPod>>.makeStream()
        task = Task { await reflector.run { heard.yield($0) } }
        Task { [weak self] in
            for await event in events { self?.take(event) }
        }
    }

    deinit { task.cancel() }

    private func take(_ event: ReflectorEvent<SeenPod>) {
        switch event {
        case .replaced(let list): for pod in list.items { note(pod) }
        case .changed(let events, _):
            for event in events {
                switch event {
                case .added(let pod), .modified(let pod): note(pod)
                case .deleted: break
                }
            }
        case .failed: break
        }
    }

    private func note(_ pod: SeenPod) {
        state.withLock { state in
            guard pod.node != nil, state.bound[pod.name] == nil else { return }
            let now = ContinuousClock.now
            state.bound[pod.name] = now
            state.first = state.first ?? now
            state.last = now
        }
    }

    var count: Int { state.withLock { $0.bound.count } }

    /// When the first binding was seen, and the last.
    var span: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)? {
        state.withLock { state in
            guard let first = state.first, let last = state.last else { return nil }
            return (first, last)
        }
    }

    /// Waits until so many pods are bound, or for a long time nothing has happened.
    func wait(for count: Int, patience: Duration = .seconds(60)) async {
        var seen = -1
        var since = ContinuousClock.now
        while self.count < count, ContinuousClock.now - since < patience {
            if self.count != seen { (seen, since) = (self.count, .now) }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}
