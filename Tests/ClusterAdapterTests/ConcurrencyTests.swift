import ClusterModel
import Synchronization
import Testing

@testable import ClusterAdapter

@Suite("Tasks speak to the one that decides, and wait for their turn") struct ConcurrencyTests {
    @Test("what is put in comes out in its order, and ends a wait") func inbox() async {
        let inbox = Inbox()
        Task {
            inbox.put(.leadership(true))
            inbox.put(.pause(true))
        }
        var seen: [String] = []
        while seen.count < 2 {
            await inbox.wait(atMost: .seconds(10))
            for message in inbox.take() {
                switch message {
                case .leadership: seen.append("leadership")
                case .pause: seen.append("pause")
                default: seen.append("?")
                }
            }
        }
        #expect(seen == ["leadership", "pause"])
    }

    @Test("a wait ends by itself, and at once when its task is cancelled") func waits() async {
        let inbox = Inbox()
        let begin = ContinuousClock.now
        await inbox.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - begin >= .milliseconds(20))
        let task = Task { await inbox.wait(atMost: nil) }
        task.cancel()
        await task.value
    }

    @Test("without a lease nothing ends; with one, what may be decided ends when it does") func tenure() {
        let tenure = Tenure()
        #expect(!tenure.isOver)
        tenure.last(until: .now + .seconds(60))
        #expect(!tenure.isOver)
        tenure.last(until: .now - .milliseconds(1))
        #expect(tenure.isOver)
        tenure.last(until: .now + .seconds(60))
        #expect(!tenure.isOver)
    }

    @Test("no more work at a time than may, and nobody is forgotten") func limit() async {
        let limit = ConcurrencyLimit(3)
        let counts = Counts()
        await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    await limit.withTurn {
                        counts.begin()
                        try? await Task.sleep(for: .milliseconds(1))
                        counts.end()
                    }
                }
            }
        }
        #expect(counts.most == 3)
        #expect(counts.done == 50)
        #expect(!limit.isBusy)
    }

    private final class Counts: Sendable {
        private let state = Mutex((now: 0, most: 0, done: 0))
        func begin() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }
        func end() {
            state.withLock { state in
                state.now -= 1
                state.done += 1
            }
        }
        var most: Int { state.withLock { $0.most } }
        var done: Int { state.withLock { $0.done } }
    }
}

@Suite("Pods that the server has shown are counted by gang") struct KnownPodsTests {
    private func facts(_ phase: Pod.Phase, node: String? = nil, gang: String? = "g") -> PodFacts {
        var pod = Pod(key: ObjectKey(namespace: "ns", name: "p"), uid: "u", created: nil)
        pod.podGroup = gang
        pod.nodeName = node
        pod.phase = phase
        return PodFacts(pod, isOurs: true)
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

    @Test("counts follow pods that come, get on and go, and say which gangs have changed") func counts() {
        var pods = KnownPods()
        pods.set(key("a"), facts(.pending))
        pods.set(key("b"), facts(.pending, node: "n"))
        #expect(pods.gangs[key("g")] == GangCounts(onNodes: 1, total: 2))
        #expect(pods.takeChanged() == [key("g")])
        #expect(pods.takeChanged() == [])
        pods.set(key("b"), facts(.running, node: "n"))
        #expect(pods.gangs[key("g")] == GangCounts(onNodes: 1, running: 1, total: 2))
        pods.set(key("b"), facts(.succeeded, node: "n"))
        #expect(pods.gangs[key("g")] == GangCounts(succeeded: 1, total: 2))
        #expect(pods.onNodes(of: key("g")).isEmpty)
        pods.set(key("a"), nil)
        pods.set(key("b"), nil)
        #expect(pods.gangs[key("g")] == nil)
        #expect(pods.facts.isEmpty)
    }

    @Test("a pod that changes its gang is counted in the new one") func moves() {
        var pods = KnownPods()
        pods.set(key("a"), facts(.running, node: "n"))
        pods.set(key("a"), facts(.running, node: "n", gang: "h"))
        #expect(pods.gangs[key("g")] == nil)
        #expect(pods.onNodes(of: key("h")).map(\.key) == [key("a")])
    }
}
