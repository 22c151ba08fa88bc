import ClusterModel
import Documents
import KubernetesClient
import Synchronization
import Testing

@testable import NodeAgent

@Suite("The agent publishes again when something changes, and ends when it is told to") struct NodeAgentTests
{
    /// A node that tests change.
    private final class Source: NodeReportSource {
        let current: Mutex<NodeReport?>
        init(_ report: NodeReport?) { current = Mutex(report) }

        func report() throws(NodeReportFailure) -> (report: NodeReport, remarks: [String]) {
            guard let report = current.withLock({ $0 }) else { throw NodeReportFailure("no machine") }
            return (report, ["config.yaml: No such file or directory"])
        }

        func kubelet(beside report: NodeReport) -> NodeReport? {
            current.withLock { $0 }.map {
                NodeReport(topology: report.topology, kubelet: $0.kubelet, state: $0.state)
            }
        }
    }

    /// Time that passes as fast as it is waited for, and tells of each wait.
    private final class FastTime: TimeSource {
        private let passed = Mutex(Duration.zero)
        private let onSleep: @Sendable (Duration) -> Void
        init(onSleep: @escaping @Sendable (Duration) -> Void) { self.onSleep = onSleep }

        var elapsed: Duration { passed.withLock { $0 } }
        var timeOfDay: Timestamp { Timestamp(secondsSinceEpoch: 0) }
        func sleep(for duration: Duration) async throws {
            try Task.checkCancellation()
            let now = passed.withLock { passed in
                passed += duration
                return passed
            }
            onSleep(now)
            await Task.yield()
        }
    }

    private final class Remarks: Sendable {
        let list = Mutex<[NodeAgent.Remark]>([])
        func add(_ remark: NodeAgent.Remark) { list.withLock { $0.append(remark) } }
        var all: [NodeAgent.Remark] { list.withLock { $0 } }
    }

    private static let report = NodeReport(
        topology: NodeTopology(
            cpus: [.init(id: 0, core: 0, package: 0, numaNode: 0)], numaNodes: [.init(id: 0, memoryBytes: 1)]),
        kubelet: KubeletSettings())

    @Test("at once when the kubelet's files change, and from time to time for somebody else's changes")
    func loop() async throws {
        let server = ObjectServer(node: #"{"metadata":{"name":"n"}}"#)
        let source = Source(Self.report)
        let remarks = Remarks()
        let task = Mutex<Task<Void, Never>?>(nil)
        let time = FastTime { now in
            if now == .seconds(30) {
                source.current.withLock { $0?.kubelet.cpuManagerPolicy = "static" }
            }
            // Somebody removes it: the next round finds out, ten minutes after the last.
            if now == .seconds(50) { server.removeNumatopology() }
            if now > .seconds(1_500) { task.withLock { $0?.cancel() } }
        }
        let agent = NodeAgent(
            source: source, publisher: NodePublisher(client: try server.client(), node: "n"), time: time,
            remark: { remarks.add($0) })
        #expect(!agent.isReady)
        let run = Task { await agent.run() }
        task.withLock { $0 = run }
        await run.value
        #expect(agent.isReady)
        #expect(
            remarks.all == [
                .unreadable("config.yaml: No such file or directory"), .noGPUs,
                .published(.init(topology: .created)), .published(.init(topology: .updated)),
                .published(.init(topology: .created)),
            ])
        #expect(server.numatopology?["spec"]?["policies"]?["CPUManagerPolicy"]?.string == "static")
    }

    @Test("and goes on where it cannot read or publish") func failures() async throws {
        let server = ObjectServer(node: #"{"metadata":{"name":"n"}}"#, hasKind: false)
        let source = Source(nil)
        let remarks = Remarks()
        let agent = NodeAgent(
            source: source, publisher: NodePublisher(client: try server.client(), node: "n"),
            remark: { remarks.add($0) })
        #expect(await !agent.publishOnce())
        #expect(remarks.all == [.unreadable("no machine")])
        source.current.withLock { $0 = Self.report }
        #expect(await !agent.publishOnce())
        #expect(await !agent.publishOnce())
        // What stays as it is is said once.
        #expect(remarks.all.filter { $0 == .noSuchKind }.count == 1)
        #expect(remarks.all.filter { $0 == .noGPUs }.count == 1)
        #expect(!agent.isReady)
    }
}
