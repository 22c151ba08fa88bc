import ClusterModel
import Foundation
import Testing
import Topology

@Suite("A process keeps to a part of the machine") struct ProcessPlacementTests {
    /// Runs in a thread of its own, so that the other tests stay where they are.
    private func inThread(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let made = pthread_create(
            &thread, nil,
            { context in
                context.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        precondition(made == 0, "no thread")
        pthread_join(thread, nil)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Where the kernel lets the thread that calls run.
    private static var allowed: CPUSet {
        let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") } ?? ""
        return CPUSet(line.split(separator: "\t").last ?? "") ?? CPUSet([])
    }

    @Test("a NUMA node and processors that the machine has") func present() {
        let node = ProcessPlacement.nodes.ids[0]
        inThread {
            #expect(throws: Never.self) { try ProcessPlacement(numaNode: node).apply() }
            let last = Self.allowed.ids.suffix(1)
            #expect(throws: Never.self) { try ProcessPlacement(cpus: CPUSet(last)).apply() }
            #expect(Self.allowed == CPUSet(last))
        }
    }

    @Test("and one that it has not is refused with those that it has") func absent() {
        let nodes = ProcessPlacement.nodes
        let failure = ProcessPlacement.Failure.noNode(60_000, known: nodes)
        inThread {
            #expect(throws: failure) { try ProcessPlacement(numaNode: 60_000).apply() }
            #expect(throws: failure) { try ProcessPlacement(memoryNode: 60_000).apply() }
            #expect(throws: ProcessPlacement.Failure.noCPUs) {
                try ProcessPlacement(cpus: CPUSet([])).apply()
            }
            #expect(throws: ProcessPlacement.Failure.self) {
                try ProcessPlacement(cpus: CPUSet([65_535])).apply()
            }
        }
        #expect(failure.description.hasSuffix("expected one of this machine's: \(nodes)"))
    }
}
