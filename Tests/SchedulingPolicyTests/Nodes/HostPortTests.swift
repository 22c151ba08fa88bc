import Allocator
import ClusterModel
import SchedulingPolicy
import TestSupport
import Testing

@Suite("A node takes no two pods that want the same host port") struct HostPortTests {
    private let message =
        "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports"

    private func using(_ ports: HostPort..., name: String = "p") -> Pod {
        .waiting(name).with { $0.hostPorts = ports }
    }

    @Test(
        "ports conflict by number, protocol and address; all addresses conflict with each",
        arguments: [
            (HostPort(80), HostPort(80), true),
            (HostPort(80), HostPort(81), false),
            (HostPort(80), HostPort(80, .udp), false),
            (HostPort(80, hostIP: "10.0.0.1"), HostPort(80, hostIP: "10.0.0.1"), true),
            (HostPort(80, hostIP: "10.0.0.1"), HostPort(80, hostIP: "10.0.0.2"), false),
            (HostPort(80, hostIP: "10.0.0.1"), HostPort(80), true),
            (HostPort(80, hostIP: "0.0.0.0"), HostPort(80, hostIP: "10.0.0.1"), true),
        ])
    func conflicts(held: HostPort, wanted: HostPort, isRefused: Bool) throws {
        let pods = [using(held, name: "holder").running(on: "n"), using(HostPort(9), wanted)]
        let result = try schedule(plain(.gangwright), nodes: [.of("n")], pods: pods)
        #expect(result.bound == (isRefused ? [:] : ["p": "n"]))
        #expect(result.messages == (isRefused ? ["p": message] : [:]))
        #expect(held.conflicts(with: wanted) == isRefused)
    }

    @Test("two pods of a gang with the same port go to two nodes", arguments: Compatibility.allCases)
    func spread(compatibility: Compatibility) throws {
        let pods = Pod.members(of: "g", 2).map { pod in pod.with { $0.hostPorts = [HostPort(29_500)] } }
        let gangs = [PodGroup.gang("g", min: 2)]
        let result = try schedule(
            plain(compatibility), nodes: [.of("a"), .of("b")], pods: pods, gangs: gangs)
        #expect(result.bound == ["g-0": "a", "g-1": "b"])
        let alone = try schedule(plain(compatibility), nodes: [.of("a")], pods: pods, gangs: gangs)
        #expect(alone.bound == [:])
        #expect(alone.messages["g-1"] == message)
    }

    @Test("the ports of a gang that did not come together are free again") func rollback() throws {
        let large = Pod.members(of: "g", 2).map { pod in pod.with { $0.hostPorts = [HostPort(80)] } }
        let small = using(HostPort(80), name: "small")
        let result = try schedule(
            policy(.gangwright, ["priority", "gang"], ["predicates"]), nodes: [.of("n")],
            pods: large.map { pod in pod.with { $0.priority = 10 } } + [small],
            gangs: [.gang("g", min: 2).with { $0.created = .second(0) }])
        #expect(result.bound == ["small": "n"])
    }

    @Test("pods of other schedulers hold their ports, leaving ones too until they have gone")
    func others() throws {
        let holder = using(HostPort(80), name: "other").running(on: "n").with {
            $0.schedulerName = "default-scheduler"
        }
        let session = try Session(
            snapshot: ClusterSnapshot(nodes: [.of("n")], pods: [holder, using(HostPort(80))]),
            configuration: plain(.gangwright))
        #expect(session.runCycle().messages == ["p": message])
        try session.update(holder.with { $0.isTerminating = true })
        #expect(session.runCycle().messages == ["p": message])
        session.removePod(holder.key)
        #expect(session.runCycle().bound == ["p": "n"])
    }

    @Test("a port that is wanted on another address later conflicts with what is there already")
    func laterAddress() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n")],
                pods: [using(HostPort(80, hostIP: "10.0.0.1"), name: "holder").running(on: "n")]),
            configuration: plain(.gangwright))
        try session.update(using(HostPort(80)))
        #expect(session.runCycle().messages == ["p": message])
        session.removeNode("n")
        try session.update(.of("n"))
        #expect(session.runCycle().messages == ["p": message], "the pod is on its node again")
        session.removePod(ObjectKey(namespace: testNamespace, name: "holder"))
        #expect(session.runCycle().bound == ["p": "n"])
    }

    @Test("predicate.NodePortsEnable: false switches the check off, also later") func filterOff() throws {
        let off = policy(.gangwright, ["gang"], ["predicates predicate.NodePortsEnable=false"])
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n")],
                pods: [using(HostPort(80), name: "holder").running(on: "n"), using(HostPort(80))]),
            configuration: plain(.gangwright))
        #expect(session.runCycle().bound == [:])
        session.configure(off)
        #expect(session.runCycle().bound == ["p": "n"])
        try session.update(using(HostPort(80), name: "q"))
        session.configure(plain(.gangwright))
        #expect(session.runCycle().messages == ["q": message])
    }

    @Test("an explanation says why") func explanation() throws {
        let session = try Session(
            snapshot: ClusterSnapshot(
                nodes: [.of("n")],
                pods: [using(HostPort(80), name: "holder").running(on: "n"), using(HostPort(80))]),
            configuration: plain(.gangwright))
        let headroom = session.headroom(for: using(HostPort(80), name: "next"))
        #expect(headroom.pods == 0)
        #expect(
            headroom.reasons.map(\.reason) == ["node(s) didn't have free ports for the requested pod ports"])
    }
}
